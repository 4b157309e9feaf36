"""Shopify: the levels of a shop read over GraphQL, and set there under a key.

What belongs here: every word that only this vendor uses. What does not: HTTP, paging and
GraphQL in general, which the connectors beside this folder speak.
"""

"""Amazon: what its fulfilment centres hold, and the quantity of what the seller ships himself.

What belongs here: every word of the Selling Partner API. What does not: HTTP, paging and
tables in general, which the connectors beside this folder speak.
"""

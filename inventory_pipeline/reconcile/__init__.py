"""ROOM 3: every mirror against the owner of the fact.

What belongs here: two counts subtracted, a severity named, a problem given an identity.
What does not: saying *because*, or writing anywhere outside.
"""

"""ROOM 2: movements told once, and what they leave open.

What belongs here: a movement that several hours or systems tell of counted once, an order
tied to its shipment, a transfer followed from place to place, an owner's level held against
its own book, what must be there. What does not: comparing two systems' counts.

Movements are received in ``ingest.movements`` hour by hour; ``ledger.postings`` has each
once, and the statements in ``sql/`` are how every later room reads them, as known by an
hour. What does not add up stands in ``ledger.problems``; reconcile makes findings of it.
"""

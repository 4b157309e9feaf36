"""ROOM 2: movements told once, and what they leave open.

What belongs here: a movement that several hours or systems tell of counted once, an order
tied to its shipment, what moved in a window. What does not: comparing two counts.

Movements are received in ``ingest.movements`` hour by hour; the statements in ``sql/`` are
how every later room reads them, as known by an hour.
"""

"""MEASUREMENTS: each target beside its named alternatives, in one run on one machine.

``work`` makes the standard work, ``measure`` runs every candidate in a process of its own,
``scripts`` holds the alternatives as a careful person would write them by hand.
"""

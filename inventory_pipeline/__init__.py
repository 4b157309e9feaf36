"""The hallway: a count enters at the front door and passes each room once.

connectors → ingest → ledger → reconcile → correct → report

Rooms meet in tables (through ``store``) and words (``model``), never in imports.
"""

"""The hallway: a count enters at the front door and passes each room once.

connectors → ingest → ledger → reconcile → diagnose → correct → report

Rooms meet in tables (through ``store``) and words (``model``), never in imports.
"""

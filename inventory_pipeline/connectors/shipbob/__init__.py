"""ShipBob: stock at its fulfillment centers and the history of what moved it, read only.

The system's words stop here. It offers no way to write stock: nothing here writes.
"""

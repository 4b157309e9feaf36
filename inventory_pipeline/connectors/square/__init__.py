"""Square: counts of its inventory, the changes behind them, and physical counts written to it.

The system's words stop here.
"""

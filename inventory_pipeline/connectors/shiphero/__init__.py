"""ShipHero: counts of its warehouses, the changes behind them, and numbers set in them.

The system's words stop here.
"""

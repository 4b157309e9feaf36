"""Odoo, over JSON-2 (19 and newer) or XML-RPC (up to 18).

The rows that say how much lies where, those that say what moved, and inventory adjustments.
"""

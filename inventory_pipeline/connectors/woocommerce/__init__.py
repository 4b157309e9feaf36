"""WooCommerce: stock of a shop's products, orders and refunds as movements, and stock set there.

The system's words stop here.
"""

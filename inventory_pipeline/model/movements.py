"""Movements: what happened to stock. The kind fixes the sign, the quantity is positive."""

KINDS = (
    "order_placed",
    "order_cancelled",
    "shipment",
    "pos_sale",
    "receipt",
    "return_initiated",
    "return_received",
    "transfer_out",
    "transfer_in",
    "count",
    "adjustment",
    "damage",
    "write_off",
    "purchase_order_posted",
)

# What one unit of the kind does to on_hand. A count sets a level, so it has no sign here;
# an adjustment is the one kind whose quantity may be negative.
ON_HAND_SIGN = {
    "order_placed": 0,
    "order_cancelled": 0,
    "shipment": -1,
    "pos_sale": -1,
    "receipt": 1,
    "return_initiated": 0,
    "return_received": 1,
    "transfer_out": -1,
    "transfer_in": 1,
    "count": 0,
    "adjustment": 1,
    "damage": -1,
    "write_off": -1,
    "purchase_order_posted": 0,
}
SIGNED_KINDS = ("adjustment",)

# What one unit of the kind does to the number of a system that falls when an order is placed.
ORDER_MOMENT_SIGN = {**ON_HAND_SIGN, "order_placed": -1, "order_cancelled": 1, "shipment": 0}

# A returned box raises stock only when it is judged sellable (RET-03).
SELLABLE_DISPOSITIONS = ("", "good", "sellable", "sellable_accessible", "restock", "ok")

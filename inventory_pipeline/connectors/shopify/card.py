"""The card of Shopify: what is known of any shop before it is asked."""

from inventory_pipeline.connectors.card import Card

CARD = Card(
    title="Shopify, Admin GraphQL 2026-04, 2026-07 and 2026-10",
    role="storefront",
    decrements_at="order",
    quantities={
        "available": "available: may be sold",
        "on_hand": "on_hand: lies there, sold or not",
        "committed": "committed: ordered and not yet fulfilled",
        "reserved": "held back by hand or by an app; part of on_hand",
        "damaged": "lies there and may not be sold; part of on_hand",
        "safety_stock": "safety stock; part of on_hand",
        "quality_control": "waits to be looked at; part of on_hand",
        "incoming": "on its way; not part of on_hand",
    },
    facts=("available", "on_hand"),
    options="""
        shop: myshop.myshopify.com
        client_id: 0123456789abcdef      # dev.shopify.com, Settings of your app
        client_secret: {env: SHOPIFY_SECRET}
        version: 2026-07
        # write: {}                       # to let corrections be written; needs write_inventory
        # movements: {}                   # orders, too; needs read_orders and read_fulfillments
    """,
    credential_at="dev.shopify.com, Apps, Create app; install it on the shop; Settings shows both",
    reads=("read_inventory", "read_locations", "read_products"),
    writes=("write_inventory",),
    delivery="A",
    key_lifetime="24 hours",
)

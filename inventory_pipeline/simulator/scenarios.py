"""Scenarios: bugs that people met in public, each as a shop with that one fault.

The names are those of the threads. What a shop shows is the fault's shape, not its code:
who wrote which number, from what, and what is left behind.
"""

from dataclasses import dataclass

from inventory_pipeline.simulator.layout import Layout
from inventory_pipeline.simulator.noise import Noise
from inventory_pipeline.simulator.shops import (
    HANDMADE,
    OMNICHANNEL,
    THIRD_PARTY,
    TRANSFERS,
)


@dataclass(frozen=True)
class Scenario:
    """One public bug.

    Attributes:
        name: ``project-number`` of its thread.
        mix: the causes whose shape it has, and how many items suffer.
    """

    name: str
    story: str
    layout: Layout
    mix: dict[str, int]


SCENARIOS = (
    Scenario("woocommerce-38786", "stock reduced twice for one order", HANDMADE,
             {"double_decrement": 3}),
    Scenario("woocommerce-payments-3345", "an order's stock falls again as its payment is told",
             HANDMADE, {"double_decrement": 2}),
    Scenario("woocommerce-payments-8292", "two notices of one payment, two decrements", OMNICHANNEL,
             {"double_decrement": 3}),
    Scenario("woocommerce-payments-10846", "stock falls twice and is edited back by hand",
             OMNICHANNEL, {"double_decrement": 2, "double_decrement+manual_edit_mirror": 1}),
    Scenario("magento-inventory-3366", "a refund without a return adds goods", OMNICHANNEL,
             {"event_duplicated": 2, "return_credited_early": 1}),
    Scenario("magento-inventory-1240", "what is given back is given back twice", THIRD_PARTY,
             {"event_duplicated": 3}),
    Scenario("disable-stock-reservation-90", "a cancelled order restocks twice", HANDMADE,
             {"event_duplicated": 3}),
    Scenario("shopify-python-api-728", "on hand is pushed where available is meant", OMNICHANNEL,
             {"field_mapping": 1}),
    Scenario("woocommerce-square-24", "a till's on hand overwrites what is free to sell", HANDMADE,
             {"field_mapping": 1}),
    Scenario("al-app-extensions-26719", "the unit of measure is never applied", OMNICHANNEL,
             {"unit_factor": 2}),
    Scenario("erpnext-35426", "a level is an older one than the ledger's", OMNICHANNEL,
             {"stale_overwrite": 2}),
    Scenario("odoo-24555", "a reservation stays after what it was for is gone", THIRD_PARTY,
             {"threepl_confirmation_missing": 2}),
    Scenario("odoo-62139", "reserved units and the moves they stand for disagree", OMNICHANNEL,
             {"channel_reservation": 1}),
    Scenario("mirakl-hyperwallet-35", "messages arrive out of order and the last one wins",
             OMNICHANNEL, {"stale_overwrite": 2, "stale_retry": 1}),
    Scenario("openboxes-5431", "an import writes to many items at once", TRANSFERS,
             {"foreign_bulk_script": 1}),
)  # fmt: skip
# A thread is a clean reproduction, so its logs lose nothing; nearby life goes on.
QUIET_LOGS = Noise(0.0, 0.0, 20, 0.0, 2.0, 0.3)

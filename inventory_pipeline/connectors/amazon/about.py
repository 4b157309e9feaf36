"""About: what is known of Amazon before it is asked anything.

Source: ``definitions`` of fbaInventory.json in github.com/amzn/selling-partner-api-models.
"""

from collections.abc import Mapping

from inventory_pipeline.connectors.card import Card

FULFILLABLE, TOTAL = "fulfillableQuantity", "totalQuantity"
_DETAILS = "inventoryDetails"
_RESERVED = f"{_DETAILS}.reservedQuantity"
_RESEARCHING = f"{_DETAILS}.researchingQuantity"
_UNFULFILLABLE = f"{_DETAILS}.unfulfillableQuantity"

# Their name of a quantity → the object it stands in, and what it counts, in our terms.
_QUANTITIES: Mapping[str, tuple[str, str]] = {
    FULFILLABLE: (_DETAILS, "available: can be picked, packed and shipped"),
    "pendingCustomerOrderQuantity": (_RESERVED, "committed: reserved for orders of customers"),
    "pendingTransshipmentQuantity": (_RESERVED, "held back: on its way between centres"),
    "fcProcessingQuantity": (_RESERVED, "held back: set aside to be measured or looked at"),
    "totalReservedQuantity": (_RESERVED, "in a centre and neither free nor gone"),
    "inboundWorkingQuantity": (_DETAILS, "announced to Amazon and not yet sent"),
    "inboundShippedQuantity": (_DETAILS, "on its way to Amazon, with a tracking number"),
    "inboundReceivingQuantity": (_DETAILS, "rest of a shipment that is being received"),
    "totalResearchingQuantity": (_RESEARCHING, "misplaced or damaged, and being looked for"),
    "totalUnfulfillableQuantity": (_UNFULFILLABLE, "there, and not fit to be sold"),
    "customerDamagedQuantity": (_UNFULFILLABLE, "there, damaged by a customer"),
    "warehouseDamagedQuantity": (_UNFULFILLABLE, "there, damaged in the centre"),
    "distributorDamagedQuantity": (_UNFULFILLABLE, "there, damaged by the distributor"),
    "carrierDamagedQuantity": (_UNFULFILLABLE, "there, damaged by the carrier"),
    "defectiveQuantity": (_UNFULFILLABLE, "there, defective"),
    "expiredQuantity": (_UNFULFILLABLE, "there, past its date"),
    TOTAL: ("", "in a centre or on its way there (inbound); never on_hand"),
}

CARD = Card(
    title="Amazon Selling Partner API: FBA Inventory v1, Reports and Listings Items 2021",
    role="marketplace",
    decrements_at="order",
    quantities={name: meaning for name, (_, meaning) in _QUANTITIES.items()},
    options="""
        region: na                        # na, eu or fe
        client_id: amzn1.application-oa2-client.0123456789abcdef
        client_secret: {env: AMAZON_CLIENT_SECRET}
        refresh_token: {env: AMAZON_REFRESH_TOKEN}
        marketplaces: {ATVPDKIKX0DER: FBA-US}     # id of the marketplace: place
        # ledger: {}                       # to read movements too; a report may take minutes
    """,
    credential_at="Seller Central, Apps and Services, Develop Apps: client, then Authorize",
    facts=("available",),
    absent_means="unknown",
    reads=("Amazon Fulfillment",),
    writes=("Product Listing",),
    delivery="C",
)


def find_path(quantity: str) -> str:
    """Return where a quantity stands in a summary."""
    above, _ = _QUANTITIES[quantity]
    return f"{above}.{quantity}".lstrip(".")


def check_facts(facts: Mapping[str, str]) -> None:
    """Raise ValueError for a fact that is read from a quantity that means something else.

    Amazon shows no number of what lies in its centres. The nearest one, ``totalQuantity``, has
    in it what is still on its way there.
    """
    CARD.check_facts(facts)
    if "on_hand" in facts:
        raise ValueError(
            f"facts.on_hand: {facts['on_hand']!r} is no on_hand, and Amazon shows none: {TOTAL} "
            f"has what is still inbound in it, any other one is a part; read available: "
            f"{FULFILLABLE}"
        )
    if facts.get("available", FULFILLABLE) != FULFILLABLE:
        raise ValueError(
            f"facts.available: {facts['available']!r} is not what may be sold; "
            f"that is {FULFILLABLE}"
        )

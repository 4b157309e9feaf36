"""About: what a shop says of its quantities and of our token, judged. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any

from inventory_pipeline.connectors.json_take import take, take_list
from inventory_pipeline.connectors.shopify.documents import ON_HAND, PARTS
from inventory_pipeline.errors import SourceContractError, SourceRefusedError

READS_LEVELS = ("read_inventory", "read_locations")
# Variants are counted to know how large a shop is.
READS_SIZE = ("read_products",)
READS_ORDERS = ("read_orders", "read_fulfillments", "read_inventory", "read_products")
# With any of them the shop says from where an order is to be sent.
_SEES_PROMISES = (
    "read_merchant_managed_fulfillment_orders",
    "read_third_party_fulfillment_orders",
    "read_assigned_fulfillment_orders",
)
_WRITES = "write_inventory"


def find_scopes(about: Any) -> set[str]:
    """Return what the token may; who may write may read."""
    installation = take(about, "currentAppInstallation")
    granted = {str(take(one, "handle")) for one in take_list(installation, "accessScopes")}
    return granted | {f"read_{scope[6:]}" for scope in granted if scope.startswith("write_")}


def check_scopes(about: Any, needed: Iterable[str]) -> None:
    """Refuse a token that may not read what is asked for.

    Raises:
        SourceRefusedError: a scope is missing.
    """
    granted = find_scopes(about)
    lacking = [scope for scope in needed if scope not in granted]
    if lacking:
        raise SourceRefusedError(
            f"the token lacks {', '.join(lacking)}; release a version of the app with it and "
            "install that on the shop"
        )


def sees_promises(about: Any) -> bool:
    """Return whether the shop tells this token where an order is to be sent from."""
    return not find_scopes(about).isdisjoint(_SEES_PROMISES)


def check_quantities(about: Any, names: Sequence[str]) -> None:
    """Refuse a shop whose quantities are not those we know the meaning of.

    Raises:
        SourceContractError: a quantity we ask for is unknown, or on_hand is another sum.
    """
    known = {
        take(one, "name"): take_list(one, "comprises")
        for one in take_list(about, "inventoryProperties", "quantityNames")
    }
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SourceContractError(
            f"the shop has no quantity {unknown[0]!r}; it has {', '.join(sorted(known))}"
        )
    if set(known[ON_HAND]) != set(PARTS):
        raise SourceContractError(
            f"in this shop {ON_HAND} comprises {', '.join(sorted(known[ON_HAND]))}, "
            f"wanted {', '.join(sorted(PARTS))}"
        )


def find_excess(about: Any, *, writes: bool) -> list[str]:
    """Return a note if the token may change more than this system has to (least privilege)."""
    excess = [
        scope
        for scope in sorted(find_scopes(about))
        if scope.startswith("write_") and not (writes and scope == _WRITES)
    ]
    if not excess:
        return []
    need = "needs only write_inventory of these" if writes else "only reads"
    return [f"the token may {', '.join(excess)}; this system {need}: give it a smaller one"]

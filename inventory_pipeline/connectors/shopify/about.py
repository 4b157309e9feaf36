"""About: what a shop says of its quantities and of our token, judged. Pure."""

from collections.abc import Sequence
from typing import Any

from inventory_pipeline.connectors.json_take import take, take_list
from inventory_pipeline.connectors.shopify.documents import ON_HAND, PARTS
from inventory_pipeline.errors import SourceContractError

_WRITES = "write_inventory"


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
    installation = take(about, "currentAppInstallation")
    granted = [str(take(one, "handle")) for one in take_list(installation, "accessScopes")]
    excess = [
        scope
        for scope in sorted(granted)
        if scope.startswith("write_") and not (writes and scope == _WRITES)
    ]
    if not excess:
        return []
    need = "needs only write_inventory of these" if writes else "only reads"
    return [f"the token may {', '.join(excess)}; this system {need}: give it a smaller one"]

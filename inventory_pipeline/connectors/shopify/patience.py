"""Patience: how long the shop wants to be left alone, read from what it says of its cost. Pure."""

from decimal import Decimal, InvalidOperation
from typing import Any

from inventory_pipeline.connectors.json_paths import Path, find_text

SHORTEST, LONGEST = 1.0, 60.0
_COST = "extensions.cost"
_ASKED = Path.parse(f"{_COST}.requestedQueryCost")
_LEFT = Path.parse(f"{_COST}.throttleStatus.currentlyAvailable")
_RATE = Path.parse(f"{_COST}.throttleStatus.restoreRate")


def find_wait(document: Any) -> float | None:
    """Return the seconds until the bucket holds what the request costs; None: it is not said."""
    try:
        asked, left, rate = (
            Decimal(find_text(document, path) or "") for path in (_ASKED, _LEFT, _RATE)
        )
        seconds = float((asked - left) / rate)
    except (InvalidOperation, ZeroDivisionError):
        return None
    return min(LONGEST, max(SHORTEST, seconds))

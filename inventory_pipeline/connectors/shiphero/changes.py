"""Changes: what changed a warehouse's number, as movements, and whether they join up. Pure.

Every change says what was on hand before it. Where that is not what the change before left,
something happened that the history does not tell.

Sources: developer.shiphero.com/schema/types/inventory-change (fields),
/webhooks/inventory-change-webhook (``previous_on_hand`` is that of the warehouse, not of a bin).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inventory_pipeline.connectors.coded_rows import COUNT, Found, LeftOut, sign_movement
from inventory_pipeline.connectors.json_take import take, take_text
from inventory_pipeline.connectors.shiphero.chain import Change, find_breaks
from inventory_pipeline.model.movements import SIGNED_KINDS

# No column of ours: what was on hand before a change, and what it changed.
_BEFORE, _CHANGE = "before", "change"
_TRUE = "true"


@dataclass(frozen=True)
class Changes:
    """Reads changes; ``kinds`` are those that the options name by the words of a reason."""

    kinds: Mapping[str, str]

    def read(self, edge: Any) -> Iterator[Found]:
        """Yield the movement of one change.

        Raises:
            SourceContractError: the change lacks something.
        """
        node = take(edge, "node")
        before, change = take_text(node, "previous_on_hand"), take_text(node, "change_in_on_hand")
        is_count = take_text(node, "cycle_counted") == _TRUE
        if change == "0" and not is_count:
            yield LeftOut("changes that change no number")
            return
        told = (
            {"kind": COUNT, "quantity": _add(before, change)}
            if is_count
            else sign_movement(self._find_kind(take_text(node, "reason")), change)
        )
        yield {
            **told,
            "movement_id": take_text(node, "id"),
            "item_id": take_text(node, "sku"),
            "location_id": take_text(node, "warehouse_id"),
            "moved_at": take_text(node, "created_at"),
            _BEFORE: before,
            _CHANGE: change,
        }

    def _find_kind(self, reason: str | None) -> str:
        said = (reason or "").casefold()
        fitting = (kind for text, kind in self.kinds.items() if text.casefold() in said)
        return next(fitting, SIGNED_KINDS[0])


def describe_breaks(found: Sequence[Found]) -> list[str]:
    """Return a note where what was on hand before a change is not what the one before left."""
    chains: dict[tuple[str, str], list[Change]] = {}
    for row in (one for one in found if isinstance(one, Mapping)):
        before, after = row[_BEFORE], _add(row[_BEFORE], row[_CHANGE])
        if before is not None and after is not None:
            spot = row["item_id"] or "", row["location_id"] or ""
            change = Change(int(before), int(after), row["moved_at"] or "")
            chains.setdefault(spot, []).append(change)
    breaks = [
        f"{item} at {place}: {left} were left, {change.before} stood there before {change.at}"
        for (item, place), chain in sorted(chains.items())
        for left, change in find_breaks(chain)
    ]
    more = f" (and {len(breaks) - 1:,} more)" if len(breaks) > 1 else ""
    return [f"changes are missing in the history: {said}{more}" for said in breaks[:1]]


def _add(before: str | None, change: str | None) -> str | None:
    """Return the sum as text; None where one of the two is no whole number."""
    for text in (before, change):
        digits = (text or "").removeprefix("-")
        if not (digits.isascii() and digits.isdigit()):
            return None
    return str(int(before or "") + int(change or ""))

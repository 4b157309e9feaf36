"""Effects: what each movement should do to a mirror's number, each counted once.

Several systems tell of one sale. An order is taken from whoever owns commitments, goods that
come and go from the owner of on_hand; who else tells of them is a witness with no effect.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from inventory_pipeline.diagnose.case import Move, Rule
from inventory_pipeline.model.movements import (
    ON_HAND_SIGN,
    ORDER_MOMENT_SIGN,
    SELLABLE_DISPOSITIONS,
)
from inventory_pipeline.model.quantities import COMMITTED

ORDER_KINDS = ("order_placed", "order_cancelled")


def choose_effects(
    rows: Iterable[Mapping[str, Any]], rule: Rule, *, owner: str, orders_owner: str
) -> list[Move]:
    """Return the movements of one key with their effects, in order of time.

    Args:
        owner: who owns on_hand there.
        orders_owner: who owns commitments; empty: the first who tells of an order.
    """
    known = list(rows)
    tellers = {row["system"] for row in known if row["kind"] not in ORDER_KINDS}
    goods = {owner} if owner in tellers else tellers
    orders = {orders_owner} if orders_owner else _find_order_teller(known)
    falls_at_order = COMMITTED in rule.names or rule.moment == "order"
    ordered = _find_ordered(known, orders) if falls_at_order else set()
    return [
        _build(
            row,
            ORDER_MOMENT_SIGN if falls_at_order and _has_order(row, ordered) else ON_HAND_SIGN,
            orders if row["kind"] in ORDER_KINDS else goods,
        )
        for row in known
    ]


def _find_ordered(rows: list[Mapping[str, Any]], tellers: set[str]) -> set[str]:
    """Return every name of an order of this item."""
    return {
        row[name]
        for row in rows
        if row["kind"] == "order_placed" and row["system"] in tellers
        for name in ("movement_id", "reference_id", "cause_id")
        if row[name]
    }


def _has_order(row: Mapping[str, Any], ordered: set[str]) -> bool:
    """Return whether the order took the units off already; a shipment nobody ordered does so."""
    if row["kind"] != "shipment":
        return True
    return bool(ordered.intersection((row["movement_id"], row["reference_id"], row["cause_id"])))


def _find_order_teller(rows: list[Mapping[str, Any]]) -> set[str]:
    """Return the system that tells of most orders; ties go to the first by name."""
    counts: dict[str, int] = {}
    for row in rows:
        if row["kind"] in ORDER_KINDS:
            counts[row["system"]] = counts.get(row["system"], 0) + 1
    best = min(counts, key=lambda name: (-counts[name], name), default="")
    return {best}


def _build(row: Mapping[str, Any], signs: Mapping[str, int], tellers: set[str]) -> Move:
    kind, units = row["kind"], row["units"]
    is_own = row["system"] in tellers
    is_stained = (
        kind == "return_received"
        and (row["disposition"] or "").lower() not in SELLABLE_DISPOSITIONS
    )
    counts = is_own and not is_stained
    return Move(
        movement_id=row["movement_id"],
        system=row["system"],
        kind=kind,
        units=units,
        effect=signs.get(kind, 0) * units if counts else 0,
        owner_effect=ON_HAND_SIGN.get(kind, 0) * units if counts else 0,
        at=row["in_force_at"],
        told_at=row["told_at"],
        is_own=is_own,
        reference_id=row["reference_id"] or "",
        cause_id=row["cause_id"] or "",
        actor=row["actor"] or "",
        disposition=row["disposition"] or "",
        destination_id=row["destination_id"] or "",
        role=row.get("role", ""),
    )

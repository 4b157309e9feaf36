"""Truth: the files beside the exports that say what really happened."""

import json
from collections.abc import Iterable, Iterator, Set

from inventory_pipeline.model.hours import compute_slug
from inventory_pipeline.simulator.courier import Arrival
from inventory_pipeline.simulator.faults.fault import Fault
from inventory_pipeline.simulator.labels import Gap, Sighting, Witness
from inventory_pipeline.simulator.shop import Shop
from inventory_pipeline.simulator.tables import Cell, render_csv, render_instant
from inventory_pipeline.simulator.words import SHELF, THREEPL

LABELS = (
    "fault_id", "fault", "cause", "sku", "location_id", "mirror", "fact", "started_at",
    "ended_at", "first_hour", "delta_units", "last_delta_units", "record_ids", "answerable",
    "last_hour", "largest_units", "units", "correction_units", "remedy", "tier", "needs_tier",
    "missing_ids", "group", "correction_fact", "event_path", "looks_like", "known_from",
)  # fmt: skip
GAPS = (
    "sku", "location_id", "mirror", "fact", "shown_units", "due_units", "delta_units",
    "fault_ids",
)  # fmt: skip
ARRIVALS = ("movement_id", "kind", "path", "target", "moved_at", "due_at", "heard_at")
STOCK = ("sku", "location_id", "physical_units", "recorded_units", "committed_units")


def render_labels(witness: Witness, *, tier: int, told: Set[str]) -> bytes:
    """Return labels.csv.

    One row a fault and number. ``delta_units`` is what the mirror is off by in
    ``first_hour``, ``last_delta_units`` in ``last_hour``, the last it is off; every hour
    between is in gaps-HOUR.csv, with all faults of the number together. ``units`` is this
    fault's own part in the last hour read, and ``correction_units`` what puts that right:
    0 where it is over, or the remedy is to wait, or nothing is wrong. It is of
    ``correction_fact``: another fact, where the number is right and its partner is not.
    ``record_ids`` are joined by spaces; ``missing_ids`` are those that no export holds. Before
    ``known_from`` nothing tells the cause from that of ``looks_like``; empty: it never can be told.

    Args:
        told: ids of all records that the exports hold.
    """
    rows = (
        _render_label(witness, fault_id, fault, sighting, tier=tier, told=told)
        for fault_id, fault, sighting in witness.find_labels()
    )
    return render_csv(LABELS, rows)


def _render_label(
    witness: Witness, fault_id: str, fault: Fault, sighting: Sighting, *, tier: int, told: Set[str]
) -> tuple[Cell, ...]:
    started_at = "" if fault.started_at is None else render_instant(fault.started_at)
    ended_at = "" if fault.ended_at is None else render_instant(fault.ended_at)
    missing = [one for one in fault.record_ids if one not in told]
    units = witness.find_units(fault_id, fault, sighting)
    is_answerable = fault.is_answerable and tier >= fault.needs_tier and not missing
    return (
        fault_id, fault.name, fault.cause, fault.sku, fault.location_id, fault.mirror,
        fault.fact, started_at, ended_at, compute_slug(sighting.first_hour),
        sighting.delta_units, sighting.last_delta_units, " ".join(fault.record_ids),
        "yes" if is_answerable else "no", compute_slug(sighting.last_hour),
        sighting.largest_units, units, _find_correction(fault, units), fault.remedy, f"T{tier}",
        f"T{fault.needs_tier}", " ".join(missing), fault.group or fault_id, fault.correction_fact,
        _render_path(fault), fault.looks_like,
        "" if fault.known_from is None else render_instant(fault.known_from),
    )  # fmt: skip


def _render_path(fault: Fault) -> str:
    """Return the way from cause to symptom as a JSON list, in order of time."""
    steps = [step.render() for step in sorted(fault.steps, key=lambda step: step.at)]
    return json.dumps(steps, separators=(",", ":"))


def _find_correction(fault: Fault, units: int | None) -> int | None:
    """Return what to add to the number; a count says itself what to add to the record."""
    if units is None:
        return None
    if fault.remedy in ("wait", "none") or fault.ended_at is not None:
        return 0
    return units if fault.mirror in (SHELF, THREEPL) else -units


def render_gaps(gaps: Iterable[Gap]) -> bytes:
    """Return the numbers that faults made wrong in one hour, each with its faults."""
    rows = (
        (
            gap.reading[1], gap.reading[2], gap.mirror, gap.reading[0], gap.shown, gap.due,
            gap.delta_units, " ".join(gap.fault_ids),
        )
        for gap in gaps
    )  # fmt: skip
    return render_csv(GAPS, rows)


def render_arrivals(arrivals: Iterable[Arrival]) -> bytes:
    """Return who was to hear of what when; ``heard_at`` is empty when they never did."""
    rows = (
        (
            arrival.movement.movement_id, arrival.movement.kind, arrival.path.name,
            arrival.path.target, render_instant(arrival.movement.moved_at),
            render_instant(arrival.due_at), " ".join(map(render_instant, arrival.heard_at)),
        )
        for arrival in arrivals
    )  # fmt: skip
    return render_csv(ARRIVALS, rows)


def render_stock(shop: Shop) -> bytes:
    """Return what is really there beside what its keeper's records say, by key; eaches."""
    return render_csv(STOCK, _find_stock_rows(shop))


def _find_stock_rows(shop: Shop) -> Iterator[tuple[Cell, ...]]:
    for room in (shop.actual.shelf, shop.actual.threepl):
        for key, places in room.bins.items():
            promised = shop.actual.storefront.committed[key]
            yield (*key, shop.world.count(key), sum(places.values()), promised)

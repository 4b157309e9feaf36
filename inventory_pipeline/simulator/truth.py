"""Truth: the files beside the exports that say what really happened."""

from collections.abc import Iterable, Iterator

from inventory_pipeline.model.hours import compute_slug
from inventory_pipeline.simulator.courier import Arrival
from inventory_pipeline.simulator.labels import Gap, Witness
from inventory_pipeline.simulator.shop import Shop
from inventory_pipeline.simulator.tables import Cell, render_csv, render_instant

LABELS = (
    "fault_id", "fault", "cause", "sku", "location_id", "mirror", "fact", "started_at",
    "ended_at", "first_hour", "delta_units", "last_delta_units", "record_ids", "answerable",
)  # fmt: skip
GAPS = (
    "sku", "location_id", "mirror", "fact", "shown_units", "due_units", "delta_units",
    "fault_ids",
)  # fmt: skip
ARRIVALS = ("movement_id", "kind", "path", "target", "moved_at", "due_at", "heard_at")
STOCK = ("sku", "location_id", "physical_units", "recorded_units", "committed_units")


def render_labels(witness: Witness) -> bytes:
    """Return labels.csv.

    One row a fault. ``delta_units`` is what the mirror is off by in ``first_hour``, and
    ``last_delta_units`` in the last hour it is off; every hour between is in gaps-HOUR.csv.
    ``record_ids`` are joined by spaces.
    """
    return render_csv(LABELS, _find_label_rows(witness))


def _find_label_rows(witness: Witness) -> Iterator[tuple[Cell, ...]]:
    for fault_id, fault, sighting in witness.find_labels():
        started_at = "" if fault.started_at is None else render_instant(fault.started_at)
        ended_at = "" if fault.ended_at is None else render_instant(fault.ended_at)
        yield (
            fault_id, fault.name, fault.cause, fault.sku, fault.location_id, fault.mirror,
            fault.fact, started_at, ended_at, compute_slug(sighting.first_hour),
            sighting.delta_units, sighting.last_delta_units, " ".join(fault.record_ids),
            "yes" if fault.is_answerable else "no",
        )  # fmt: skip


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

"""Reconcile, the step: one hour's counts against their owners, recorded and nothing else.

It reads the hour, judges it and records it, in that order. It changes no source and no outbox line,
and run twice it leaves the same tables.
"""

import logging
import time
from collections.abc import Sequence
from datetime import datetime

import polars as pl

from inventory_pipeline.config.models import Settings
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.reconcile import (
    books,
    conduct,
    findings,
    late,
    problems,
    severity,
    structural,
)
from inventory_pipeline.reconcile.cycle import Cycle, close
from inventory_pipeline.reconcile.evidence import (
    find_explained,
    find_other_problems,
    load_audited,
    price,
    tie_gaps,
)
from inventory_pipeline.reconcile.gaps import build_gap_problems, find_expected, find_judged
from inventory_pipeline.reconcile.hour import Picture, load_picture
from inventory_pipeline.reconcile.measures import describe_structural, measure_drift, tally
from inventory_pipeline.reconcile.mirrors import Outcome
from inventory_pipeline.reconcile.past import load_known
from inventory_pipeline.reconcile.record import write
from inventory_pipeline.reconcile.round import judge_mirrors
from inventory_pipeline.reconcile.stockouts import find_stockouts
from inventory_pipeline.store.warehouse import DuckWarehouse

logger = logging.getLogger(__name__)

# grain: one number of one item; pending_units: signed eaches on their way to a mirror when it was
# read; is_sent: they had left by then, and may be there already
NOTHING_PENDING = pl.DataFrame(
    schema={
        "mirror": pl.String, "fact": pl.String, "key_id": pl.Int32, "pending_units": pl.Int64,
        "is_sent": pl.Boolean,
    }
)  # fmt: skip


def run(
    warehouse: DuckWarehouse,
    settings: Settings,
    catalog: Catalog,
    *,
    hour_at: datetime,
    pending: pl.DataFrame = NOTHING_PENDING,
    stuck: Sequence[problems.Row] = (),
) -> Cycle:
    """Reconcile one hour.

    Args:
        pending: corrections on their way to a mirror, as NOTHING_PENDING: they explain a gap
            before anything else does (OUT-12).
        stuck: systems with corrections that do not get there (OUT-10): system, receipts,
            oldest_at, for_people.
    """
    started = time.monotonic()
    with warehouse.transaction():
        picture = load_picture(warehouse, settings, catalog, hour_at)
        outcomes = judge_mirrors(warehouse, picture, settings, catalog, pending)
        known = load_known(warehouse, hour_at)
        others = [
            *find_other_problems(warehouse, picture, settings, outcomes),
            *conduct.find_stuck(stuck),
        ]
        rows, sightings = _fold(warehouse, picture, settings, catalog, outcomes, known, others)
        tallies = [tally(picture, outcome) for outcome in outcomes]
        cycle = close(warehouse, picture, settings, tallies, sightings, started)
        write(warehouse, picture, settings, tallies, rows, sightings, known, catalog)
    logger.info(
        "reconciled hour=%s status=%s compared=%d matched=%d drifting_skus=%d",
        hour_at.isoformat(), cycle.status, cycle.compared, cycle.matched, cycle.drifting_skus,
    )  # fmt: skip
    return cycle


def _fold(
    warehouse: DuckWarehouse,
    picture: Picture,
    settings: Settings,
    catalog: Catalog,
    outcomes: list[Outcome],
    known: pl.DataFrame,
    others: list[problems.Row],
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the hour's exceptions with severity, and its sightings."""
    at = picture.hour_at
    bands = severity.Bands(
        minor_up_to=settings.severity.minor_up_to,
        notable_up_to=settings.severity.notable_up_to,
        settle_checks=settings.severity.settle_checks,
        relative_major=settings.severity.relative_major,
        consistent_cycles=settings.structural.consistent_cycles,
    )
    outcomes = books.qualify(outcomes, others)
    rows, gaps = build_gap_problems(outcomes, picture, known, bands)
    gaps = price(picture, tie_gaps(warehouse, picture, gaps, others), catalog)
    opened, closed = find_stockouts(picture, outcomes, known)
    seen = pl.concat([gaps, problems.build(others), opened])
    drift = measure_drift(picture, gaps)
    if structural.is_structural(
        drift, rule=settings.structural.rule, drift_rate=settings.structural.drift_rate
    ):
        seen = pl.concat([seen, problems.build([describe_structural(drift)])])
    judged = find_judged(known, outcomes, closed, mirrors=find_expected(settings))
    judged = books.keep_judged(judged, load_audited(warehouse, at))
    sightings = findings.fold(seen, known, judged, hour_at=at)
    return rows, late.put_in(sightings, find_explained(warehouse, known, sightings, hour_at=at))

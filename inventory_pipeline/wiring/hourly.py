"""One hour, front door to back: the same steps for the command line and for Dagster."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from inventory_pipeline.correct import step as correct
from inventory_pipeline.errors import InventoryPipelineError
from inventory_pipeline.ingest import step as ingest
from inventory_pipeline.ingest.step import FeedResult
from inventory_pipeline.model.hours import compute_key
from inventory_pipeline.reconcile import step as reconcile
from inventory_pipeline.reconcile.step import Cycle
from inventory_pipeline.wiring.house import House

logger = logging.getLogger(__name__)

RUN_LEASE = "hourly"


@dataclass(frozen=True)
class HourResult:
    """What one hour came to."""

    feeds: tuple[FeedResult, ...]
    cycle: Cycle

    @property
    def needs_a_person(self) -> bool:
        """Return whether a finding is major or a source did not speak whole."""
        lacking = self.cycle.sources_complete < self.cycle.sources_expected
        return self.cycle.majors > 0 or lacking


def run_hour(
    house: House,
    hour_at: datetime,
    *,
    may_fetch: bool = True,
    tell: Callable[[str], None] = lambda _step: None,
) -> HourResult:
    """Take in, reconcile and propose one hour.

    Args:
        may_fetch: False recomputes from landing alone: no fetch, no proposal (backfill).
        tell: is called with the name of each step before it begins.

    Raises:
        InventoryPipelineError: the hour could not be done; the journal says why.
    """
    with house.lease(RUN_LEASE):
        kind = "run" if may_fetch else "backfill"
        with house.journal() as journal:
            run_id = journal.start_run(kind, compute_key(hour_at), now=house.clock.now())
        try:
            result = _do_hour(house, hour_at, may_fetch=may_fetch, tell=tell)
        except BaseException as error:
            _record_failure(house, run_id, hour_at, error)
            raise
        with house.journal() as journal:
            journal.finish_run(
                run_id,
                now=house.clock.now(),
                details={"status": result.cycle.status, "majors": result.cycle.majors},
            )
    return result


def _do_hour(
    house: House, hour_at: datetime, *, may_fetch: bool, tell: Callable[[str], None]
) -> HourResult:
    feeds: list[FeedResult] = []
    for system in house.settings.systems:
        tell(f"ingest {system}")
        feeds += ingest_system(house, system, hour_at, may_fetch=may_fetch)
    tell("reconcile")
    cycle = reconcile_hour(house, hour_at)
    if may_fetch:
        tell("propose")
        propose_hour(house, hour_at)
    return HourResult(tuple(feeds), cycle)


def ingest_system(
    house: House, system: str, hour_at: datetime, *, may_fetch: bool
) -> list[FeedResult]:
    """Land and load one system's feeds of one hour."""
    source = house.build_source(system)
    with house.warehouse() as warehouse:
        return ingest.run(
            warehouse, house.landing, source, house.catalog,
            hour_at=hour_at, clock=house.clock, may_fetch=may_fetch,
        )  # fmt: skip


def reconcile_hour(house: House, hour_at: datetime) -> Cycle:
    """Compare every mirror with the owner of each fact for one hour."""
    with house.warehouse() as warehouse:
        return reconcile.run(warehouse, house.settings, house.catalog, hour_at=hour_at)


def propose_hour(house: House, hour_at: datetime) -> correct.Proposed:
    """Write down what each finding of the hour asks for; nothing is sent."""
    with house.warehouse() as warehouse, house.journal() as journal:
        return correct.run(
            warehouse, journal, house.settings, house.catalog,
            hour_at=hour_at, now=house.clock.now(),
        )  # fmt: skip


def _record_failure(house: House, run_id: int, hour_at: datetime, error: BaseException) -> None:
    """Keep three states apart: crashed, never started, ran and found nothing (ACL-04)."""
    text = str(error) if isinstance(error, InventoryPipelineError) else type(error).__name__
    logger.error("hour failed hour=%s: %s", compute_key(hour_at), text)
    with house.journal() as journal:
        journal.finish_run(run_id, now=house.clock.now(), error=text or type(error).__name__)

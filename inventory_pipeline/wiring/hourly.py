"""One hour, front door to back: the same steps for the command line and for Dagster."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from inventory_pipeline.ingest.batch import FeedResult
from inventory_pipeline.reconcile.cycle import Cycle
from inventory_pipeline.wiring.house import House
from inventory_pipeline.wiring.shift import open_shift


@dataclass(frozen=True)
class HourResult:
    """What one hour came to."""

    feeds: tuple[FeedResult, ...]
    cycle: Cycle

    @property
    def needs_a_person(self) -> bool:
        """Return whether a finding is major or something could not be heard or compared."""
        return self.cycle.majors > 0 or self.cycle.status in ("incomplete", "missed")


def run_hour(
    house: House,
    hour_at: datetime,
    *,
    may_fetch: bool = True,
    tell: Callable[[str], None] = lambda _step: None,
) -> HourResult:
    """Take in, reconcile, diagnose and propose one hour, and sign for it.

    Args:
        house: the installation.
        hour_at: the hour.
        may_fetch: False recomputes from landing alone: no fetch, no proposal (backfill).
        tell: is called with the name of each step before it begins.

    Raises:
        InventoryPipelineError: the hour could not be done; the journal says why.
    """
    with (
        open_shift(
            house, [hour_at], may_fetch=may_fetch, tell=lambda step, _hour_at: tell(step)
        ) as shift,
        shift.sitting(),
    ):
        feeds = [feed for name in house.settings.systems for feed in shift.ingest(name, hour_at)]
        cycle = shift.reconcile(hour_at)
        shift.diagnose(hour_at)
        shift.propose(hour_at)
        shift.sign(hour_at)
    return HourResult(tuple(feeds), cycle)

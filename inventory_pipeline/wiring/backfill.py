"""Backfill: stored hours computed again from landing, with today's configuration.

It fetches nothing, mails nothing, proposes nothing. An hour that was never landed stays
``missed``: a past hour cannot be observed again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from inventory_pipeline.errors import NoDataError, UsageError
from inventory_pipeline.model.hours import compute_key, find_hours
from inventory_pipeline.store.warehouse import set_damaged_aside
from inventory_pipeline.wiring.hourly import HourResult, run_hour
from inventory_pipeline.wiring.house import House
from inventory_pipeline.wiring.linking import link


@dataclass(frozen=True)
class Backfilled:
    """How many hours were computed again, and how they ended."""

    hours: int
    missed: int
    majors: int


def find_stored_hours(house: House, start: datetime | None, end: datetime | None) -> list[datetime]:
    """Return the hours to compute again: the range asked for, else everything landed.

    Raises:
        UsageError: the range ends before it begins.
        NoDataError: nothing was landed and no range was given.
    """
    if start and end and end < start:
        raise UsageError(f"the range ends ({compute_key(end)}) before it begins")
    landed = house.landing.find_hours()
    if start is None and not landed:
        raise NoDataError("nothing was landed yet; run: inventory-pipeline run --hour HOUR")
    first, last = start or landed[0], end or (landed[-1] if landed else start)
    if last is None or last < first:
        return [first]
    return list(find_hours(first, last))


def backfill(
    house: House, hours: list[datetime], *, tell: Callable[[HourResult], None]
) -> Backfilled:
    """Compute hours again, oldest first, then the later ones that rest on them."""
    aside = set_damaged_aside(
        house.storage / "warehouse.duckdb", wait=house.settings.storage.lock_wait
    )
    if aside:
        hours = sorted({*house.landing.find_hours(), *hours})
    results = list(_run(house, hours, tell))
    link(house)
    return Backfilled(
        hours=len(results),
        missed=sum(r.cycle.status == "missed" for r in results),
        majors=results[-1].cycle.majors if results else 0,
    )


def _run(
    house: House, hours: list[datetime], tell: Callable[[HourResult], None]
) -> Iterator[HourResult]:
    for hour_at in hours:
        result = run_hour(house, hour_at, may_fetch=False)
        tell(result)
        yield result

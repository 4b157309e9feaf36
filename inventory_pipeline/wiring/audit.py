"""The quarter's audit: one item end to end, and what is overdue for review (PRV-01, PRV-02).

The item is drawn by a hash of the quarter's name from the active items that the owner and every
mirror list: each quarter another one, the same for all who ask, and nobody picks one that is known
to agree. The best seller would be the same in every quarter. It reads, and changes nothing.
"""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from inventory_pipeline.config.registry import compute_registry
from inventory_pipeline.diagnose.trace import Reading
from inventory_pipeline.errors import NoDataError, UsageError
from inventory_pipeline.model.hours import compute_key
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import Warehouse
from inventory_pipeline.wiring.explain import check_started, find_newest_hour
from inventory_pipeline.wiring.house import House
from inventory_pipeline.wiring.trace import Journey, trace

HOLDS, DIVERGES, UNKNOWN = "holds", "diverges", "unknown"
_QUARTER = re.compile(r"[0-9]{4}Q[1-4]")


@dataclass(frozen=True)
class Audit:
    """One quarter's look at one item.

    Attributes:
        quarter: such as ``2026Q4``; it draws the item, the numbers are the newest.
        journey: the item through all systems.
        overdue: in words, the owners, rules and mappings whose review is late.
    """

    quarter: str
    journey: Journey
    overdue: tuple[str, ...]

    @property
    def first_off(self) -> Reading | None:
        """Return the first number that is off, at the first place where one is."""
        return next((t.failure for t in self.journey.traces if t.failure), None)

    @property
    def verdict(self) -> str:
        """Return holds, diverges, or unknown where a number or its owner is not known."""
        if self.first_off:
            return DIVERGES
        if self.journey.authority or not all(t.agrees for t in self.journey.traces):
            return UNKNOWN
        return HOLDS

    @property
    def needs_a_person(self) -> bool:
        return self.verdict != HOLDS or bool(self.overdue)


def audit(house: House, *, quarter: str | None = None) -> Audit:
    """Take the item of a quarter (default: this one) end to end at the newest stored hour.

    Raises:
        NoDataError: no hour was run, or no active item is listed by an owner and a mirror.
        UsageError: ``quarter`` is none.
    """
    today = house.clock.now().astimezone(house.settings.business.zone).date()
    name = compute_quarter(today) if quarter is None else parse_quarter(quarter)
    check_started(house)
    with house.warehouse() as warehouse:
        hour_at = find_newest_hour(warehouse)
        sku = _draw(warehouse, name, hour_at, active_days=house.settings.active_days)
        mappings = warehouse.query(load_query("wiring", "find_stale_mappings"), hour_at=hour_at)
    problems = compute_registry(house.settings, today=today).problems
    return Audit(
        quarter=name,
        journey=trace(house, sku, hour_at=hour_at),
        overdue=(
            *(problem.text for problem in problems if problem.kind == "overdue"),
            *(_describe_mapping(path, told) for path, told in mappings.iter_rows()),
        ),
    )


def compute_quarter(day: date) -> str:
    """Return the name of the calendar quarter of a day: ``2026Q4``."""
    return f"{day.year:04d}Q{(day.month + 2) // 3}"


def parse_quarter(text: str) -> str:
    """Return the quarter as it is named everywhere.

    Raises:
        UsageError: the text is no quarter.
    """
    name = text.strip().upper()
    if not _QUARTER.fullmatch(name):
        raise UsageError(f"{text!r} is no quarter; write it as 2026Q4")
    return name


def _draw(warehouse: Warehouse, quarter: str, hour_at: datetime, *, active_days: int) -> str:
    drawn = warehouse.query(
        load_query("wiring", "draw_sku"),
        quarter=quarter,
        hour_at=hour_at,
        since=hour_at - timedelta(days=active_days),
    )
    if drawn.is_empty():
        raise NoDataError(
            f"no active item is listed by its owner and a mirror in {compute_key(hour_at)}: "
            "nothing can be audited; run: inventory-pipeline check"
        )
    return str(drawn["sku"][0])


def _describe_mapping(path: str, details: str) -> str:
    told = json.loads(details)
    return f"{path}: the mapping {told['mapping']} has not changed for {told['days']} days"

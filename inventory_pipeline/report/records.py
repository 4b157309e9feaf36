"""Read one day out of the stores, in as few and as short questions as it takes."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from inventory_pipeline.config.models import Settings
from inventory_pipeline.config.registry import compute_registry
from inventory_pipeline.errors import NoDataError, StoreError, UsageError
from inventory_pipeline.model.hours import (
    HOUR,
    compute_key,
    find_hours,
    find_hours_of_day,
    parse_hour,
)
from inventory_pipeline.model.ports import Clock
from inventory_pipeline.report import heartbeat
from inventory_pipeline.report.asks import Ask
from inventory_pipeline.report.attendance import FINISHED, Attempt
from inventory_pipeline.report.daily import Records
from inventory_pipeline.report.outbox import load_outbox
from inventory_pipeline.report.timetable import compute_due_at
from inventory_pipeline.report.trend import find_days
from inventory_pipeline.store.journal import Journal, read_instant
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import DuckWarehouse, Warehouse

# A problem that changed since the day is looked for this far back before it.
LOOK_BACK = timedelta(days=14)


class House(Protocol):
    """What this room needs of an installation."""

    @property
    def settings(self) -> Settings: ...

    @property
    def storage(self) -> Path: ...

    @property
    def clock(self) -> Clock: ...

    def warehouse(self) -> AbstractContextManager[DuckWarehouse]: ...

    def journal(self) -> AbstractContextManager[Journal]: ...


@dataclass(frozen=True)
class _Measured:
    """What the warehouse holds of the day."""

    first_at: datetime | None
    cycles: pl.DataFrame
    batches: pl.DataFrame
    tallies: pl.DataFrame
    problems: pl.DataFrame
    opened_since: int


def load_records(house: House, journal: Journal, day: date) -> Records:
    """Read everything recorded of one local day.

    Raises:
        NoDataError: no hour was ever tried here.
        UsageError: the day has not begun.
    """
    settings, now = house.settings, house.clock.now()
    zone = settings.business.zone
    hours = tuple(find_hours_of_day(day, zone))
    if hours[0] > now:
        raise UsageError(f"{day.isoformat()} has not begun on the clock of {zone.key}")
    start = find_hours_of_day(find_days(day)[0], zone)[0]
    measured = _load_measured(house, day, hours, start, now)
    attempts = load_attempts(journal, hours)
    if measured.first_at is None and not attempts:
        raise NoDataError("no hour was ever checked here; run one: inventory-pipeline run")
    registry = compute_registry(settings, today=day)
    problems = [problem for problem in registry.problems if problem.kind != "overdue"]
    return Records(
        day=day,
        hours=hours,
        due_hours=_find_due_hours(hours, start, measured.first_at, now),
        cycles=measured.cycles,
        batches=measured.batches,
        tallies=measured.tallies,
        problems=measured.problems,
        opened_since=measured.opened_since,
        attempts=attempts,
        proposals=load_proposals(journal),
        tasks=load_tasks(journal),
        authority=tuple((problem.fact, problem.text) for problem in problems),
        overdue=tuple(p.text for p in registry.problems if p.kind == "overdue"),
        heartbeat_at=load_heartbeat_at(house.storage),
        outbox=load_outbox(journal, hours, now=now, stuck_after=settings.outbox.stuck_after),
    )


def _load_measured(
    house: House, day: date, hours: tuple[datetime, ...], start: datetime, now: datetime
) -> _Measured:
    mail, zone = house.settings.mail, house.settings.business.zone
    due_at = compute_due_at(day, at=mail.at, zone=zone)
    with house.warehouse() as warehouse:
        cycles = _ask(warehouse, "find_cycles", start_at=start, end_at=hours[-1])
        checked = cycles.filter(pl.col("status").is_in(FINISHED))["hour_at"].to_list()
        checked_at = max(checked, default=start)
        since = {"end_at": hours[-1], "until_at": min(now, due_at)}
        return _Measured(
            first_at=_ask(warehouse, "find_first_cycle")["first_at"][0],
            cycles=cycles,
            batches=_ask(warehouse, "find_batches", start_at=hours[0], end_at=hours[-1]),
            tallies=_ask(warehouse, "find_tallies", hour_at=checked_at),
            problems=_ask(
                warehouse,
                "find_findings",
                since_at=checked_at - LOOK_BACK,
                start_at=hours[0],
                checked_at=checked_at,
            ),
            opened_since=_ask(warehouse, "count_opened_since", **since)["opened"][0],
        )


def _ask(warehouse: Warehouse, name: str, **params: Any) -> pl.DataFrame:
    return warehouse.query(load_query("report", name), **params)


def _find_due_hours(
    hours: tuple[datetime, ...], start: datetime, first_at: datetime | None, now: datetime
) -> tuple[datetime, ...]:
    begin = hours[0] if first_at is None or first_at > hours[-1] else max(first_at, start)
    return tuple(hour for hour in find_hours(begin, hours[-1]) if hour + HOUR <= now)


def load_attempts(journal: Journal, hours: tuple[datetime, ...]) -> dict[datetime, Attempt]:
    """Return the newest attempt at each hour that was tried."""
    rows = journal.query(
        load_query("report", "find_attempts"),
        start_key=compute_key(hours[0]),
        end_key=compute_key(hours[-1]),
    )
    return {
        parse_hour(row["subject"]): Attempt(
            row["state"], read_instant(row["started_at"]), row["error"]
        )
        for row in rows
    }


def load_proposals(journal: Journal) -> tuple[Ask, ...]:
    """Return the corrections that were proposed and not replaced since."""
    return tuple(
        Ask(
            "proposal", row["proposal_id"], row["finding_id"], row["sku"], row["location_id"],
            row["system"], row["target_units"], row["decision"], row["reason"],
        )
        for row in journal.query(load_query("report", "find_proposals"))
    )  # fmt: skip


def load_tasks(journal: Journal) -> tuple[Ask, ...]:
    """Return the count tasks that are not closed."""
    return tuple(
        Ask(
            "count", row["task_id"], row["finding_id"], row["sku"], row["location_id"],
            row["bin"], row["recorded_units"], row["state"], row["reason"],
        )
        for row in journal.query(load_query("report", "find_tasks"))
    )  # fmt: skip


def load_heartbeat_at(storage: Path) -> datetime | None:
    """Return when an hourly run last signed the heartbeat file, if it can be read."""
    try:
        return heartbeat.load_heartbeat(storage / heartbeat.FILE_NAME).run_at
    except (NoDataError, StoreError):
        return None

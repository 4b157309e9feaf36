"""Closing: what a check has shown to be over is asked of nobody any more.

A count task ends when a check sees the owner show the number, and not before; a proposal and a
number that was to be set by hand end with their gap.
"""

from datetime import datetime
from typing import Any

import polars as pl

from inventory_pipeline.correct.walk import find_state
from inventory_pipeline.store import audit
from inventory_pipeline.store.journal import Journal, write_instant
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import DuckWarehouse

Row = dict[str, Any]
REFUSED = ("superseded", "dead")


def close_tasks(
    warehouse: DuckWarehouse, journal: Journal, *, hour_at: datetime, now: datetime
) -> int:
    """Move tasks and proposals on by what an hour shows; return how many tasks were closed."""
    over = _load_over(warehouse, hour_at)
    _withdraw(journal, over)
    open_tasks = journal.query(load_query("correct", "find_walked_tasks"))
    if not open_tasks:
        return 0
    shown = _load_shown(warehouse, open_tasks, hour_at)
    closed = 0
    for task in open_tasks:
        if task["kind"] == "set":
            closed += task["finding_id"] in over and _close_set(journal, task, now)
        else:
            closed += _move_on(journal, task, shown.get(task["task_id"]), now)
    return closed


def _load_over(warehouse: DuckWarehouse, hour_at: datetime) -> set[str]:
    """Return the gaps that an hour could judge and no longer found."""
    seen = warehouse.query(load_query("correct", "load_sightings"), hour_at=hour_at)
    gone = seen.filter((pl.col("kind") == "gap") & (pl.col("state") != "open"))
    return set(gone["finding_id"])


def _withdraw(journal: Journal, over: set[str]) -> None:
    """Leave nothing to approve of a gap that is gone: its numbers may be right by now."""
    journal.execute_many(
        "update proposals set decision = 'superseded' "
        "where finding_id = :finding_id and decision in ('flagged', 'suspended')",
        [{"finding_id": finding_id} for finding_id in sorted(over)],
    )


def _load_shown(
    warehouse: DuckWarehouse, tasks: list[Row], hour_at: datetime
) -> dict[str, tuple[int | None, int]]:
    names = ("task_id", "fact", "sku", "location_id", "as_of")
    given = pl.DataFrame([{name: task[name] or "" for name in names} for task in tasks])
    given = given.with_columns(pl.col("as_of").str.to_datetime(time_zone="UTC", strict=False))
    rows = warehouse.query_with(given, load_query("correct", "load_shown"), hour_at=hour_at)
    return {row["task_id"]: (row["shown_units"], row["moved_units"]) for row in rows.to_dicts()}


def _move_on(
    journal: Journal, task: Row, seen: tuple[int | None, int] | None, now: datetime
) -> bool:
    if task["owner_state"] in REFUSED and task["state"] == "counted":
        _write(journal, task, "open", "the owner's record moved while it was counted", now)
        return False
    units, moved = seen or (None, 0)
    change = {"owner_at": task["owner_at"]} if task["change_id"] else None
    state = find_state(task, change, units, moved)
    if state != task["state"]:
        if state == "closed":
            _write(journal, task, "verified", f"the owner shows {units}", now)
        _write(journal, task, state, f"the owner shows {units}", now)
    return state == "closed"


def _close_set(journal: Journal, task: Row, now: datetime) -> bool:
    """A number that was to be set by hand is set when its finding is gone."""
    _write(journal, task, "closed", "the check no longer finds the gap", now)
    return True


def _write(journal: Journal, task: Row, state: str, why: str, now: datetime) -> None:
    at = write_instant(now)
    column = {"verified": "verified_at", "closed": "closed_at"}.get(state)
    journal.execute(
        "update tasks set state = :state, verified_at = case when :column = 'verified_at' "
        "then :at else verified_at end, closed_at = case when :column = 'closed_at' then :at "
        "else closed_at end where task_id = :task_id",
        state=state, column=column, at=at, task_id=task["task_id"],
    )  # fmt: skip
    audit.append(journal, f"task_{state}", task["task_id"], {"why": why}, now=now)

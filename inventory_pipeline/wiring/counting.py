"""Counting: a person's count, and where the owner's record of it goes."""

import csv
import io
from datetime import datetime
from pathlib import Path
from typing import Any

from inventory_pipeline.correct import flow, walk
from inventory_pipeline.correct.walk import Count, Counted, Standing
from inventory_pipeline.errors import UsageError
from inventory_pipeline.ingest.durable import write_durably
from inventory_pipeline.report.attachment import make_harmless
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.wiring.explain import check_started, find_newest_hour
from inventory_pipeline.wiring.house import House

Row = dict[str, Any]


def count(
    house: House, task_id: str, *, units: int, by: str, code: str, as_of: datetime | None
) -> Counted:
    """Take a count of a task: the owner's record is written once, the mirrors by receipts.

    Raises:
        UsageError: there is no such task, or this is no count of it.
        NoDataError: no hour was run yet.
    """
    check_started(house)
    now = house.clock.now()
    counted = Count(units, by, code, as_of or now)
    if counted.as_of > now:
        raise UsageError(f"--at {counted.as_of.isoformat()} is yet to come")
    with house.journal() as journal:
        task = walk.load_task(journal, task_id)
        walk.check_count(task, counted)
    standing = load_standing(house, task, counted, now)
    with house.journal() as journal, journal.transaction():
        task = walk.load_task(journal, task_id)
        walk.check_count(task, counted)
        taken = walk.take_count(journal, task, counted, standing, house.settings.walk, now=now)
        if taken.state == "corrected":
            _drop(house, task, counted, standing)
    return taken


def load_standing(house: House, task: Row, counted: Count, now: datetime) -> Standing:
    """Read what the systems show of the item, and work out what each should show."""
    key = {"sku": task["sku"], "location": task["location_id"]}
    with house.warehouse() as warehouse:
        ask = {**key, "hour_at": find_newest_hour(warehouse)}
        facts = warehouse.query(load_query("wiring", "explain_facts"), **ask)
        shown = warehouse.query(load_query("wiring", "explain_comparisons"), **ask)
        owner = flow.find_owner(task, facts)
        bins = warehouse.query(
            load_query("wiring", "count_bins"), system=owner, fact=task["fact"], **key
        )
    return flow.find_standing(
        task, counted,
        facts=facts, shown=shown, bins=bins,
        settings=house.settings, catalog=house.catalog, now=now,
    )  # fmt: skip


def _drop(house: House, task: Row, counted: Count, standing: Standing) -> None:
    """Write the task file for an owner without an interface: a shelf's own record keeper."""
    row = {
        "task_id": task["task_id"],
        "sku": task["sku"],
        "location_id": task["location_id"],
        "bin": task["bin"],
        "recorded_units": standing.recorded_units,
        "counted_units": counted.units,
        "total_units": standing.total_units,
        "as_of": counted.as_of.isoformat(),
        "counted_by": counted.by,
        "reason": counted.code,
    }
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(row))
    writer.writeheader()
    writer.writerow({name: _harmless(cell) for name, cell in row.items()})
    path = find_task_file(house, task["system"] or "owner", task["task_id"])
    path.parent.mkdir(parents=True, exist_ok=True)
    write_durably(path, text.getvalue().encode())


def _harmless(cell: Any) -> Any:
    """People open this file with a spreadsheet: a name must not be computed there."""
    return make_harmless(cell) if isinstance(cell, str) else cell


def find_task_file(house: House, system: str, task_id: str) -> Path:
    """Return where the owner's task file lies."""
    return house.storage / "outbox" / system / f"count-{task_id}.csv"

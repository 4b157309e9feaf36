"""Counting: a person's count, the owner's record, and what every mirror should then show."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from inventory_pipeline.config.facts import Mirror
from inventory_pipeline.config.formula import parse_formula
from inventory_pipeline.correct import walk
from inventory_pipeline.correct.receipts import Effect
from inventory_pipeline.correct.step import build_book
from inventory_pipeline.correct.walk import Count, Counted, Standing
from inventory_pipeline.errors import NoDataError, UsageError
from inventory_pipeline.ingest.durable import write_durably
from inventory_pipeline.model.quantities import ON_HAND, SAFETY_STOCK
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
    standing = load_standing(house, task, counted)
    with house.journal() as journal, journal.transaction():
        task = walk.load_task(journal, task_id)
        walk.check_count(task, counted)
        taken = walk.take_count(journal, task, counted, standing, house.settings.walk, now=now)
        if taken.state == "corrected":
            _drop(house, task, counted, standing)
    return taken


def load_standing(house: House, task: Row, counted: Count) -> Standing:
    """Read what the systems show of the item, and work out what each should show."""
    key = {"sku": task["sku"], "location": task["location_id"]}
    with house.warehouse() as warehouse:
        hour_at = find_newest_hour(warehouse)
        ask = {**key, "hour_at": hour_at}
        facts = warehouse.query(load_query("wiring", "explain_facts"), **ask)
        shown = warehouse.query(load_query("wiring", "explain_comparisons"), **ask)
        owner = _find_owner(facts, task)
        bins = warehouse.query(
            load_query("wiring", "count_bins"), system=owner, fact=task["fact"], **key
        )
    recorded = _find_recorded(task, bins)
    before = _find_units(facts, task["fact"])
    total = counted.units
    if task["bin"] and bins.height > 1 and before is not None:
        total = before - (recorded or 0) + counted.units
    effects = tuple(_find_effects(house, task, owner, facts, shown, before, total))
    return Standing(recorded, total, effects)


def _find_owner(facts: pl.DataFrame, task: Row) -> str:
    named = facts.filter(pl.col("fact") == task["fact"])
    if named.is_empty():
        raise NoDataError(
            f"no owner shows {task['fact']} of {task['sku']} at {task['location_id']}: "
            "nobody's record can be corrected"
        )
    return str(named["owner"][0])


def _find_recorded(task: Row, bins: pl.DataFrame) -> int | None:
    """Return the record of the bin now; orders may have left since the task was written."""
    named = bins.filter(pl.col("bin") == task["bin"])
    if named.height:
        return int(named["units"].sum())
    recorded = task["recorded_units"]
    return None if recorded is None else int(recorded)


def _find_units(facts: pl.DataFrame, fact: str) -> int | None:
    named = facts.filter(pl.col("fact") == fact)
    return None if named.is_empty() else named["owner_units"][0]


def _find_effects(
    house: House,
    task: Row,
    owner: str,
    facts: pl.DataFrame,
    shown: pl.DataFrame,
    before: int | None,
    total: int,
) -> Iterator[Effect]:
    book, now = build_book(house.settings, house.catalog), house.clock.now()
    place = task["sku"], task["location_id"]
    if task["fact"] in house.settings.systems[owner].writes:
        address, trouble = book.find(owner, *place, now)
        if address is None:
            raise UsageError(f"the owner's record cannot be written: {trouble}")
        yield Effect(owner, task["fact"], "set", total, before, address, "count", is_owner=True)
    values = _gather(house, task, facts, total)
    for mirror in house.settings.mirrors:
        address, _ = book.find(mirror.system, *place, now)
        if address is None or mirror.fact not in house.settings.systems[mirror.system].writes:
            continue
        observed = shown.filter(
            (pl.col("mirror") == mirror.system) & (pl.col("fact") == mirror.fact)
        )
        target = _evaluate(mirror, values)
        if observed.is_empty() or target is None or mirror.system == owner:
            continue
        whole = address.convert(target)[0] * address.eaches
        units = observed["observed_units"][0]
        if units is None or units == whole:
            continue
        yield Effect(mirror.system, mirror.fact, "set", whole, units, address, "count")


def _gather(house: House, task: Row, facts: pl.DataFrame, total: int) -> dict[str, int]:
    """Return the number of every fact of the item, with the new total in its place."""
    values = {
        row["fact"]: row["owner_units"]
        for row in facts.iter_rows(named=True)
        if row["owner_units"] is not None
    }
    stock = house.catalog.items.filter(pl.col("sku") == task["sku"])["safety_stock"]
    return {**values, SAFETY_STOCK: int(stock[0]) if stock.len() else 0, task["fact"]: total}


def _evaluate(mirror: Mirror, values: dict[str, int]) -> int | None:
    """Return what the mirror should show; nothing where a number of its rule is not known."""
    formula = parse_formula(mirror.expects)
    # What nobody reports as promised is not promised; without stock there is no rule.
    known = {name: values.get(name, None if name == ON_HAND else 0) for name in formula.names}
    if any(value is None for value in known.values()):
        return None
    arrays = {name: np.array([value], dtype=np.int64) for name, value in known.items()}
    return max(0, int(formula.evaluate(arrays)[0]))


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
    writer.writerow(row)
    path = find_task_file(house, task["system"] or "owner", task["task_id"])
    path.parent.mkdir(parents=True, exist_ok=True)
    write_durably(path, text.getvalue().encode())


def find_task_file(house: House, system: str, task_id: str) -> Path:
    """Return where the owner's task file lies."""
    return house.storage / "outbox" / system / f"count-{task_id}.csv"

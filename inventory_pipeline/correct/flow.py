"""Flow: what every system should show once somebody has counted what the owner has.

Pure: what the systems show of one item in, what each shall do out. A count names one bin; the
owner's number is all bins together; every mirror's number follows by its own rule.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from inventory_pipeline.config.formula import parse_formula
from inventory_pipeline.config.models import Settings
from inventory_pipeline.correct.addresses import AddressBook, build_book
from inventory_pipeline.correct.receipts import Effect
from inventory_pipeline.correct.walk import Count, Standing
from inventory_pipeline.errors import NoDataError, UsageError
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.quantities import ON_HAND, SAFETY_STOCK

Row = dict[str, Any]


def find_owner(task: Row, facts: pl.DataFrame) -> str:
    """Return whose record a count corrects.

    Raises:
        NoDataError: nobody shows the fact of the item.
    """
    named = facts.filter(pl.col("fact") == task["fact"])
    if named.is_empty():
        raise NoDataError(
            f"no owner shows {task['fact']} of {task['sku']} at {task['location_id']}: "
            "nobody's record can be corrected"
        )
    return str(named["owner"][0])


def find_standing(
    task: Row,
    counted: Count,
    *,
    facts: pl.DataFrame,
    shown: pl.DataFrame,
    bins: pl.DataFrame,
    settings: Settings,
    catalog: Catalog,
    now: datetime,
) -> Standing:
    """Return what the count meets, and what each system shall do about it.

    Args:
        facts: the owners' numbers of the item at the place.
        shown: what each mirror shows of it.
        bins: the owner's bins of it: bin, units.
    """
    owner, recorded = find_owner(task, facts), _find_recorded(task, bins)
    book = build_book(settings, catalog)
    known = {row["fact"]: row["owner_units"] for row in facts.iter_rows(named=True)}
    before = known.get(task["fact"])
    total = counted.units
    if task["bin"] and bins.height > 1 and before is not None:
        total = before - (recorded or 0) + counted.units
    stock = catalog.items.filter(pl.col("sku") == task["sku"])["safety_stock"]
    safety_stock = int(stock[0]) if stock.len() else 0
    values = {**known, SAFETY_STOCK: safety_stock, task["fact"]: total}
    effects = [
        *_find_owners(task, owner, before, total, settings, book, now),
        *_find_mirrors(task, owner, values, shown, settings, book, now),
    ]
    return Standing(recorded, total, effects)


def _find_recorded(task: Row, bins: pl.DataFrame) -> int | None:
    """Return the record of the bin now; orders may have left since the task was written."""
    named = bins.filter(pl.col("bin") == task["bin"])
    if named.height:
        return int(named["units"].sum())
    recorded = task["recorded_units"]
    return None if recorded is None else int(recorded)


def _find_owners(
    task: Row,
    owner: str,
    before: int | None,
    total: int,
    settings: Settings,
    book: AddressBook,
    now: datetime,
) -> Iterator[Effect]:
    """Write the owner's record, where it can be written to."""
    if task["fact"] not in settings.systems[owner].writes:
        return
    address, trouble = book.find(owner, task["sku"], task["location_id"], now)
    if address is None:
        raise UsageError(f"the owner's record cannot be written: {trouble}")
    yield Effect(owner, task["fact"], "set", total, before, address, "count", is_owner=True)


def _find_mirrors(
    task: Row,
    owner: str,
    values: Mapping[str, int | None],
    shown: pl.DataFrame,
    settings: Settings,
    book: AddressBook,
    now: datetime,
) -> Iterator[Effect]:
    """Set every mirror whose rule rests on what was counted, and that shows something else."""
    observed = {(row["mirror"], row["fact"]): row["observed_units"] for row in shown.to_dicts()}
    for mirror in settings.mirrors:
        units = observed.get((mirror.system, mirror.fact))
        address, _ = book.find(mirror.system, task["sku"], task["location_id"], now)
        target = compute_target(mirror.expects, task["fact"], values)
        is_writable = mirror.fact in settings.systems[mirror.system].writes
        if None in (units, address, target) or not is_writable or mirror.system == owner:
            continue
        assert address is not None  # noqa: S101 just looked at
        whole = address.convert(target or 0)[0] * address.eaches
        if units != whole:
            yield Effect(mirror.system, mirror.fact, "set", whole, units, address, "count")


def compute_target(expects: str, fact: str, values: Mapping[str, int | None]) -> int | None:
    """Return what a mirror should show; nothing where its rule does not rest on the fact.

    What nobody reports as promised is not promised; without stock there is no rule.
    """
    formula = parse_formula(expects)
    if fact not in formula.names:
        return None
    known = {name: values.get(name) for name in formula.names}
    if known.get(ON_HAND, 0) is None:
        return None
    arrays = {name: np.array([value or 0], dtype=np.int64) for name, value in known.items()}
    return max(0, int(formula.evaluate(arrays)[0]))

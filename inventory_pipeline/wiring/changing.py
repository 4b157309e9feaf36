"""Changing: what somebody tells of is written with its receipts, if the owner knows the item."""

from datetime import datetime

import polars as pl

from inventory_pipeline.correct import changing, queue
from inventory_pipeline.correct.addresses import build_book
from inventory_pipeline.correct.changing import Told
from inventory_pipeline.errors import UsageError
from inventory_pipeline.model.hours import compute_key
from inventory_pipeline.model.quantities import ON_HAND
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.wiring.explain import check_item, check_started, find_newest_hour
from inventory_pipeline.wiring.house import House


def change(house: House, told: Told) -> list[str]:
    """Write a change and its receipts; return the receipts that are new.

    Raises:
        UsageError: the words make no change, nobody would hear of it, or the owner does not
            know the item: what only a mirror shows is a ghost, and nothing follows from it.
        NoDataError: no hour was run yet, or nobody ever named the item.
    """
    settings, now = house.settings, house.clock.now()
    changing.check(told, settings)
    _check_known(house, told)
    effects = changing.build_effects(told, settings, build_book(settings, house.catalog), now)
    with house.journal() as journal:
        rows = queue.add_change(journal, told.build_change(now), effects, now=now)
    return [row["receipt_id"] for row in rows]


def _check_known(house: House, told: Told) -> None:
    """Hold what is about a ghost (RET-08)."""
    check_started(house)
    with house.warehouse() as warehouse:
        check_item(warehouse, told.sku)
        hour_at: datetime = find_newest_hour(warehouse)
        facts = warehouse.query(
            load_query("wiring", "explain_facts"),
            sku=told.sku, location=told.location_id, hour_at=hour_at,
        )  # fmt: skip
    if facts.filter((pl.col("fact") == ON_HAND) & pl.col("owner_units").is_not_null()).is_empty():
        raise UsageError(
            f"the owner shows no {told.sku} at {told.location_id} in {compute_key(hour_at)}: a "
            "ghost; nothing is told of it before the owner has counted it"
        )

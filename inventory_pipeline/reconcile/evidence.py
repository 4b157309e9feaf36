"""Evidence: what else an hour's records say, and what a gap is tied to and worth."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from inventory_pipeline.config.models import Settings
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.model.quantities import ON_HAND
from inventory_pipeline.reconcile import (
    authority,
    books,
    conduct,
    late,
    receipts,
    recounts,
    silence,
    ties,
    variance,
)
from inventory_pipeline.reconcile.hour import Picture
from inventory_pipeline.reconcile.look_alikes import find_look_alikes
from inventory_pipeline.reconcile.mirrors import Outcome
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import DuckWarehouse


def find_other_problems(
    warehouse: DuckWarehouse, picture: Picture, settings: Settings, outcomes: list[Outcome]
) -> list[dict[str, object]]:
    """Return what is wrong beside the gaps: authority, moments, books, writes, counts, bins."""
    at, day = picture.hour_at, timedelta(days=1)
    rows = [
        *warehouse.query(load_query("reconcile", "load_ledger_problems"), hour_at=at).to_dicts(),
        *_find_receipt_lags(outcomes),
        *authority.find_authority_problems(settings),
        *authority.find_moment_problems(settings),
        *_find_negatives(picture, settings),
    ]
    writes = warehouse.query(load_query("reconcile", "find_direct_writes"), hour_at=at)
    rows += conduct.find_non_owner_writes(writes, settings, _find_owned_units(picture, writes))
    owner = authority.find_owner(settings, ON_HAND)
    if owner is None:
        return rows
    early = warehouse.query(
        load_query("reconcile", "find_early_levels"),
        hour_at=at,
        owner=owner,
        at_order=[n for n, system in settings.systems.items() if system.decrements_at == "order"],
    )
    rows += conduct.find_early_levels(early, settings)
    counts = warehouse.query(
        load_query("ledger", "load_count_movements"), hour_at=at, since=at - day
    ).filter(pl.col("system") == owner)
    if counts.height:
        rows += _find_variances(warehouse, picture, settings, counts)
    rows += _find_silences(warehouse, picture, owner)
    bins = warehouse.query(
        load_query("reconcile", "find_misplaced"), hour_at=at, owner=owner, fact=ON_HAND
    )
    return rows + variance.find_misplaced(bins, owner=owner)


def load_audited(warehouse: DuckWarehouse, hour_at: datetime) -> list[str]:
    """Return the owners whose levels were held against their own movements in the hour."""
    told = warehouse.query(load_query("reconcile", "load_audits"), hour_at=hour_at)
    return told["system"].to_list()


def find_explained(
    warehouse: DuckWarehouse, known: pl.DataFrame, sightings: pl.DataFrame, *, hour_at: datetime
) -> pl.DataFrame:
    """Return gaps that are over and that a movement first told in this hour explains."""
    waiting = late.find_waiting(known, sightings, hour_at=hour_at)
    if waiting.is_empty():
        return waiting
    told = warehouse.query_with(
        waiting.select("key_id").unique(),
        load_query("ledger", "load_late_movements"),
        hour_at=hour_at,
        before=hour_at - HOUR,
        since=hour_at - late.REACH - HOUR,
    )
    return late.explain(waiting, told, hour_at=hour_at)


def _find_receipt_lags(outcomes: list[Outcome]) -> list[dict[str, object]]:
    return [
        row
        for outcome in outcomes
        for row in receipts.find_receipt_lags(
            outcome.exceptions.with_columns(fact=pl.lit(outcome.mirror.fact)),
            outcome.ahead,
            mirror=outcome.mirror.system,
        )
    ]


def _find_silences(
    warehouse: DuckWarehouse, picture: Picture, owner: str
) -> list[dict[str, object]]:
    """Return items that stopped selling; none in an hour whose owner did not answer whole."""
    batch, owned = picture.batches.get(owner), picture.facts.get(ON_HAND)
    if owned is None or batch is None or batch.source_at is None or not picture.is_whole(owner):
        return []
    runs = warehouse.query(
        load_query("reconcile", "find_silences"),
        hour_at=picture.hour_at,
        since=batch.source_at - silence.REACH,
        until=batch.source_at,
        least_sales=silence.LEAST_SALES,
    )
    units = pl.Series(owned.column.units[runs["key_id"].to_numpy()], dtype=pl.Int64)
    return silence.find_silent_items(runs, units=units, owner=owner, items=picture.active_skus)


def _find_variances(
    warehouse: DuckWarehouse, picture: Picture, settings: Settings, counts: pl.DataFrame
) -> list[dict[str, object]]:
    since = picture.hour_at - timedelta(days=2)
    records = warehouse.query(
        load_query("reconcile", "load_records"),
        hour_at=picture.hour_at,
        since=since,
        fact=ON_HAND,
        key_ids=counts["key_id"].unique().to_list(),
    )
    movements = warehouse.query(
        load_query("ledger", "load_movements"),
        hour_at=picture.hour_at,
        low=since,
        high=picture.hour_at + timedelta(hours=1),
    )
    disputed = recounts.find_conflicts(counts, movements)
    settled = counts.join(disputed, on=["system", "key_id"], how="anti", maintain_order="left")
    return [
        *recounts.describe_conflicts(disputed),
        *variance.find_variances(settled, records, movements, bands=settings.severity),
    ]


def _find_negatives(picture: Picture, settings: Settings) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for (system, fact), column in picture.hour.columns.items():
        allowed = settings.systems[system].snapshot.allow_negative
        for key_id in np.flatnonzero(column.units < 0):
            rows.append(
                {
                    "kind": "negative_stock",
                    "fact": fact,
                    "mirror": system,
                    "key_id": int(key_id),
                    "class": "negative_stock",
                    "severity": "minor" if allowed else "major",
                    "observed_units": int(column.units[key_id]),
                }
            )
    return rows


def _find_owned_units(
    picture: Picture, writes: pl.DataFrame
) -> dict[tuple[str, int], tuple[str, int]]:
    found = {}
    for fact, key_id in writes.select("fact", "key_id").unique().iter_rows():
        owned = picture.facts.get(fact)
        if owned and owned.column.is_present[key_id]:
            owner = owned.owners[owned.owner_of[key_id]]
            found[fact, key_id] = (owner, int(owned.column.units[key_id]))
    return found


def tie_gaps(
    warehouse: DuckWarehouse,
    picture: Picture,
    gaps: pl.DataFrame,
    others: list[dict[str, object]],
) -> pl.DataFrame:
    """Tie gaps to the orders they disappointed, the counts they follow, and their look-alikes."""
    is_gap = pl.col("kind") == "gap"
    over = is_gap & (pl.col("delta_units") > 0)
    orders = _find_short_orders(warehouse, picture, gaps.filter(over))
    counts = ties.find_counts_told_once(gaps.filter(is_gap), others)
    alike = _find_look_alikes(picture, gaps.filter(~is_gap))
    gaps = ties.tie(gaps, orders, only=over, symptom=2)
    gaps = ties.tie(gaps, counts, only=is_gap, symptom=3)
    gaps = ties.tie(gaps, books.find_rushes(others), only=over, symptom=2)
    return ties.tie(gaps, alike, only=~is_gap, symptom=None)


def _find_short_orders(
    warehouse: DuckWarehouse, picture: Picture, over: pl.DataFrame
) -> dict[int, dict[str, object]]:
    grave = over.filter(pl.col("severity") == "major")
    if grave.is_empty():
        return {}
    orders = warehouse.query(
        load_query("ledger", "load_short_orders"),
        hour_at=picture.hour_at,
        since=picture.hour_at - timedelta(days=2),
        key_ids=grave["key_id"].unique().to_list(),
    )
    return ties.find_short_orders(orders)


def _find_look_alikes(picture: Picture, strange: pl.DataFrame) -> dict[int, dict[str, object]]:
    """Name the item that a ghost or an absent one may be under another spelling (F-41)."""
    keys = strange["key_id"].unique()
    named = pl.DataFrame({"key_id": keys, "sku": picture.name_skus(keys)})
    alike = find_look_alikes(named["sku"].unique(), picture.skus)
    told = named.filter(pl.col("sku").is_in(list(alike)))
    return {key: {"looks_like": alike[sku]} for key, sku in told.iter_rows()}


def price(picture: Picture, gaps: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """Add the money a gap puts at risk: its size at the price, else at the unit cost."""
    price = catalog.items.select("sku", each=pl.coalesce("price", "unit_cost")).drop_nulls()
    if gaps.is_empty() or price.is_empty():
        return gaps
    by_sku = pl.DataFrame({"sku": picture.skus}).join(
        price, on="sku", how="left", validate="m:1", maintain_order="left"
    )
    each = by_sku["each"].gather(picture.sku_of[gaps["key_id"].to_numpy()])
    units = pl.coalesce("delta_units", "observed_units", "expected_units").abs()
    return gaps.with_columns(money_at_risk=units * each)

"""Ledger, the step: hold an hour's movements together and write what does not add up.

The only file of the room that touches the store. Run it twice and nothing changes.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from inventory_pipeline.config.models import Settings
from inventory_pipeline.ledger import arrivals, audit, returns
from inventory_pipeline.ledger.inspection import inspect
from inventory_pipeline.ledger.ownership import Ownership, find_ownership
from inventory_pipeline.ledger.posting_inspection import inspect_postings
from inventory_pipeline.ledger.problems import Row, build_problems
from inventory_pipeline.ledger.transfers import compute_transfers
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.frames import INSTANT
from inventory_pipeline.model.quantities import ON_HAND
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import DuckWarehouse

logger = logging.getLogger(__name__)

# A transfer that has been on its way for longer is no longer looked for.
TRANSFER_LIFE = timedelta(days=30)
# Nobody rushes goods for an order older than this.
ORDER_LIFE = timedelta(days=7)


@dataclass(frozen=True)
class Posted:
    """What the ledger made of one hour."""

    transfers: int
    problems: int


def run(
    warehouse: DuckWarehouse, settings: Settings, catalog: Catalog, *, hour_at: datetime
) -> Posted:
    """Write the transfers, audits and problems of one hour in place of what it held before."""
    ownership = find_ownership(settings, catalog)
    with warehouse.transaction():
        batches = _ask(warehouse, "find_batches", hour_at=hour_at, since=hour_at - audit.REACH)
        as_of = _find_as_of(batches, hour_at)
        transfers = _load_transfers(warehouse, ownership, hour_at)
        rows = [
            *_judge_transfers(warehouse, settings, ownership, transfers, hour_at, as_of),
            *_audit(warehouse, settings, ownership, batches, hour_at),
            *_judge_returns(warehouse, settings, hour_at, as_of),
            *inspect(warehouse, settings, ownership.systems, hour_at=hour_at, as_of=as_of),
            *inspect_postings(warehouse, settings, catalog, ownership.default, hour_at=hour_at),
        ]
        _replace(warehouse, "ledger.problems", build_problems(rows, hour_at=hour_at), hour_at)
    logger.info(
        "posted hour=%s transfers=%d problems=%d", hour_at.isoformat(), transfers.height, len(rows)
    )
    return Posted(transfers.height, len(rows))


def _find_as_of(batches: pl.DataFrame, hour_at: datetime) -> datetime:
    """Return the newest instant the hour tells of; an hour that says nothing is its start."""
    newest: Any = batches.filter(pl.col("hour_at") == hour_at)["source_at"].max()
    return max(newest, hour_at) if newest else hour_at


def _load_transfers(
    warehouse: DuckWarehouse, ownership: Ownership, hour_at: datetime
) -> pl.DataFrame:
    """Return what is on its way, or came in the last days, with the first sign it was told of."""
    since = hour_at - TRANSFER_LIFE
    legs = _ask(warehouse, "load_transfers", hour_at=hour_at, since=since)
    transfers = compute_transfers(legs, ownership)
    is_over = (pl.col("in_transit_units") == 0) & (
        pl.col("shipped_units") == pl.col("received_units")
    )
    is_old = pl.col("shipped_at") < hour_at - arrivals.RUSH_TOLD
    live = transfers.filter(~(is_over & is_old))
    names = live.explode("references").select(
        "transfer_id", reference="references", key_id="destination_key_id"
    )
    if names.is_empty():
        return live.with_columns(noticed_at=pl.lit(None, INSTANT))
    notices = warehouse.query_with(
        names.drop_nulls(), load_query("ledger", "load_notices"), hour_at=hour_at, since=since
    )
    first = notices.group_by("transfer_id", destination_key_id="key_id").agg(
        pl.col("noticed_at").min()
    )
    return live.join(first, on=["transfer_id", "destination_key_id"], how="left", validate="m:1")


def _judge_transfers(
    warehouse: DuckWarehouse,
    settings: Settings,
    ownership: Ownership,
    transfers: pl.DataFrame,
    hour_at: datetime,
    as_of: datetime,
) -> list[Row]:
    told = transfers.drop("references", "causes", "origin_id").with_columns(
        hour_at=pl.lit(hour_at).cast(INSTANT)
    )
    _replace(warehouse, "ledger.transfers", told, hour_at)

    def find_owner(place: str) -> str:
        return ownership.by_place.get(place, ownership.default)

    return [
        *arrivals.find_variances(transfers, settings.severity),
        *arrivals.find_blind(transfers, settings.handoffs, find_owner=find_owner, as_of=as_of),
        *_find_rushes(warehouse, transfers, hour_at, as_of),
    ]


def _judge_returns(
    warehouse: DuckWarehouse, settings: Settings, hour_at: datetime, as_of: datetime
) -> list[Row]:
    told = _ask(warehouse, "load_returns", hour_at=hour_at, since=hour_at - returns.RETURN_LIFE)
    due_after = timedelta(days=settings.returns.confirm_due_days)
    return returns.find_open_ends(told, settings.severity, due_after=due_after, as_of=as_of)


def _find_rushes(
    warehouse: DuckWarehouse, transfers: pl.DataFrame, hour_at: datetime, as_of: datetime
) -> list[Row]:
    young = transfers.filter(pl.col("shipped_at") > as_of - arrivals.RUSH_TOLD)
    names = young.select(reference="causes").explode("reference").unique()
    names = names.filter(pl.col("reference") != "")
    if names.is_empty():
        return []
    orders = warehouse.query_with(
        names,
        load_query("ledger", "load_orders_named"),
        hour_at=hour_at,
        since=hour_at - ORDER_LIFE,
    )
    return arrivals.find_rushes(young, orders)


def _audit(
    warehouse: DuckWarehouse,
    settings: Settings,
    ownership: Ownership,
    batches: pl.DataFrame,
    hour_at: datetime,
) -> list[Row]:
    """Hold every owner's level against its own book, where the book is whole."""
    rows: list[Row] = []
    spans = [audit.find_span(batches, system=s, hour_at=hour_at) for s in ownership.systems]
    found = [span for span in spans if span is not None]
    for span in found:
        levels = _ask(
            warehouse, "find_unexplained_levels",
            system=span.system, fact=ON_HAND, now_id=span.now_id, before_id=span.before_id,
            hour_at=hour_at, low=span.before_at - audit.REACH, high=span.now_at + audit.EDGE,
            edge=audit.EDGE, at_order=settings.systems[span.system].decrements_at == "order",
        )  # fmt: skip
        owned = levels.filter(ownership.name_owner() == span.system)
        rows += audit.find_unexplained(owned, span, settings.severity)
    told = pl.DataFrame(
        [{"hour_at": hour_at, "system": span.system, "since": span.before_at} for span in found],
        schema={"hour_at": INSTANT, "system": pl.String, "since": INSTANT},
    )
    _replace(warehouse, "ledger.audits", told, hour_at)
    return rows


def _replace(warehouse: DuckWarehouse, table: str, frame: pl.DataFrame, hour_at: datetime) -> None:
    warehouse.replace_partition(table, frame, where={"hour_at": hour_at})


def _ask(warehouse: DuckWarehouse, name: str, **params: Any) -> pl.DataFrame:
    return warehouse.query(load_query("ledger", name), **params)

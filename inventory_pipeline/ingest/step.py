"""Ingest, the step: land what one system says of one hour and load it in our words.

Run it twice and nothing changes.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from inventory_pipeline.ingest.batch import FeedResult, Tables, store_batch
from inventory_pipeline.ingest.fetch import Absence, fetch_feed
from inventory_pipeline.ingest.keys import KeyBook, load_key_book
from inventory_pipeline.ingest.landed import Landed
from inventory_pipeline.ingest.landing import Landing
from inventory_pipeline.ingest.tabulate import tabulate
from inventory_pipeline.ingest.told import Source, Told, read
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.ports import Clock
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import DuckWarehouse

logger = logging.getLogger(__name__)

# Movements first: the gate asks them what a changed count may be explained by.
FEED_ORDER = ("movements", "levels", "events", "syncs", "changes", "documents", "counts")
UNSETTLED = ("missing", "failed", "partial", "suspect")


@dataclass(frozen=True)
class Answer:
    """What one feed of one system came to in an hour, landed and not yet read."""

    source: Source
    feed: str
    hour_at: datetime
    found: Landed | Absence


def run(
    warehouse: DuckWarehouse,
    landing: Landing,
    source: Source,
    catalog: Catalog,
    *,
    hour_at: datetime,
    clock: Clock,
    may_fetch: bool,
) -> list[FeedResult]:
    """Land and load every feed of one system for one hour.

    Args:
        may_fetch: False recomputes from landing alone (backfill).
    """
    answers = land(warehouse, landing, source, hour_at=hour_at, clock=clock, may_fetch=may_fetch)
    book = load_key_book(warehouse)
    return [store(warehouse, book, answer, read_answer(catalog, answer)) for answer in answers]


def land(
    warehouse: DuckWarehouse,
    landing: Landing,
    source: Source,
    *,
    hour_at: datetime,
    clock: Clock,
    may_fetch: bool,
) -> Iterator[Answer]:
    """Yield every feed of one system as it lies in landing; ask the system where it may."""
    for feed in sorted(source.connector.find_feeds(), key=FEED_ORDER.index):
        found: Landed | Absence | None = landing.find(source.name, feed, hour_at)
        if may_fetch and (found is None or not _is_settled(warehouse, source.name, feed, hour_at)):
            found = fetch_feed(
                source.connector, landing,
                system=source.name, feed=feed, hour_at=hour_at, clock=clock,
            )  # fmt: skip
        nothing = Absence("missing", "nothing was landed for this hour")
        yield Answer(source, feed, hour_at, found or nothing)


def read_answer(catalog: Catalog, answer: Answer) -> Told:
    """Read what was landed, if anything was. Touches no store: any thread may do it."""
    if isinstance(answer.found, Absence):
        return Told(0, pl.DataFrame(), problem=answer.found.reason)
    return read(answer.source, catalog, answer.feed, answer.found)


def store(warehouse: DuckWarehouse, book: KeyBook, answer: Answer, told: Told) -> FeedResult:
    """Put what was read in place of what the hour held before.

    Args:
        book: as the warehouse has it; new keys get their numbers in the order of the answers.
    """
    source, found = answer.source, answer.found
    if isinstance(found, Absence):
        result = FeedResult(source.name, answer.feed, answer.hour_at, found.status, found.reason)
        with warehouse.transaction():
            store_batch(warehouse, Tables({}, result), None)
        return result
    with warehouse.transaction():
        tables = tabulate(warehouse, book, source, answer.feed, found, told)
        store_batch(warehouse, tables, found)
    result = tables.result
    logger.info(
        "ingested system=%s feed=%s hour=%s status=%s rows=%d keys=%d quarantined=%d",
        source.name, answer.feed, answer.hour_at.isoformat(), result.status,
        result.rows, result.keys, result.quarantined,
    )  # fmt: skip
    return result


def _is_settled(warehouse: DuckWarehouse, system: str, feed: str, hour_at: datetime) -> bool:
    rows = warehouse.query(
        load_query("ingest", "find_batch"), system=system, feed=feed, hour_at=hour_at
    )
    return bool(rows.height) and rows["status"][0] not in UNSETTLED

"""Ingest, the step: land what one system says of one hour and load it in our words.

Run it twice and nothing changes.
"""

import logging
from datetime import datetime

from inventory_pipeline.ingest.batch import FeedResult, Tables, store_batch
from inventory_pipeline.ingest.fetch import Absence, fetch_feed
from inventory_pipeline.ingest.keys import load_key_book
from inventory_pipeline.ingest.landed import Landed
from inventory_pipeline.ingest.landing import Landing
from inventory_pipeline.ingest.tabulate import tabulate
from inventory_pipeline.ingest.told import Source, read
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.ports import Clock
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import DuckWarehouse

logger = logging.getLogger(__name__)

# Movements first: the gate asks them what a changed count may be explained by.
FEED_ORDER = ("movements", "levels", "events", "syncs", "changes", "documents", "counts")
UNSETTLED = ("missing", "failed", "partial", "suspect")


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
    feeds = sorted(source.connector.find_feeds(), key=FEED_ORDER.index)
    return [
        _run_feed(
            warehouse, landing, source, catalog,
            feed=feed, hour_at=hour_at, clock=clock, may_fetch=may_fetch,
        )
        for feed in feeds
    ]  # fmt: skip


def _run_feed(
    warehouse: DuckWarehouse,
    landing: Landing,
    source: Source,
    catalog: Catalog,
    *,
    feed: str,
    hour_at: datetime,
    clock: Clock,
    may_fetch: bool,
) -> FeedResult:
    found: Landed | Absence | None = landing.find(source.name, feed, hour_at)
    if may_fetch and (found is None or not _is_settled(warehouse, source.name, feed, hour_at)):
        found = fetch_feed(
            source.connector, landing,
            system=source.name, feed=feed, hour_at=hour_at, clock=clock,
        )  # fmt: skip
    if found is None:
        found = _recall_absence(warehouse, source.name, feed, hour_at)
    if isinstance(found, Absence):
        result = FeedResult(source.name, feed, hour_at, found.status, found.reason)
        with warehouse.transaction():
            store_batch(warehouse, Tables({}, result), None)
        return result
    told = read(source, catalog, feed, found)
    with warehouse.transaction():
        book = load_key_book(warehouse)
        tables = tabulate(warehouse, book, source, feed, found, told)
        store_batch(warehouse, tables, found)
    logger.info(
        "ingested system=%s feed=%s hour=%s status=%s rows=%d keys=%d quarantined=%d",
        source.name, feed, hour_at.isoformat(), tables.result.status,
        tables.result.rows, tables.result.keys, tables.result.quarantined,
    )  # fmt: skip
    return tables.result


def _recall_absence(warehouse: DuckWarehouse, system: str, feed: str, hour_at: datetime) -> Absence:
    """Return why nothing was landed: in the words of the hour itself, if it was ever tried."""
    rows = warehouse.query(
        load_query("ingest", "find_batch"), system=system, feed=feed, hour_at=hour_at
    )
    if rows.height and rows["status"][0] in ("missing", "failed"):
        return Absence(rows["status"][0], rows["reason"][0])
    return Absence("missing", "nothing was landed for this hour")


def _is_settled(warehouse: DuckWarehouse, system: str, feed: str, hour_at: datetime) -> bool:
    rows = warehouse.query(
        load_query("ingest", "find_batch"), system=system, feed=feed, hour_at=hour_at
    )
    return bool(rows.height) and rows["status"][0] not in UNSETTLED

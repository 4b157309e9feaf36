"""Past: the newest sighting of every problem, before an hour and after it.

``reconcile.findings`` holds it for now. For an hour that was run before, it is worked out from what
was told since; nothing is ever read but the problems that were.
"""

from datetime import UTC, datetime, timedelta

import polars as pl

from inventory_pipeline.reconcile.findings import IDENTITY
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import DuckWarehouse

# Most problems that were told of since were told of shortly before, too.
_LATELY = timedelta(hours=48)
_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


def load_known(warehouse: DuckWarehouse, hour_at: datetime) -> pl.DataFrame:
    """Return the newest sighting of every problem before the hour."""
    now = warehouse.query(load_query("reconcile", "load_findings"))
    newest = warehouse.query(load_query("reconcile", "find_newest_cycle"))["hour_at"][0]
    if newest is None or newest < hour_at:
        return now
    is_since = pl.col("hour_at") >= hour_at
    told_again = now.filter(is_since).select(IDENTITY)
    lately = _load_before(warehouse, hour_at - _LATELY, hour_at, told_again)
    long_ago = told_again.join(lately, on=list(IDENTITY), how="anti")
    earlier = _load_before(warehouse, _BEGINNING, hour_at - _LATELY, long_ago)
    return pl.concat([now.filter(~is_since), lately, earlier])


def _load_before(
    warehouse: DuckWarehouse, low: datetime, high: datetime, problems: pl.DataFrame
) -> pl.DataFrame:
    query = load_query("reconcile", "load_sightings_before")
    return warehouse.query_with(problems, query, low=low, high=high)


def update_findings(
    warehouse: DuckWarehouse,
    hour_at: datetime,
    *,
    had: pl.DataFrame,
    sightings: pl.DataFrame,
    known: pl.DataFrame,
) -> None:
    """Bring ``reconcile.findings`` up to an hour that was just written.

    Args:
        had: identities the hour told of before it was run again.
        sightings: what the hour tells now.
        known: the newest sighting of every problem before the hour.
    """
    on = list(IDENTITY)
    later = warehouse.query(load_query("reconcile", "load_findings_after"), hour_at=hour_at)
    withdrawn = had.join(sightings, on=on, how="anti")
    before = known.join(withdrawn, on=on, how="semi").select(sightings.columns)
    newest = pl.concat([sightings, before])
    newest = newest.join(later, on=on, how="anti")
    gone = withdrawn.select(on).join(later, on=on, how="anti").join(newest, on=on, how="anti")
    # What stands there already stays: an hour that comes out the same writes nothing.
    now = warehouse.query(load_query("reconcile", "load_findings"))
    changed = newest.join(now, on=newest.columns, how="anti", nulls_equal=True)
    gone = pl.concat([changed.select(on), gone]).unique()
    warehouse.execute_with(gone, load_query("reconcile", "delete_findings"))
    warehouse.append("reconcile.findings", changed)

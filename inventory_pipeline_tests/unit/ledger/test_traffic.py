"""How far back a log can be asked."""

from datetime import UTC, datetime, timedelta

import polars as pl

from inventory_pipeline.ledger.traffic import find_reach
from inventory_pipeline.model.frames import INSTANT

TEN = datetime(2026, 4, 6, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def logs(*hours: int, feed: str = "events", status: str = "complete") -> pl.DataFrame:
    frame = pl.DataFrame({"hour_at": [TEN + hour * HOUR for hour in hours]}).cast(INSTANT)
    nothing = pl.lit(None, INSTANT)
    return frame.with_columns(
        system=pl.lit("hub"), feed=pl.lit(feed), status=pl.lit(status),
        source_at=nothing, emitted_at=nothing,
    )  # fmt: skip


def test_without_a_log_nothing_can_be_asked() -> None:
    reach = find_reach(logs(0, status="missing"), retention=None)

    assert (reach.since, reach.is_heard) == (None, False)


def test_a_log_of_runs_is_no_log_of_events() -> None:
    reach = find_reach(logs(0, feed="syncs"), retention=None)

    assert (reach.is_heard, reach.runs_heard) == (False, True)


def test_an_unbroken_row_of_hours_reaches_over_its_first_one() -> None:
    assert find_reach(logs(-2, -1, 0), retention=None).since == TEN - 3 * HOUR


def test_an_hour_that_was_not_heard_ends_it() -> None:
    assert find_reach(logs(-3, -1, 0), retention=None).since == TEN - 2 * HOUR


def test_a_log_that_keeps_a_day_mends_a_hole_of_less() -> None:
    assert find_reach(logs(-20, 0), retention=24 * HOUR).since == TEN - 44 * HOUR
    assert find_reach(logs(-30, 0), retention=24 * HOUR).since == TEN - 24 * HOUR

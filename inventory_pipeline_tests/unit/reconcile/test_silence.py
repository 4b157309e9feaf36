"""An item is accused of silence by the sales it should have had, not by the clock."""

from datetime import UTC, datetime

import polars as pl

from inventory_pipeline.reconcile.silence import find_silent_items

LAST = datetime(2026, 4, 6, 10, tzinfo=UTC)


def runs(*rows: tuple[int, int, int, int], pause: int = 20) -> pl.DataFrame:
    names = ["key_id", "sale_count", "sold_before", "sold_since"]
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(
        last_sold_at=pl.lit(LAST), longest_pause=pl.lit(pause)
    )


def accuse(frame: pl.DataFrame, *units: int, items: int = 100) -> list[object]:
    found = find_silent_items(frame, units=pl.Series(units), owner="shelf", items=items)
    return [row["key_id"] for row in found]


def test_a_fast_mover_that_missed_its_share_of_the_sales_is_named() -> None:
    assert accuse(runs((1, 80, 500, 100)), 12) == [1]


def test_a_slow_mover_may_be_silent_for_long() -> None:
    assert accuse(runs((1, 10, 1000, 300)), 12) == []


def test_a_shop_that_sells_nothing_accuses_nobody() -> None:
    assert accuse(runs((1, 80, 500, 0)), 12) == []


def test_an_empty_shelf_is_no_phantom() -> None:
    assert accuse(runs((1, 80, 500, 100)), 0) == []


def test_the_more_items_are_watched_the_rarer_one_is_accused() -> None:
    frame = runs((1, 80, 500, 100))

    assert accuse(frame, 12, items=100) == [1]
    assert accuse(frame, 12, items=1_000_000) == []


def test_an_item_that_sells_in_bursts_is_given_its_pauses() -> None:
    assert accuse(runs((1, 80, 500, 100), pause=40), 12) == []

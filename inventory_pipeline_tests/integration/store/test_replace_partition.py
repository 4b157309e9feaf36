"""Replacing a partition: other rows take the place of what was; the same rows write nothing."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from inventory_pipeline.store.warehouse import DuckWarehouse, open_warehouse

ROWS = pl.DataFrame(
    {
        "hour": [1, 1, 1],
        "key": [3, 1, 2],
        "units": [7, None, -2],
        "ratio": [0.5, None, float("nan")],
    }
)
NUMBERS = {"hour": pl.Int32, "key": pl.Int32}


@contextmanager
def open_table(folder: Path) -> Iterator[DuckWarehouse]:
    with open_warehouse(folder / "w.duckdb", wait=timedelta(seconds=1)) as warehouse:
        warehouse.execute(
            "create table if not exists stock "
            "(hour integer, key integer, units bigint, ratio double, word varchar)"
        )
        yield warehouse


def replace(folder: Path, frame: pl.DataFrame, hour: int = 1) -> str:
    """Replace one hour; return the digest of the closed file."""
    with open_table(folder) as warehouse:
        warehouse.replace_partition("stock", frame, where={"hour": hour})
    return hashlib.sha256((folder / "w.duckdb").read_bytes()).hexdigest()


def read(folder: Path) -> pl.DataFrame:
    with open_table(folder) as warehouse:
        return warehouse.query("select hour, key, units, ratio from stock")


def test_the_same_rows_leave_the_file_as_it_was(tmp_path: Path) -> None:
    before = replace(tmp_path, ROWS)

    assert replace(tmp_path, ROWS) == before
    assert replace(tmp_path, ROWS.cast({"hour": pl.Int32, "key": pl.Int16})) == before
    assert replace(tmp_path, pl.DataFrame(), hour=9) == before


@pytest.mark.parametrize(
    "other",
    [
        ROWS.with_columns(units=pl.lit(7)),
        ROWS.with_columns(ratio=pl.lit(None, pl.Float64)),
        ROWS.reverse(),
        ROWS.head(2),
        pl.concat([ROWS, ROWS]),
        ROWS.clear(),
    ],
    ids=["a number", "a null", "the order", "fewer", "more", "none"],
)
def test_other_rows_take_their_place_and_touch_no_other_hour(
    tmp_path: Path, other: pl.DataFrame
) -> None:
    replace(tmp_path, ROWS)
    second = ROWS.with_columns(hour=pl.lit(2, pl.Int64))
    replace(tmp_path, second, hour=2)

    replace(tmp_path, other)

    found = read(tmp_path)
    assert found.filter(pl.col("hour") == 1).equals(other.cast(NUMBERS))
    assert found.filter(pl.col("hour") == 2).equals(
        second.cast({"hour": pl.Int32, "key": pl.Int32})
    )


def test_a_number_that_the_frame_could_not_hold_is_no_null(tmp_path: Path) -> None:
    replace(tmp_path, ROWS.with_columns(units=pl.lit(2**40)))
    unknown = ROWS.with_columns(units=pl.lit(None, pl.Int8))

    replace(tmp_path, unknown)

    assert read(tmp_path)["units"].to_list() == [None] * 3

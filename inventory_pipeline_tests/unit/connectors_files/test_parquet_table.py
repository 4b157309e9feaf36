"""Parquet pages: exact text of typed columns, whole numbers and instants kept as such."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from inventory_pipeline.connectors.parquet_table import parse_parquet
from inventory_pipeline.connectors.tables import Plan
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.frames import INSTANT
from inventory_pipeline.model.ports import Page, RawFrame

COUNTS = Plan("counts")
NAMES = ("item_id", "location_id", "fact", "quantity", "as_of")


def read(*, max_rows: int = 1000, **columns: object) -> RawFrame:
    usual = dict(zip(NAMES, map(pl.lit, ("A", "L1", "f", "5", "t")), strict=True))
    body = io.BytesIO()
    pl.select(**{**usual, **columns}).write_parquet(body)
    return parse_parquet(Page(body.getvalue(), "parquet"), COUNTS, max_rows=max_rows)


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("item_id", pl.lit("00123"), "00123"),
        ("item_id", pl.lit(123, dtype=pl.Int64), "123"),
        ("item_id", pl.lit("1e5").cast(pl.Categorical), "1e5"),
        ("item_id", pl.lit(b"E12"), "E12"),
        ("quantity", pl.lit(7, dtype=pl.UInt8), 7),
        ("quantity", pl.lit(-(10**18)), -(10**18)),
        ("quantity", pl.lit(93.0), "93.0"),
        ("quantity", pl.lit(float("nan")), "NaN"),
        ("quantity", pl.lit(Decimal("12.50")), "12.50"),
        ("quantity", pl.lit(None, dtype=pl.Int64), None),
        ("as_of", pl.lit(datetime(2026, 4, 6, 10)), "2026-04-06T10:00:00.000000"),  # noqa: DTZ001
        ("as_of", pl.lit(date(2026, 4, 6)), "2026-04-06"),
    ],
)
def test_a_typed_cell_is_its_exact_text(column, value, expected):
    assert read(**{column: value}).rows[column].item() == expected


def test_an_instant_with_a_zone_is_utc():
    local = pl.lit(datetime(2026, 4, 6, 12, tzinfo=UTC)).dt.convert_time_zone("Asia/Shanghai")
    rows = read(as_of=local).rows
    assert rows.schema["as_of"] == INSTANT
    assert rows["as_of"].item() == datetime(2026, 4, 6, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "value", [pl.lit(2**64 - 1, dtype=pl.UInt64), pl.lit([[1]]), pl.struct(a=1), pl.lit(b"\xff")]
)
def test_a_value_that_has_no_exact_text_is_refused(value):
    with pytest.raises(SourceContractError, match=r"Parquet|single value"):
        read(quantity=value)


def test_rows_are_numbered_from_one_and_a_column_row_is_only_a_column():
    rows = read(row=pl.lit("theirs"), bin=pl.lit("B")).rows
    assert rows["row"].to_list() == [1]
    assert rows.schema["row"] == pl.Int64


def test_a_missing_column_is_named_with_its_nearest():
    body = io.BytesIO()
    pl.select(item_id=pl.lit("A"), qty=5).write_parquet(body)
    with pytest.raises(SourceContractError, match="'location_id' is missing; nearest seen is 'i"):
        parse_parquet(Page(body.getvalue(), "parquet"), COUNTS, max_rows=9)


@pytest.mark.parametrize("body", [b"", b"PAR1", b"PAR1" + b"\0" * 99 + b"PAR1", b"a,b\n1,2\n"])
def test_what_is_no_parquet_is_refused(body):
    with pytest.raises(SourceContractError, match="not readable as Parquet"):
        parse_parquet(Page(body, "parquet"), COUNTS, max_rows=9)


def test_a_small_file_that_says_it_has_very_many_rows_is_refused_unread():
    with pytest.raises(SourceContractError, match="has 5000 rows, wanted at most 4999"):
        read(item_id=pl.repeat("A", 5000), max_rows=4999)


def test_a_file_is_read_by_its_path_whatever_the_path_looks_like(tmp_path):
    path = tmp_path / "hour=2026*" / "x[1].parquet"
    path.parent.mkdir()
    pl.DataFrame([("A", "L", "f", "1", "t")], schema=NAMES, orient="row").write_parquet(path)
    part = parse_parquet(Page(b"", "parquet", str(path)), COUNTS, max_rows=9)
    assert part.rows.rows() == [(1, "A", "L", "f", "1", "t")]

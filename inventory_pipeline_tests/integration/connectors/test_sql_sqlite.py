"""``sql`` on SQLite: a file opened for reading only, values as the file has them."""

import sqlite3
import time
from contextlib import closing
from datetime import timedelta

import pytest

from inventory_pipeline.errors import (
    SourceContractError,
    SourceError,
    SourceRefusedError,
    SourceUnavailableError,
)
from inventory_pipeline_tests.support.file_sources import HOUR_AT, land
from inventory_pipeline_tests.support.sql_sources import build_sql

QUERY = "select item_id, location_id, fact, quantity, as_of from stock"


@pytest.fixture
def stock(tmp_path):
    """A small database beside the configuration."""
    (tmp_path / "exports").mkdir()
    path = tmp_path / "exports" / "erp 100%.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("create table stock (item_id, location_id, fact, quantity, as_of)")
        db.executemany(
            "insert into stock values (?, 'L1', 'on_hand', ?, ?)",
            [
                ("00123", 5, "2026-04-06 10:00:00"),
                (7, 1.5, "2026-04-06 10:59:59"),
                ("E12", None, "x"),
            ],
        )
    return path


def build(tmp_path, query=QUERY, **options):
    return build_sql(tmp_path, query, **{"url": "sqlite:///exports/erp 100%.db", **options})


def read(tmp_path, query=QUERY, *, read_until=None, **options):
    erp = build(tmp_path, query, **options)
    _, pages = land(erp, "counts", tmp_path / "landing", read_until=read_until)
    return erp.parse("counts", pages).rows


def test_a_value_is_its_exact_text(tmp_path, stock):
    rows = read(tmp_path)
    assert rows["item_id"].to_list() == ["00123", "7", "E12"]
    assert rows["quantity"].to_list() == ["5", "1.5", None]


def test_the_file_is_not_touched_and_no_file_is_made(tmp_path, stock):
    before = stock.read_bytes()
    read(tmp_path)
    assert stock.read_bytes() == before
    with pytest.raises(SourceUnavailableError, match=r"there is no file .*nowhere\.db"):
        read(tmp_path, url="sqlite:///nowhere.db")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["exports", "landing"]
    assert [path.name for path in stock.parent.iterdir()] == [stock.name]


def test_the_hour_is_written_as_sqlite_writes_times(tmp_path, stock):
    query = f"{QUERY} where as_of >= :hour_start and as_of < datetime(:hour_start, '+59 minutes')"
    assert read(tmp_path, query)["item_id"].to_list() == ["00123"]


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path, stock):
    stock.write_bytes(b"item_id,quantity\n" * 99)
    with pytest.raises(SourceError, match="file is not a database"):
        read(tmp_path)


def test_a_missing_column_is_the_querys_mistake(tmp_path, stock):
    with pytest.raises(SourceContractError, match="no such column: qty; mend the query"):
        read(tmp_path, "select qty from stock")


def test_a_query_without_end_is_cut_at_the_deadline(tmp_path, stock):
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n"
    started = time.monotonic()
    with pytest.raises(SourceUnavailableError, match="longer than deadline: 1s"):
        read(tmp_path, endless, deadline="1s")
    assert time.monotonic() - started < 10


def test_a_database_in_memory_is_no_source(tmp_path):
    with pytest.raises(SourceRefusedError, match="a sqlite url names a file"):
        read(tmp_path, url="sqlite://")


def test_a_driver_that_is_not_installed_is_named(tmp_path):
    for address, said in (
        ("oracle+cx_Oracle://host/base", "cx_Oracle"),
        ("nosuch://host/base", "no kind of database is called 'nosuch'"),
    ):
        with pytest.raises(SourceRefusedError, match=said):
            read(tmp_path, url=address)


def test_columns_and_fixed_texts_are_taken_from_the_configuration(tmp_path, stock):
    rows = read(
        tmp_path,
        "select item_id as sku, quantity from stock",
        columns={"item_id": "sku"},
        fixed={"location_id": "L9", "fact": "on_hand", "as_of": "{fetched_at}"},
    )
    assert rows.row(0) == (1, "00123", "5", "L9", "on_hand", "2026-04-06T10:05:00Z")


def test_a_query_may_ask_from_when_it_was_last_read(tmp_path, stock):
    fixed = {"location_id": "L1", "fact": "on_hand", "quantity": "1", "as_of": "{fetched_at}"}
    earlier = HOUR_AT - timedelta(hours=2, minutes=55)
    told = [
        read(tmp_path, "select :since as item_id", read_until=known, overlap=overlap, fixed=fixed)[
            "item_id"
        ].item()
        for known, overlap in [(None, "0s"), (None, "10m"), (earlier, "0s"), (earlier, "5m")]
    ]
    assert told == [
        "2026-04-06 10:00:00", "2026-04-06 09:50:00", "2026-04-06 07:05:00", "2026-04-06 07:00:00"
    ]  # fmt: skip


def test_only_the_present_is_seen_unless_the_query_asks_for_its_hour(tmp_path):
    assert not build(tmp_path).reads_past
    assert build(tmp_path, f"{QUERY} where as_of < :hour_end", reads_past=True).reads_past

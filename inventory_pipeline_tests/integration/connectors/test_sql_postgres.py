"""``sql`` on a real PostgreSQL: exact values, read only, bounded in time, silent on secrets."""

import socket
import threading
import time
from contextlib import contextmanager

import polars as pl
import pytest

from inventory_pipeline.errors import (
    SourceContractError,
    SourceError,
    SourceRefusedError,
    SourceUnavailableError,
)
from inventory_pipeline.model.ports import FetchContext
from inventory_pipeline_tests.support.file_sources import FETCHED_AT, HOUR_AT, land
from inventory_pipeline_tests.support.sql_sources import build_postgres

ONE = (
    "select '00123' as item_id, 'L1' as location_id, 'on_hand' as fact, 5 as quantity, "
    "now() as as_of"
)


def read(tmp_path, postgres, query, **options):
    erp = build_postgres(tmp_path, postgres, query, **options)
    return erp.parse("counts", land(erp, "counts", tmp_path / "landing")[1]).rows


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("'00123'", "00123"),
        ("12.50::numeric(12,2)", "12.50"),
        ("1e30::numeric", "1" + "0" * 30),
        ("'NaN'::numeric", "NaN"),
        ("93.0::float8", "93.0"),
        ("9223372036854775807", "9223372036854775807"),
        ("true", "true"),
        ("null::int", None),
        ("timestamptz '2026-04-06 18:00+08'", "2026-04-06T10:00:00Z"),
        ("timestamp '2026-04-06 18:00:00.5'", "2026-04-06T18:00:00.500000"),
        ("date '2026-04-06'", "2026-04-06"),
        ("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ("'50% :off :hour_at'", "50% :off :hour_at"),
    ],
)
def test_a_value_is_its_exact_text(tmp_path, postgres, written, expected):
    escaped = written.replace(" :", r" \:")
    rows = read(tmp_path, postgres, ONE.replace("5 as", f"{escaped} as"))
    assert rows["quantity"].to_list() == [expected]
    assert rows.schema["quantity"] == pl.String


@pytest.mark.parametrize(
    "written", ["'{}'::jsonb", "array[1]", "'\\x00'::bytea", "'infinity'::timestamptz"]
)
def test_a_value_without_a_text_is_refused_with_the_cure(tmp_path, postgres, written):
    with pytest.raises(SourceContractError, match=r"cast it to text|mend the query"):
        read(tmp_path, postgres, ONE.replace("5 as", f"{written} as"))


def test_the_hour_is_a_parameter(tmp_path, postgres):
    with postgres.connect() as db:
        db.execute("create table moves (id text, at timestamptz)")
        db.execute(
            "insert into moves values ('before', '2026-04-06 09:59:59Z'), "
            "('first', '2026-04-06 10:00Z'), ('after', '2026-04-06 11:00Z')"
        )
    query = (
        "select id as item_id, 'L1' as location_id, 'on_hand' as fact, 1 as quantity, "
        "cast(:hour_at as timestamptz) as as_of "
        "from moves where at >= :hour_start and at < :hour_end"
    )
    erp = build_postgres(tmp_path, postgres, query, reads_past=True)
    assert erp.reads_past
    rows = erp.parse("counts", land(erp, "counts", tmp_path / "landing")[1]).rows
    assert rows.select("item_id", "as_of").rows() == [("first", "2026-04-06T10:00:00Z")]


def test_rows_come_in_pages_and_end_with_the_query(tmp_path, postgres):
    query = ONE + " from generate_series(1, 1201)"
    erp = build_postgres(tmp_path, postgres, query, page_rows=500)
    fetched, pages = land(erp, "counts", tmp_path / "landing")
    assert len(pages) == 3
    assert fetched.end_marker == "query finished: 1,201 rows in 3 pages"
    assert erp.parse("counts", pages).rows["row"].to_list() == list(range(1, 1202))


def test_no_row_is_an_empty_frame(tmp_path, postgres):
    rows = read(tmp_path, postgres, ONE + " where false")
    assert rows.height == 0
    assert "quantity" in rows.columns


def test_a_query_that_gives_too_much_is_stopped(tmp_path, postgres):
    with pytest.raises(SourceContractError, match="more than 10 rows"):
        read(tmp_path, postgres, ONE + " from generate_series(1, 99)", max_rows=10, page_rows=5)


@pytest.mark.parametrize(
    "written",
    ["bump()", "nextval('pulse')", "set_config('transaction_read_only', 'off', false)::int"],
)
def test_a_function_that_writes_is_refused_by_the_database(tmp_path, postgres, written):
    with postgres.connect() as db:
        db.execute("create table if not exists touched (at timestamptz)")
        db.execute("create sequence if not exists pulse")
        db.execute(
            "create or replace function bump() returns int language sql as "
            "'insert into touched values (now()) returning 1'"
        )
    with pytest.raises(SourceError, match=r"read-only|read-write"):
        read(tmp_path, postgres, ONE.replace("5 as", f"{written} as"))
    with postgres.connect() as db:
        assert db.execute("select count(*) from touched").fetchone() == (0,)


def test_a_slow_statement_is_given_up(tmp_path, postgres):
    started = time.monotonic()
    with pytest.raises(SourceUnavailableError, match="statement timeout"):
        read(tmp_path, postgres, ONE + ", pg_sleep(30)", timeout="1s")
    assert time.monotonic() - started < 10


def test_a_slow_feed_is_cut_at_its_deadline(tmp_path, postgres):
    started = time.monotonic()
    with pytest.raises(SourceUnavailableError, match="longer than deadline: 1s"):
        read(tmp_path, postgres, ONE + ", pg_sleep(30)", deadline="1s")
    assert time.monotonic() - started < 10


@pytest.mark.slow
def test_a_line_that_goes_silent_is_cut_at_the_deadline(tmp_path, postgres):
    with silent_after(postgres.port, answers=40_000) as port:
        started = time.monotonic()
        query = ONE + " from generate_series(1, 100000)"
        with pytest.raises(SourceUnavailableError, match="longer than deadline: 2s"):
            read(tmp_path, postgres, query, port=port, deadline="2s", page_rows=100)
        assert time.monotonic() - started < 15


@contextmanager
def silent_after(port, *, answers):
    """Forward to ``port`` until so many bytes came back, then keep the line open and silent."""
    door = socket.create_server(("127.0.0.1", 0))
    lines = []

    def serve():
        near, _ = door.accept()
        far = socket.create_connection(("127.0.0.1", port))
        lines.extend((near, far))
        threading.Thread(target=forward, args=(near, far, 10**9), daemon=True).start()
        forward(far, near, answers)

    def forward(source, target, left):
        try:
            while left > 0 and (part := source.recv(min(left, 4096))):
                target.sendall(part)
                left -= len(part)
        except OSError:
            pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield door.getsockname()[1]
    finally:
        thread.join(5)
        for line in (*lines, door):
            line.close()


def test_a_connection_lost_half_way_gives_no_answer_at_all(tmp_path, postgres):
    query = ONE + " from generate_series(1, 1000000)"
    erp = build_postgres(tmp_path, postgres, query, page_rows=100)
    seen = []

    def sink(page):
        seen.append(page)
        if len(seen) == 2:
            end_queries(postgres)

    with pytest.raises(SourceUnavailableError, match="the database said"):
        erp.fetch("counts", FetchContext(HOUR_AT, lambda: FETCHED_AT), sink)
    assert 2 <= len(seen) < 10_000


def end_queries(postgres):
    with postgres.connect() as db:
        ended = db.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where application_name = 'inventory-pipeline'"
        ).fetchall()
    assert ended == [(True,)]


def test_a_missing_table_is_named(tmp_path, postgres):
    with pytest.raises(SourceContractError, match='relation "stok" does not exist'):
        read(tmp_path, postgres, "select * from stok")


def test_a_column_that_stands_twice_is_refused(tmp_path, postgres):
    with pytest.raises(SourceContractError, match="'quantity' stands twice"):
        read(tmp_path, postgres, ONE + ", 6 as quantity")


def test_nobody_listening_is_unavailable(tmp_path, postgres):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(SourceUnavailableError, match="the database said"):
            read(tmp_path, postgres, ONE, port=taken.getsockname()[1])


def test_a_wrong_password_needs_a_person_and_stands_in_no_message(tmp_path, postgres):
    (tmp_path / "wrong").write_text("hunter2/&%41")
    with pytest.raises(SourceRefusedError, match="authentication failed") as caught:
        read(tmp_path, postgres, ONE, password={"file": "wrong"})
    for written in ("hunter2", "%2641"):
        assert written not in f"{caught.value!r} {caught.value.__cause__!r}"
    assert caught.value.__suppress_context__


def test_an_address_kept_as_a_secret_works_and_stands_in_no_message(tmp_path, postgres):
    address = f"postgresql://postgres:{postgres.password}@127.0.0.1:{postgres.port}/postgres"
    (tmp_path / "address").write_text(address)
    nothing = dict.fromkeys(("drivername", "host", "port", "database", "username", "password"))
    secret = {**nothing, "url": {"file": "address"}}
    assert read(tmp_path, postgres, ONE, **secret)["item_id"].to_list() == ["00123"]
    with pytest.raises(SourceContractError) as caught:
        read(tmp_path, postgres, f"select '{postgres.password}' :: int from x", **secret)
    assert postgres.password not in repr(caught.value)


def test_a_user_without_the_right_to_read_needs_a_person(tmp_path, postgres):
    with postgres.connect() as db:
        db.execute("create role clerk login password 'clerk'")
        db.execute("create table ledger (id int)")
    (tmp_path / "clerk").write_text("clerk")
    with pytest.raises(SourceRefusedError, match="permission denied for table ledger"):
        read(
            tmp_path,
            postgres,
            "select * from ledger",
            username="clerk",
            password={"file": "clerk"},
        )

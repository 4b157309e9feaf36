"""``sql``, writing: one transaction, one row a line, and no class that is not kept."""

import sqlite3
import threading

import pytest
from pydantic import ValidationError

from inventory_pipeline.connectors.sql import SqlOptions
from inventory_pipeline.errors import SourceContractError, SourceRefusedError
from inventory_pipeline_tests.support.stand_in import refused_port
from inventory_pipeline_tests.support.write_databases import (
    SQL_FEEDS,
    SQL_WRITE,
    build_sql_writer,
    serving_postgres,
    serving_sqlite,
)
from inventory_pipeline_tests.support.write_targets import build_line

WIDE = "update stock set qty = :quantity where :item_id = :item_id and qty = :before"
SET, ADD, READ, REMEMBER = (SQL_WRITE[name] for name in ("set", "add", "read", "remember"))


def find_only(answer):
    [line] = answer.lines.values()
    return line.outcome, line.evidence


def test_a_where_that_fits_many_rows_changes_none(tmp_path):
    with serving_sqlite(tmp_path, {"A1": 10, "A2": 10}, set=WIDE) as target:
        outcome, said = find_only(target.send(build_line()))
        assert (outcome, said) == (
            "refused",
            "rolled back: 2 rows fit the where of set, wanted one",
        )
        assert target.show("A1") == target.show("A2") == 10


def test_what_was_rolled_back_is_not_remembered(tmp_path):
    with serving_sqlite(tmp_path, {"A1": 8}) as target:
        assert find_only(target.send(build_line())) == ("stale", "it shows 8, not 10")
        target.put("A1", 10)
        assert find_only(target.send(build_line())) == ("confirmed", "1 row updated")
        assert find_only(target.send(build_line()))[1].startswith("done before")


def test_a_number_that_is_there_already_is_confirmed_only_where_keys_are_kept(tmp_path):
    with serving_sqlite(tmp_path, {"A1": 12}) as target:
        assert find_only(target.send(build_line())) == ("confirmed", "it shows 12 already")
        target.writer = build_sql_writer(
            tmp_path, url="sqlite:///erp.db", write={"set": SET, "read": READ}
        )
        assert target.writer.delivery_class == "C"
        assert target.writer.key_lifetime is None
        assert find_only(target.send(build_line(), key="k2"))[0] == "stale"


def test_a_value_the_table_forbids_is_refused_and_the_rest_is_not_touched(tmp_path):
    with serving_sqlite(tmp_path, {"A1": 10, "A2": 10}) as target:
        bad = build_line("A2", receipt_id="r2", quantity=2_000_000)
        answer = target.send(build_line(), bad)
        assert [line.outcome for line in answer.lines.values()] == ["unapplied", "refused"]
        assert "CHECK constraint failed" in answer.lines["r2"].evidence
        assert target.show("A1") == 10


def test_on_conflict_do_nothing_remembers_as_well(tmp_path):
    quiet = f"{REMEMBER} on conflict do nothing"
    with serving_sqlite(tmp_path, {"A1": 10}, remember=quiet) as target:
        line = build_line(operation="add", quantity=1, before=None)
        for _ in range(2):
            assert find_only(target.send(line))[0] == "confirmed"
        assert target.show("A1") == 11


def test_receipts_may_be_remembered_instead_of_keys(tmp_path):
    each = "insert into receipts_seen (request) values (:receipt_id)"
    with serving_sqlite(tmp_path, {"A1": 10, "A2": 10}, remember=each) as target:
        first = build_line(operation="add", quantity=1, before=None)
        target.send(first)
        second = build_line("A2", receipt_id="r2", operation="add", quantity=1, before=None)
        answer = target.send(second, first, key="k2")
        assert [line.outcome for line in answer.lines.values()] == ["unapplied", "confirmed"]
        assert (target.show("A1"), target.show("A2")) == (11, 10)


@pytest.mark.slow
def test_a_database_that_is_locked_is_tried_again(tmp_path):
    with serving_sqlite(tmp_path, {"A1": 10}) as target:
        other = sqlite3.connect(tmp_path / "erp.db", isolation_level=None)
        other.execute("begin immediate")
        answer = target.send(build_line())
        assert find_only(answer)[0] == "unapplied"
        assert not answer.is_down
        other.execute("rollback")
        other.close()
        assert find_only(target.send(build_line()))[0] == "confirmed"


def test_reading_back_wants_one_whole_number(tmp_path):
    for asked, message in (
        ("select 1.5 as n where :item_id > ''", "wanted a whole number"),
        (f"{READ} union all select 1", "more than one row"),
    ):
        folder = tmp_path / message
        folder.mkdir()
        with (
            serving_sqlite(folder, {"A1": 10}, read=asked) as target,
            pytest.raises(SourceContractError, match=message),
        ):
            target.writer.read([build_line()])


def test_two_workers_with_one_key_take_effect_once(tmp_path, postgres):
    """F-62 for this door."""
    with serving_postgres(tmp_path, postgres, {"A1": 10}) as target:
        line = build_line(operation="add", quantity=5, before=None)
        answers = []
        workers = [
            threading.Thread(target=lambda: answers.append(find_only(target.send(line))[0]))
            for _ in range(4)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert answers == ["confirmed"] * 4
        assert target.show("A1") == 15


def test_a_row_held_by_somebody_else_is_given_up_after_the_timeout(tmp_path, postgres):
    with serving_postgres(tmp_path, postgres, {"A1": 10}, timeout="1s") as target:
        with postgres.connect() as other, other.transaction():
            other.execute("update stock set qty = 10 where sku = 'A1'")
            answer = target.send(build_line())
        assert find_only(answer)[0] == "unapplied"
        assert not answer.is_down
        assert target.show("A1") == 10


def test_the_user_that_reads_cannot_write_and_the_message_says_so(tmp_path, postgres):
    """S13: without the right to write nothing is written."""
    with serving_postgres(tmp_path, postgres, {"A1": 10}) as target:
        with postgres.connect() as base:
            base.execute("revoke update on stock from clerk")
        answer = target.send(build_line())
        assert find_only(answer)[0] == "unapplied"
        assert "permission denied" in find_only(answer)[1]
        assert answer.is_down


@pytest.mark.parametrize("wrong", ["password", "port", "secret"])
def test_a_door_that_does_not_open_is_down_and_says_no_secret(tmp_path, postgres, wrong):
    (tmp_path / "password").write_text("hunter2-wrong")
    with refused_port() as nobody:
        writer = build_sql_writer(
            tmp_path,
            drivername="postgresql",
            host="127.0.0.1",
            port=nobody if wrong == "port" else postgres.port,
            database="postgres",
            write={
                **SQL_WRITE,
                "username": "postgres",
                "password": {"env": "NOT_THERE"} if wrong == "secret" else {"file": "password"},
            },
        )
        answer = writer.send([build_line()], "k", writer.encode([build_line()], "k"))
        assert find_only(answer)[0] == "unapplied"
        assert answer.is_down
        assert "hunter2" not in find_only(answer)[1]


def test_an_address_kept_as_a_secret_writes(tmp_path, postgres):
    with serving_postgres(tmp_path, postgres, {"A1": 10}) as target:
        url = f"postgresql://clerk:{postgres.password}@127.0.0.1:{postgres.port}/postgres"
        (tmp_path / "url").write_text(url)
        target.writer = build_sql_writer(
            tmp_path, url="sqlite:///none.db", write={**SQL_WRITE, "url": {"file": "url"}}
        )
        assert find_only(target.send(build_line()))[0] == "confirmed"
        assert target.show("A1") == 12


def check(write, **options):
    place = {"url": "sqlite:///erp.db"} | options
    return SqlOptions.model_validate({"feeds": SQL_FEEDS, **place, "write": write}).write


@pytest.mark.parametrize(
    ("write", "kind"),
    [
        ({"set": SET, "remember": REMEMBER}, "A"),
        ({"set": SET, "add": ADD, "remember": REMEMBER}, "B"),
        ({"add": ADD, "remember": REMEMBER}, "B"),
        ({"set": SET, "read": READ}, "C"),
        ({"set": SET, "read": READ, "add": ADD}, "D"),
        ({"add": ADD}, "D"),
    ],
)
def test_the_class_is_what_the_statements_hold(write, kind):
    assert check(write).delivery_class == kind


@pytest.mark.parametrize(
    ("write", "message"),
    [
        ({}, "name set or add"),
        ({"set": SET}, "read: give the select"),
        ({"set": "update stock set qty = :quantity where sku = :item_id"}, "set: it has no guard"),
        ({"set": f"{SET} or true"}, "where never says … = :item_id"),
        (
            {"set": "update stock set qty = :quantity where qty = :before"},
            "never says … = :item_id",
        ),
        ({"set": "update stock set qty = :quantity"}, "never says … = :item_id"),
        ({"set": "update stock set qty = 1 where sku = :item_id"}, "never says :quantity"),
        ({"set": "delete from stock where sku = :item_id"}, "it is DELETE, wanted one update"),
        ({"set": f"{SET}; drop table stock"}, "2 statements"),
        ({"set": SET.replace(":before", ":befor")}, "parameter :befor, known are"),
        ({"add": ADD, "read": "delete from stock"}, "read: it is DELETE, wanted a select"),
        ({"add": ADD, "read": "select 1"}, "read: it never says :item_id"),
        ({"add": ADD, "remember": "delete from seen where k = :key"}, "wanted one insert"),
        ({"add": ADD, "remember": "insert into seen (k) values (1)"}, "never says :key"),
        (
            {"add": ADD, "remember": "insert into seen (k, r) values (:key, :receipt_id)"},
            "leave that out, or say max_lines: 1",
        ),
        ({"add": ADD, "url": "postgresql://u:pw@h/d"}, "holds a password"),
        ({"add": ADD, "url": "sqlite:///x", "username": "u"}, "not both"),
    ],
)
def test_what_could_do_harm_is_refused_with_the_cure(write, message):
    with pytest.raises(ValidationError) as caught:
        check(write)
    assert message in str(caught.value)
    assert "u:pw@" not in str(caught.value)


def test_the_user_that_reads_is_not_taken_for_writing(tmp_path):
    """S13."""
    with pytest.raises(ValidationError, match="name the user that may write"):
        check({"add": ADD}, url="postgresql://reader@db/erp")


def test_a_database_of_its_own_words_is_understood():
    mysql = "update `stock` set qty = :quantity where sku = :item_id and qty <=> :before"
    kept = check({"set": mysql, "remember": REMEMBER, "username": "w"}, url="mysql://r@h/d")
    assert kept.delivery_class == "A"


def test_without_a_select_nothing_is_read_back(tmp_path):
    with serving_sqlite(tmp_path, {"A1": 10}) as target:
        writer = build_sql_writer(tmp_path, url="sqlite:///erp.db", write={"add": ADD})
        with pytest.raises(SourceRefusedError, match=r"write\.read"):
            writer.read([build_line()])
        target.writer = writer
        assert find_only(target.send(build_line("gone", operation="add")))[0] == "refused"

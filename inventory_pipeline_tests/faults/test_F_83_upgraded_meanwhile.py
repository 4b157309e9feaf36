"""F-83: the code is upgraded between lease and confirm, or the journal is of another version."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from inventory_pipeline.model.delivery import Line
from inventory_pipeline.store.journal import Journal, open_journal
from inventory_pipeline.store.migrate import find_migrations
from inventory_pipeline_tests.support.memory_journal import open_in_memory
from inventory_pipeline_tests.support.outbox import Office
from inventory_pipeline_tests.support.receiver import Receiver
from inventory_pipeline_tests.support.sql_shop import SqlShop

PLACE = ("S-1", "MAIN", "available")


class Upgraded(Receiver):
    """The next version of a writer: it says the same with one word more."""

    def encode(self, lines: Sequence[Line], key: str) -> bytes:
        return json.dumps({"version": 2, **json.loads(super().encode(lines, key))}).encode()


def upgrade_at(point: str, journal: Journal) -> tuple[Office, str]:
    """Let a worker die at a point and a newer version finish; return the office and the receipt."""
    office = Office(journal)
    old = Receiver("A", lambda: office.now, levels={PLACE: 6})
    office.receivers["shop"] = old
    [receipt_id] = office.tell("restock", 8)
    office.die_at = point
    office.deliver()
    new = Upgraded("A", lambda: office.now, levels=old.levels, effects=old.effects)
    new._seen = old._seen
    office.receivers["shop"] = new
    office.pass_minutes(5)
    office.run_until_quiet(passes=3)
    return office, receipt_id


@pytest.mark.parametrize("point", ["before_send", "after_send"])
def test_F_83_what_an_older_version_started_to_send_is_sent_byte_for_byte(point: str) -> None:
    with open_in_memory() as journal:
        office, receipt_id = upgrade_at(point, journal)

        [row] = journal.query("select body from dispatches")
        assert b"version" not in row["body"]
        assert office.find(receipt_id)["state"] == "confirmed"
        new = office.receivers["shop"]
        assert (new.levels[PLACE], new.effects[receipt_id]) == (14, 1)


def test_F_83_what_never_left_is_worded_by_the_newer_version_and_takes_effect_once() -> None:
    with open_in_memory() as journal:
        office, receipt_id = upgrade_at("after_lease", journal)

        [row] = journal.query("select body, sendings from dispatches")
        assert (json.loads(row["body"])["version"], row["sendings"]) == (2, 1)
        assert office.find(receipt_id)["state"] == "confirmed"
        new = office.receivers["shop"]
        assert (new.levels[PLACE], new.effects[receipt_id]) == (14, 1)


def test_F_83_a_journal_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    shop = SqlShop(tmp_path / "shop")
    shop.tell()
    shop.edit("pragma user_version = 99")
    done = shop.deliver()

    assert done.code == 2
    assert "was written by a newer version (schema 99" in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert shop.read_stock()["S-0"] == 10
    assert shop.call("doctor", "--json").code == 1
    with closing(sqlite3.connect(shop.journal)) as base:
        assert base.execute("pragma user_version").fetchone() == (99,)


def test_F_83_a_journal_of_an_older_version_is_taken_along_with_all_it_holds(
    tmp_path: Path,
) -> None:
    path = tmp_path / "journal.sqlite"
    first, *_ = find_migrations("journal")
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.executescript(f"{first}\npragma user_version = 1;")
        base.execute(
            "insert into tasks (task_id, finding_id, created_at, location_id, bin, sku, state, "
            "reason) values ('T-1', '', '', 'MAIN', '', 'S-1', 'proposed', '')"
        )
    with open_journal(path) as journal:
        [task] = journal.query("select task_id, state from tasks")
        [version] = journal.query("pragma user_version")

    assert task == {"task_id": "T-1", "state": "open"}
    assert version["user_version"] == len(find_migrations("journal"))


def test_F_83_an_upgrade_that_breaks_off_is_done_again_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    first, second, *_ = find_migrations("journal")
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.executescript(f"{first}\npragma user_version = 1;")
        half = second[: second.index("create table receipts")]
        base.executescript(f"begin immediate;\n{half}")  # and the machine goes off

    with open_journal(path) as journal:
        assert journal.query("select * from receipts") == []

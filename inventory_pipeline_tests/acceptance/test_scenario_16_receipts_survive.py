"""Scenario 16: receipts survive failure, repetition and death; nothing is counted twice."""

from datetime import timedelta
from pathlib import Path

import pytest

from inventory_pipeline.correct import queue
from inventory_pipeline.report.outbox import load_queue
from inventory_pipeline.store.journal import open_journal
from inventory_pipeline_tests.support.outbox import START, DiedError, Office
from inventory_pipeline_tests.support.receiver import Receiver

PLACE = ("S-1", "MAIN", "available")


def open_shop(office: Office, *, level: int = 6, delivery_class: str = "A") -> Receiver:
    shop = Receiver(delivery_class, lambda: office.now)  # type: ignore[arg-type]
    shop.levels = {PLACE: level}
    office.receivers["storefront"] = shop
    return shop


def test_a_restock_that_times_out_and_fails_is_struck_off_at_the_third_minute(
    tmp_path: Path,
) -> None:
    with open_journal(tmp_path / "journal.sqlite") as journal:
        office = Office(journal)
        shop = open_shop(office)
        faults = iter(["applied_then_lost", "lost", "none"])
        shop.draw = lambda: next(faults)  # type: ignore[assignment,return-value]
        [receipt_id] = office.tell("restock", 8)
        states = []
        for minute in (40, 60, 60):
            office.now += timedelta(seconds=minute)
            office.deliver()
            states.append(office.find(receipt_id)["state"])
            office.now += timedelta(seconds=1)

        assert states == ["uncertain", "uncertain", "confirmed"]
        assert office.find(receipt_id)["attempts"] == 3
        assert shop.levels[PLACE] == 14


def test_a_replay_of_581_delivered_receipts_changes_nothing(tmp_path: Path) -> None:
    with open_journal(tmp_path / "journal.sqlite") as journal:
        office = Office(journal)
        shop = open_shop(office)
        shop.max_lines = 250
        skus = [f"S-{number}" for number in range(581)]
        shop.levels = {(sku, "MAIN", "available"): 6 for sku in skus}
        for number, sku in enumerate(skus):
            office.tell("restock", 8, sku=sku, source=f"W-{number}")
        office.deliver()
        levels, effects = dict(shop.levels), dict(shop.effects)
        assert set(levels.values()) == {14}

        # The whole list is told again, and every request is sent again as it was.
        for number, sku in enumerate(skus):
            assert office.tell("restock", 8, sku=sku, source=f"W-{number}") == []
        for row in journal.query("select * from dispatches"):
            shop.send([], row["key"], row["body"])
        office.pass_minutes()
        office.deliver()

        assert (dict(shop.levels), dict(shop.effects)) == (levels, effects)


def test_a_death_between_the_change_and_its_receipt_leaves_both_or_neither(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_journal(tmp_path / "journal.sqlite") as journal:
        office = Office(journal)
        open_shop(office)

        def die(*_args: object, **_named: object) -> None:
            raise DiedError("between")

        with monkeypatch.context() as patch:
            patch.setattr(queue, "_add_receipt", die)
            with pytest.raises(DiedError):
                office.tell("restock", 8)
        assert journal.query("select * from changes") == []
        assert journal.query("select * from receipts") == []

        office.tell("restock", 8)
        assert len(journal.query("select * from changes")) == 1
        assert len(journal.query("select * from receipts")) == 1


def test_a_receipt_of_sixteen_minutes_is_reported_stuck(tmp_path: Path) -> None:
    with open_journal(tmp_path / "journal.sqlite") as journal:
        office = Office(journal)
        open_shop(office).draw = lambda: "down"
        office.tell("restock", 8)
        limit = timedelta(minutes=15)

        seen = [
            load_queue(journal, stuck_after=limit, now=START + timedelta(minutes=minutes)).stuck
            for minutes in (14, 16)
        ]
        assert seen == [0, 1]


def test_sale_restock_return_and_manual_fix_make_one_receipt_a_mirror(tmp_path: Path) -> None:
    with open_journal(tmp_path / "journal.sqlite") as journal:
        office = Office(journal)
        for name in ("erp", "storefront", "threepl"):
            office.receivers[name] = Receiver("A", lambda: office.now, levels={PLACE: 10})
        told = [
            office.tell(kind, units)  # type: ignore[arg-type]
            for kind, units in (("sale", -1), ("restock", 8), ("return", 1), ("manual", -2))
        ]
        for _ in range(4):
            office.deliver()
            office.pass_minutes()

        assert [len(receipts) for receipts in told] == [3, 3, 3, 3]
        assert {receiver.levels[PLACE] for receiver in office.receivers.values()} == {16}


def test_a_mirror_waits_until_the_owner_has_the_change(tmp_path: Path) -> None:
    with open_journal(tmp_path / "journal.sqlite") as journal:
        office = Office(journal)
        shop = open_shop(office)
        [receipt_id] = office.tell("sale", -1, is_known=False)
        office.deliver()
        assert (office.find(receipt_id)["state"], shop.levels[PLACE]) == ("held", 6)

        change_id = str(office.find(receipt_id)["change_id"])
        queue.note_owner(journal, change_id, now=office.now)
        office.deliver()
        assert (office.find(receipt_id)["state"], shop.levels[PLACE]) == ("confirmed", 5)

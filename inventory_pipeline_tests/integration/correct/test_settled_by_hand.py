"""A person settles what nobody else can, and the queue of that item goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from inventory_pipeline.correct.handover import settle_by_hand
from inventory_pipeline.errors import UsageError
from inventory_pipeline.store import audit
from inventory_pipeline.store.journal import open_journal
from inventory_pipeline_tests.support.outbox import Office
from inventory_pipeline_tests.support.receiver import Receiver

PLACE = ("S-1", "MAIN", "available")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Return an outbox where an addition of class D timed out and nobody knows what came of it."""
    with open_journal(tmp_path / "journal.sqlite") as journal:
        opened = Office(journal)
        shop = Receiver("D", lambda: opened.now, levels={PLACE: 6})
        opened.receivers["shop"] = shop
        shop.draw = lambda: "lost"
        opened.tell("restock", 8)
        opened.deliver()
        shop.draw = lambda: "none"
        shop.levels[PLACE] -= 1
        for _ in range(3):
            opened.pass_minutes(2)
            opened.deliver()
        yield opened


def find_receipt(office: Office) -> str:
    [receipt_id] = office.read_states()
    assert office.find(receipt_id)["waits_for"] == "person"
    return receipt_id


def settle(office: Office, verdict: str, *, reason: str = "looked at the shelf") -> str:
    receipt_id = find_receipt(office)
    return settle_by_hand(
        office.journal, receipt_id, verdict, by="anna", reason=reason, now=office.now  # type: ignore[arg-type]
    )  # fmt: skip


def test_what_has_not_landed_is_sent_once_more(office: Office) -> None:
    receipt_id = find_receipt(office)
    assert settle(office, "again") == "created"
    office.pass_minutes()
    office.deliver()

    assert office.find(receipt_id)["state"] == "confirmed"
    assert office.receivers["shop"].levels[PLACE] == 13


@pytest.mark.parametrize(("verdict", "state"), [("landed", "confirmed"), ("drop", "superseded")])
def test_what_has_landed_or_is_not_wanted_lets_the_next_one_leave(
    office: Office, verdict: str, state: str
) -> None:
    office.tell("restock", 2)
    office.pass_minutes()
    office.deliver()
    assert office.receivers["shop"].levels[PLACE] == 5

    receipt_id = next(name for name, at in office.read_states().items() if at == "uncertain")
    settle_by_hand(
        office.journal, receipt_id, verdict, by="anna", reason="looked", now=office.now  # type: ignore[arg-type]
    )  # fmt: skip
    office.deliver()

    assert office.find(receipt_id)["state"] == state
    assert office.receivers["shop"].levels[PLACE] == 7
    assert audit.find_break(office.journal) == ""


def test_a_word_without_a_reason_or_about_something_settled_is_refused(office: Office) -> None:
    with pytest.raises(UsageError, match="--reason"):
        settle(office, "again", reason=" ")
    settle_by_hand(
        office.journal, find_receipt(office), "landed", by="anna", reason="seen", now=office.now
    )
    [receipt_id] = office.read_states()
    with pytest.raises(UsageError, match="is confirmed"):
        settle_by_hand(
            office.journal, receipt_id, "again", by="anna", reason="seen", now=office.now
        )
    with pytest.raises(UsageError, match="no receipt"):
        settle_by_hand(office.journal, "R-0", "drop", by="a", reason="x", now=office.now)

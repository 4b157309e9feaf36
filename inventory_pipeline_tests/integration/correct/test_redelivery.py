"""What a receiver refused goes out again under its own id, rather than a number made up to fit."""

from collections.abc import Iterator

import pytest

from inventory_pipeline.correct import approvals
from inventory_pipeline.correct.approvals import Rules
from inventory_pipeline.store import audit
from inventory_pipeline_tests.support.hour import Gap, SameBook, propose
from inventory_pipeline_tests.support.memory_journal import open_in_memory
from inventory_pipeline_tests.support.outbox import Office
from inventory_pipeline_tests.support.receiver import Receiver

PLACE = ("S-1", "MAIN", "available")
RULES = Rules(frozenset({"ana"}), {"ana": "a key"}, writable=frozenset({("shop", "available")}))


@pytest.fixture
def office() -> Iterator[Office]:
    """Return an outbox whose shop refused to hear of three sold units, and would hear now."""
    with open_in_memory() as journal:
        office = Office(journal)
        shop = Receiver("A", lambda: office.now, levels={PLACE: 20}, refuses={"S-1"})
        office.receivers = {"shop": shop}
        office.tell("sale", -3, source="M-9")
        office.deliver()
        shop.refuses = set()
        office.pass_minutes(60)
        yield office


def find_dead(office: Office) -> str:
    [row] = office.journal.query("select receipt_id from receipts where state = 'dead'")
    return str(row["receipt_id"])


def find_gap(off: int = 3, record: str = "M-9", *, is_proven: bool = True) -> Gap:
    return Gap("shelf", "shop", PLACE, 20, off, is_proven, record)


def approve(office: Office) -> str:
    [row] = office.journal.query("select proposal_id from proposals")
    return approvals.approve(
        office.journal, row["proposal_id"], SameBook(), RULES, by="ana", now=office.now  # type: ignore[arg-type]
    ).receipt_id  # fmt: skip


def test_the_movement_itself_is_handed_over_again_under_its_own_id(office: Office) -> None:
    original, before = find_dead(office), office.find(find_dead(office))
    assert propose(office.journal, [find_gap()], {"shop": "A"}, now=office.now) == [original]
    office.receivers["shop"].levels[PLACE] -= 1  # somebody buys one meanwhile
    office.deliver()

    receipt = office.find(original)
    assert (receipt["state"], receipt["operation"], receipt["units"]) == ("confirmed", "add", -3)
    assert receipt["key"] != before["key"]  # the old key's answer is a kept refusal
    assert receipt["reference"] == before["reference"]
    assert office.receivers["shop"].levels[PLACE] == 16
    [proposal] = office.journal.query("select decision, receipt_id from proposals")
    assert (proposal["decision"], proposal["receipt_id"]) == ("auto", original)
    assert audit.find_break(office.journal) == ""


@pytest.mark.parametrize("gap", [find_gap(off=2), find_gap(record="M-8"), find_gap(record="")])
def test_what_it_does_not_wholly_explain_is_set(office: Office, gap: Gap) -> None:
    original = find_dead(office)
    [made] = propose(office.journal, [gap], {"shop": "A"}, now=office.now)
    assert made != original
    assert office.find(made)["operation"] == "set"
    # A number that is set holds what was refused.
    assert office.find(original)["state"] == "superseded"


def test_behind_a_later_movement_it_is_not_handed_over_alone(office: Office) -> None:
    original = find_dead(office)
    office.tell("sale", -1, source="M-10")
    gap = find_gap(is_proven=False)
    assert propose(office.journal, [gap], {"shop": "A"}, now=office.now) == []
    receipt_id = approve(office)
    assert receipt_id != original
    assert office.find(receipt_id)["operation"] == "set"


def test_a_person_who_approves_hands_it_over_too_and_it_waits_for_the_signature(
    office: Office,
) -> None:
    original = find_dead(office)
    propose(office.journal, [find_gap(is_proven=False)], {"shop": "A"}, now=office.now)
    assert approve(office) == original
    office.deliver()
    assert office.find(original)["state"] == "held"

    assert approvals.release(office.journal, RULES, now=office.now) == 0
    office.deliver()
    assert office.find(original)["state"] == "confirmed"
    assert office.receivers["shop"].levels[PLACE] == 17


def test_an_approval_carries_no_other_movement(office: Office) -> None:
    propose(office.journal, [find_gap(is_proven=False)], {"shop": "A"}, now=office.now)
    receipt_id = approve(office)
    office.journal.execute("update receipts set units = -9, quantity = -9")

    assert approvals.release(office.journal, RULES, now=office.now) == 1
    office.deliver()
    assert office.find(receipt_id)["state"] == "dead"
    assert "changed after it was approved: units, quantity" in str(
        office.find(receipt_id)["evidence"]
    )


def test_what_is_refused_again_is_not_tried_a_third_time(office: Office) -> None:
    original = find_dead(office)
    office.receivers["shop"].refuses = {"S-1"}
    propose(office.journal, [find_gap()], {"shop": "A"}, now=office.now)
    office.deliver()
    assert office.find(original)["state"] == "dead"

    office.pass_minutes(60)
    assert propose(office.journal, [find_gap()], {"shop": "A"}, now=office.now) == []
    assert office.find(original)["state"] == "dead"
    told = office.journal.query("select reason from proposals where decision = 'flagged'")
    assert ["corrected less than 24 hours ago" in row["reason"] for row in told] == [True]

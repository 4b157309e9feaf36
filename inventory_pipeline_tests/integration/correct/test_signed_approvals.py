"""Approvals that are signed are verified by who delivers, and only then does a receipt leave."""

from collections.abc import Iterator

import pytest

from inventory_pipeline.correct import approvals
from inventory_pipeline.correct.approvals import Rules
from inventory_pipeline_tests.support.hour import Gap, SameBook, propose
from inventory_pipeline_tests.support.memory_journal import open_in_memory
from inventory_pipeline_tests.support.outbox import Office
from inventory_pipeline_tests.support.receiver import Receiver

PLACE = ("S-1", "MAIN", "available")
WRITABLE = frozenset({("shop", "available")})
RULES = Rules(frozenset({"ana"}), {"ana": "a key"}, writable=WRITABLE)


@pytest.fixture
def office() -> Iterator[Office]:
    with open_in_memory() as journal:
        office = Office(journal)
        office.receivers = {"shop": Receiver("A", lambda: office.now, levels={PLACE: 20})}
        propose(journal, [Gap("shelf", "shop", PLACE, 20, 6, is_proven=True)], {"shop": "A"},
                now=office.now)  # fmt: skip
        yield office


def approve(office: Office, rules: Rules = RULES) -> str:
    [row] = office.journal.query("select proposal_id from proposals")
    return approvals.approve(
        office.journal, row["proposal_id"], SameBook(), rules, by="ana", now=office.now  # type: ignore[arg-type]
    ).receipt_id  # fmt: skip


def test_an_approval_is_verified_before_its_receipt_leaves(office: Office) -> None:
    receipt_id = approve(office)
    office.deliver()
    assert office.find(receipt_id)["state"] == "held"

    assert approvals.release(office.journal, RULES, now=office.now) == 0
    assert approvals.release(office.journal, RULES, now=office.now) == 0
    office.deliver()
    assert office.receivers["shop"].levels[PLACE] == 14


def test_a_forged_signature_is_found_out_and_its_receipt_never_leaves(office: Office) -> None:
    receipt_id = approve(office)
    office.journal.execute("update approvals set signature = 'by hand'")

    assert approvals.release(office.journal, RULES, now=office.now) == 1
    office.deliver()
    assert office.find(receipt_id)["state"] == "dead"
    assert office.receivers["shop"].levels[PLACE] == 20


def test_where_no_keys_are_kept_a_name_is_enough(office: Office) -> None:
    receipt_id = approve(office, Rules(writable=WRITABLE))

    assert office.find(receipt_id)["state"] == "created"

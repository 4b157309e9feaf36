"""F-95: an approval that is late, forged, replayed, or for something else: refused and told."""

import json
import sqlite3
import time
from typing import Any

import pytest

from inventory_pipeline_tests.faults.conftest import TEN, Pair
from inventory_pipeline_tests.support.shop import files_system

PEOPLE = "anna: {key: {env: ANNA_KEY}}, ben: {key: {env: BEN_KEY}}"


class Desk(Pair):
    """A shop whose storefront shows four too many, and two people who may decide."""

    def open(self, *, more: str = "") -> None:
        self.configure_pair(more=f"approvals: {{people: {{{PEOPLE}}}{more}}}\n")
        plain = files_system("storefront", "storefront")
        text = self.config.read_text()
        writable = files_system("storefront", "storefront", writes="[on_hand]")
        assert plain in text
        self.configure(text.replace(plain, writable))
        self.agree(TEN, {"X": 10, "Y": 20})
        self.say("storefront", TEN, {"X": 14, "Y": 29})
        self.run(TEN)

    def propose(self, sku: str = "X") -> str:
        return str(self.one("proposals", sku=sku)["proposal_id"])

    def approve(self, by: str = "anna", sku: str = "X") -> int:
        return self.do("approve", self.propose(sku), "--by", by)

    def ask(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Look into the journal, or tamper with it."""
        with sqlite3.connect(self.folder / "local/journal.sqlite") as journal:
            return journal.execute(sql, values).fetchall()

    def audited(self, kind: str) -> list[dict[str, Any]]:
        rows = self.ask("select details from audit where kind = ? order by seq", kind)
        return [json.loads(row[0]) for row in rows]

    @property
    def dropped(self) -> list[str]:
        """Return what was handed to the storefront."""
        return [path.read_text() for path in self.folder.glob("outbox/storefront/*.csv")]

    def assert_refused(self, why: str) -> None:
        """The worker sends nothing, a person is named, and the chain tells why."""
        assert self.do("deliver", "--once") == 1
        receipt = self.one("receipts")
        assert (receipt["state"], receipt["waits_for"]) == ("dead", "person")
        assert why in receipt["evidence"]
        assert (receipt["attempts"], self.dropped) == (0, [])
        [told] = self.audited("approval_refused")
        assert told == {"receipt": receipt["receipt_id"], "trouble": receipt["evidence"]}
        # It is over: the next pass sends nothing either.
        assert self.do("deliver", "--once") == 0
        assert self.dropped == []


@pytest.fixture
def desk(tmp_path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("ANNA_KEY", "key of anna")
    monkeypatch.setenv("BEN_KEY", "key of ben")
    return Desk(tmp_path)


def test_F_95_a_signed_approval_waits_until_the_worker_has_verified_it(desk: Desk) -> None:
    desk.open()
    assert desk.approve() == 0
    receipt = desk.one("receipts")
    assert (receipt["state"], receipt["waits_for"]) == ("held", "approval")

    assert desk.do("deliver", "--once") == 0

    receipt = desk.one("receipts")
    assert (receipt["state"], receipt["attempts"]) == ("sent", 1)
    assert len(desk.dropped) == 1
    assert ",X,L1,on_hand,set,10,14," in desk.dropped[0]
    assert desk.audited("approval_verified") == [{"receipt": receipt["receipt_id"], "trouble": ""}]


def test_F_95_an_unknown_person_approves_rejects_and_resumes_nothing(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.open()
    proposal_id = desk.propose()
    desk.ask("insert into brakes (brake_id, scope, pulled_at, reason) values ('B', 'all', '', '')")

    assert desk.approve("mallory") == 2
    assert "'mallory' may not decide" in capsys.readouterr().err
    assert desk.do("reject", proposal_id, "--by", "mallory", "--reason", "no") == 2
    assert desk.do("resume", "--by", "mallory") == 2

    assert desk.one("proposals", sku="X")["decision"] == "suspended"
    assert desk.export("receipts") == []
    assert desk.ask("select released_at from brakes") == [(None,)]
    kinds = ("approval_refused", "rejection_refused", "resume_refused")
    told = [desk.audited(kind) for kind in kinds]
    assert [[each["by"] for each in of_kind] for of_kind in told] == [["mallory"]] * 3
    assert desk.do("resume", "--by", "anna") == 0


def test_F_95_a_person_whose_key_is_not_here_signs_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open()
    monkeypatch.delenv("ANNA_KEY")

    assert desk.approve() == 2
    assert desk.export("receipts") == []
    [told] = desk.audited("approval_refused")
    assert "the key of 'anna' is not here" in told["why"]


def test_F_95_an_approval_is_used_once(desk: Desk) -> None:
    desk.open()
    desk.approve()
    desk.do("deliver", "--once")
    approvals = desk.ask("select * from approvals")

    assert desk.approve() == 2
    assert desk.approve("ben") == 2

    assert desk.ask("select * from approvals") == approvals
    assert len(desk.export("receipts")) == len(desk.dropped) == 1
    assert [told["by"] for told in desk.audited("approval_refused")] == ["anna", "ben"]


@pytest.mark.slow
def test_F_95_an_approval_that_expired_before_it_was_delivered_is_refused(desk: Desk) -> None:
    desk.open(more=", expires_after: 1s")
    assert desk.approve() == 0
    time.sleep(1.1)

    desk.assert_refused("expired, altered, or not in their hand")


def test_F_95_an_approval_of_other_numbers_is_refused(desk: Desk) -> None:
    desk.open()
    desk.approve()
    desk.ask("update proposals set target_units = 99 where sku = 'X'")

    desk.assert_refused("the proposal was changed after it was approved")


@pytest.mark.parametrize(
    ("column", "value"), [("quantity", 99), ("units", 99), ("sku", "Y"), ("operation", "add")]
)
def test_F_95_a_receipt_that_does_something_else_is_refused(
    desk: Desk, column: str, value: object
) -> None:
    desk.open()
    desk.approve()
    desk.ask(f"update receipts set {column} = ?", value)

    # Its seal in the audit chain is broken: nothing leaves at all until somebody has looked.
    assert desk.do("deliver", "--once") == 2
    assert [row["state"] for row in desk.export("receipts")] == ["held"]


def test_F_95_a_proposal_that_was_altered_is_not_approved(desk: Desk) -> None:
    desk.open()
    desk.ask("update proposals set target_units = 99 where sku = 'X'")

    assert desk.approve() == 2
    assert desk.export("receipts") == []
    [told] = desk.audited("approval_refused")
    assert "was changed since it was proposed" in told["why"]


@pytest.mark.parametrize("signature", ["", "0" * 64])
def test_F_95_an_approval_without_its_signature_is_refused(desk: Desk, signature: str) -> None:
    desk.open()
    desk.approve()
    desk.ask("update approvals set signature = ?", signature)

    desk.assert_refused("0 valid approvals, wanted 1")


def test_F_95_an_approval_signed_with_another_key_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open()
    monkeypatch.setenv("ANNA_KEY", "a guess")
    assert desk.approve() == 0
    monkeypatch.setenv("ANNA_KEY", "key of anna")

    desk.assert_refused("0 valid approvals, wanted 1")


def test_F_95_a_signature_moved_to_another_proposal_or_a_later_day_is_refused(desk: Desk) -> None:
    desk.open(more=", expires_after: 1s")
    desk.approve("anna", "X")
    desk.approve("anna", "Y")
    [(signature,)] = desk.ask(
        "select signature from approvals where proposal_id = ?", desk.propose("X")
    )
    desk.ask(
        "update approvals set signature = ?, expires_at = '2099-01-01T00:00:00+00:00'", signature
    )

    assert desk.do("deliver", "--once") == 1

    assert [row["state"] for row in desk.export("receipts")] == ["dead", "dead"]
    assert desk.dropped == []
    assert len(desk.audited("approval_refused")) == 2


def test_F_95_a_large_change_wants_two_different_people_who_both_signed(desk: Desk) -> None:
    desk.open(more=", four_eyes_above: 3")
    assert desk.approve("anna") == 1
    assert desk.approve("anna") == 1
    assert desk.export("receipts") == []
    assert desk.approve("ben") == 0
    desk.ask("update approvals set signature = '' where approved_by = 'ben'")

    desk.assert_refused("1 valid approvals, wanted 2")

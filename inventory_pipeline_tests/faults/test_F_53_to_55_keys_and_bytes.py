"""F-53 to F-55: what a key is worth, for how long, and that its bytes never change."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from inventory_pipeline.model.delivery import Answer, Line, answer_all
from inventory_pipeline.store.journal import open_journal
from inventory_pipeline_tests.support.outbox import Office
from inventory_pipeline_tests.support.real_office import in_memory, working
from inventory_pipeline_tests.support.receiver import Receiver

PLACE = ("S-1", "MAIN", "available")
DAY = 25 * 60


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_journal(tmp_path / "journal.sqlite") as journal:
        yield Office(journal)


def deliver(office: Office, passes: int = 1) -> None:
    for _ in range(passes):
        office.deliver()
        office.pass_minutes()


def find_sendings(office: Office) -> list[int]:
    rows = office.journal.query("select sendings from dispatches order by dispatch_id")
    return [row["sendings"] for row in rows]


def test_F_53_a_remembered_failure_is_read_back_before_another_key_is_made(office: Office) -> None:
    shop = in_memory(office)
    faults: list[str] = ["cached_500"]
    shop.draw = lambda: faults.pop() if faults else "none"  # type: ignore[assignment,return-value]
    [receipt_id] = office.tell("restock", 14, operation="set", before=6)
    first_key = office.find(receipt_id)["key"]
    deliver(office, 2)
    assert (office.find(receipt_id)["state"], shop.requests) == ("uncertain", 1)

    deliver(office, 3)

    receipt = office.find(receipt_id)
    assert (receipt["state"], receipt["attempts"], receipt["generation"]) == ("confirmed", 2, 2)
    assert receipt["key"] != first_key
    assert (shop.levels[PLACE], shop.effects[receipt_id]) == (14, 1)
    assert find_sendings(office) == [1, 1]


class Stubborn(Receiver):
    """Carries a request out and says 500, now and for as long as it remembers the key."""

    applies = True

    def _apply(self, lines: Sequence[Line], fault: str) -> Answer:  # type: ignore[override]
        if self.applies:
            super()._apply(lines, fault)  # type: ignore[arg-type]
        return answer_all(lines, "ambiguous", "500")


def be_stubborn(office: Office, *, applies: bool) -> Stubborn:
    shop = Stubborn("A", lambda: office.now, levels={PLACE: 6}, caches_errors=True)
    shop.applies = applies
    office.receivers["shop"] = shop
    return shop


def test_F_53_the_same_500_for_ever_is_read_back_after_five_times(office: Office) -> None:
    shop = be_stubborn(office, applies=True)
    [receipt_id] = office.tell("restock", 14, operation="set", before=6)
    deliver(office, 5)
    assert (office.find(receipt_id)["state"], shop.requests) == ("uncertain", 5)

    deliver(office, 3)

    receipt = office.find(receipt_id)
    assert (receipt["state"], receipt["attempts"], receipt["generation"]) == ("confirmed", 5, 1)
    assert receipt["evidence"] == "read back: it shows 14, the target"
    assert (shop.levels[PLACE], shop.effects[receipt_id]) == (14, 1)


def test_F_53_a_500_that_no_key_ends_is_given_up_and_a_person_is_named(office: Office) -> None:
    shop = be_stubborn(office, applies=False)
    [receipt_id] = office.tell("restock", 14, operation="set", before=6)
    deliver(office, 60)

    receipt = office.find(receipt_id)
    assert (receipt["state"], receipt["waits_for"]) == ("dead", "person")
    assert (receipt["generation"], find_sendings(office)) == (5, [5, 5, 5, 5, 5])
    assert receipt["evidence"] == "read back: it still shows 6, so it had no effect, 5 times over"
    assert (shop.levels[PLACE], shop.requests) == (6, 25)


@pytest.mark.parametrize(("fault", "requests"), [("applied_then_lost", 1), ("lost", 2)])
def test_F_54_after_the_life_of_a_key_the_number_is_read_before_anything_is_sent(
    office: Office, fault: str, requests: int
) -> None:
    shop = in_memory(office)
    shop.draw = lambda: fault  # type: ignore[assignment,return-value]
    [receipt_id] = office.tell("restock", 14, operation="set", before=6)
    office.deliver()
    shop.draw = lambda: "none"
    office.pass_minutes(DAY)

    office.deliver()
    assert shop.requests == 1
    deliver(office, 3)

    receipt = office.find(receipt_id)
    assert (receipt["state"], shop.levels[PLACE]) == ("confirmed", 14)
    assert (shop.effects[receipt_id], shop.requests) == (1, requests)


def test_F_54_a_number_that_moved_while_the_key_expired_is_left_alone(office: Office) -> None:
    shop = in_memory(office)
    shop.draw = lambda: "applied_then_lost"
    [receipt_id] = office.tell("restock", 14, operation="set", before=6)
    office.deliver()
    shop.draw = lambda: "none"
    shop.levels[PLACE] = 11
    office.pass_minutes(DAY)
    deliver(office, 3)

    receipt = office.find(receipt_id)
    assert (receipt["state"], shop.levels[PLACE], shop.requests) == ("superseded", 11, 1)
    assert receipt["evidence"] == "read back: it shows 11, neither 6 nor 14"


def test_F_54_an_addition_whose_key_expired_is_never_sent_blindly(office: Office) -> None:
    shop = in_memory(office)
    shop.draw = lambda: "applied_then_lost"
    [receipt_id] = office.tell("restock", 8)
    office.deliver()
    shop.draw = lambda: "none"
    office.pass_minutes(DAY)
    deliver(office, 5)

    receipt = office.find(receipt_id)
    assert (shop.levels[PLACE], shop.effects[receipt_id], shop.requests) == (14, 1, 1)
    assert (receipt["state"], receipt["waits_for"]) == ("uncertain", "person")


class Upgraded(Receiver):
    """Our own next version words the same request otherwise."""

    def encode(self, lines: Sequence[Line], key: str) -> bytes:
        return b"next version of " + super().encode(lines, key)


def test_F_55_another_version_of_us_sends_the_bytes_that_were_stored(office: Office) -> None:
    shop, sent = in_memory(office), []
    shop.draw = lambda: "applied_then_lost"
    [receipt_id] = office.tell("restock", 8)
    office.die_at = "after_send"
    office.deliver()
    [before] = office.journal.query("select * from dispatches")

    upgraded = Upgraded("A", lambda: office.now, levels=shop.levels, effects=shop.effects)
    upgraded._seen = shop._seen  # the same system: it refuses the key with other bytes
    office.receivers["shop"] = upgraded
    send = upgraded.send
    upgraded.send = lambda *words: sent.append(words[2]) or send(*words)  # type: ignore
    deliver(office, 3)

    [after] = office.journal.query("select * from dispatches")
    assert sent == [before["body"]]
    assert (after["digest"], after["sendings"]) == (before["digest"], 2)
    receipt = office.find(receipt_id)
    assert (receipt["state"], receipt["attempts"]) == ("confirmed", 2)
    assert (shop.levels[PLACE], shop.effects[receipt_id]) == (14, 1)


def test_F_55_the_journal_itself_refuses_other_bytes_under_a_key(office: Office) -> None:
    in_memory(office)
    office.tell("restock", 8)
    office.deliver()

    with pytest.raises(sqlite3.IntegrityError, match="keeps its bytes"):
        office.journal.execute("update dispatches set body = :body", body=b"other")


def test_F_55_a_request_that_never_left_is_worked_out_anew_from_what_is_shown_now(
    tmp_path: Path,
) -> None:
    sets = {"class": "C", "key_header": None, "add": None}
    with working("rest", tmp_path, {"A1": 10}, **sets) as desk:
        desk.office.die_at = "after_lease"
        receipt_id = desk.tell(units=5)
        desk.deliver()
        desk.target.put("A1", 9)  # one is sold meanwhile
        desk.deliver(2)

        receipt = desk.find(receipt_id)
        assert (receipt["state"], receipt["attempts"]) == ("confirmed", 1)
        assert desk.target.show("A1") == 14

"""F-50 to F-52: nobody knows whether it was applied; in the end it was applied once."""

from pathlib import Path

import pytest

from inventory_pipeline_tests.support.real_office import Desk, working

CLASS_C = {"class": "C", "key_header": None, "add": None}
CLASS_D = {"class": "D", "key_header": None, "set": None, "stale": None}
BREAKING = {"after": "F-50", "before": "F-51", "error": "F-52"}


def try_once(desk: Desk, fault: str, **words: object) -> str:
    desk.target.break_next(fault)
    receipt_id = desk.tell(**words)
    desk.deliver()
    return receipt_id


@pytest.mark.parametrize("kind", ["rest", "graphql"])
@pytest.mark.parametrize("fault", BREAKING)
def test_F_50_F_51_F_52_a_keyed_receiver_is_sent_the_same_key_and_has_the_effect_once(
    tmp_path: Path, kind: str, fault: str
) -> None:
    with working(kind, tmp_path, {"A1": 10}) as desk:
        receipt_id = try_once(desk, fault)
        assert desk.target.show("A1") == (10 if fault == "before" else 15)
        assert desk.find(receipt_id)["state"] == "uncertain"

        desk.deliver()

        receipt = desk.find(receipt_id)
        assert desk.target.show("A1") == 15
        assert (receipt["state"], receipt["attempts"], receipt["generation"]) == ("confirmed", 2, 1)
        assert "200" in receipt["evidence"]
        assert [row["sendings"] for row in desk.ask("select * from dispatches")] == [2]
        told = [row["outcome"] for row in desk.ask("select * from attempts order by attempt_id")]
        assert told == ["ambiguous 1", "confirmed 1"]


@pytest.mark.parametrize("fault", ["after", "error"])
def test_F_50_F_52_an_absolute_number_without_a_key_is_read_back_and_not_set_again(
    tmp_path: Path, fault: str
) -> None:
    with working("rest", tmp_path, {"A1": 10}, **CLASS_C) as desk:
        receipt_id = try_once(desk, fault, units=12, operation="set", before=10)
        desk.deliver(2)

        receipt = desk.find(receipt_id)
        assert desk.target.show("A1") == 12
        assert (receipt["state"], receipt["attempts"]) == ("confirmed", 1)
        assert receipt["evidence"] == "read back: it shows 12, the target"


def test_F_51_an_absolute_number_that_never_arrived_is_set_after_a_look(tmp_path: Path) -> None:
    with working("rest", tmp_path, {"A1": 10}, **CLASS_C) as desk:
        receipt_id = try_once(desk, "before", units=12, operation="set", before=10)
        desk.deliver(2)
        assert "still shows 10" in desk.find(receipt_id)["evidence"]

        desk.deliver(2)

        receipt = desk.find(receipt_id)
        assert desk.target.show("A1") == 12
        assert (receipt["state"], receipt["attempts"], receipt["generation"]) == ("confirmed", 2, 2)


def test_F_51_an_absolute_number_is_not_set_once_the_number_before_has_moved(
    tmp_path: Path,
) -> None:
    with working("rest", tmp_path, {"A1": 10}, **CLASS_C) as desk:
        receipt_id = try_once(desk, "before", units=12, operation="set", before=10)
        desk.target.put("A1", 9)
        desk.deliver(4)

        receipt = desk.find(receipt_id)
        assert desk.target.show("A1") == 9
        assert (receipt["state"], receipt["attempts"]) == ("superseded", 1)
        assert receipt["evidence"] == "read back: it shows 9, neither 10 nor 12"


@pytest.mark.parametrize(
    ("fault", "level", "state"), [("after", 15, "confirmed"), ("before", 10, "uncertain")]
)
def test_F_50_F_51_a_bare_addition_is_never_sent_again(
    tmp_path: Path, fault: str, level: int, state: str
) -> None:
    with working("rest", tmp_path, {"A1": 10}, **CLASS_D) as desk:
        receipt_id = try_once(desk, fault)
        desk.deliver(6)

        receipt = desk.find(receipt_id)
        assert desk.target.show("A1") == level
        assert (receipt["state"], receipt["attempts"]) == (state, 1)
        assert receipt["waits_for"] == ("" if state == "confirmed" else "person")


def test_F_50_a_bare_addition_goes_to_a_person_where_a_sale_hides_it(tmp_path: Path) -> None:
    with working("rest", tmp_path, {"A1": 10}, **CLASS_D) as desk:
        receipt_id = try_once(desk, "after")
        desk.target.put("A1", 14)
        desk.deliver(6)

        receipt = desk.find(receipt_id)
        assert desk.target.show("A1") == 14
        assert (receipt["state"], receipt["waits_for"]) == ("uncertain", "person")
        assert "whether +5 is in it, nobody can tell" in receipt["evidence"]
        [told] = desk.ask("select * from audit where kind = 'receipt'")
        assert told["subject"] == receipt_id


def test_F_50_a_file_that_was_dropped_before_a_death_is_not_dropped_again(tmp_path: Path) -> None:
    with working("files", tmp_path, {"A1": 10}) as desk:
        desk.office.die_at = "after_send"
        receipt_id = desk.tell()
        desk.deliver()
        assert desk.target.show("A1") == 15
        assert desk.find(receipt_id)["state"] == "sent"

        desk.deliver(2)

        receipt = desk.find(receipt_id)
        assert desk.target.show("A1") == 15
        assert (receipt["state"], receipt["attempts"]) == ("confirmed", 2)
        assert "says 'applied'" in receipt["evidence"]

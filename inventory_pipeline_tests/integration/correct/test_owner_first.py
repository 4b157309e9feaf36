"""Owner first: mirrors follow what the owner took, and wait for nothing that it never will."""

from collections.abc import Iterator

import pytest

from inventory_pipeline.correct import queue
from inventory_pipeline.correct.addresses import Address
from inventory_pipeline.correct.receipts import Change, Effect
from inventory_pipeline_tests.support.memory_journal import open_in_memory
from inventory_pipeline_tests.support.outbox import Office
from inventory_pipeline_tests.support.receiver import Receiver

OWNED, SHOWN = ("S-1", "MAIN", "on_hand"), ("S-1", "MAIN", "available")


@pytest.fixture
def office() -> Iterator[Office]:
    with open_in_memory() as journal:
        office = Office(journal)
        office.receivers = {
            "shelf": Receiver("A", lambda: office.now, levels={OWNED: 10}),
            "shop": Receiver("A", lambda: office.now, levels={SHOWN: 9}),
        }
        yield office


def count(office: Office, units: int, *, task: str = "T-1") -> dict[str, str]:
    """Tell a count of an item that both systems show otherwise; return system → receipt."""
    change = Change("count", "on_hand", "S-1", "MAIN", units, office.now, task, None)
    address = Address("S-1", "MAIN")
    effects = [
        Effect("shelf", "on_hand", "set", units, 10, address, "count", is_owner=True),
        Effect("shop", "available", "set", units, 9, address, "count"),
    ]
    rows = queue.add_change(office.journal, change, effects, now=office.now)
    return {row["system"]: row["receipt_id"] for row in rows}


def test_a_count_that_the_owner_refuses_leaves_no_mirror_waiting(office: Office) -> None:
    receipts = count(office, 12)
    office.receivers["shelf"].levels[OWNED] = 11  # sold while it was counted
    office.deliver()

    assert office.find(receipts["shelf"])["state"] == "superseded"
    assert office.find(receipts["shop"])["state"] == "superseded"
    office.tell("restock", 8, systems=["shop"])
    office.deliver()
    assert office.receivers["shop"].levels[SHOWN] == 17


def test_a_count_that_the_owner_refuses_has_replaced_nothing(office: Office) -> None:
    office.receivers["shop"].draw = lambda: "down"
    [sale] = office.tell("sale", -3, systems=["shop"])
    count(office, 12)
    office.receivers["shelf"].levels[OWNED] = 11
    office.run_until_quiet(passes=4)

    assert office.find(sale)["state"] == "confirmed"
    assert office.receivers["shop"].levels[SHOWN] == 6


def test_a_count_that_another_count_replaces_takes_its_mirrors_along(office: Office) -> None:
    office.receivers["shelf"].draw = lambda: "down"
    first = count(office, 12)
    second = Change("count", "on_hand", "S-1", "MAIN", 13, office.now, "T-2", None)
    effect = Effect("shelf", "on_hand", "set", 13, 10, Address("S-1", "MAIN"), "", is_owner=True)
    queue.add_change(office.journal, second, [effect], now=office.now)

    assert office.find(first["shelf"])["state"] == "superseded"
    assert office.find(first["shop"])["state"] == "superseded"


def test_what_the_owner_does_not_have_yet_is_in_no_number_that_is_set(office: Office) -> None:
    [sale] = office.tell("sale", -3, systems=["shop"], is_known=False)
    office.tell("fix", 12, operation="set", before=9, systems=["shop"])

    assert office.find(sale)["state"] == "held"
    queue.note_owner(office.journal, str(office.find(sale)["change_id"]), now=office.now)
    office.run_until_quiet(passes=3)
    assert office.find(sale)["state"] == "confirmed"


def test_a_count_that_the_owner_took_replaces_what_has_not_left_for_the_mirror(
    office: Office,
) -> None:
    office.receivers["shop"].draw = lambda: "down"
    [sale] = office.tell("sale", -3, systems=["shop"])
    receipts = count(office, 12)
    office.run_until_quiet(passes=3)

    assert office.find(receipts["shelf"])["state"] == "confirmed"
    assert office.find(sale)["state"] == "superseded"
    assert office.receivers["shop"].levels[SHOWN] == 12

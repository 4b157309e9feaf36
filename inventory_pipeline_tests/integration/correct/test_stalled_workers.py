"""A worker that stalls is taken for dead; what it meant to send it does not send any more."""

from collections.abc import Iterator

import pytest

from inventory_pipeline_tests.support.memory_journal import open_in_memory
from inventory_pipeline_tests.support.outbox import Office
from inventory_pipeline_tests.support.receiver import Receiver

PLACE = ("S-1", "MAIN", "available")


@pytest.fixture
def office() -> Iterator[Office]:
    with open_in_memory() as journal:
        office = Office(journal)
        shop = Receiver("C", lambda: office.now, levels={PLACE: 10})
        shop.operations = frozenset({"set"})
        office.receivers = {"shop": shop}
        yield office


def stall(office: Office, minutes: float, *, another: bool) -> None:
    """Let a worker stall just before it sends; another may come by before it goes on."""

    def at(point: str) -> None:
        if point == "before_send":
            office.pass_minutes(minutes)
            if another:
                office.deliver("here:2:other")

    office.deliver("here:1:slow", crash_at=at)


def test_F_63_a_worker_that_was_overtaken_sends_nothing_where_no_key_would_guard(
    office: Office,
) -> None:
    [receipt_id] = office.tell("restock", 8)
    stall(office, 4, another=True)
    office.run_until_quiet(passes=3)

    assert office.receivers["shop"].effects[receipt_id] == 1
    assert office.receivers["shop"].levels[PLACE] == 18
    assert office.find(receipt_id)["state"] == "confirmed"


def test_a_worker_that_stalled_for_long_sends_nothing_though_nobody_came_by(
    office: Office,
) -> None:
    [receipt_id] = office.tell("restock", 8)
    stall(office, 1.5, another=False)

    assert office.receivers["shop"].requests == 0
    office.run_until_quiet(passes=3)
    assert office.receivers["shop"].effects[receipt_id] == 1


def test_a_short_stall_is_none(office: Office) -> None:
    [receipt_id] = office.tell("restock", 8)
    stall(office, 0.5, another=True)

    assert office.find(receipt_id)["state"] == "confirmed"

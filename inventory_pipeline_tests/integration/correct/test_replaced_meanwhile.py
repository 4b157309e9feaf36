"""A number that is set while a worker is about to send replaces what it was about to send."""

from inventory_pipeline_tests.support.memory_journal import open_in_memory
from inventory_pipeline_tests.support.outbox import Office
from inventory_pipeline_tests.support.receiver import Receiver

PLACE = ("S-1", "MAIN", "available")


def test_what_was_replaced_between_the_look_and_the_lease_does_not_leave() -> None:
    with open_in_memory() as journal:
        office = Office(journal)
        shop = office.receivers["shop"] = Receiver("A", lambda: office.now, levels={PLACE: 10})
        [restock] = office.tell("restock", 8)

        def replace(point: str) -> None:
            if point == "before_lease" and not shop.requests:
                office.tell("fix", 30, operation="set", before=10)
                office.pass_minutes()

        office.deliver(crash_at=replace)
        office.run_until_quiet(passes=3)

        assert office.find(restock)["state"] == "superseded"
        assert shop.effects[restock] == 0
        assert shop.levels[PLACE] == 30

"""R3: the outbox against a dictionary, by rules in any order that Hypothesis thinks of."""

from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from inventory_pipeline.correct import queue
from inventory_pipeline.store import audit
from inventory_pipeline_tests.support.memory_journal import open_in_memory
from inventory_pipeline_tests.support.outbox import Office
from inventory_pipeline_tests.support.receiver import Fault, Receiver

SKUS = ("S-1", "S-2")
FAULTS: tuple[Fault, ...] = (
    "none", "none", "applied_then_lost", "lost", "error_500", "applied_500", "half", "broken",
    "down", "slow",
)  # fmt: skip
POINTS = ("", "", "before_lease", "after_lease", "before_send", "after_send", "after_answer")


class Outbox(RuleBasedStateMachine):
    """A shop of class A. ``units`` is what it comes to, ``waiting`` what waits for the owner."""

    waiting = Bundle("waiting")

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.office = Office(self.stack.enter_context(open_in_memory()))
        self.shop = Receiver("A", lambda: self.office.now)
        self.shop.levels = {(sku, "MAIN", "available"): 0 for sku in SKUS}
        self.shop.max_lines = 2
        self.office.receivers["shop"] = self.shop
        self.units: dict[str, int] = {}

    @rule(sku=st.sampled_from(SKUS), units=st.sampled_from((-2, 1, 5)))
    def tell(self, sku: str, units: int) -> None:
        [receipt_id] = self.office.tell("restock", units, sku=sku)
        self.units[receipt_id] = units

    @rule(target=waiting, sku=st.sampled_from(SKUS), units=st.sampled_from((-3, 4)))
    def tell_early(self, sku: str, units: int) -> str:
        [receipt_id] = self.office.tell("sale", units, sku=sku, is_known=False)
        self.units[receipt_id] = units
        return receipt_id

    @rule(receipt_id=waiting)
    def let_owner_have(self, receipt_id: str) -> None:
        change_id = str(self.office.find(receipt_id)["change_id"])
        queue.note_owner(self.office.journal, change_id, now=self.office.now)

    @rule(sku=st.sampled_from(SKUS), source=st.sampled_from(("W-1", "W-2")))
    def tell_again(self, sku: str, source: str) -> None:
        for receipt_id in self.office.tell("return", 7, sku=sku, source=source):
            self.units[receipt_id] = 7

    @rule(fault=st.sampled_from(FAULTS), point=st.sampled_from(POINTS),
          holder=st.sampled_from(("here:1:a", "here:1:b")))  # fmt: skip
    def deliver(self, fault: Fault, point: str, holder: str) -> None:
        self.shop.draw = lambda: fault
        self.office.die_at = point
        self.office.deliver(holder)
        self.office.die_at = ""

    @rule(minutes=st.sampled_from((1, 3, 70)))
    def pass_minutes(self, minutes: int) -> None:
        self.office.pass_minutes(minutes)

    @invariant()
    def every_receipt_is_there_and_none_was_done_twice(self) -> None:
        assert set(self.office.read_states()) == set(self.units)
        assert all(times == 1 for times in self.shop.effects.values())

    @invariant()
    def what_is_confirmed_was_done(self) -> None:
        for receipt_id, state in self.office.read_states().items():
            assert state != "confirmed" or self.shop.effects[receipt_id] == 1

    def teardown(self) -> None:
        journal = self.office.journal
        for row in journal.query("select change_id from changes where owner_at is null"):
            queue.note_owner(journal, row["change_id"], now=self.office.now)
        self.office.run_until_quiet(passes=12)
        told = {row["receipt_id"] for row in journal.query(
            "select receipt_id from receipts where waits_for = 'person'")}  # fmt: skip
        open_ = [r for r, state in self.office.read_states().items() if state != "confirmed"]
        assert bool(open_) == bool(told)
        done = sum(self.units[receipt_id] for receipt_id in self.shop.effects)
        assert sum(self.shop.levels.values()) == done
        if not told:
            assert done == sum(self.units.values())
        assert audit.find_break(journal) == ""
        self.stack.close()


def run(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Outbox,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_the_outbox_and_a_dictionary_agree() -> None:
    run(25, 30)


@pytest.mark.slow
def test_the_outbox_and_a_dictionary_agree_two_thousand_times() -> None:
    run(2000, 60)

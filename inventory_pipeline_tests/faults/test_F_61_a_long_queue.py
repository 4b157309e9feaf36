"""F-61: a long queue drains at the receiver's pace, in order, and starves nobody.

Two thousand receipts stand for the fifty thousand of a day: every rule is per request.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from inventory_pipeline.correct.deliver import Worker, run_pass
from inventory_pipeline.model.delivery import Answer, Line
from inventory_pipeline.report.outbox import load_queue
from inventory_pipeline.store.journal import open_journal
from inventory_pipeline_tests.support.outbox import Office
from inventory_pipeline_tests.support.receiver import Receiver

ITEMS, EACH, RATE, LINES = 100, 10, 10.0, 5
SKUS = [f"S-{number:03d}" for number in range(ITEMS)]


@dataclass
class Watched(Receiver):
    """Notes when each request came and what was in it."""

    came: list[tuple[datetime, list[str]]] = field(default_factory=list)

    def send(self, lines: Sequence[Line], key: str, body: bytes) -> Answer:
        self.came.append((self.now(), [line.receipt_id for line in lines]))
        return super().send(lines, key, body)


def open_office(office: Office) -> tuple[Watched, Watched, dict[str, list[str]]]:
    """Queue ten changes of each item for a slow and for a quick system."""
    levels = {(sku, "MAIN", "available"): 50 for sku in SKUS}
    slow = Watched("A", lambda: office.now, levels=dict(levels), max_lines=LINES, rate=RATE)
    quick = Watched("A", lambda: office.now, levels=dict(levels), max_lines=LINES)
    office.receivers = {"slow": slow, "quick": quick}
    told: dict[str, list[str]] = defaultdict(list)
    with office.journal.transaction():
        for _ in range(EACH):
            for sku in SKUS:
                told[sku] += office.tell("sale", -1, sku=sku, systems=["slow"])
                told[sku] += office.tell("sale", -1, sku=sku, systems=["quick"])
            office.pass_minutes()
    return slow, quick, told


def work(office: Office) -> None:
    """Run one pass in which time goes by as the worker waits."""

    def wait(seconds: float) -> None:
        office.now += timedelta(seconds=seconds)

    worker = Worker(office.journal, "here:1:a", lambda: office.now, wait)
    run_pass(worker, office.receivers)


@pytest.mark.slow
def test_F_61_a_day_of_receipts_keeps_the_rate_the_order_and_every_system_going(
    tmp_path: Path,
) -> None:
    with open_journal(tmp_path / "journal.sqlite") as journal:
        office = Office(journal)
        slow, quick, told = open_office(office)
        assert load_queue(journal, stuck_after=timedelta(minutes=5), now=office.now).by_system == {
            "slow": ITEMS * EACH, "quick": ITEMS * EACH
        }  # fmt: skip
        depths, began = [], office.now
        while load_queue(journal, stuck_after=timedelta(days=1), now=office.now).depth:
            work(office)
            depths.append(load_queue(journal, stuck_after=timedelta(days=1), now=office.now).depth)

        # The rate: a tenth of a second between any two requests, and no time lost either.
        times = [at for at, _ in slow.came]
        gaps = [late - early for early, late in pairwise(times)]
        assert min(gaps) >= timedelta(seconds=1 / RATE)
        assert office.now - began <= timedelta(seconds=ITEMS * EACH / LINES / RATE + 1)
        # Fair: while the slow one worked, the quick one was served in every turn.
        assert len(quick.came) == len(slow.came) == ITEMS * EACH / LINES
        assert abs(quick.came[-1][0] - slow.came[-1][0]) <= timedelta(seconds=1)
        # In order, each once, and what is shown is right.
        for receiver in (slow, quick):
            order = [receipt for _, receipts in receiver.came for receipt in receipts]
            place = {receipt: number for number, receipt in enumerate(order)}
            assert len(order) == len(place) == ITEMS * EACH
            for receipts in told.values():
                own = [place[each] for each in receipts if each in place]
                assert own == sorted(own)
            assert set(receiver.levels.values()) == {40}
        assert depths == sorted(depths, reverse=True)
        assert set(office.read_states().values()) == {"confirmed"}


def test_F_61_the_oldest_leave_first_and_a_system_that_is_down_does_not_hold_the_other(
    tmp_path: Path,
) -> None:
    with open_journal(tmp_path / "journal.sqlite") as journal:
        office = Office(journal)
        slow, quick, told = open_office(office)
        slow.draw = lambda: "down"
        work(office)

        assert set(quick.levels.values()) == {40}
        assert (slow.requests, set(slow.levels.values())) == (1, {50})
        first = {receipts[0] for receipts in told.values()}
        assert set(slow.came[0][1]) <= first
        queue = load_queue(journal, stuck_after=timedelta(minutes=5), now=office.now)
        assert queue.by_system == {"slow": ITEMS * EACH}
        assert queue.stuck > 0

"""F-62 to F-64: two workers at once, one that comes too late, a request that comes too late."""

import threading
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from inventory_pipeline.correct.deliver import Delivered, Worker, run_pass
from inventory_pipeline.model.delivery import Answer, Line, answer_all
from inventory_pipeline.store.journal import Journal, open_journal
from inventory_pipeline_tests.support.outbox import START, Office
from inventory_pipeline_tests.support.real_office import in_memory
from inventory_pipeline_tests.support.receiver import Receiver

PLACE = ("S-1", "MAIN", "available")
POINTS = ("after_lease", "before_send", "after_send")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_journal(tmp_path / "journal.sqlite") as journal:
        yield Office(journal)


class Slow(Receiver):
    """Takes a moment for each request."""

    def send(self, lines: Sequence[Line], key: str, body: bytes) -> Answer:
        time.sleep(0.02)
        return super().send(lines, key, body)


def test_F_62_of_two_workers_at_once_one_delivers_and_the_other_says_that_it_is_busy(
    tmp_path: Path,
) -> None:
    path, done = tmp_path / "journal.sqlite", []
    skus = [f"S-{number}" for number in range(20)]
    shop = Slow("D", lambda: START, max_lines=1)
    shop.levels = {(sku, "MAIN", "available"): 6 for sku in skus}
    with open_journal(path) as journal:
        office = Office(journal, {"shop": shop})
        for sku in skus:
            office.tell("restock", 8, sku=sku)
        starts = threading.Barrier(2)

        def work(holder: str) -> None:
            with open_journal(path) as own:
                starts.wait()
                worker = Worker(own, holder, lambda: START, lambda _: None)
                done.append(run_pass(worker, {"shop": shop}))

        threads = [threading.Thread(target=work, args=(f"there:{n}:x",)) for n in (1, 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)

        assert sorted(each.busy for each in done) == [[], ["shop"]]
        assert sum(each.tally["confirmed"] for each in done) == 20
        assert set(shop.effects.values()) == {1}
        assert set(shop.levels.values()) == {14}
        rows = journal.query("select state, attempts from receipts")
        assert {(row["state"], row["attempts"]) for row in rows} == {("confirmed", 1)}


def stall(office: Office, point: str) -> tuple[Delivered, Delivered]:
    """Let one worker stall at a point for longer than its lease, while another one works."""
    others: list[Delivered] = []

    def sleep_through(at: str) -> None:
        if at == point and not others:
            office.now += timedelta(minutes=4)
            other = Worker(office.journal, "there:2:b", lambda: office.now, lambda _: None)
            others.append(run_pass(other, office.receivers))

    slower = office.deliver("there:1:a", crash_at=sleep_through)
    assert slower is not None
    return slower, others[0]


@pytest.mark.parametrize("point", POINTS)
def test_F_62_F_63_what_a_worker_says_after_its_lease_is_refused_and_the_effect_is_once(
    office: Office, point: str
) -> None:
    shop = in_memory(office)
    [receipt_id] = office.tell("restock", 8)
    slower, other = stall(office, point)

    receipt = office.find(receipt_id)
    assert (shop.levels[PLACE], shop.effects[receipt_id]) == (14, 1)
    assert (receipt["state"], receipt["generation"]) == ("confirmed", 1)
    assert (slower.busy, slower.tally["confirmed"]) == (["shop"], 0)
    assert other.tally["confirmed"] == 1
    attempts = office.journal.query("select fence, outcome from attempts order by attempt_id")
    assert attempts[-1] == {"fence": 2, "outcome": "confirmed 1"}
    assert all(row["outcome"] == "lost" for row in attempts[:-1])


@pytest.mark.parametrize("point", POINTS)
def test_F_63_without_a_key_the_effect_is_once_too(office: Office, point: str) -> None:
    shop = in_memory(office, "D")
    [receipt_id] = office.tell("restock", 8)
    stall(office, point)
    for _ in range(4):
        office.pass_minutes(2)
        office.deliver("there:2:b")

    receipt = office.find(receipt_id)
    assert shop.effects[receipt_id] <= 1
    assert shop.levels[PLACE] == 6 + 8 * shop.effects[receipt_id]
    is_known = receipt["state"] == "confirmed" and shop.effects[receipt_id] == 1
    assert is_known or receipt["waits_for"] == "person"


def test_F_63_the_slower_worker_gives_no_lease_back_that_is_not_its_own(office: Office) -> None:
    in_memory(office)
    office.tell("restock", 8)
    name = "deliver:shop"

    def take_over(at: str) -> None:
        if at == "before_send":
            office.now += timedelta(minutes=4)
            office.journal.take_lease(name, "there:2:b", now=office.now, life=timedelta(minutes=2))

    office.deliver("there:1:a", crash_at=take_over)

    [lease] = office.journal.query("select * from leases where name = :name", name=name)
    assert (lease["holder"], lease["fence"]) == ("there:2:b", 2)


class Late(Receiver):
    """Loses the first request on the way; it arrives when ``arrive`` is called."""

    held: tuple[Sequence[Line], str, bytes] | None = None

    def send(self, lines: Sequence[Line], key: str, body: bytes) -> Answer:
        if self.held is None:
            self.held = (lines, key, body)
            self.requests += 1
            return answer_all(lines, "ambiguous", "timeout")
        return super().send(lines, key, body)

    def arrive(self) -> str:
        assert self.held is not None
        answer = super().send(*self.held)
        return next(iter(answer.lines.values())).outcome


def deliver_both(office: Office, journal: Journal, wait: float) -> tuple[Late, str, str]:
    """Send ten, whose first request is on its way for long, and eleven after it."""
    shop = Late("A", lambda: office.now, levels={PLACE: 6})
    office.receivers["shop"] = shop
    [ten] = office.tell("restock", 14, operation="set", before=6)
    office.deliver()
    [eleven] = office.tell("sale", 13, operation="set", before=14)
    office.deliver()
    assert (office.read_states()[ten], office.read_states()[eleven]) == ("uncertain", "created")
    for _ in range(6):
        office.pass_minutes(wait)
        office.deliver()
    rows = journal.query("select sku, sequence from receipts order by sequence")
    assert [row["sequence"] for row in rows] == [1, 2]
    return shop, ten, eleven


@pytest.mark.parametrize(("wait", "outcome"), [(2, "confirmed"), (25 * 60, "stale")])
def test_F_64_a_request_that_arrives_after_its_successor_changes_nothing(
    office: Office, wait: float, outcome: str
) -> None:
    shop, ten, eleven = deliver_both(office, office.journal, wait)
    assert (office.read_states()[ten], office.read_states()[eleven]) == ("confirmed", "confirmed")
    assert [took.receipt_id for took in shop.history] == [ten, eleven]
    before = dict(shop.levels), dict(shop.effects)

    # Known by its key, or, where that has expired, refused by the number it expects.
    assert shop.arrive() == outcome
    assert (dict(shop.levels), dict(shop.effects)) == before
    assert shop.levels[PLACE] == 13


def test_F_64_a_later_receipt_never_overtakes_an_earlier_one_of_its_key(office: Office) -> None:
    shop = in_memory(office)
    shop.draw = lambda: "lost"
    [ten] = office.tell("restock", 8)
    office.deliver()
    [eleven] = office.tell("sale", -1)
    [newest] = office.tell("count", 20, operation="set", before=13)
    for _ in range(3):
        office.deliver()
        office.pass_minutes()
    # The one that may be there stands; the one that never left is replaced by the number.
    assert office.read_states() == {ten: "uncertain", eleven: "superseded", newest: "created"}
    shop.draw = lambda: "none"
    for _ in range(3):
        office.deliver()
        office.pass_minutes()

    # Ten landed, so the count no longer fits: it is refused, not forced.
    assert office.read_states() == {ten: "confirmed", eleven: "superseded", newest: "superseded"}
    assert (shop.levels[PLACE], shop.effects[newest]) == (14, 0)

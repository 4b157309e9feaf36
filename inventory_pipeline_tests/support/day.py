"""One simulated day of the outbox, drawn from a seed: what happens, to whom, and in what order.

Two workers take turns and overtake each other, die and stall; receivers fail as their class
allows; orders move their numbers between passes; people count and approve; our clock steps back.

Numbers are chosen so that no coincidence hides a fault: what others order comes in thousands,
so it never looks like a change of ours. (A receiver without keys cannot tell the two apart,
and neither can a person who reads its number.)
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from inventory_pipeline.config.corrections import Walk
from inventory_pipeline.correct import approvals, queue, walk
from inventory_pipeline.correct.addresses import Address
from inventory_pipeline.correct.approvals import Rules
from inventory_pipeline.correct.deliver import Worker, run_pass
from inventory_pipeline.correct.receipts import Change, Effect
from inventory_pipeline.errors import UsageError
from inventory_pipeline.store import audit
from inventory_pipeline.store.journal import Journal, write_instant
from inventory_pipeline_tests.support.hour import Gap, SameBook, propose
from inventory_pipeline_tests.support.memory_journal import (
    DiedError,
    MortalJournal,
    connect_in_memory,
)
from inventory_pipeline_tests.support.receiver import Fault, Receiver

START = datetime(2026, 4, 6, 10, 0, 20, tzinfo=UTC)
AMBIGUOUS: tuple[Fault, ...] = ("applied_then_lost", "lost", "error_500", "applied_500", "broken")
FAULTS: tuple[Fault, ...] = (*AMBIGUOUS, "half", "cached_500", "down", "slow")
SKUS = ("S-1", "S-2", "S-3")
OWNER, OWNED, SHOWN = "shelf", "on_hand", "available"
PEOPLE = {"ana": "a key of ana's", "ben": "a key of ben's"}
LEASE_AND_MORE = 4.0


@dataclass
class Day:
    """A journal, receivers, and what a seed makes of them.

    Attributes:
        skew: how far our clock is behind the true time.
        told: every receipt that was ever made.
        owned: changes that the owner has not been told to have yet.
        head: the head of the audit chain, as it was last kept outside.
    """

    dice: random.Random
    journal: Journal
    receivers: dict[str, Receiver] = field(default_factory=dict)
    true_now: datetime = START
    skew: timedelta = timedelta()
    told: list[str] = field(default_factory=list)
    owned: list[str] = field(default_factory=list)
    head: audit.Head = field(default_factory=audit.Head)
    trouble: float = 1.0
    _number: int = 0
    _depth: int = 0

    @property
    def now(self) -> datetime:
        return self.true_now - self.skew

    @property
    def mirrors(self) -> list[str]:
        return [name for name in self.receivers if name != OWNER]

    @property
    def rules(self) -> Rules:
        writable = frozenset((name, SHOWN) for name in self.mirrors)
        return Rules(frozenset(PEOPLE), PEOPLE, writable=writable)

    def chance(self, share: float) -> bool:
        return self.dice.random() < share * self.trouble

    def count_up(self) -> int:
        self._number += 1
        return self._number

    def pass_minutes(self, minutes: float) -> None:
        self.true_now += timedelta(minutes=minutes)

    def deliver(self) -> None:
        """Let one worker make one pass; it may die, or stall while another takes over."""
        mortal = MortalJournal(self.journal._connection)
        holder = f"far:{self.count_up()}:x"
        worker = Worker(
            mortal, holder, lambda: self.now, lambda _s: None, lambda point: self._at(mortal, point)
        )
        try:
            approvals.release(mortal, self.rules, now=self.now)
            run_pass(worker, self.receivers)
            self.head = audit.load_head(mortal)
        except DiedError:
            mortal.is_dead = True

    def _at(self, mortal: MortalJournal, _point: str) -> None:
        if self.chance(0.02):
            mortal.is_dead = True
            raise DiedError
        if not mortal._depth and self.chance(0.03):
            self.stall()

    def stall(self) -> None:
        """Let time pass in the middle of a pass, and another worker come by."""
        if self._depth:
            return
        self._depth += 1
        self.pass_minutes(self.dice.choice((0.0, 1.0, LEASE_AND_MORE)))
        if self.dice.random() < 0.5:
            self.dice.choice((tell, assist, count))(self)
        if self.dice.random() < 0.7:
            self.deliver()
        self._depth -= 1


def open_day(seed: int) -> Day:
    """Return a day about to begin: an owner and one to three mirrors."""
    dice = random.Random(seed)
    day = Day(dice, Journal(connect_in_memory()))
    day.receivers[OWNER] = _open_receiver(day, dice.choice("ABC"), OWNED)
    for letter in dice.sample("ABCD", k=dice.randint(1, 3)):
        day.receivers[f"shop_{letter}"] = _open_receiver(day, letter, SHOWN)
    return day


def _open_receiver(day: Day, letter: str, fact: str) -> Receiver:
    dice = day.dice
    shop = Receiver(letter, lambda: day.true_now)  # type: ignore[arg-type]
    shop.levels = {(sku, "MAIN", fact): 500_000 + dice.randint(0, 99) for sku in SKUS}
    shop.max_lines = dice.choice((1, 2, 5))
    shop.key_life = timedelta(hours=dice.choice((1, 24)))
    shop.can_read = letter in "CD" or dice.random() < 0.9
    if letter == "C":
        shop.operations = frozenset({"set"})
    shop.draw = lambda: dice.choice(FAULTS) if day.chance(0.25) else "none"
    if letter in "AB":
        # Who knows keys also survives a request that arrives after another worker's.
        shop.linger = lambda: day.stall() if day.chance(0.02) else None
    return shop


def live(day: Day) -> None:
    """Let the day happen."""
    acts = (tell, tell, tell, tell_early, let_owner_have, order, order, assist, approve, count)
    for _ in range(day.dice.randint(5, 25)):
        for _ in range(day.dice.randint(0, 2)):
            day.dice.choice(acts)(day)
        if day.chance(0.04):
            _step_clock(day)
        if day.chance(0.03):
            day.dice.choice(list(day.receivers.values())).refuses ^= {day.dice.choice(SKUS)}
        day.deliver()
        day.pass_minutes(day.dice.choice((0, 1, 1, 3, 3, 20, 70) if day.chance(0.3) else (0, 1)))


def _step_clock(day: Day) -> None:
    """Our clock steps back by minutes, or is set right again."""
    day.skew = timedelta() if day.skew else timedelta(minutes=day.dice.choice((1, 3, 6)))


def settle(day: Day) -> None:
    """Let every fault end, the owner hear of everything, and the queue run dry."""
    day.trouble, day.skew = 0.0, timedelta()
    for receiver in day.receivers.values():
        receiver.refuses, receiver.can_read = set(), True
    while day.owned:
        let_owner_have(day)
    for minutes in (3, 3, 3, 3, 3, 65, 3, 3, 60 * 25, 3, 3, 3, 3, 3):
        day.pass_minutes(minutes)
        day.deliver()


def tell(day: Day) -> None:
    """Something is sold or comes in, and every mirror must hear of it."""
    _add(day, day.now)


def tell_early(day: Day) -> None:
    """... and the owner does not have it yet."""
    _add(day, None)


def _add(day: Day, owner_at: datetime | None) -> None:
    units = day.dice.choice((-3, -1, 2, 8))
    sku = day.dice.choice(SKUS)
    change = Change(
        "restock" if units > 0 else "sale", SHOWN, sku, "MAIN", units, day.now,
        f"M-{day.count_up()}", owner_at,
    )  # fmt: skip
    effects = [
        Effect(name, SHOWN, "add", units, None, Address(sku, "MAIN"), change.kind)
        for name in day.mirrors
    ]
    day.told += [
        row["receipt_id"] for row in queue.add_change(day.journal, change, effects, now=day.now)
    ]
    if day.dice.random() < 0.2:  # whoever told it may tell it again
        assert queue.add_change(day.journal, change, effects, now=day.now) == []
    if owner_at is None:
        day.owned.append(change.change_id)


def let_owner_have(day: Day) -> None:
    """The owner's own system has booked a change."""
    if day.owned:
        queue.note_owner(day.journal, day.owned.pop(0), now=day.now)


def order(day: Day) -> None:
    """Somebody else moves a number of a receiver."""
    receiver = day.dice.choice(list(day.receivers.values()))
    receiver.order(day.dice.choice(list(receiver.levels)), day.dice.choice((-2000, -1000, 1000)))


def assist(day: Day) -> None:
    """An hour is reconciled: what is off is corrected, or proposed to people."""
    gaps = []
    for name in day.mirrors:
        for place, shown in day.receivers[name].levels.items():
            if day.dice.random() < 0.4:
                off = day.dice.choice((-80, -6, -5, -1, 1, 3, 5, 6, 80))
                gaps.append(Gap(OWNER, name, place, shown, off, is_proven=day.dice.random() < 0.8))
    classes = {name: day.receivers[name].delivery_class for name in day.mirrors}
    day.told += propose(day.journal, gaps, classes, now=day.now)


def approve(day: Day) -> None:
    """A person says yes to a proposal; sometimes one who may not, or a hand changes it after."""
    rows = day.journal.query(
        "select proposal_id from proposals where decision in ('flagged', 'suspended') "
        "order by proposal_id"
    )
    if not rows:
        return
    proposal_id = day.dice.choice(rows)["proposal_id"]
    with refusal():
        done = approvals.approve(
            day.journal, proposal_id, SameBook(), day.rules,
            by=day.dice.choice(("ana", "ben", "eve")), now=day.now,
        )  # fmt: skip
        day.told += [done.receipt_id] if done.receipt_id else []
    if day.dice.random() < 0.1:
        day.journal.execute(
            "update approvals set signature = 'forged' where proposal_id = :proposal_id",
            proposal_id=proposal_id,
        )


def count(day: Day) -> None:
    """A person counts an item: the owner first, and then every mirror that shows otherwise."""
    sku = day.dice.choice(SKUS)
    task_id = f"T-{day.count_up()}"
    place = (sku, "MAIN", OWNED)
    recorded = day.receivers[OWNER].levels[place]
    units = recorded + day.dice.choice((-4, -1, 2, 5))
    row = {
        "task_id": task_id, "finding_id": "", "created_at": write_instant(day.now),
        "location_id": "MAIN", "bin": "", "sku": sku, "state": "open", "reason": "",
        "recorded_units": recorded,
    }  # fmt: skip
    day.journal.insert("tasks", row)
    task = walk.load_task(day.journal, task_id)
    effects = tuple(_find_effects(day, sku, units))
    taken = walk.take_count(
        day.journal, task, walk.Count(units, "cy", "", day.now),
        walk.Standing(recorded, units, effects), Walk(), now=day.now,
    )  # fmt: skip
    assert taken.receipts == len(effects)
    change_id = walk.load_task(day.journal, task_id)["change_id"]
    made = day.journal.query(
        "select receipt_id from receipts where change_id = :change_id", change_id=change_id
    )
    day.told += [receipt["receipt_id"] for receipt in made]


def _find_effects(day: Day, sku: str, units: int) -> Iterator[Effect]:
    address = Address(sku, "MAIN")
    shown = day.receivers[OWNER].levels[sku, "MAIN", OWNED]
    yield Effect(OWNER, OWNED, "set", units, shown, address, "count", is_owner=True)
    for name in day.mirrors:
        if day.dice.random() < 0.7:
            before = day.receivers[name].levels[sku, "MAIN", SHOWN]
            yield Effect(name, SHOWN, "set", units, before, address, "count")


@contextmanager
def refusal() -> Iterator[None]:
    """Take a refusal as it is meant: the person is told, and nothing happens."""
    try:
        yield
    except UsageError:
        return

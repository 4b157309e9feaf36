"""Crashes: a piece of outbox work in a process of its own, killed at its n-th named point.

A server forks the processes, so that each costs milliseconds; every one opens its own journal.
"""

import multiprocessing
import os
import signal
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from inventory_pipeline.config.corrections import Walk
from inventory_pipeline.correct import queue, walk
from inventory_pipeline.correct.addresses import Address
from inventory_pipeline.correct.deliver import Worker, run_pass
from inventory_pipeline.correct.receipts import Change, Effect
from inventory_pipeline.model.delivery import DeliveryClass
from inventory_pipeline.store import audit
from inventory_pipeline.store.journal import Journal, open_journal, write_instant
from inventory_pipeline_tests.support.file_receiver import FileReceiver
from inventory_pipeline_tests.support.hour import Gap, propose

START = datetime(2026, 4, 6, 10, 0, tzinfo=UTC)
OWNED, SHOWN = "on_hand", "available"
SKUS = tuple(f"S-{number}" for number in range(5))
PLANS = {
    "none": (),
    "applied_then_lost": ("applied_then_lost", "applied_then_lost"),
    "error_500": ("error_500", "error_500"),
}
NEVER = 10**9
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([__name__])


@dataclass(frozen=True)
class Place:
    """A folder with a journal and two receivers that outlive every process."""

    folder: Path
    delivery_class: DeliveryClass = "A"

    @property
    def receivers(self) -> dict[str, FileReceiver]:
        names = ("shelf", "shop")
        return {name: FileReceiver(self.folder / name, self.delivery_class) for name in names}

    def open(self, plan: Sequence[str]) -> None:
        """Make the receivers; the shop's requests meet the plan's faults."""
        self.folder.mkdir(parents=True)
        shelf, shop = self.receivers.values()
        shelf.create(dict.fromkeys([(sku, OWNED) for sku in SKUS], 20), ())
        shop.create(dict.fromkeys([(sku, SHOWN) for sku in SKUS], 20), plan)
        with open_journal(self.folder / "journal.sqlite"):
            pass


@dataclass
class Counting:
    """Counts the named points it passes and dies at one of them."""

    dies_at: int = NEVER
    passed: int = 0

    def __post_init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, point: str) -> None:
        self.passed += 1
        self.names.append(point)
        if self.passed == self.dies_at:
            os.kill(os.getpid(), signal.SIGKILL)


Act = Callable[[Journal, datetime], None]


def tell_one(journal: Journal, now: datetime) -> None:
    """A new change of one item."""
    _tell(journal, SKUS[:1], now)


def tell_batch(journal: Journal, now: datetime) -> None:
    """New changes of five items, that leave in one request."""
    _tell(journal, SKUS, now)


def _tell(journal: Journal, skus: Sequence[str], now: datetime) -> None:
    for sku in skus:
        change = Change("restock", SHOWN, sku, "MAIN", 8, now, f"M-{sku}", now)
        effect = Effect("shop", SHOWN, "add", 8, None, Address(sku, "MAIN"), "restock")
        queue.add_change(journal, change, [effect], now=now)


def fix(journal: Journal, now: datetime) -> None:
    """An hour's gap that the assistant corrects by itself."""
    gap = Gap("shelf", "shop", (SKUS[0], "MAIN", SHOWN), 20, 3, is_proven=True)
    if not journal.query("select 1 from proposals where decision = 'auto'"):
        propose(journal, [gap], {"shop": "A"}, now=now)


def count(journal: Journal, now: datetime) -> None:
    """A count: the owner's record first, and then what the shop shows."""
    row = {
        "task_id": "T-1", "finding_id": "", "created_at": write_instant(now), "bin": "",
        "location_id": "MAIN", "sku": SKUS[0], "state": "open", "reason": "",
    }  # fmt: skip
    journal.insert("tasks", row, or_ignore=True)
    task = walk.load_task(journal, "T-1")
    if task["state"] != "open":
        return
    address = Address(SKUS[0], "MAIN")
    effects = (
        Effect("shelf", OWNED, "set", 18, 20, address, "count", is_owner=True),
        Effect("shop", SHOWN, "set", 18, 20, address, "count"),
    )
    standing = walk.Standing(20, 18, effects)
    walk.take_count(journal, task, walk.Count(18, "cy", "", now), standing, Walk(), now=now)


def look_back(journal: Journal, now: datetime) -> None:
    """A receipt of which nobody knows whether it landed: sent before, and lost."""
    tell_one(journal, now)


STAGES: dict[str, Act] = {
    "new": tell_one, "fix": fix, "count": count, "uncertain": look_back, "batch": tell_batch,
}  # fmt: skip


def work(place: Place, stage: str, crash: Counting, *, start: datetime, passes: int = 5) -> None:
    """Do a stage's work as a process does: tell, deliver a few times, keep the head."""
    clock = [start]
    with open_journal(place.folder / "journal.sqlite") as journal:
        journal.crash_at = crash
        STAGES[stage](journal, START)
        holder = f"{socket.gethostname()}:{os.getpid()}:x"
        worker = Worker(journal, holder, lambda: clock[0], lambda _s: None, crash)
        for _ in range(passes):
            run_pass(worker, place.receivers)
            audit.keep_head(journal, place.folder, now=clock[0])
            clock[0] += timedelta(minutes=3)


def prepare(place: Place, stage: str) -> None:
    """Bring a place to where the stage begins."""
    if stage == "uncertain":
        work(place, stage, Counting(), start=START, passes=1)


def die(place: Place, stage: str, *, dies_at: int) -> int:
    """Run a stage in a process of its own that is killed; return its exit code."""
    process = _context.Process(target=_run, args=(place, stage, dies_at))
    process.start()
    process.join(60)
    assert process.exitcode is not None
    return process.exitcode


def _run(place: Place, stage: str, dies_at: int) -> None:
    work(place, stage, Counting(dies_at), start=START + timedelta(minutes=5))


def finish(place: Place, stage: str) -> Counting:
    """Start again after a death, and come to the end."""
    crash = Counting()
    work(place, stage, crash, start=START + timedelta(minutes=30))
    return crash


def read_end(place: Place) -> dict[str, Any]:
    """Return everything that must be as if nobody had died."""
    with open_journal(place.folder / "journal.sqlite", read_only=True) as journal:
        trouble = audit.find_break(journal) or audit.find_loss(journal, place.folder)
        return {
            "trouble": trouble,
            "receipts": journal.query(
                "select receipt_id, state, waits_for from receipts order by 1"
            ),
            "decisions": journal.query("select proposal_id, decision from decisions order by 1"),
            "tasks": journal.query("select task_id, state, change_id from tasks"),
            "levels": {name: each.read_levels() for name, each in place.receivers.items()},
            "effects": {name: each.read_effects() for name, each in place.receivers.items()},
        }

"""F-70: the power goes: unsynced writes are lost, a page is torn; nothing acknowledged is lost."""

import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from inventory_pipeline.correct import queue
from inventory_pipeline.store import audit
from inventory_pipeline.store.audit import Head
from inventory_pipeline.store.journal import Journal, open_journal
from inventory_pipeline_tests.support.outbox import Office
from inventory_pipeline_tests.support.power import Disk, open_on
from inventory_pipeline_tests.support.receiver import Receiver

SKUS = tuple(f"S-{number}" for number in range(6))


@dataclass
class Losses:
    """Losses of power at random writes, each looked at in a folder of its own.

    Attributes:
        head: the newest link that was acknowledged.
        done: receipt → state, as it was acknowledged.
    """

    disk: Disk
    folder: Path
    dice: random.Random
    share: float
    head: Head = field(default_factory=Head)
    done: dict[str, str] = field(default_factory=dict)
    is_made: bool = False
    seen: Counter[str] = field(default_factory=Counter)

    def acknowledge(self, journal: Journal) -> None:
        self.head = audit.load_head(journal)
        rows = journal.query("select receipt_id, state from receipts")
        self.done = {row["receipt_id"]: row["state"] for row in rows}
        self.is_made = True

    def maybe_lose(self) -> None:
        if not self.is_made or self.dice.random() > self.share:
            return
        self.seen["rounds"] += 1
        folder = self.folder / str(self.seen["rounds"])
        with open_journal(self.disk.lose_power(folder, self.dice)) as journal:
            assert journal.query("pragma integrity_check") == [{"integrity_check": "ok"}]
            self.check(journal)
        for path in folder.iterdir():
            path.unlink()

    def check(self, journal: Journal) -> None:
        """Hold what came back against what was acknowledged."""
        rows = journal.query("select receipt_id, state, evidence from receipts")
        found = {row["receipt_id"]: row for row in rows}
        self.seen["newer"] += len(found) > len(self.done)
        assert set(self.done) <= set(found)
        for receipt_id, state in self.done.items():
            if state == "confirmed":
                assert found[receipt_id]["state"] == "confirmed"
                assert found[receipt_id]["evidence"]
        assert audit.find_break(journal) == ""
        if self.head.seq:
            at = "select digest from audit where seq = :seq"
            assert journal.query(at, seq=self.head.seq) == [{"digest": self.head.digest}]


def lose_power_often(folder: Path, *, seed: int, changes: int, share: float) -> Losses:
    folder.mkdir(exist_ok=True)
    dice = random.Random(seed)
    disk = Disk(f"disk-{seed}")
    losses = Losses(disk, folder / "lost", dice, share)
    disk.on_write = losses.maybe_lose
    with open_on(disk, folder / "journal.sqlite", checkpoint_pages=dice.choice((8, 40))) as journal:
        office = Office(journal)
        levels = {(sku, "MAIN", "available"): 50 for sku in SKUS}
        office.receivers["shop"] = Receiver("A", lambda: office.now, levels=levels)
        for _ in range(changes):
            office.tell("restock", dice.randint(1, 9), sku=dice.choice(SKUS))
            losses.acknowledge(journal)
            if dice.random() < 0.3:
                office.deliver()
                losses.acknowledge(journal)
            office.pass_minutes()
        assert queue.find_systems(journal) in ([], ["shop"])
    return losses


def test_F_70_no_acknowledged_receipt_is_lost_with_the_power(tmp_path: Path) -> None:
    losses = lose_power_often(tmp_path, seed=70, changes=12, share=0.05)

    assert losses.seen["rounds"] >= 20
    assert losses.seen["newer"] <= losses.seen["rounds"]


@pytest.mark.slow
def test_F_70_a_thousand_losses_of_power_lose_nothing(tmp_path: Path) -> None:
    rounds, seed = 0, 0
    while rounds < 1000:
        seed += 1
        losses = lose_power_often(tmp_path / str(seed), seed=seed, changes=40, share=0.1)
        rounds += losses.seen["rounds"]


def test_F_70_the_disk_does_lose_what_was_not_synced(tmp_path: Path) -> None:
    """The test would notice: with ``synchronous = off`` acknowledged receipts are gone."""
    disk = Disk("disk-off")
    with open_on(disk, tmp_path / "journal.sqlite", checkpoint_pages=1000) as journal:
        journal.query("pragma synchronous")
        journal._connection.execute("pragma synchronous = off")
        office = Office(journal)
        office.receivers["shop"] = Receiver("A", lambda: office.now)
        for number in range(20):
            office.tell("restock", 1, source=f"M-{number}")
        path = disk.lose_power(tmp_path / "lost", random.Random(1))

        with open_journal(path) as lost:
            [found] = lost.query("select count(*) as receipts from receipts")
    assert found["receipts"] < 20

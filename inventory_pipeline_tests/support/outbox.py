"""An outbox at work: a journal, a clock that stands still, receivers in memory, deaths."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from inventory_pipeline.correct import queue
from inventory_pipeline.correct.addresses import Address
from inventory_pipeline.correct.deliver import Delivered, Worker, run_pass
from inventory_pipeline.correct.receipts import Change, ChangeKind, Effect
from inventory_pipeline.model.delivery import Operation
from inventory_pipeline.store.journal import Journal
from inventory_pipeline_tests.support.memory_journal import DiedError
from inventory_pipeline_tests.support.receiver import Receiver

START = datetime(2026, 4, 6, 10, 0, 20, tzinfo=UTC)


@dataclass
class Office:
    """One journal, its receivers, and the time of day.

    Attributes:
        die_at: the name of the point where the next worker dies.
    """

    journal: Journal
    receivers: dict[str, Receiver] = field(default_factory=dict)
    now: datetime = START
    die_at: str = ""
    deaths: int = 0
    _told: int = 0

    def tell(
        self,
        kind: ChangeKind,
        units: int,
        *,
        sku: str = "S-1",
        fact: str = "available",
        operation: Operation = "add",
        before: int | None = None,
        is_known: bool = True,
        systems: list[str] | None = None,
        source: str = "",
    ) -> list[str]:
        """Record one change for every system; return its receipts."""
        self._told += 1
        change = Change(
            kind, fact, sku, "MAIN", units, self.now, source or f"M-{self._told}",
            self.now if is_known else None,
        )  # fmt: skip
        effects = [
            Effect(
                name,
                fact,
                operation,
                units,
                before,
                Address(sku, "MAIN"),
                kind,
                cause_id=change.source,
            )
            for name in (systems or self.receivers)
        ]
        rows = queue.add_change(self.journal, change, effects, now=self.now)
        return [row["receipt_id"] for row in rows]

    def deliver(self, holder: str = "here:1:a", **crash: Callable[[str], None]) -> Delivered | None:
        """Run one pass; None if the worker died in it."""
        worker = Worker(
            self.journal, holder, lambda: self.now, lambda _seconds: None,
            crash.get("crash_at", self._maybe_die),
        )  # fmt: skip
        try:
            return run_pass(worker, self.receivers)
        except DiedError:
            self.deaths += 1
            self.die_at = ""
            return None

    def _maybe_die(self, point: str) -> None:
        if point == self.die_at:
            raise DiedError(point)

    def pass_minutes(self, minutes: float = 1) -> None:
        self.now += timedelta(minutes=minutes)

    def run_until_quiet(self, passes: int = 60) -> None:
        """Let every fault end and deliver until nothing is due any more."""
        for receiver in self.receivers.values():
            receiver.draw = lambda: "none"
        for _ in range(passes):
            self.pass_minutes(2)
            self.deliver("here:1:last")

    def find(self, receipt_id: str) -> dict[str, object]:
        """Return one receipt."""
        [row] = self.journal.query("select * from receipts where receipt_id = :id", id=receipt_id)
        return row

    def read_states(self) -> dict[str, str]:
        """Return receipt → state."""
        rows = self.journal.query("select receipt_id, state from receipts")
        return {row["receipt_id"]: row["state"] for row in rows}

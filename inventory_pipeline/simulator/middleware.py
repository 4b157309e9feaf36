"""The middleware: what it writes down of the words it carries, and of the runs it makes."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from inventory_pipeline.simulator.deliveries import Delivery
from inventory_pipeline.simulator.paths import Event as Push
from inventory_pipeline.simulator.paths import Path
from inventory_pipeline.simulator.systems.changes import compute_effect, find_signs
from inventory_pipeline.simulator.words import Key

# Of the words that get lost: how many left a line that says so.
CONFESSED_SHARE = 0.5


@dataclass(frozen=True)
class Message:
    """One line of the event log; units are eaches, signed for ``add``.

    Attributes:
        logged_at: when the line was written: at the end of the attempt.
        processed_at: none: it never was.
    """

    event_id: str
    path: str
    key: Key
    operation: str
    units: int
    emitted_at: datetime
    received_at: datetime
    processed_at: datetime | None
    logged_at: datetime
    attempt: int
    idempotency_key: str
    sequence: int
    status: str
    mapping: str
    mapping_changed_at: datetime
    reference_id: str


@dataclass(frozen=True)
class Run:
    """One run of a batch path; ``rows`` is how many movements it carried."""

    path: str
    started_at: datetime
    finished_at: datetime
    rows: int


class Middleware:
    """Numbers what it carries, and keeps lines until the hourly export takes them away."""

    def __init__(self, stream: Random, opened_at: datetime) -> None:
        self._stream = stream
        self._opened_at = opened_at
        self._count = 0
        self._sequences: Counter[str] = Counter()
        self._carried: Counter[tuple[str, datetime]] = Counter()
        self._messages: list[Message] = []
        self._extra: list[Run] = []
        # A mapping is as old as the shop until somebody changes it.
        self.mappings: dict[tuple[str, Key], tuple[str, datetime]] = {}

    def carry(self, delivery: Delivery, arriving: Sequence[Delivery]) -> list[Delivery]:
        """Write down what becomes of one word; return what arrives, with its event's id."""
        if not isinstance(delivery.path.delay, Push) or delivery.path.is_inner:
            for each in arriving:
                self._carried[each.path.name, each.heard_at] += 1
            return list(arriving)
        event_id = self.open_event()
        sequence = self.open_sequence(delivery.path)
        if not arriving:
            self._lose(delivery, event_id, sequence)
        told = [replace(each, event_id=each.event_id or event_id) for each in arriving]
        for each in told:
            self._write(each, sequence)
        return told

    def open_event(self) -> str:
        """Return the id of a new event."""
        self._count += 1
        return f"EV-{910_000 + self._count}"

    def open_sequence(self, path: Path) -> int:
        """Return the next number of a path."""
        self._sequences[path.name] += 1
        return self._sequences[path.name]

    def write(self, message: Message) -> None:
        """Keep one line."""
        self._messages.append(message)

    def take_messages(self, until: datetime) -> list[Message]:
        """Return the lines written before ``until`` since the last call."""
        taken = [message for message in self._messages if message.logged_at < until]
        self._messages = [message for message in self._messages if message.logged_at >= until]
        return sorted(taken, key=lambda message: message.logged_at)

    def note_run(self, run: Run) -> None:
        """Keep a run that no path of the shop makes by itself."""
        self._extra.append(run)

    def find_runs(self, paths: Iterable[Path], start: datetime, end: datetime) -> list[Run]:
        """Return the runs of all batch paths that finish in the hour."""
        own = [
            Run(path.name, began, done, self._carried[path.name, done])
            for path in paths
            for began, done in path.delay.find_runs(start, end)
        ]
        return own + [run for run in self._extra if start <= run.finished_at < end]

    def build_message(
        self, delivery: Delivery, *, operation: str, units: int, sequence: int
    ) -> Message:
        """Return the line of one word that arrived; for faults to bend."""
        movement = delivery.movement
        emitted_at = movement.recorded_at + timedelta(seconds=1)
        mapping, since = self.mappings.get(
            (delivery.path.name, delivery.booked_key), ("stock_v1", self._opened_at)
        )
        return Message(
            event_id=delivery.event_id,
            path=delivery.path.name,
            key=delivery.booked_key,
            operation=operation,
            units=units,
            emitted_at=emitted_at,
            received_at=min(delivery.heard_at, emitted_at + timedelta(seconds=2)),
            processed_at=delivery.heard_at,
            logged_at=delivery.heard_at,
            attempt=delivery.attempt,
            idempotency_key=f"{delivery.path.name}:{movement.movement_id}",
            sequence=sequence,
            status="processed",
            mapping=mapping,
            mapping_changed_at=since,
            reference_id=movement.movement_id,
        )

    def _write(self, delivery: Delivery, sequence: int) -> None:
        units = delivery.units
        if units is None:
            units = compute_effect(delivery.movement, find_signs(delivery.path.target))
        if units:
            self.write(
                self.build_message(delivery, operation="add", units=units, sequence=sequence)
            )

    def _lose(self, delivery: Delivery, event_id: str, sequence: int) -> None:
        if self._stream.random() >= CONFESSED_SHARE:
            return
        units = compute_effect(delivery.movement, find_signs(delivery.path.target))
        lost = replace(delivery, event_id=event_id)
        line = self.build_message(lost, operation="add", units=units, sequence=sequence)
        if units:
            self.write(replace(line, processed_at=None, status="failed"))

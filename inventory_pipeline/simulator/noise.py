"""Noise: what every real log has: rows that are lost, rows that are false, clocks that are off."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from inventory_pipeline.simulator.middleware import Message
from inventory_pipeline.simulator.systems.changes import Change
from inventory_pipeline.simulator.words import CORRECTIONS


@dataclass(frozen=True)
class Noise:
    """How noisy the exports are.

    Attributes:
        lost_rows, false_rows: shares of the rows of mirrors' logs and middleware events.
        skew_seconds: how far a system's clock is off in its logs, at most.
        partial_snapshots: share of counts files that are cut or lack a page.
        herrings: harmless edits that are undone, and harmless settings, in a day.
        decoys: share of faults beside which a movement of the same size happens.
    """

    lost_rows: float = 0.02
    false_rows: float = 0.005
    skew_seconds: int = 45
    partial_snapshots: float = 0.004
    herrings: float = 4.0
    decoys: float = 0.3


SILENCE = Noise(0, 0, 0, 0, 0, 0)


class Static:
    """Disturbs logs on their way out. What a system holds stays as it is."""

    def __init__(self, noise: Noise, stream: Random, systems: Sequence[str]) -> None:
        self._noise = noise
        self._stream = stream
        self._false = 0
        self._skews = {
            system: timedelta(seconds=stream.randint(-noise.skew_seconds, noise.skew_seconds))
            for system in systems
        }

    def find_skew(self, system: str) -> timedelta:
        """Return how far a system's clock is ahead."""
        return self._skews[system]

    def disturb_levels(self, changes: Sequence[Change]) -> list[Change]:
        """Return the rows that are exported: some are lost, some stand twice under a new id."""
        left = []
        for change in changes:
            if self._stream.random() >= self._noise.lost_rows:
                left.append(change)
            if self._stream.random() < self._noise.false_rows:
                self._false += 1
                prefix = change.change_id.split("-")[0]
                left.append(replace(change, change_id=f"{prefix}-{990_000 + self._false}"))
        return left

    def disturb_messages(self, messages: Sequence[Message]) -> list[Message]:
        """Return the events that are exported.

        Of what we send ourselves no line is lost: our journal has it before it leaves.
        """
        left = []
        for message in messages:
            if self._stream.random() >= self._noise.lost_rows or message.path == CORRECTIONS:
                left.append(message)
            if self._stream.random() < self._noise.false_rows:
                self._false += 1
                left.append(replace(message, event_id=f"EV-{990_000 + self._false}"))
        return left

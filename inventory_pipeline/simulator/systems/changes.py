"""The log a system keeps of the changes of its own numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from inventory_pipeline.model.movements import (
    ON_HAND_SIGN,
    ORDER_MOMENT_SIGN,
    SELLABLE_DISPOSITIONS,
)
from inventory_pipeline.simulator.words import MARKETPLACE, STOREFRONT, Movement, Reading


class Step(NamedTuple):
    """What happened to a number: ``add`` signed units to it, or ``set`` it to units."""

    operation: str
    units: int


@dataclass(frozen=True)
class Change:
    """One line of the log; units in the system's own unit.

    Attributes:
        reference_id: the movement that caused it, '' when none did.
        source_at: when the sender made the message; equal to changed_at without one.
        after: the level that the number came to.
    """

    change_id: str
    reading: Reading
    step: Step
    changed_at: datetime
    reference_id: str
    actor: str
    source_at: datetime
    sequence: int
    after: int


class ChangeLog:
    """Numbers and keeps changes until the hourly export takes them away."""

    def __init__(self, prefix: str, reference: str = "movement") -> None:
        self.reference = reference
        self._prefix = prefix
        self._count = 0
        self._changes: list[Change] = []

    def write(
        self,
        reading: Reading,
        step: Step,
        *,
        after: int,
        changed_at: datetime,
        actor: str,
        reference_id: str = "",
        source_at: datetime | None = None,
    ) -> str:
        """Keep one change; return its id."""
        self._count += 1
        change = Change(
            change_id=f"{self._prefix}-{500_000 + self._count}",
            reading=reading,
            step=step,
            changed_at=changed_at,
            reference_id=reference_id,
            actor=actor,
            source_at=source_at or changed_at,
            sequence=self._count,
            after=after,
        )
        self._changes.append(change)
        return change.change_id

    def take(self, until: datetime | None = None) -> list[Change]:
        """Return what was written since the last call; with ``until``, what is older only."""
        kept = [change for change in self._changes if until and change.changed_at >= until]
        taken = [change for change in self._changes if not until or change.changed_at < until]
        self._changes = kept
        return taken


def find_signs(system: str) -> Mapping[str, int]:
    """Return what each kind does to a system's number: a channel falls at the order."""
    return ORDER_MOMENT_SIGN if system in (STOREFRONT, MARKETPLACE) else ON_HAND_SIGN


def compute_effect(movement: Movement, signs: Mapping[str, int]) -> int:
    """Return what ``movement`` does to a number that follows ``signs``; signed eaches."""
    if movement.kind == "return_received" and movement.disposition not in SELLABLE_DISPOSITIONS:
        return 0
    return signs[movement.kind] * movement.units

"""Deliveries: one movement on its way to one system, and what the system makes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from inventory_pipeline.simulator.paths import Path
from inventory_pipeline.simulator.words import Key, Movement


def _forget(_change_id: str) -> None:
    """Ask for no word of what a delivery did."""


@dataclass(frozen=True)
class Delivery:
    """One movement on its way to one system.

    Attributes:
        actor: who the target's log will name.
        witness: told the id of the change that the delivery made in the target's log.
        units: what the target's number changes by; None: what the movement means.
        key: where the target books it; None: where it happened.
        event_id: of the middleware that carries it; '' where none does.
        attempt: how often the middleware had tried when it arrived.
    """

    path: Path
    movement: Movement
    heard_at: datetime
    actor: str
    witness: Callable[[str], None] = _forget
    units: int | None = None
    key: Key | None = None
    event_id: str = ""
    attempt: int = 1

    @property
    def booked_key(self) -> Key:
        """Return where the target books it."""
        return self.key or self.movement.key

    def find_reference(self, style: str) -> str:
        """Return what a log of that style names as the reason."""
        if style == "order":
            return self.movement.reference_id or self.movement.movement_id
        return (self.event_id if style == "event" else "") or self.movement.movement_id

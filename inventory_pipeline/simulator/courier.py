"""The courier: carries the word of each movement to everyone who should hear of it.

A fault is a way in which what arrives differs from what was sent. The clean twins always
get what was sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from random import Random
from typing import Protocol

from inventory_pipeline.simulator.deliveries import Delivery
from inventory_pipeline.simulator.layout import Layout
from inventory_pipeline.simulator.middleware import Middleware
from inventory_pipeline.simulator.paths import Path
from inventory_pipeline.simulator.systems.opening import System, Systems
from inventory_pipeline.simulator.timeline import Timeline
from inventory_pipeline.simulator.words import Key, Movement


class Distortion(Protocol):
    """What the courier needs of a fault."""

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        """Return what arrives instead: nothing, the same, more, later, other."""


@dataclass(frozen=True)
class Arrival:
    """What became of one delivery: when it was due and when it was heard; none: never."""

    movement: Movement
    path: Path
    due_at: datetime
    heard_at: tuple[datetime, ...]


class Courier:
    """Sends movements along their paths.

    Attributes:
        listeners: faults that look at every word.
        by_key: key → faults that look at the words of that key only.
    """

    def __init__(
        self,
        timeline: Timeline,
        layout: Layout,
        *,
        actual: Systems,
        clean: Systems,
        middleware: Middleware,
        stream: Random,
    ) -> None:
        self.listeners: Sequence[Distortion] = ()
        self.by_key: Mapping[Key, Sequence[Distortion]] = {}
        self._timeline = timeline
        self._layout = layout
        self._actual = actual
        self._clean = clean
        self._middleware = middleware
        self._stream = stream
        self._arrivals: list[Arrival] = []

    def send(self, movement: Movement) -> None:
        """Let everyone concerned hear of ``movement``, its own system at once."""
        for path in self._layout.find_paths(movement):
            heard_at = path.delay.find_heard_at(movement.recorded_at, self._stream)
            delivery = Delivery(path, movement, heard_at, actor=path.name)
            if path.is_notice:
                there = movement.sku, movement.destination_id
                delivery = replace(delivery, key=there, units=movement.units)
            self._deliver(delivery, self._clean.find(path.target))
            arriving = self._middleware.carry(delivery, self._distort(delivery))
            for distorted in arriving:
                self._deliver(distorted, self._actual.find(distorted.path.target))
            heard = tuple(distorted.heard_at for distorted in arriving)
            self._arrivals.append(Arrival(movement, path, heard_at, heard))

    def take_arrivals(self) -> list[Arrival]:
        """Return what was sent since the last call."""
        taken, self._arrivals = self._arrivals, []
        return taken

    def _distort(self, delivery: Delivery) -> list[Delivery]:
        arriving = [delivery]
        for fault in (*self.listeners, *self.by_key.get(delivery.movement.key, ())):
            arriving = [bent for straight in arriving for bent in fault.distort(straight)]
        return arriving

    def _deliver(self, delivery: Delivery, system: System) -> None:
        if delivery.heard_at <= self._timeline.now:
            _hand_over(delivery, system)
        else:
            self._timeline.plan(delivery.heard_at, partial(_hand_over, delivery, system))


def _hand_over(delivery: Delivery, system: System) -> None:
    change_id = system.hear(delivery)
    if change_id:
        delivery.witness(change_id)

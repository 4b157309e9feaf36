"""What every fault is, and the stage it plays on."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import NamedTuple

from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.model.quantities import AVAILABLE
from inventory_pipeline.simulator.customers import Customers
from inventory_pipeline.simulator.deliveries import Delivery
from inventory_pipeline.simulator.faults.causes import CAUSES
from inventory_pipeline.simulator.layout import Layout
from inventory_pipeline.simulator.shop import Shop
from inventory_pipeline.simulator.suppliers import Suppliers
from inventory_pipeline.simulator.systems.opening import Systems
from inventory_pipeline.simulator.tables import render_instant
from inventory_pipeline.simulator.words import STOREFRONT, Item, Key, Movement, Reading
from inventory_pipeline.simulator.world import World


@dataclass
class Stage:
    """The running shop, as a fault may use it.

    Attributes:
        hours: how long the shop will run.
        taken: skus that a fault has chosen; no two faults share one by chance.
    """

    shop: Shop
    hours: int
    stream: Random
    taken: set[str] = field(default_factory=set)

    @property
    def start(self) -> datetime:
        return self.shop.start

    @property
    def end(self) -> datetime:
        return self.shop.start + self.hours * HOUR

    @property
    def layout(self) -> Layout:
        return self.shop.layout

    @property
    def world(self) -> World:
        return self.shop.world

    @property
    def actual(self) -> Systems:
        return self.shop.actual

    @property
    def clean(self) -> Systems:
        return self.shop.clean

    @property
    def customers(self) -> Customers:
        return self.shop.customers

    @property
    def suppliers(self) -> Suppliers:
        return self.shop.suppliers

    @property
    def now(self) -> datetime:
        return self.shop.timeline.now

    def plan(self, moment: datetime, action: Callable[[], object]) -> None:
        """Let something happen at ``moment``."""
        self.shop.timeline.plan(moment, lambda: _do(action))

    def find_moment(self, hour: int) -> datetime:
        """Return a random second of the ``hour``-th hour, early enough to be in its exports."""
        return self.start + hour * HOUR + HOUR * self.stream.randint(300, 2400) / 3600

    def choose(self, is_fit: Callable[[Item], bool]) -> Key:
        """Take one sku at home that fits and that no other fault has."""
        fit = [
            item.sku
            for item in self.world.items.values()
            if is_fit(item) and item.sku not in self.taken
        ]
        sku = self.stream.choice(fit)
        self.taken.add(sku)
        return sku, self.layout.home.location_id


def _do(action: Callable[[], object]) -> None:
    action()


class Step(NamedTuple):
    """One step of the way from cause to symptom.

    Attributes:
        where: a system, a path, or ``shop`` for what no system saw.
    """

    at: datetime
    where: str
    what: str
    record_id: str
    units: int | None

    def render(self) -> dict[str, object]:
        """Return the step as JSON tells it; what it has not got is left out."""
        told: dict[str, object] = {
            "at": render_instant(self.at), "where": self.where, "what": self.what,
        }  # fmt: skip
        if self.record_id:
            told["id"] = self.record_id
        if self.units is not None:
            told["units"] = self.units
        return told


class Fault(ABC):
    """One labelled fault.

    Attributes:
        name: what happened, in the words of the label file.
        cause: the name of the catalogue of causes.
        is_answerable: whether the cause leaves records that prove it at all.
        wants_still: whether no customer may wish for the goods by chance.
        has_gap: whether the mirror's number goes wrong; if not, ``units`` says what is.
        units: what the fault did to the number so far: shown less due, signed eaches.
        seen_units: the same when the mirror was last read.
        started_at: when the mirror's number first went wrong; none: it never happened.
        ended_at: when it was put right; none: still wrong.
        record_ids: the records that prove it, in order of time.
        steps: the way from cause to symptom.
        group: id of the fault that struck several numbers; '' if only this one.
        looks_like: the cause that it cannot be told from at first; '' if it can.
        known_from: from when on it can; none: never.
    """

    name: str
    cause: str
    mirror: str = STOREFRONT
    fact: str = AVAILABLE
    is_answerable: bool = True
    has_gap: bool = True
    wants_still: bool = False
    looks_like: str = ""

    def __init__(self, hour: int) -> None:
        self.hour = hour
        self.sku = ""
        self.location_id = ""
        self.units = 0
        self.seen_units = 0
        self.group = ""
        self.started_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.known_from: datetime | None = None
        self.record_ids: list[str] = []
        self.steps: list[Step] = []

    @property
    def key(self) -> Key:
        return self.sku, self.location_id

    @property
    def correction_fact(self) -> str:
        """Return which fact of the mirror is to be corrected."""
        return self.fact

    @property
    def remedy(self) -> str:
        return CAUSES[self.cause].remedy

    @property
    def needs_tier(self) -> int:
        return CAUSES[self.cause].tier

    @property
    def members(self) -> Sequence["Fault"]:
        """Return the labels of this fault: itself, and one for each further number."""
        return (self,)

    @property
    def hears(self) -> Sequence[Key]:
        """Return the keys whose words the fault looks at; none: every word."""
        return ()

    @abstractmethod
    def prepare(self, stage: Stage) -> None:
        """Choose the goods and plan what has to happen."""

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        """Return what arrives instead of ``delivery``."""
        return (delivery,)

    def spoil(self, path: str, hour: int, content: bytes) -> bytes | None:
        """Return what lies in the export file ``path`` of that hour; none: no file."""
        return content

    def settle_on(self, key: Key) -> None:
        """Make ``key`` the goods of this fault."""
        self.sku, self.location_id = key

    def begin(self, moment: datetime, *record_ids: str) -> None:
        """Note the harm: the first call dates it, each adds its proof."""
        self.started_at = self.started_at or moment
        for record_id in record_ids:
            self.prove(moment, self.mirror, self.cause, record_id)

    def prove(
        self, at: datetime, where: str, what: str, record_id: str = "", units: int | None = None
    ) -> None:
        """Add a step, and its record to the proof."""
        self.steps.append(Step(at, where, what, record_id, units))
        if record_id and record_id not in self.record_ids:
            self.record_ids.append(record_id)

    def is_about(self, movement: Movement) -> bool:
        """Return whether ``movement`` is of this fault's goods."""
        return movement.key == self.key

    def is_on(self, mirror: str, reading: Reading) -> bool:
        """Return whether the fault is about one number of one system."""
        return self.has_gap and (self.mirror, self.fact, *self.key) == (mirror, *reading)

    def is_beside(self, other: "Fault") -> bool:
        """Return whether both made the same number wrong."""
        is_other = other is not self and self.started_at is not None and self.has_gap
        return is_other and other.is_on(self.mirror, (self.fact, *self.key))

"""What every fault is, and the stage it plays on."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import ClassVar

from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.model.quantities import AVAILABLE
from inventory_pipeline.simulator.courier import Delivery
from inventory_pipeline.simulator.customers import Customers
from inventory_pipeline.simulator.suppliers import Suppliers
from inventory_pipeline.simulator.systems.opening import Systems
from inventory_pipeline.simulator.words import MAIN, STOREFRONT, Item, Key, Movement
from inventory_pipeline.simulator.world import World


@dataclass
class Stage:
    """The running shop, as a fault may use it.

    Attributes:
        taken: skus that a fault has chosen; no two faults share one.
    """

    start: datetime
    world: World
    actual: Systems
    clean: Systems
    customers: Customers
    suppliers: Suppliers
    stream: Random
    taken: set[str] = field(default_factory=set)

    def find_moment(self, hour: int) -> datetime:
        """Return a random second of the ``hour``-th hour, early enough to be in its exports."""
        return self.start + hour * HOUR + HOUR * self.stream.randint(300, 2400) / 3600

    def choose(self, is_fit: Callable[[Item], bool]) -> Key:
        """Take one sku at MAIN that fits and that no other fault has."""
        fit = [
            item.sku
            for item in self.world.items.values()
            if is_fit(item) and item.sku not in self.taken
        ]
        sku = self.stream.choice(fit)
        self.taken.add(sku)
        return sku, MAIN


class Fault(ABC):
    """One labelled fault.

    Attributes:
        name: what happened, in the words of the label file.
        cause: the name of the catalogue of causes.
        is_answerable: whether the exports hold what proves the cause.
        started_at: when the mirror's number first went wrong; none: it never happened.
        ended_at: when it was put right; none: still wrong.
        record_ids: the records that prove it, in order of time.
    """

    name: ClassVar[str]
    cause: ClassVar[str]
    mirror: str = STOREFRONT
    fact: str = AVAILABLE
    is_answerable: ClassVar[bool] = True

    def __init__(self, hour: int) -> None:
        self.hour = hour
        self.sku = ""
        self.location_id = ""
        self.started_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.record_ids: list[str] = []

    @property
    def key(self) -> Key:
        return self.sku, self.location_id

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
        self.record_ids.extend(record_ids)

    def is_about(self, movement: Movement) -> bool:
        """Return whether ``movement`` is of this fault's goods."""
        return movement.key == self.key

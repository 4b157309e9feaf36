"""Planned faults: the plan has chosen the goods, the mirror, the hour and the size."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar

from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.model.quantities import AVAILABLE, ON_HAND
from inventory_pipeline.simulator.deliveries import Delivery
from inventory_pipeline.simulator.demand import Homecoming, Wish, draw_seconds
from inventory_pipeline.simulator.faults.fault import Fault, Stage
from inventory_pipeline.simulator.layout import Layout
from inventory_pipeline.simulator.paths import Path
from inventory_pipeline.simulator.systems.changes import compute_effect, find_signs
from inventory_pipeline.simulator.systems.opening import Mirror
from inventory_pipeline.simulator.systems.storefront import Channel
from inventory_pipeline.simulator.words import (
    ERP,
    MARKETPLACE,
    STOREFRONT,
    Item,
    Key,
    Movement,
)
from inventory_pipeline.simulator.world import Papers

CHANNELS = (STOREFRONT, MARKETPLACE)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Spot:
    """Where a planned fault strikes.

    Attributes:
        keys: the first is the finding's own.
        units: how large it is to be, in whole packs.
        bundle_sku: the set whose component is meant, if one is.
    """

    mirror: str
    keys: tuple[Key, ...]
    units: int
    bundle_sku: str = ""


@dataclass(frozen=True)
class Ground:
    """What a fault may ask of a spot before it takes it."""

    layout: Layout
    item: Item
    location_id: str
    mirror: str

    @property
    def is_home(self) -> bool:
        return self.location_id == self.layout.home.location_id

    @property
    def path(self) -> Path:
        """Return the path on which the mirror hears of goods there."""
        return self.layout.find_feed_to(self.mirror, self.location_id)


class Planned(Fault):
    """A fault of the catalogue.

    Attributes:
        mirrors: where it can strike.
        shape: the keys it wants: ``key``, ``family`` (siblings), ``skus`` (two of them),
            ``places`` (two of one sku), ``crowd``, ``component``, ``ghost`` or ``none``.
        lead, tail: hours it needs before its hour, and after it.
        is_lone: it never stands beside another on one number.
    """

    mirrors: ClassVar[tuple[str, ...]] = (STOREFRONT, ERP, MARKETPLACE)
    shape: ClassVar[str] = "key"
    lead: ClassVar[int] = 0
    tail: ClassVar[int] = 4
    is_lone: ClassVar[bool] = False

    stage: Stage

    def __init__(self, hour: int, spot: Spot) -> None:
        super().__init__(hour)
        self.name = self.cause
        self.spot = spot
        self.size = spot.units
        self.mirror = spot.mirror
        self.fact = ON_HAND if spot.mirror not in CHANNELS else AVAILABLE
        self.others: list[Member] = []
        if spot.keys:
            self.settle_on(spot.keys[0])

    @classmethod
    def fits(cls, ground: Ground) -> bool:
        """Return whether the fault can strike there."""
        return True

    def spread(self, layout: Layout) -> None:
        """Label the number of every other mirror that the fault makes wrong; none, as a rule."""

    @property
    def hears(self) -> Sequence[Key]:
        return self.spot.keys

    @property
    def members(self) -> Sequence[Fault]:
        return (self, *self.others)

    @property
    def system(self) -> Mirror:
        """Return the actual mirror."""
        return self.stage.actual.find_mirror(self.mirror)

    @property
    def channel(self) -> Channel:
        """Return the actual mirror, where it is one that sells."""
        return self.stage.actual.find_channel(self.mirror)

    def prepare(self, stage: Stage) -> None:
        self.stage = stage
        for other in self.others:
            other.stage = stage
        self.arrange()

    @abstractmethod
    def arrange(self) -> None:
        """Plan what has to happen."""

    # -- moments ---------------------------------------------------------------------

    def find_work_moment(self, hour: float, location_id: str = "") -> datetime:
        """Return a moment from the ``hour``-th hour on at which people work there."""
        stream = self.stage.stream
        shift = self.stage.layout.find_place(location_id or self.location_id).shift
        moment = self.stage.start + timedelta(seconds=int(hour * 3600) + stream.randint(0, 3599))
        queue = draw_seconds(stream, 4 * MINUTE, 150 * MINUTE)
        return shift.find_open_moment(moment, queue=queue)

    def find_moment(self, hour: float) -> datetime:
        """Return any second of the ``hour``-th hour."""
        seconds = int(hour * 3600) + self.stage.stream.randint(0, 3599)
        return self.stage.start + timedelta(seconds=seconds)

    def draw_hours(self, shortest: float, longest: float) -> timedelta:
        """Return a length between so many hours, in whole seconds."""
        return draw_seconds(self.stage.stream, shortest * HOUR, longest * HOUR)

    # -- what the shop does anyway, done on purpose -----------------------------------

    def trigger(self, kind: str, at: datetime, units: int | None = None) -> None:
        """Let the shop do something to the goods at ``at`` that ends in a movement of ``kind``."""
        units = units or self.size
        match kind:
            case "receipt":
                suppliers = self.stage.suppliers
                suppliers.expect(self.key, units, suppliers.open_purchase(), at)
            case "order_placed" | "shipment":
                self.order(at, units)
            case "order_cancelled":
                self.order(at, units, cancels_after=draw_seconds(
                    self.stage.stream, 4 * MINUTE, 30 * MINUTE))  # fmt: skip
            case "damage":
                self.stage.plan(at, partial(self._damage, units))
            case "pos_sale":
                self.stage.plan(at, partial(self.stage.shop.counters.sell, self.key, units))
            case "adjustment":
                self.stage.plan(
                    at - self.draw_hours(0.5, 3), partial(self.stage.world.pick, self.key, units)
                )
                self.stage.plan(at, partial(self.stage.shop.floor.count, self.key))
            case "return_received":
                self.stage.plan(at, partial(self.send_back, units, "sellable"))

    def order(
        self,
        at: datetime,
        units: int,
        *,
        sku: str = "",
        cancels_after: timedelta | None = None,
    ) -> None:
        """Let a customer order at ``at``."""
        stream = self.stage.stream
        wish = Wish(
            at=at,
            lines=((sku or self.sku, units),),
            sources=(self.location_id,),
            picking=draw_seconds(stream, 75 * MINUTE, 4 * HOUR),
            queue=draw_seconds(stream, 5 * MINUTE, 90 * MINUTE),
            cancels_after=cancels_after,
        )
        self.stage.customers.expect(wish)

    def send_back(self, units: int, disposition: str, *, is_coming: bool = True) -> str:
        """Announce a return now; return its number."""
        stream = self.stage.stream
        travels = draw_seconds(stream, 3 * HOUR, 6 * HOUR) if is_coming else None
        homecoming = Homecoming(timedelta(), travels, disposition)
        shipped = self.stage.customers.last_shipments.get(self.key)
        return self.stage.customers.take_back(
            self.sku,
            units,
            homecoming=homecoming,
            cause_id=shipped.movement_id if shipped else "",
        )

    def _damage(self, units: int) -> None:
        world = self.stage.world
        bins = world.pick(self.key, units)
        if bins:
            taken = -sum(count for _, count in bins)
            world.record("damage", self.key, taken, papers=Papers(actor="picking"), bins=bins)

    # -- what the mirror makes of it ----------------------------------------------------

    def is_heard_by_mirror(self, delivery: Delivery) -> bool:
        """Return whether the word is on its way to this fault's mirror."""
        return delivery.path.target == self.mirror

    def compute_effect(self, movement: Movement) -> int:
        """Return what the movement would do to the mirror's number; signed eaches."""
        return compute_effect(movement, find_signs(self.mirror))

    def shift(self, units: int, at: datetime) -> None:
        """Note that the fault moves the number by so much against what is due, at ``at``."""
        if at > self.stage.now:
            self.stage.plan(at, partial(self.shift, units, at))
            return
        self.units += units
        self.begin(at)

    def tell_movement(self, movement: Movement) -> None:
        """Take the movement into the proof."""
        self.prove(
            movement.recorded_at, movement.system, movement.kind, movement.movement_id,
            movement.units,
        )  # fmt: skip

    def watch(self, delivery: Delivery, what: str, **changes: object) -> Delivery:
        """Return the delivery changed, and take what it does in the mirror's log into the proof."""

        def note(change_id: str) -> None:
            self.prove(delivery_at, self.mirror, what, change_id)

        bent: Delivery = replace(delivery, witness=note, **changes)  # type: ignore[arg-type]
        delivery_at = bent.heard_at
        return bent

    def tell_symptom(self, at: datetime) -> None:
        """Add the last step: the number that is wrong."""
        self.prove(at, self.mirror, f"shows {self.fact} off", units=self.units)


class Member(Planned):
    """A further number that the same fault made wrong; it does nothing by itself."""

    cause = ""

    def __init__(self, leader: Planned, key: Key, mirror: str = "") -> None:
        self.cause = leader.cause
        spot = Spot(mirror or leader.mirror, (key,), leader.size)
        super().__init__(leader.hour, spot)
        self.has_gap = leader.has_gap
        self.is_answerable = leader.is_answerable

    def arrange(self) -> None:
        """Its leader acts."""


class Together(Planned):
    """A fault that strikes every key of its spot in the same way."""

    shape = "family"
    is_lone = True

    def __init__(self, hour: int, spot: Spot) -> None:
        super().__init__(hour, spot)
        self.others = [Member(self, key) for key in spot.keys[1:]]

    @property
    def struck(self) -> Sequence[Planned]:
        """Return one fault for each key."""
        return (self, *self.others)

    def find_member(self, key: Key) -> Planned:
        """Return the one whose goods these are."""
        return next(one for one in self.struck if one.key == key)

    @property
    def subject(self) -> str:
        """Return what a setting calls the goods: their family, or the one sku."""
        if len(self.spot.keys) == 1:
            return self.sku
        return f"{self.sku.split('-')[0]}-*"

"""The shop: everything put together for one run."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from inventory_pipeline.simulator.catalogue import build_catalogue
from inventory_pipeline.simulator.courier import Courier
from inventory_pipeline.simulator.customers import Customers
from inventory_pipeline.simulator.demand import Demand
from inventory_pipeline.simulator.faults.fault import Fault, Stage
from inventory_pipeline.simulator.floor import Floor
from inventory_pipeline.simulator.profiles import Profile
from inventory_pipeline.simulator.suppliers import Suppliers
from inventory_pipeline.simulator.systems.opening import Systems, open_systems
from inventory_pipeline.simulator.timeline import Timeline
from inventory_pipeline.simulator.words import Item, open_stream
from inventory_pipeline.simulator.world import World


@dataclass(frozen=True)
class Shop:
    """One shop on its way through time.

    Attributes:
        items: by sku, in the order of the catalogue.
        faults: by fault id, in the order of the profile.
    """

    start: datetime
    items: Mapping[str, Item]
    timeline: Timeline
    courier: Courier
    world: World
    actual: Systems
    clean: Systems
    demand: Demand
    customers: Customers
    suppliers: Suppliers
    floor: Floor
    faults: Mapping[str, Fault]

    def plan_hour(self, hour_at: datetime) -> None:
        """Plan what begins in the hour: customers, purchases, work on the floor."""
        for wish in self.demand.draw_wishes(hour_at):
            self.customers.expect(wish)
        self.suppliers.review(hour_at)
        self.floor.plan_hour(hour_at)


def open_shop(profile: Profile, *, seed: int, start: datetime) -> Shop:
    """Return the shop on the instant it opens, its faults lying in wait."""
    items = {item.sku: item for item in build_catalogue(open_stream(seed, "catalogue"))}
    timeline = Timeline(start)
    actual, clean = open_systems(items), open_systems(items)
    courier = Courier(timeline, actual=actual, clean=clean, stream=open_stream(seed, "courier"))
    world = World(items, timeline, courier)
    shop = Shop(
        start=start,
        items=items,
        timeline=timeline,
        courier=courier,
        world=world,
        actual=actual,
        clean=clean,
        demand=Demand(list(items.values()), open_stream(seed, "demand")),
        customers=Customers(world, actual.storefront),
        suppliers=Suppliers(world, open_stream(seed, "suppliers")),
        floor=Floor(world, actual, open_stream(seed, "floor")),
        faults={f"fault-{n:02d}": f for n, f in enumerate(profile.make_faults(), 1)},
    )
    shop.suppliers.open()
    _set_stage(shop, seed)
    return shop


def _set_stage(shop: Shop, seed: int) -> None:
    stage = Stage(
        start=shop.start,
        world=shop.world,
        actual=shop.actual,
        clean=shop.clean,
        customers=shop.customers,
        suppliers=shop.suppliers,
        stream=open_stream(seed, "faults"),
    )
    for fault in shop.faults.values():
        fault.prepare(stage)
    shop.courier.faults = tuple(shop.faults.values())

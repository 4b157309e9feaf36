"""The shop: everything put together for one run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from inventory_pipeline.simulator.catalogue import build_bundles, build_catalogue
from inventory_pipeline.simulator.configuration import SettingsLog
from inventory_pipeline.simulator.counters import Counters, Vans
from inventory_pipeline.simulator.courier import Courier
from inventory_pipeline.simulator.customers import Customers
from inventory_pipeline.simulator.demand import Demand, draw_promotions
from inventory_pipeline.simulator.floor import Floor
from inventory_pipeline.simulator.layout import Layout
from inventory_pipeline.simulator.middleware import Middleware
from inventory_pipeline.simulator.suppliers import Suppliers
from inventory_pipeline.simulator.systems.opening import Systems, open_systems
from inventory_pipeline.simulator.timeline import Timeline
from inventory_pipeline.simulator.words import STOREFRONT, Bundle, Item, open_stream
from inventory_pipeline.simulator.world import World

SECOND = timedelta(seconds=1)
# What a document says: fact, entity, value, when, status.
Document = tuple[str, str, str, datetime, str]


@dataclass(frozen=True)
class Goods:
    """What the shop sells: items by sku in the order of the catalogue, and sets of them."""

    items: Mapping[str, Item]
    bundles: Mapping[str, Bundle]


@dataclass(frozen=True)
class Shop:
    """One shop on its way through time.

    Attributes:
        papers: system → documents it has not yet exported.
    """

    start: datetime
    layout: Layout
    goods: Goods
    timeline: Timeline
    courier: Courier
    middleware: Middleware
    settings: SettingsLog
    world: World
    actual: Systems
    clean: Systems
    demand: Demand
    customers: Customers
    suppliers: Suppliers
    floor: Floor
    counters: Counters
    vans: Vans
    papers: dict[str, list[Document]] = field(default_factory=dict)

    @property
    def items(self) -> Mapping[str, Item]:
        return self.goods.items

    def take_documents(self, at: datetime) -> dict[str, list[Document]]:
        """Return the documents of the hour: the bill of every set, and what was written down."""
        taken = {system: list(documents) for system, documents in self.papers.items()}
        self.papers.clear()
        bills = [
            ("bundle_units", f"{bundle.sku}/{part}", str(units), at - SECOND, "valid")
            for bundle in self.goods.bundles.values()
            for part, units in bundle.bill
        ]
        taken[STOREFRONT] = [*bills, *taken.get(STOREFRONT, ())]
        return taken

    def plan_hour(self, hour_at: datetime) -> None:
        """Plan what begins in the hour: customers, purchases, work on the floor."""
        for wish in self.demand.draw_wishes(hour_at):
            self.customers.expect(wish)
        self.suppliers.review(hour_at)
        self.floor.plan_hour(hour_at)
        self.counters.plan_hour(hour_at)
        self.vans.plan_hour(hour_at)


def draw_goods(layout: Layout, *, seed: int) -> Goods:
    """Return what the shop sells."""
    items = build_catalogue(open_stream(seed, "catalogue"), layout)
    bundles = build_bundles(items, open_stream(seed, "bundles"), layout.trade.bundles)
    return Goods({item.sku: item for item in items}, {bundle.sku: bundle for bundle in bundles})


def open_shop(
    layout: Layout,
    goods: Goods,
    *,
    seed: int,
    start: datetime,
    hours: int,
    still: Sequence[str] = (),
) -> Shop:
    """Return the shop on the instant it opens.

    Args:
        still: skus that no customer wishes for by chance.
    """
    items, listed = goods.items, list(goods.items.values())
    timeline = Timeline(start)
    actual, clean = open_systems(items, layout), open_systems(items, layout)
    middleware = Middleware(open_stream(seed, "middleware"), start)
    courier = Courier(
        timeline,
        layout,
        actual=actual,
        clean=clean,
        middleware=middleware,
        stream=open_stream(seed, "courier"),
    )
    world = World(items, layout, timeline, courier, open_stream(seed, "scans"))
    promotions = draw_promotions(
        listed, layout, open_stream(seed, "promotions"), start=start, hours=hours
    )
    shop = Shop(
        start=start,
        layout=layout,
        goods=goods,
        timeline=timeline,
        courier=courier,
        middleware=middleware,
        settings=SettingsLog(),
        world=world,
        actual=actual,
        clean=clean,
        demand=Demand(
            listed,
            layout,
            open_stream(seed, "demand"),
            bundles=list(goods.bundles.values()),
            promotions=promotions,
            spared=still,
        ),
        customers=Customers(world, actual.storefront, goods.bundles),
        suppliers=Suppliers(world, open_stream(seed, "suppliers")),
        floor=Floor(world, actual, open_stream(seed, "floor")),
        counters=Counters(world, actual, open_stream(seed, "counters")),
        vans=Vans(world, actual, open_stream(seed, "vans")),
    )
    shop.suppliers.open()
    return shop

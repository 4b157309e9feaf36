"""A shop of one's own: world, courier and systems, without customers or faults."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from inventory_pipeline.simulator.catalogue import build_catalogue
from inventory_pipeline.simulator.courier import Courier
from inventory_pipeline.simulator.customers import Customers
from inventory_pipeline.simulator.middleware import Middleware
from inventory_pipeline.simulator.shops import LANTERN
from inventory_pipeline.simulator.systems.opening import Systems, open_systems
from inventory_pipeline.simulator.timeline import Timeline
from inventory_pipeline.simulator.words import MAIN, Item, open_stream
from inventory_pipeline.simulator.world import Papers, World

START = datetime(2026, 4, 6, 10, tzinfo=UTC)
KEY = ("CND-FERN", MAIN)


@dataclass
class House:
    items: dict[str, Item] = field(
        default_factory=lambda: {
            i.sku: i for i in build_catalogue(open_stream(1, "catalogue"), LANTERN)
        }
    )

    def __post_init__(self) -> None:
        self.timeline = Timeline(START)
        self.actual: Systems = open_systems(self.items, LANTERN)
        self.clean: Systems = open_systems(self.items, LANTERN)
        self.courier = Courier(
            self.timeline,
            LANTERN,
            actual=self.actual,
            clean=self.clean,
            middleware=Middleware(open_stream(1, "middleware"), START),
            stream=open_stream(1, "courier"),
        )
        self.world = World(
            self.items, LANTERN, self.timeline, self.courier, open_stream(1, "scans")
        )
        self.customers = Customers(self.world, self.actual.storefront)

    def receive(self, units: int) -> None:
        papers = Papers("PO-1", actor="receiving")
        bins = self.world.put(KEY, units)
        self.world.record("receipt", KEY, units, papers=papers, bins=bins)

    def find_news(self, systems: Systems) -> tuple[int, int, int]:
        """What shelf, storefront and ERP know more than on opening day."""
        opened = open_systems(self.items, LANTERN)
        return (
            sum(systems.shelf.bins[KEY].values()) - sum(opened.shelf.bins[KEY].values()),
            systems.storefront.free[KEY] - opened.storefront.free[KEY],
            systems.erp.find_quantity(KEY) - opened.erp.find_quantity(KEY),
        )

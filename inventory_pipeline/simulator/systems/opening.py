"""Opening day: the systems know the same stock and have heard nothing since."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from inventory_pipeline.simulator.deliveries import Delivery
from inventory_pipeline.simulator.layout import Layout
from inventory_pipeline.simulator.systems.changes import ChangeLog
from inventory_pipeline.simulator.systems.erp import Erp
from inventory_pipeline.simulator.systems.stockroom import Stockroom
from inventory_pipeline.simulator.systems.storefront import Channel, Storefront
from inventory_pipeline.simulator.words import (
    ERP,
    MARKETPLACE,
    SHELF,
    STOREFRONT,
    THREEPL,
    Item,
    Key,
    Reading,
)


class System(Protocol):
    """What every system can do."""

    def hear(self, delivery: Delivery) -> str:
        """Take in a movement; return the id of the logged change it made, '' when none."""

    def read(self) -> dict[Reading, int]:
        """Return what the system would say now, in eaches."""


class Mirror(System, Protocol):
    """What every system can do that shows what others own."""

    log: ChangeLog

    def shift(
        self,
        key: Key,
        units: int,
        *,
        changed_at: datetime,
        actor: str,
        reference_id: str = "",
        source_at: datetime | None = None,
    ) -> str:
        """Change the number; return the id of the change, '' when none shows."""

    def set_level(
        self,
        key: Key,
        units: int,
        *,
        changed_at: datetime,
        actor: str,
        source_at: datetime | None = None,
        reference_id: str = "",
    ) -> str:
        """Overwrite the number; return the id of the change."""

    def find_level(self, key: Key) -> int:
        """Return what the number stands for, in eaches, shown or not."""

    def force(self, key: Key, units: int) -> None:
        """Change the number and write nothing down."""


@dataclass(frozen=True)
class Systems:
    """The systems of the shop; the ones it has not got stay empty."""

    shelf: Stockroom
    threepl: Stockroom
    storefront: Storefront
    erp: Erp
    marketplace: Channel

    def find(self, name: str) -> System:
        """Return the system called ``name``."""
        named: dict[str, System] = {SHELF: self.shelf, THREEPL: self.threepl}
        return named[name] if name in named else self.find_mirror(name)

    def find_mirror(self, name: str) -> Mirror:
        """Return the system called ``name``, one that mirrors."""
        named: dict[str, Mirror] = {
            STOREFRONT: self.storefront,
            ERP: self.erp,
            MARKETPLACE: self.marketplace,
        }
        return named[name]

    def find_channel(self, name: str) -> Channel:
        """Return the system called ``name``, one that sells."""
        return {STOREFRONT: self.storefront, MARKETPLACE: self.marketplace}[name]

    def find_room(self, key: Key) -> Stockroom:
        """Return the system that owns what lies at a key."""
        return self.shelf if key in self.shelf.bins else self.threepl


def find_opening_bins(item: Item) -> dict[Key, dict[str, int]]:
    """Return the goods of an item by key and bin on opening day; the 3PL shows no bins."""
    return {(item.sku, place): dict(bins) for place, bins in item.stock.items()}


def open_systems(items: Mapping[str, Item], layout: Layout) -> Systems:
    """Return the systems on opening day."""
    bins: dict[Key, dict[str, int]] = {}
    for item in items.values():
        bins |= find_opening_bins(item)
    stock = {key: sum(places.values()) for key, places in bins.items()}
    free = {key: units - items[key[0]].safety_stock for key, units in stock.items()}
    kept = {
        keeper: {place.location_id for place in layout.find_places_of(keeper)}
        for keeper in (SHELF, THREEPL)
    }

    def find_reference(system: str) -> str:
        return layout.find_style(system).reference

    return Systems(
        shelf=Stockroom({key: places for key, places in bins.items() if key[1] in kept[SHELF]}),
        threepl=Stockroom({key: places for key, places in bins.items() if key[1] in kept[THREEPL]}),
        storefront=Storefront(free, find_reference(STOREFRONT)),
        erp=Erp(stock, items, find_reference(ERP)),
        marketplace=Channel(free, "ML", find_reference(MARKETPLACE)),
    )

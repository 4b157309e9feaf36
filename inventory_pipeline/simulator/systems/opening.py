"""Opening day: four systems that know the same stock and have heard nothing since."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from inventory_pipeline.simulator.systems.erp import Erp
from inventory_pipeline.simulator.systems.stockroom import Stockroom
from inventory_pipeline.simulator.systems.storefront import Storefront
from inventory_pipeline.simulator.words import (
    EAST,
    ERP,
    MAIN,
    SHELF,
    STOREFRONT,
    THREEPL,
    Item,
    Key,
    Movement,
    Reading,
)


class System(Protocol):
    """What every system can do."""

    def hear(self, movement: Movement, heard_at: datetime, actor: str) -> str:
        """Take in a movement; return the id of the logged change it made, '' when none."""

    def read(self) -> dict[Reading, int]:
        """Return what the system would say now, in eaches."""


@dataclass(frozen=True)
class Systems:
    """The systems of the shop."""

    shelf: Stockroom
    threepl: Stockroom
    storefront: Storefront
    erp: Erp

    def find(self, name: str) -> System:
        """Return the system called ``name``."""
        named: dict[str, System] = {
            SHELF: self.shelf,
            THREEPL: self.threepl,
            STOREFRONT: self.storefront,
            ERP: self.erp,
        }
        return named[name]


def find_opening_bins(item: Item) -> dict[Key, dict[str, int]]:
    """Return the goods of an item by key and bin on opening day; the 3PL shows no bins."""
    bins = {(item.sku, MAIN): dict(item.bins)}
    if item.east_units is not None:
        bins[item.sku, EAST] = {"": item.east_units}
    return bins


def open_systems(items: Mapping[str, Item]) -> Systems:
    """Return the systems on opening day."""
    bins: dict[Key, dict[str, int]] = {}
    for item in items.values():
        bins |= find_opening_bins(item)
    stock = {key: sum(places.values()) for key, places in bins.items()}
    return Systems(
        shelf=Stockroom({key: places for key, places in bins.items() if key[1] == MAIN}),
        threepl=Stockroom({key: places for key, places in bins.items() if key[1] == EAST}),
        storefront=Storefront(
            {key: units - items[key[0]].safety_stock for key, units in stock.items()}
        ),
        erp=Erp(stock, items),
    )

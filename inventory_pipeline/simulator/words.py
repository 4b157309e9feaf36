"""The words of the doll's house: names, keys, items, movements."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random

MAIN = "MAIN"
EAST = "3PL-EAST"
WEST = "3PL-WEST"
STORE = "STORE-1"
OUTLET = "STORE-2"

SHELF = "shelf"
ERP = "erp"
STOREFRONT = "storefront"
THREEPL = "threepl"
MARKETPLACE = "marketplace"
MIDDLEWARE = "middleware"
# The path by which the middleware carries corrections of ours.
CORRECTIONS = "corrections"

# A sku at a location.
Key = tuple[str, str]
# One number a system shows: (fact, sku, location_id).
Reading = tuple[str, str, str]
# (bin, units) in the order in which they are picked.
Bins = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Item:
    """One sku as the shop knows it; units are eaches.

    Attributes:
        lines_per_day: order lines a customer would place in a mean day; 0 never sells.
        pack_units: the item is bought, sold, moved and sent back in multiples of this.
        case_units: eaches of the case the ERP counts in; 1 means it counts eaches.
        stock: location → bins on opening day, the home of the shop first; goods received
            go to the last bin of a place.
    """

    sku: str
    title: str
    price_cents: int
    cost_cents: int
    abc_class: str
    lines_per_day: float
    pack_units: int
    case_units: int
    safety_stock: int
    lead_days: int
    stock: Mapping[str, Bins]
    item_id_erp: str

    @property
    def locations(self) -> tuple[str, ...]:
        """Return where the item is kept, its home first."""
        return tuple(self.stock)

    @property
    def bins(self) -> Bins:
        """Return the bins at home on opening day."""
        return next(iter(self.stock.values()))

    def count(self, location_id: str) -> int:
        """Return the units at a place on opening day; 0 where it is not kept."""
        return sum(units for _, units in self.stock.get(location_id, ()))


@dataclass(frozen=True)
class Bundle:
    """A set that is sold as one sku and shipped as its components.

    Attributes:
        bill: (component sku, units of it in one set).
    """

    sku: str
    title: str
    price_cents: int
    bill: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Movement:
    """Something that happened, as the system where it happened writes it down.

    Attributes:
        system: whose log holds it.
        units: positive eaches; an adjustment is signed.
        moved_at: when it happened; recorded_at: when its system learnt of it.
        bins: (bin, signed units) it changed, for those who keep bins.
        destination_id: where a transfer goes.
    """

    movement_id: str
    system: str
    kind: str
    sku: str
    location_id: str
    units: int
    moved_at: datetime
    recorded_at: datetime
    sequence: int
    reference_id: str = ""
    cause_id: str = ""
    actor: str = ""
    disposition: str = ""
    bins: Bins = ()
    destination_id: str = ""

    @property
    def key(self) -> Key:
        return self.sku, self.location_id


def open_stream(seed: int, name: str) -> Random:
    """Return the random numbers of one concern.

    Each concern has its own stream, so that a fault more never changes what customers
    want, and a text seed does not depend on PYTHONHASHSEED.
    """
    return Random(f"{seed}/{name}")

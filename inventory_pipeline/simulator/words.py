"""The words of the doll's house: names, keys, items, movements."""

from dataclasses import dataclass
from datetime import datetime
from random import Random

MAIN = "MAIN"
EAST = "3PL-EAST"
SHELF = "shelf"
ERP = "erp"
STOREFRONT = "storefront"
THREEPL = "threepl"

# A sku at a location.
Key = tuple[str, str]
# One number a system shows: (fact, sku, location_id).
Reading = tuple[str, str, str]


@dataclass(frozen=True)
class Item:
    """One sku as the shop knows it; units are eaches.

    Attributes:
        lines_per_day: order lines a customer would place in a mean day; 0 never sells.
        pack_units: the item is bought, sold, moved and sent back in multiples of this.
        case_units: eaches of the case the ERP counts in; 1 means it counts eaches.
        bins: (bin, units) at MAIN on opening day; goods received go to the last one.
        east_units: units at 3PL-EAST on opening day; none: not kept there.
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
    bins: tuple[tuple[str, int], ...]
    east_units: int | None
    item_id_erp: str

    @property
    def locations(self) -> tuple[str, ...]:
        """Return where the item is kept."""
        return (MAIN,) if self.east_units is None else (MAIN, EAST)


@dataclass(frozen=True)
class Movement:
    """Something that happened, as the system where it happened writes it down.

    Attributes:
        system: whose log holds it.
        units: positive eaches; an adjustment is signed.
        bins: (bin, signed units) it changed, for those who keep bins.
    """

    movement_id: str
    system: str
    kind: str
    sku: str
    location_id: str
    units: int
    moved_at: datetime
    sequence: int
    reference_id: str = ""
    cause_id: str = ""
    actor: str = ""
    disposition: str = ""
    bins: tuple[tuple[str, int], ...] = ()

    @property
    def key(self) -> Key:
        return self.sku, self.location_id


def open_stream(seed: int, name: str) -> Random:
    """Return the random numbers of one concern.

    Each concern has its own stream, so that a fault more never changes what customers
    want, and a text seed does not depend on PYTHONHASHSEED.
    """
    return Random(f"{seed}/{name}")

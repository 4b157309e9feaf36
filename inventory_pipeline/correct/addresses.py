"""Addresses: our item and place in the words and the unit of the system that is written to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory_pipeline.config.models import Settings
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.quantities import EACH_UNITS


@dataclass(frozen=True)
class Address:
    """Where a number lives.

    Attributes:
        item_id: what the system calls the item.
        location_id: what it calls the place.
        eaches: eaches in one of its units; 1 where it counts eaches.
    """

    item_id: str
    location_id: str
    eaches: int = 1

    def convert(self, units: int) -> tuple[int, int]:
        """Return eaches in its unit, rounded towards zero, and the eaches that are left over."""
        quantity = abs(units) // self.eaches * (1 if units >= 0 else -1)
        return quantity, units - quantity * self.eaches


class AddressBook:
    """Every address of every system, looked up once."""

    def __init__(self, catalog: Catalog, units: Mapping[str, str]) -> None:
        """``units`` names the unit of the systems that do not count eaches."""
        self._units = units
        self._items: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for row in catalog.identities.iter_rows(named=True):
            self._items[row["system"], row["sku"]].append(row)
        self._places: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._shared: dict[tuple[str, str], int] = defaultdict(int)
        for row in catalog.locations.iter_rows(named=True):
            self._places[row["system"], row["location_id"]].append(row["their_location_id"])
            self._shared[row["system"], row["their_location_id"]] += 1

    def find(
        self, system: str, sku: str, location_id: str, now: datetime
    ) -> tuple[Address | None, str]:
        """Return the address, or why there is not exactly one."""
        place, trouble = self._find_place(system, location_id)
        if trouble:
            return None, trouble
        unit = self._units.get(system, "").upper()
        known = self._items.get((system, sku), ())
        listed = [r for r in known if r["valid_from"] <= now < r["valid_to"]]
        if not listed and unit in EACH_UNITS:
            return Address(sku, place), ""
        wanted = [r for r in listed if _is_unit(r["unit"], unit)]
        if len({r["item_id"] for r in wanted}) != 1:
            return None, _say_items(system, sku, unit, wanted)
        row = wanted[0]
        if not row["numerator"] or row["denominator"] != 1:
            return None, f"nobody knows how many eaches of {sku} a {unit or 'unit'} of {system} is"
        return Address(row["item_id"], place, row["numerator"]), ""

    def _find_place(self, system: str, location_id: str) -> tuple[str, str]:
        places = self._places.get((system, location_id), [location_id])
        if self._shared.get((system, places[0]), 0) > 1:
            return "", f"{system} counts {location_id} together with other places"
        return places[0], ""


def _is_unit(told: str, wanted: str) -> bool:
    both = told.upper(), wanted
    return both[0] == both[1] or all(unit in EACH_UNITS for unit in both)


def _say_items(system: str, sku: str, unit: str, wanted: Sequence[dict[str, Any]]) -> str:
    if not wanted:
        return f"{system} has no item for {sku} in {unit or 'eaches'}"
    names = ", ".join(sorted({row["item_id"] for row in wanted}))
    return f"{system} has several items for {sku}: {names}"


def build_book(settings: Settings, catalog: Catalog) -> AddressBook:
    """Return what every system calls our items and places."""
    units = {mirror.system: mirror.unit for mirror in settings.mirrors if mirror.unit}
    return AddressBook(catalog, units)

"""Labels: what was done wrong, to what, by how much, and which records prove it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory_pipeline.model.hours import floor_hour
from inventory_pipeline.model.quantities import AVAILABLE
from inventory_pipeline.simulator.faults.fault import Fault
from inventory_pipeline.simulator.shop import Shop
from inventory_pipeline.simulator.words import ERP, SHELF, STOREFRONT, THREEPL, Key, Reading


@dataclass(frozen=True)
class Gap:
    """One number that faults made wrong, at the instant its system was read; eaches.

    Attributes:
        shown: what the system says; none: it has no such row.
        due: what it would say without faults; none: it should have no such row.
    """

    mirror: str
    reading: Reading
    shown: int | None
    due: int | None
    fault_ids: tuple[str, ...]

    @property
    def delta_units(self) -> int | None:
        """Return shown - due; a ghost is due 0, a missing row has no number to compare."""
        return None if self.shown is None else self.shown - (self.due or 0)


@dataclass
class Sighting:
    """When a fault could first be seen in the exports, and by how much then and last.

    Attributes:
        largest_units: the gap furthest from zero.
        is_last: the gap was there in the last hour that was read.
    """

    first_hour: datetime
    last_hour: datetime
    delta_units: int | None
    last_delta_units: int | None
    largest_units: int


class Standard:
    """What every system would show without faults.

    A mirror is judged by what its owner said when it was last read, and by what was then
    promised on record: where a fault changed those, the mirror is due the changed number,
    whoever is to blame.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._owned: dict[Key, int] = {}
        self._promised: dict[Key, int] = {}

    def find_due(self, system: str) -> dict[Reading, int]:
        """Return what a system is due to show now, as it is read; owners are read first."""
        if system in (SHELF, THREEPL):
            return self._find_owned(system)
        clean = self._shop.clean.find(system).read()
        if system == ERP:
            return {reading: n + self._owned.get(reading[1:], 0) for reading, n in clean.items()}
        if system == STOREFRONT:
            self._see_promises()
        free = self._shop.clean.find_channel(system).free
        own = self._shop.actual.find(system).read()
        return {
            reading: max(0, free[reading[1:]] + self._find_shift(reading[1:]))
            if reading[0] == AVAILABLE
            else own[reading]
            for reading in clean
        }

    def _find_owned(self, system: str) -> dict[Reading, int]:
        shown = self._shop.actual.find(system).read()
        due = self._shop.clean.find(system).read()
        self._owned |= {reading[1:]: shown[reading] - due[reading] for reading in due}
        return shown

    def _see_promises(self) -> None:
        actual, clean = self._shop.actual.storefront, self._shop.clean.storefront
        self._promised = {k: units - clean.committed[k] for k, units in actual.committed.items()}

    def _find_shift(self, key: Key) -> int:
        return self._owned.get(key, 0) - self._promised.get(key, 0)


def find_gaps(
    mirror: str,
    *,
    shown: Mapping[Reading, int],
    due: Mapping[Reading, int],
    faults: Mapping[str, Fault],
) -> Iterator[Gap]:
    """Yield every reading of ``mirror`` that is not what it is due to be."""
    for reading in sorted(shown.keys() | due.keys()):
        seen, wanted = shown.get(reading), due.get(reading)
        if seen != wanted:
            guilty = tuple(
                fault_id
                for fault_id, fault in faults.items()
                if fault.started_at is not None and fault.is_on(mirror, reading)
            )
            yield Gap(mirror, reading, seen, wanted, guilty)


class Witness:
    """Watches the gaps of every hour, so that each label says when it could first be seen."""

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        self._faults = faults
        self._sightings: dict[str, Sighting] = {}
        self.last_hour: datetime | None = None

    def see(self, hour_at: datetime, gaps: Sequence[Gap]) -> None:
        """Take in the gaps of one hour."""
        self.last_hour = hour_at
        for gap in gaps:
            delta = gap.delta_units
            for fault_id in gap.fault_ids:
                seen = self._sightings.setdefault(
                    fault_id, Sighting(hour_at, hour_at, delta, delta, delta or 0)
                )
                seen.last_hour, seen.last_delta_units = hour_at, delta
                seen.largest_units = max(seen.largest_units, delta or 0, key=abs)
        self._see_hidden(hour_at)

    def _see_hidden(self, hour_at: datetime) -> None:
        """Take in faults that another one on the same number hides: two wrongs look right."""
        for fault_id, fault in self._faults.items():
            is_new = fault.has_gap and fault_id not in self._sightings
            if not is_new or fault.started_at is None or fault.started_at >= hour_at:
                continue
            if any(other.is_beside(fault) for other in self._faults.values()):
                self._sightings[fault_id] = Sighting(hour_at, hour_at, 0, 0, 0)

    def find_labels(self) -> Iterator[tuple[str, Fault, Sighting]]:
        """Yield every fault that did happen and can be seen; what no mirror shows, at once."""
        for fault_id, fault in self._faults.items():
            if fault.started_at is None or self.last_hour is None:
                continue
            sighting = self._sightings.get(fault_id)
            if not fault.has_gap:
                hour_at = floor_hour(fault.started_at)
                units = fault.units if fault.fact else None
                sighting = Sighting(hour_at, self.last_hour, units, units, units or 0)
            if sighting is not None:
                yield fault_id, fault, sighting

    def find_units(self, fault_id: str, fault: Fault, sighting: Sighting) -> int | None:
        """Return this fault's part of the gap in the last hour that was read; eaches.

        Alone on its number it is the whole gap, 0 once closed. Beside others it is what the
        fault itself did to the number.
        """
        if not fault.has_gap:
            return sighting.last_delta_units
        if any(other.is_beside(fault) for other in self._faults.values()):
            return fault.seen_units
        return sighting.last_delta_units if sighting.last_hour == self.last_hour else 0

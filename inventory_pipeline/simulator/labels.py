"""Labels: what was done wrong, to what, by how much, and which records prove it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory_pipeline.simulator.faults.fault import Fault
from inventory_pipeline.simulator.words import Reading


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
    """When a fault could first be seen in the exports, and by how much then and last."""

    first_hour: datetime
    delta_units: int | None
    last_delta_units: int | None


def find_gaps(
    mirror: str,
    *,
    actual: Mapping[Reading, int],
    clean: Mapping[Reading, int],
    faults: Mapping[str, Fault],
) -> Iterator[Gap]:
    """Yield every reading of ``mirror`` in which the actual system and its clean twin differ."""
    for reading in sorted(actual.keys() | clean.keys()):
        shown, due = actual.get(reading), clean.get(reading)
        if shown != due:
            guilty = tuple(
                fault_id
                for fault_id, fault in faults.items()
                if fault.started_at is not None and _is_about(fault, mirror, reading)
            )
            yield Gap(mirror, reading, shown, due, guilty)


def _is_about(fault: Fault, mirror: str, reading: Reading) -> bool:
    return (fault.mirror, fault.fact, *fault.key) == (mirror, *reading)


class Witness:
    """Watches the gaps of every hour, so that each label says when it could first be seen."""

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        self._faults = faults
        self._sightings: dict[str, Sighting] = {}

    def see(self, hour_at: datetime, gaps: Sequence[Gap]) -> None:
        """Take in the gaps of one hour."""
        for gap in gaps:
            for fault_id in gap.fault_ids:
                sighting = self._sightings.setdefault(
                    fault_id, Sighting(hour_at, gap.delta_units, gap.delta_units)
                )
                sighting.last_delta_units = gap.delta_units

    def find_labels(self) -> Iterator[tuple[str, Fault, Sighting]]:
        """Yield every fault that did happen and can be seen; file faults are seen at once."""
        for fault_id, fault in self._faults.items():
            if fault.started_at is None:
                continue
            sighting = self._sightings.get(fault_id)
            if not fault.fact:
                sighting = Sighting(fault.started_at, None, None)
            if sighting is not None:
                yield fault_id, fault, sighting

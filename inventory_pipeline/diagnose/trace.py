"""The trace: one item through every system in the order of the handoffs (DIA-02, PRV-01).

The first system whose number is off is the failure point; what is off behind it is downstream.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory_pipeline.config.models import Settings
from inventory_pipeline.diagnose.plan import BOOKS

# Where no handoff says otherwise: from the shelf to where people buy.
ROLE_ORDER = (
    "wms", "threepl", "erp", "middleware", "pricing", "storefront", "marketplace", "pos",
    "dropship", "processor", "crm", "other",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """What one system shows of the item at one place.

    Attributes:
        expected: what it should show; None where that is not known.
        delta: observed less expected, after what is on its way; None where either is unknown.
        as_of: when its number was true.
        finding_id: the open finding that tells of its gap; empty: there is none.
    """

    system: str
    role: str
    location_id: str
    fact: str
    units: int | None
    expected: int | None
    delta: int | None
    as_of: datetime | None
    status: str
    finding_id: str = ""

    @property
    def is_off(self) -> bool:
        return bool(self.delta) or self.status in {"ghost", "absent"}

    @property
    def is_known(self) -> bool:
        return self.delta is not None


@dataclass(frozen=True)
class Trace:
    """One item at one place, system by system.

    Attributes:
        readings: in the order that numbers travel, the owner first.
        failure: the first reading that is off; None: every number that is known agrees.
        downstream: readings that are off behind it.
        is_middleware_case: the books agree, and only a mirror that keeps none is off.
    """

    location_id: str
    readings: tuple[Reading, ...]
    failure: Reading | None
    downstream: tuple[Reading, ...]
    is_middleware_case: bool

    @property
    def agrees(self) -> bool:
        """Return whether every system is known to show what it should."""
        return self.failure is None and all(reading.is_known for reading in self.readings)


def build_traces(
    facts: Sequence[Mapping[str, Any]],
    comparisons: Sequence[Mapping[str, Any]],
    findings: Iterable[Mapping[str, Any]],
    settings: Settings,
) -> list[Trace]:
    """Return one trace for each place that somebody knows the item at.

    Args:
        facts: the owners' numbers, rows of contract.facts with their source time.
        comparisons: the mirrors' numbers, rows of contract.comparisons with their source time.
        findings: the open findings of the item.
    """
    named = {(f["mirror"], f["fact"], f["location_id"]): f["finding_id"] for f in findings}
    order = order_systems(settings)
    places = sorted({row["location_id"] for row in (*facts, *comparisons)})
    return [_trace_place(place, facts, comparisons, named, settings, order) for place in places]


def order_systems(settings: Settings) -> list[str]:
    """Return the systems in the order that numbers travel: by the handoffs, then by role."""
    depth = dict.fromkeys(_find_sources(settings), 0)
    paths = [(path.source, path.target) for path in settings.handoffs]
    for _ in settings.systems:
        for source, target in paths:
            if source in depth and target not in depth:
                depth[target] = depth[source] + 1
    last = len(settings.systems)
    ranks = {name: place for place, name in enumerate(ROLE_ORDER)}
    return sorted(
        settings.systems,
        key=lambda name: (depth.get(name, last), ranks[settings.systems[name].role], name),
    )


def _find_sources(settings: Settings) -> set[str]:
    """Return the systems that own a fact which others mirror."""
    facts = settings.facts.values()
    scoped = {scope.owner for fact in facts for scope in fact.scopes}
    kept = {name for fact in facts for name in fact.owners}
    return {name for name in kept | scoped if settings.systems[name].role in BOOKS} or kept


def _trace_place(
    place: str,
    facts: Sequence[Mapping[str, Any]],
    comparisons: Sequence[Mapping[str, Any]],
    named: Mapping[tuple[str, str, str], str],
    settings: Settings,
    order: Sequence[str],
) -> Trace:
    here = [row for row in comparisons if row["location_id"] == place]
    wanted = {row["fact"] for row in here}
    owned = [
        _read_owner(row, settings)
        for row in facts
        if row["location_id"] == place and (row["fact"] in wanted or row["fact"] == "on_hand")
    ]
    ranks = {name: rank for rank, name in enumerate(order)}
    mirrored = sorted(
        (_read_mirror(row, named, settings) for row in here),
        key=lambda reading: (ranks.get(reading.system, len(order)), reading.fact),
    )
    readings = (*owned, *mirrored)
    off = [reading for reading in readings if reading.is_off]
    return Trace(
        location_id=place,
        readings=readings,
        failure=off[0] if off else None,
        downstream=tuple(off[1:]),
        is_middleware_case=_is_middleware_case(readings, off),
    )


def _read_owner(row: Mapping[str, Any], settings: Settings) -> Reading:
    return Reading(
        system=row["owner"],
        role=_find_role(row["owner"], settings),
        location_id=row["location_id"],
        fact=row["fact"],
        units=row["owner_units"],
        expected=row["owner_units"],
        delta=0 if row["owner_units"] is not None else None,
        as_of=row["source_at"],
        status="owner",
    )


def _read_mirror(
    row: Mapping[str, Any], named: Mapping[tuple[str, str, str], str], settings: Settings
) -> Reading:
    return Reading(
        system=row["mirror"],
        role=_find_role(row["mirror"], settings),
        location_id=row["location_id"],
        fact=row["fact"],
        units=row["observed_units"],
        expected=row["expected_units"],
        delta=row["delta_units"],
        as_of=row["source_at"],
        status=row["status"],
        finding_id=named.get((row["mirror"], row["fact"], row["location_id"]), ""),
    )


def _find_role(system: str, settings: Settings) -> str:
    return settings.systems[system].role if system in settings.systems else ""


def _is_middleware_case(readings: Sequence[Reading], off: Sequence[Reading]) -> bool:
    books = [r for r in readings if r.role in BOOKS and r.is_known]
    return (
        bool(off)
        and len({book.system for book in books}) > 1
        and all(reading.role not in BOOKS for reading in off)
    )

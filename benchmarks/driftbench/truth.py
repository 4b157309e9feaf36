"""Truth: what was done to a shop, as problems that diagnosis may be asked about."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from inventory_pipeline.model.hours import parse_hour
from inventory_pipeline.simulator.faults.causes import CAUSES

# sku, location_id, mirror, fact
Key = tuple[str, str, str, str]
# units off (none: no such row, or no such item), ids of the faults at work
Gap = tuple[int | None, tuple[str, ...]]
# No system is read before this minute: what ended by then is over.
READ_FROM = timedelta(minutes=50)
CORRECTABLE = "correct"
OVER = ("wait", "none")


@dataclass(frozen=True)
class Label:
    """One row of labels.csv that has a key; ``units`` and ``correction`` as of the last hour."""

    fault_id: str
    cause: str
    key: Key
    group: str
    started_at: datetime | None
    ended_at: datetime | None
    first_hour: datetime
    last_hour: datetime
    units: int | None
    correction: int | None
    remedy: str
    is_answerable: bool
    record_ids: frozenset[str]
    looks_like: str = ""
    known_from: datetime | None = None

    def see(self, hour_at: datetime) -> "Label":
        """Return the label as an hour shows it: until it is known, what it looks like."""
        at = hour_at + READ_FROM
        if not self.looks_like or (self.known_from is not None and self.known_from <= at):
            return self
        return replace(self, cause=self.looks_like, remedy=CAUSES[self.looks_like].remedy)


@dataclass(frozen=True)
class Problem:
    """One number that was off while the same faults were at work on it.

    Attributes:
        labels: the faults, by id.
        deltas: hour → by how much the number was off, none where it had no number at all.
        has_gap: False: no number is off; the record itself is wrong, or the goods are gone.
        weight: one over how many numbers the fault struck, so that every fault counts once.
    """

    key: Key
    labels: tuple[Label, ...]
    deltas: Mapping[datetime, int | None]
    has_gap: bool
    weight: float

    def see(self, hour_at: datetime) -> tuple[Label, ...]:
        """Return the faults as an hour shows them."""
        return tuple(label.see(hour_at) for label in self.labels)

    def find_causes(self, hour_at: datetime) -> tuple[str, ...]:
        """Return the causes that can be known in an hour, by name."""
        return tuple(sorted(label.cause for label in self.see(hour_at)))

    @property
    def last_hour(self) -> datetime:
        return max(self.deltas)


@dataclass(frozen=True)
class Truth:
    """Everything that was done to one shop.

    Attributes:
        gaps: (hour, key) → the row of gaps-HOUR.csv: units off and faults at work.
    """

    labels: Mapping[str, Label]
    gaps: Mapping[tuple[datetime, Key], Gap]
    problems: tuple[Problem, ...]

    def find_live(self, hour_at: datetime, key: Key) -> tuple[Label, ...]:
        """Return the faults at work on a number in one hour."""
        _, fault_ids = self.gaps.get((hour_at, key), (None, ()))
        return tuple(self.labels[each].see(hour_at) for each in fault_ids if each in self.labels)


def load_truth(folder: Path) -> Truth:
    """Read the truth beside a simulated shop's exports."""
    labels = {label.fault_id: label for label in _read_labels(folder / "labels.csv")}
    gaps: dict[tuple[datetime, Key], Gap] = {}
    for path in sorted(folder.glob("gaps-*.csv")):
        hour_at = _parse(path.stem.removeprefix("gaps-"))
        gaps.update(_read_gaps(path, hour_at, labels))
    return Truth(labels, gaps, tuple(_find_problems(labels, gaps)))


def _read_labels(path: Path) -> Iterator[Label]:
    for row in _read(path):
        if row["sku"]:
            yield Label(
                fault_id=row["fault_id"],
                cause=row["cause"],
                key=_find_key(row),
                group=row["group"],
                started_at=_parse_instant(row["started_at"]),
                ended_at=_parse_instant(row["ended_at"]),
                first_hour=_parse(row["first_hour"]),
                last_hour=_parse(row["last_hour"]),
                units=_parse_units(row["units"]),
                correction=_parse_units(row["correction_units"]),
                remedy=row["remedy"],
                is_answerable=row["answerable"] == "yes",
                record_ids=frozenset(row["record_ids"].split()),
                looks_like=row.get("looks_like", ""),
                known_from=_parse_instant(row.get("known_from", "")),
            )


def _read_gaps(
    path: Path, hour_at: datetime, labels: Mapping[str, Label]
) -> Iterator[tuple[tuple[datetime, Key], Gap]]:
    read_at = hour_at + READ_FROM
    for row in _read(path):
        named = [one for one in row["fault_ids"].split() if one in labels]
        live = [one for one in named if not _is_over(labels[one], read_at)]
        units = _parse_units(row["delta_units"])
        yield (hour_at, _find_key(row)), (units, tuple(live or named))


def _is_over(label: Label, at: datetime) -> bool:
    return label.ended_at is not None and label.ended_at <= at


def _find_problems(
    labels: Mapping[str, Label],
    gaps: Mapping[tuple[datetime, Key], Gap],
) -> Iterator[Problem]:
    """Yield a problem for every set of faults that was at work on a number at once."""
    spans: dict[tuple[Key, tuple[str, ...]], dict[datetime, int | None]] = {}
    for (hour_at, key), (units, fault_ids) in gaps.items():
        if fault_ids:
            spans.setdefault((key, fault_ids), {})[hour_at] = units
    for (key, fault_ids), deltas in spans.items():
        yield _build_problem(key, [labels[one] for one in fault_ids], deltas, labels.values())
    seen = {one for _, fault_ids in spans for one in fault_ids}
    for label in labels.values():
        if label.fault_id not in seen and not _is_beside_gap(label, gaps):
            hours = {label.first_hour: label.units, label.last_hour: label.units}
            yield _build_problem(label.key, [label], hours, labels.values(), has_gap=False)


def _is_beside_gap(label: Label, gaps: Mapping[tuple[datetime, Key], Gap]) -> bool:
    """Return whether another fault hid this one all the time: then there was nothing to see."""
    return any(key == label.key for _, key in gaps)


def _build_problem(
    key: Key,
    labels: list[Label],
    deltas: Mapping[datetime, int | None],
    everyone: Iterable[Label],
    *,
    has_gap: bool = True,
) -> Problem:
    groups = [sum(other.group == label.group for other in everyone) for label in labels]
    return Problem(key, tuple(labels), deltas, has_gap, 1 / max(groups))


def _find_key(row: Mapping[str, str]) -> Key:
    return row["sku"], row["location_id"], row["mirror"], row["fact"]


def _read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _parse(slug: str) -> datetime:
    return parse_hour(slug + ":00Z")


def _parse_instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _parse_units(text: str) -> int | None:
    return int(text) if text else None

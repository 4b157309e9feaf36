"""Reads what a simulation wrote, knowing the file formats and nothing of how they were made."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

import polars as pl

from inventory_pipeline.config.load import load_settings
from inventory_pipeline.model.movements import (
    ON_HAND_SIGN,
    SELLABLE_DISPOSITIONS,
)

Key = tuple[str, str]


@dataclass(frozen=True)
class Moved:
    movement_id: str
    system: str
    kind: str
    key: Key
    units: int
    moved_at: datetime
    recorded_at: datetime
    disposition: str
    reference_id: str
    cause_id: str

    def effect(self, signs: dict[str, int]) -> int:
        if self.kind == "return_received" and self.disposition not in SELLABLE_DISPOSITIONS:
            return 0
        return signs[self.kind] * self.units

    @property
    def on_hand(self) -> int:
        return self.effect(ON_HAND_SIGN)


@dataclass
class Snapshot:
    """One system in one hour: units by (fact, sku, location_id), in eaches."""

    as_of: datetime
    units: dict[tuple[str, str, str], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Simulated:
    """A folder that the simulator wrote."""

    root: Path

    @cached_property
    def settings(self):
        return load_settings(self.root / "inventory.yaml").settings

    @cached_property
    def hours(self) -> list[str]:
        names = self.root.glob("exports/*/counts-*.*")
        return sorted({name.stem.removeprefix("counts-") for name in names})

    @cached_property
    def owners(self) -> dict[str, str]:
        """location_id: the system that owns what lies there; else the shelf."""
        scopes = self.settings.facts["on_hand"].scopes
        return defaultdict(lambda: "shelf", {scope.location: scope.owner for scope in scopes})

    def find_file(self, system: str, feed: str, hour: str) -> str:
        """The path of an export; empty where the system has no such feed."""
        return self.settings.systems[system].options.get(feed, "").replace("{hour}", hour)

    @cached_property
    def safety_stock(self) -> dict[str, int]:
        return {row["sku"]: int(row["safety_stock"]) for row in self.rows("catalog.csv")}

    @cached_property
    def labels(self) -> list[dict[str, str]]:
        return list(self.rows("truth/labels.csv"))

    @cached_property
    def movements(self) -> list[Moved]:
        return [
            self._read_movement(system, row)
            for hour in self.hours
            for system in self.settings.systems
            if self.find_file(system, "movements", hour)
            for row in self._find_rows(self.find_file(system, "movements", hour))
        ]

    @cached_property
    def movements_by_key(self) -> dict[Key, list[Moved]]:
        by_key = defaultdict(list)
        for movement in self.movements:
            by_key[movement.key].append(movement)
        return by_key

    @cached_property
    def heard(self) -> dict[tuple[str, str], list[datetime]]:
        """(movement, target): when it was heard, from the truth."""
        return {
            (row["movement_id"], row["target"]): [instant(t) for t in row["heard_at"].split()]
            for hour in self.hours
            for row in self.rows(f"truth/deliveries-{hour}.csv")
        }

    def rows(self, name: str) -> Iterator[dict[str, str]]:
        path = self.root / name
        if path.suffix == ".parquet":
            yield from _as_text(pl.read_parquet(path).to_dicts())
        elif path.suffix == ".ndjson":
            yield from _as_text(map(json.loads, path.read_text(encoding="utf-8").splitlines()))
        else:
            with path.open(encoding="utf-8", newline="") as file:
                yield from csv.DictReader(file)

    def _find_rows(self, name: str) -> Iterator[dict[str, str]]:
        return self.rows(name) if (self.root / name).exists() else iter(())

    def gaps(self, hour: str) -> dict[tuple[str, str, str, str], dict[str, str]]:
        """(mirror, fact, sku, location_id): the row of the truth."""
        return {
            (row["mirror"], row["fact"], row["sku"], row["location_id"]): row
            for row in self.rows(f"truth/gaps-{hour}.csv")
        }

    def snapshot(self, system: str, hour: str) -> Snapshot | None:
        """The counts of a system, bins summed; none where the file is missing or cut."""
        name = self.find_file(system, "counts", hour)
        if not (self.root / name).exists() or self._is_cut(name):
            return None
        snapshot = None
        for row in self.rows(name):
            snapshot = snapshot or Snapshot(instant(row["as_of"]))
            sku, factor = self._find_sku(system, row["item_id"], row.get("unit", ""))
            reading = row["fact"], sku, self._find_location(system, row["location_id"])
            units = snapshot.units.get(reading, 0) + int(row["quantity"]) * factor
            snapshot.units[reading] = units
        return snapshot

    def _is_cut(self, name: str) -> bool:
        end = b"PAR1" if name.endswith(".parquet") else b"\n"
        return not (self.root / name).read_bytes().endswith(end)

    @cached_property
    def _identities(self) -> dict[tuple[str, str], dict[str, str]]:
        return {(r["system"], r["item_id"]): r for r in self.rows("identities.csv")}

    @cached_property
    def _locations(self) -> dict[tuple[str, str], str]:
        return {
            (row["system"], row["their_location_id"]): row["location_id"]
            for row in self.rows("locations.csv")
        }

    def _find_sku(self, system: str, item_id: str, unit: str) -> tuple[str, int]:
        row = self._identities.get((system, item_id))
        if row is None:
            return item_id, 1
        assert unit == row["unit"], f"{system} counts {item_id} in {unit}, not {row['unit']}"
        return row["sku"], int(row["eaches_per_unit"] or 1)

    def _find_location(self, system: str, location_id: str) -> str:
        return self._locations.get((system, location_id), location_id)

    def _read_movement(self, system: str, row: dict[str, str]) -> Moved:
        sku, factor = self._find_sku(system, row["item_id"], row.get("unit", ""))
        return Moved(
            movement_id=row["movement_id"],
            system=system,
            kind=row["kind"],
            key=(sku, self._find_location(system, row["location_id"])),
            units=int(row["quantity"]) * factor,
            moved_at=instant(row["moved_at"]),
            recorded_at=instant(row.get("recorded_at") or row["moved_at"]),
            disposition=row.get("disposition", ""),
            reference_id=row["reference_id"],
            cause_id=row["cause_id"],
        )


def _as_text(rows) -> Iterator[dict[str, str]]:
    for row in rows:
        yield {name: "" if cell is None else str(cell) for name, cell in row.items()}


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)

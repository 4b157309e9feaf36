"""Everything known about one item, gathered for a person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory_pipeline.errors import NoDataError
from inventory_pipeline.model.hours import compute_key
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import Warehouse
from inventory_pipeline.wiring.house import House


@dataclass(frozen=True)
class Explanation:
    """One item in one hour: rows of the contract's tables that name it.

    Attributes:
        facts: the owner's numbers.
        comparisons: each mirror's number beside what it should be, with the components.
        findings: open and cleared problems.
        diagnoses: why, finding by finding, as it was judged in the hour.
        history: what each problem was in the hours before, newest first.
        movements: the last movements anybody told of.
        positions: the last count of each system that counted it, and what moved since.
        bins: the owner's bins.
        tasks, proposals: what was asked of people.
        receipts: what is on its way to other systems, and what arrived.
    """

    sku: str
    hour_at: datetime
    facts: list[dict[str, Any]]
    comparisons: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    diagnoses: list[dict[str, Any]]
    history: list[dict[str, Any]]
    movements: list[dict[str, Any]]
    positions: list[dict[str, Any]]
    bins: list[dict[str, Any]]
    tasks: list[dict[str, Any]]
    proposals: list[dict[str, Any]]
    receipts: list[dict[str, Any]]

    @property
    def needs_a_person(self) -> bool:
        return any(f["state"] == "open" and f["severity"] == "major" for f in self.findings)


_QUERIES = ("facts", "comparisons", "findings", "diagnoses", "history", "movements", "bins")
NOTHING_YET = "no hour has been run yet; run: inventory-pipeline run --hour HOUR"


def check_started(house: House) -> None:
    """Raise NoDataError where no hour was ever run; a warehouse is never made by asking."""
    if not (house.storage / "warehouse.duckdb").exists():
        raise NoDataError(NOTHING_YET)


def find_newest_hour(warehouse: Warehouse) -> datetime:
    """Return the newest hour that was reconciled.

    Raises:
        NoDataError: there is none.
    """
    newest: datetime | None = warehouse.query(load_query("wiring", "find_newest_cycle"))["hour_at"][
        0
    ]
    if newest is None:
        raise NoDataError(NOTHING_YET)
    return newest


def check_item(warehouse: Warehouse, sku: str) -> None:
    """Raise NoDataError for an item that nobody ever named; the text gives the nearest names."""
    near = warehouse.query(load_query("wiring", "find_near_skus"), sku=sku)["sku"].to_list()
    if sku not in near:
        known = f"; known and alike: {', '.join(near)}" if near else ""
        raise NoDataError(f"no system ever named the item {sku!r}{known}")


def explain(
    house: House, sku: str, *, location: str | None, hour_at: datetime | None
) -> Explanation:
    """Gather everything known about one item at one hour (default: the newest).

    Raises:
        NoDataError: no hour was run, or nobody ever named the item (nearest names given).
    """
    check_started(house)
    with house.warehouse() as warehouse:
        newest = find_newest_hour(warehouse)
        hour = hour_at or newest
        check_item(warehouse, sku)
        found = {
            name: warehouse.query(
                load_query("wiring", f"explain_{name}"), sku=sku, location=location, hour_at=hour
            ).to_dicts()
            for name in _QUERIES
        }
        keys = warehouse.query(load_query("wiring", "find_keys_of_sku"), sku=sku, location=location)
        moments = house.settings.systems.items()
        found["positions"] = warehouse.query_with(
            keys,
            load_query("ledger", "load_positions"),
            hour_at=hour,
            at_order=[name for name, system in moments if system.decrements_at == "order"],
        ).to_dicts()
    with house.journal() as journal:
        asked = {
            name: [
                row
                for row in journal.query(load_query("wiring", f"export_{name}"))
                if row["sku"] == sku and location in (None, row["location_id"])
            ]
            for name in ("tasks", "proposals", "receipts")
        }
    if not found["facts"] and not found["comparisons"]:
        raise NoDataError(f"nothing is stored of {sku!r} for {compute_key(hour)}")
    return Explanation(sku=sku, hour_at=hour, **found, **asked)

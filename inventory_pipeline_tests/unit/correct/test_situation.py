"""What the assistant is told of an hour: how far back it looks, and who owns what."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from inventory_pipeline.correct import queue
from inventory_pipeline.correct.addresses import Address
from inventory_pipeline.correct.policy import Situation
from inventory_pipeline.correct.receipts import Change, Effect
from inventory_pipeline.correct.situation import (
    find_unresolved,
    find_writable,
    load_situation,
)
from inventory_pipeline.store.journal import Journal
from inventory_pipeline_tests.support.memory_journal import open_in_memory

NOW = datetime(2026, 4, 6, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(hours=24)


class Told:
    """A warehouse that tells of one cycle at most, and keeps what it was asked."""

    def __init__(self, *cycles: dict[str, Any]) -> None:
        self.cycles = pl.DataFrame(cycles, schema={"active_skus": pl.Int64, "drift_rate": float})
        self.asked: list[dict[str, Any]] = []

    def query(self, sql: str, **params: Any) -> pl.DataFrame:
        self.asked.append(params)
        if "reconcile.cycles" in sql:
            return self.cycles
        if "ingest.config_changes" in sql:
            return pl.DataFrame(schema={"system": pl.String, "change": pl.String})
        rows = [{"system": "shop", "state": None, "runs": 0}, {"system": "erp", "state": "late"}]
        return pl.DataFrame(
            rows, schema={"system": pl.String, "state": pl.String, "runs": pl.Int64}
        )


def load(warehouse: Told, journal: Journal) -> Situation:
    settings: Any = SimpleNamespace(
        systems={}, facts={}, structural=SimpleNamespace(drift_rate=0.02)
    )
    given: Any = warehouse
    return load_situation(given, journal, settings, {}, hour_at=NOW, now=NOW)


@pytest.mark.parametrize(("age", "rests"), [(DAY - MINUTE, True), (DAY + MINUTE, False)])
def test_an_item_rests_for_a_day(age: timedelta, rests: bool) -> None:
    at = NOW - age
    change = Change("fix", "on_hand", "A", "MAIN", 2, at, "P-1", at)
    effect = Effect("erp", "on_hand", "set", 8, 6, Address("A", "MAIN"), "drift", proposal_id="P-1")
    with open_in_memory() as journal:
        queue.add_change(journal, change, [effect], now=at)
        assert load(Told(), journal).fixed_lately == ({"A"} if rests else set())


def test_a_change_of_configuration_counts_for_a_day() -> None:
    warehouse = Told()
    with open_in_memory() as journal:
        load(warehouse, journal)
    assert [asked["since"] for asked in warehouse.asked if "since" in asked] == [NOW - DAY]


def test_an_hour_is_as_its_cycle_says_and_what_nobody_read_is_missing() -> None:
    with open_in_memory() as journal:
        known = load(Told({"active_skus": 564, "drift_rate": 0.01}), journal)
        unknown = load(Told(), journal)
    assert (known.active_skus, known.drift_rate) == (564, 0.01)
    assert (unknown.active_skus, unknown.drift_rate) == (0, None)
    assert known.states == {"shop": "missing", "erp": "late"}


def fact(*owners: str) -> SimpleNamespace:
    return SimpleNamespace(owners=owners)


def test_a_fact_has_one_owner_or_is_unresolved() -> None:
    facts = {"none": fact(), "one": fact("shelf"), "two": fact("shelf", "erp")}
    settings: Any = SimpleNamespace(facts=facts)
    assert find_unresolved(settings) == {"none", "two"}


def test_nobodys_own_number_is_corrected() -> None:
    shelf = SimpleNamespace(writes=("on_hand", "available", "committed"))
    settings: Any = SimpleNamespace(
        systems={"shelf": shelf}, facts={"on_hand": fact("shelf"), "available": fact("shop")}
    )
    assert find_writable(settings) == {("shelf", "available"), ("shelf", "committed")}

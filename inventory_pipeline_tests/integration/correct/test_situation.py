"""What the assistant knows of an hour: both sides of a day's rest and of a day after a change."""

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from inventory_pipeline.correct import queue
from inventory_pipeline.correct.addresses import Address
from inventory_pipeline.correct.policy import Situation
from inventory_pipeline.correct.receipts import Change, Effect
from inventory_pipeline.correct.situation import load_situation
from inventory_pipeline.model.frames import INSTANT
from inventory_pipeline_tests.support.report_house import (
    StoppedClock,
    make_house,
    record_hours,
    utc,
)

HOUR_AT = utc(2026, 4, 6, 10)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def house(tmp_path):
    made = make_house(tmp_path, StoppedClock(HOUR_AT))
    record_hours(made, [HOUR_AT - timedelta(hours=1), HOUR_AT])
    return made


def load(house, hour_at=HOUR_AT) -> Situation:
    with house.warehouse() as warehouse, house.journal() as journal:
        return load_situation(
            warehouse, journal, house.settings, {"erp": "A"}, hour_at=hour_at, now=hour_at
        )


def fix(house, sku, at, proposal_id="P-1"):
    change = Change("fix", "on_hand", sku, "MAIN", 2, at, f"P-{sku}", at)
    effect = Effect("erp", "on_hand", "set", 8, 6, Address(sku, "MAIN"), "drift")
    with house.journal() as journal:
        queue.add_change(journal, change, [replace(effect, proposal_id=proposal_id)], now=at)


def test_an_item_rests_for_a_day_after_it_was_corrected(house):
    fix(house, "A", HOUR_AT - timedelta(hours=24) + MINUTE)
    fix(house, "B", HOUR_AT - timedelta(hours=24) - MINUTE)
    fix(house, "C", HOUR_AT - timedelta(hours=1), proposal_id="")
    assert load(house).fixed_lately == {"A"}


def test_a_change_of_configuration_counts_for_a_day(house):
    told = {"erp": timedelta(hours=24) - MINUTE, "shelf": timedelta(hours=24) + MINUTE}
    rows = [
        {
            "batch_id": 0, "changed_at": HOUR_AT - age, "system": system, "kind": "mapping",
            "subject": "SKU", "before": "", "after": "x", "actor": "deploy",
        }
        for system, age in told.items()
    ]  # fmt: skip
    with house.warehouse() as warehouse:
        frame = pl.DataFrame(rows).with_columns(pl.col("changed_at").cast(INSTANT))
        warehouse.append("ingest.config_changes", frame.cast({"batch_id": pl.Int32}))
    assert load(house).changed == {"erp": "mapping SKU"}


def test_an_hour_nobody_reconciled_has_no_items_and_no_rate(house):
    known, unknown = load(house), load(house, HOUR_AT + timedelta(hours=1))
    assert (known.active_skus, known.drift_rate is None) == (564, False)
    assert (unknown.active_skus, unknown.drift_rate) == (0, None)
    assert set(known.states.values()) == {"complete"}
    assert set(unknown.states.values()) == {"missing"}
    assert known.runs == {"erp": 2, "shelf": 2, "storefront": 2}

"""Late: a movement told long after it happened ends a finding that is already over."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from inventory_pipeline.reconcile.findings import SIGHTING
from inventory_pipeline.reconcile.late import explain, find_waiting, put_in

NOON = datetime(2026, 4, 6, 12, tzinfo=UTC)


def sighting(**changes: Any) -> dict[str, Any]:
    """Return a gap of -8 of key 7 that ended at 11:00 and was last seen at 10:00."""
    row = {
        "hour_at": NOON - timedelta(hours=1), "kind": "gap", "fact": "on_hand", "mirror": "shop",
        "key_id": 7, "subject": "", "owner": "shelf", "delta_units": -8, "state": "cleared",
        "details": '{"a": 1}', "last_seen_at": NOON - timedelta(hours=2),
    }  # fmt: skip
    return dict.fromkeys(SIGHTING) | row | changes


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SIGHTING)


def late(*rows: tuple[str, str, int, int, float]) -> pl.DataFrame:
    """Return movements: system, id, on_hand units, at-order units, hours before noon."""
    return pl.DataFrame(
        [(7, s, n, on, order, NOON - timedelta(hours=h)) for s, n, on, order, h in rows],
        schema={
            "key_id": pl.Int32, "system": pl.String, "movement_id": pl.String,
            "on_hand_units": pl.Int64, "at_order_units": pl.Int64,
            "moved_at": pl.Datetime("us", "UTC"),
        },
        orient="row",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "waits"),
    [
        ({}, True),
        ({"state": "open"}, False),
        ({"state": "explained_later"}, False),
        ({"kind": "ghost"}, False),
        ({"delta_units": None}, False),
        ({"hour_at": NOON - timedelta(days=7)}, False),
        ({"hour_at": NOON - timedelta(days=7) + timedelta(hours=1)}, True),
    ],
)
def test_a_gap_that_ended_within_a_week_waits_for_its_reason(
    changes: dict[str, Any], waits: bool
) -> None:
    found = find_waiting(frame(sighting(**changes)), frame(), hour_at=NOON)

    assert found.height == waits


def test_what_this_hour_says_stands_before_what_was_known() -> None:
    known = frame(sighting())
    ended = frame(sighting(hour_at=NOON, delta_units=-5))
    back = frame(sighting(hour_at=NOON, state="open"))

    assert find_waiting(known, ended, hour_at=NOON)["delta_units"].to_list() == [-5]
    assert find_waiting(known, back, hour_at=NOON).is_empty()


def names(*told: tuple[str, str, int, int, float]) -> list[str] | None:
    found = explain(frame(sighting()), late(*told), hour_at=NOON)
    return json.loads(found["details"][0])["explained_by"] if found.height else None


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ([("shelf", "W1", 8, 8, 3)], ["W1"]),
        ([("shelf", "W1", -8, -8, 3)], ["W1"]),
        ([("shelf", "W1", 7, 7, 3)], None),
        ([("shelf", "W2", 5, 5, 3), ("shelf", "W1", 3, 3, 3)], ["W1", "W2"]),
        ([("shelf", "W1", 8, 8, 3), ("shelf", "W2", 1, 1, 3)], ["W1"]),
        ([("shelf", "W1", 5, 5, 3), ("erp", "E1", 3, 3, 3)], None),
        ([("erp", "E1", 1, 1, 3), ("shelf", "W1", 8, 8, 3)], ["W1"]),
        ([("shop", "S1", 0, -8, 3)], ["S1"]),
        ([("shelf", "W1", 8, 8, 1)], ["W1"]),
        ([("shelf", "W1", 8, 8, 0.9)], None),
        ([("shelf", "W0", 0, 0, 3), ("shelf", "W1", 8, 8, 3)], ["W1"]),
    ],
)
def test_movements_of_one_system_worth_just_the_gap_while_it_stood_explain_it(
    told: list[tuple[str, str, int, int, float]], wanted: list[str] | None
) -> None:
    assert names(*told) == wanted


def test_a_movement_of_another_item_explains_nothing() -> None:
    other = late(("shelf", "W1", 8, 8, 3)).with_columns(key_id=pl.lit(8, pl.Int32))

    assert explain(frame(sighting()), other, hour_at=NOON).is_empty()


def test_an_explained_gap_keeps_its_details_and_says_who_told_what_and_when() -> None:
    told = late(("shelf", "W2", 5, 5, 3), ("shelf", "W1", 3, 3, 4))

    [row] = explain(frame(sighting()), told, hour_at=NOON).to_dicts()

    assert (row["state"], row["hour_at"], row["delta_units"]) == ("explained_later", NOON, -8)
    assert json.loads(row["details"]) == {
        "a": 1, "explained_by": ["W1", "W2"], "explained_from": "shelf",
        "moved_at": "2026-04-06T08:00:00Z", "told_at": "2026-04-06T12:00Z",
    }  # fmt: skip


def test_the_explained_ones_stand_in_place_of_what_they_were_in_order() -> None:
    now = frame(sighting(key_id=9, hour_at=NOON), sighting(key_id=7, hour_at=NOON))
    explained = frame(sighting(key_id=9, hour_at=NOON, state="explained_later"))

    told = put_in(now, explained)

    assert list(told.select("key_id", "state").iter_rows()) == [
        (7, "cleared"), (9, "explained_later")
    ]  # fmt: skip
    assert put_in(now, explained.clear()).equals(now)

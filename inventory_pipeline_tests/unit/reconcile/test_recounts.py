"""Recounts, variances and bins: what somebody counted beside what was on record."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from inventory_pipeline.reconcile.recounts import describe_conflicts, find_conflicts
from inventory_pipeline.reconcile.severity import Bands
from inventory_pipeline.reconcile.variance import find_misplaced, find_variances

DAY = datetime(2026, 4, 6, tzinfo=UTC)
BANDS = Bands(
    minor_up_to=2, notable_up_to=5, settle_checks=2, relative_major=0.5, consistent_cycles=3
)


def at(clock: str) -> datetime:
    hours, minutes = map(int, clock.split(":"))
    return DAY + timedelta(hours=hours, minutes=minutes)


def counts(text: str) -> pl.DataFrame:
    """Return counts from lines of ``clock actor units id [key [disposition]]``, in that order."""
    rows = []
    for clock, actor, units, name, *rest in map(str.split, text.strip().splitlines()):
        rows.append(
            {
                "system": "shelf", "key_id": int(rest[0]) if rest else 7, "movement_id": name,
                "actor": None if actor == "-" else actor, "units": int(units),
                "moved_at": at(clock), "disposition": rest[1] if len(rest) > 1 else "",
                "destination_id": rest[2] if len(rest) > 2 else "",
            }
        )  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"key_id": pl.Int32, "actor": pl.String})


def movements(text: str = "") -> pl.DataFrame:
    """Return movements from lines of ``clock kind units [system [key]]``."""
    rows = []
    for clock, kind, units, *rest in map(str.split, text.strip().splitlines()):
        rows.append(
            {
                "system": rest[0] if rest else "shelf", "key_id": int(rest[1]) if rest[1:] else 7,
                "kind": kind, "units": int(units), "moved_at": at(clock), "in_force_at": at(clock),
            }
        )  # fmt: skip
    return pl.DataFrame(
        rows,
        schema={
            "system": pl.String, "key_id": pl.Int32, "kind": pl.String, "units": pl.Int64,
            "moved_at": pl.Datetime("us", "UTC"), "in_force_at": pl.Datetime("us", "UTC"),
        },
    )  # fmt: skip


def conflicts(told: str, moved: str = "") -> list[tuple[int, int, int]]:
    found = find_conflicts(counts(told), movements(moved))
    return list(found.select("units", "rolled_units", "delta_units").iter_rows())


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ("09:00 ann 10 C1\n10:00 bob 8 C2", [(8, 10, -2)]),
        ("09:00 ann 10 C1\n10:00 bob 10 C2", []),
        ("09:00 ann 10 C1\n10:00 ann 8 C2", []),
        ("09:00 - 10 C1\n10:00 - 8 C2", []),
        ("09:00 - 10 C1\n10:00 bob 8 C2", [(8, 10, -2)]),
        ("09:00 ann 10 C1\n11:00 bob 8 C2", [(8, 10, -2)]),
        ("09:00 ann 10 C1\n11:01 bob 8 C2", []),
        ("09:00 ann 10 C1", []),
        ("08:30 ann 8 C0\n09:00 cat 10 C1\n10:00 bob 8 C2", []),
        ("08:30 ann 9 C0\n09:00 cat 10 C1\n10:00 bob 8 C2", [(8, 10, -2)]),
        ("09:00 ann 10 C1 7\n10:00 bob 8 C2 8", []),
        ("10:00 ann 10 C1\n09:00 bob 8 C2", [(8, 10, -2)]),
    ],
)
def test_two_people_who_counted_differently_within_two_hours_contradict_each_other(
    told: str, wanted: list[tuple[int, int, int]]
) -> None:
    assert conflicts(told) == wanted


@pytest.mark.parametrize(
    ("moved", "rolled"),
    [
        ("09:30 shipment 2", 8),
        ("09:30 receipt 2", 12),
        ("09:00 shipment 2", 10),
        ("09:01 shipment 2", 8),
        ("10:00 shipment 2", 8),
        ("10:01 shipment 2", 10),
        ("09:30 shipment 2 threepl", 10),
        ("09:30 shipment 2 shelf 8", 10),
        ("09:30 order_placed 2", 10),
    ],
)
def test_the_earlier_count_is_rolled_forward_by_what_moved_between(moved: str, rolled: int) -> None:
    found = conflicts("09:00 ann 10 C1\n10:00 bob 5 C2", moved)

    assert found == [(5, rolled, 5 - rolled)]


def test_a_later_count_that_is_told_first_is_rolled_back() -> None:
    assert conflicts("10:00 ann 10 C1\n09:00 bob 5 C2", "09:30 receipt 2") == [(5, 8, -3)]


def test_a_conflict_is_a_major_problem_that_names_both_people_and_both_counts() -> None:
    [row] = describe_conflicts(find_conflicts(counts("09:00 ann 10 C1\n10:00 - 8 C2"), movements()))

    assert (row["kind"], row["severity"], row["mirror"], row["key_id"]) == (
        "count_conflict", "major", "shelf", 7
    )  # fmt: skip
    assert (row["observed_units"], row["expected_units"], row["delta_units"]) == (8, 10, -2)
    assert json.loads(str(row["details"])) == {
        "count_ids": ["C1", "C2"], "counted_by": ["ann", ""], "counted_units": [10, 8],
        "counted_at": ["2026-04-06T09:00:00Z", "2026-04-06T10:00:00Z"], "rolled_units": 10,
    }  # fmt: skip


def records(text: str) -> pl.DataFrame:
    rows = [
        {"system": "shelf", "key_id": 7, "units": int(units), "source_at": at(clock)}
        for clock, units in map(str.split, text.strip().splitlines())
    ]
    return pl.DataFrame(
        rows,
        schema={
            "system": pl.String, "key_id": pl.Int32, "units": pl.Int64,
            "source_at": pl.Datetime("us", "UTC"),
        },
    )  # fmt: skip


def variances(told: str, known: str, moved: str = "") -> list[dict[str, Any]]:
    return find_variances(counts(told), records(known), movements(moved), bands=BANDS)


@pytest.mark.parametrize(
    ("counted", "severity"),
    [(19, "minor"), (18, "minor"), (17, "notable"), (15, "notable"), (14, "major")],
)
def test_a_count_below_the_record_is_shrinkage_as_grave_as_it_is_large(
    counted: int, severity: str
) -> None:
    [row] = variances(f"09:00 ann {counted} C1", "08:55 20")

    assert (row["class"], row["severity"], row["delta_units"]) == (
        "shrinkage", severity, counted - 20
    )  # fmt: skip
    assert (row["owner_units"], row["observed_units"], row["expected_units"]) == (20, counted, 20)
    assert json.loads(row["details"])["count_id"] == "C1"


def test_units_found_or_put_elsewhere_are_misplaced_and_not_lost() -> None:
    assert variances("09:00 ann 21 C1", "08:55 20")[0]["class"] == "misplaced"
    assert variances("09:00 ann 19 C1 7 wrong_bin", "08:55 20")[0]["class"] == "misplaced"
    assert variances("09:00 ann 19 C1 7 damaged B7", "08:55 20")[0]["class"] == "misplaced"
    assert variances("09:00 ann 19 C1 7 damaged", "08:55 20")[0]["class"] == "shrinkage"


@pytest.mark.parametrize(
    ("known", "moved", "delta"),
    [
        ("07:55 25\n08:55 20", "", -2),
        ("08:55 20", "08:56 shipment 2", None),
        ("08:55 20", "08:55 shipment 2", -2),
        ("08:55 20", "09:00 shipment 2", -2),
        ("08:55 20", "08:59 receipt 1", -3),
        ("08:55 20", "08:56 shipment 2 threepl", -2),
        ("08:55 20", "08:56 shipment 2 shelf 8", -2),
        ("09:55 19", "", -1),
        ("09:00 19", "", -1),
        ("09:55 19\n10:55 30", "", -1),
        ("", "", None),
        ("08:55 18", "", None),
    ],
)
def test_the_record_is_the_last_reading_before_the_count_with_what_moved_since(
    known: str, moved: str, delta: int | None
) -> None:
    rows = variances("09:00 ann 18 C1", known, moved)

    assert [row["delta_units"] for row in rows] == ([] if delta is None else [delta])


def test_of_several_counts_the_last_one_stands() -> None:
    rows = variances("09:00 ann 12 C1\n09:10 bob 19 C2", "08:55 20")

    assert [(row["delta_units"], json.loads(row["details"])["count_id"]) for row in rows] == [
        (-1, "C2")
    ]


def test_bins_that_balance_are_one_minor_problem_with_what_moved_in_each() -> None:
    bins = pl.DataFrame(
        {
            "system": ["erp", "erp", "erp"], "key_id": [7, 7, 8], "bin": ["A1", "B2", "A1"],
            "owner_units": [5, 0, 3], "mirror_units": [2, 3, 4],
        }
    )  # fmt: skip

    first, second = find_misplaced(bins, owner="shelf")

    assert (first["kind"], first["mirror"], first["owner"], first["key_id"]) == (
        "misplaced", "erp", "shelf", 7
    )  # fmt: skip
    assert (first["severity"], first["delta_units"]) == ("minor", 0)
    assert json.loads(str(first["details"])) == {"bins": {"A1": 3, "B2": -3}}
    assert json.loads(str(second["details"])) == {"bins": {"A1": -1}}

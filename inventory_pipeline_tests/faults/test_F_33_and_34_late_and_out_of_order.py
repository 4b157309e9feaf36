"""F-33: a movement told two days late explains, and rewrites nothing. F-34: sequence, not time."""

import json

import pytest

from inventory_pipeline.wiring.explain import explain
from inventory_pipeline.wiring.house import build_house
from inventory_pipeline_tests.faults.conftest import ELEVEN, NOON, TEN, Pair
from inventory_pipeline_tests.support.shop import MOVEMENTS

DAY_3_TEN, DAY_3_ELEVEN = "2026-04-08T10:00Z", "2026-04-08T11:00Z"
SHELF = f"{MOVEMENTS} recorded_at sequence actor"
LATE = "M1 shipment X L1 3 2026-04-06T09:30:00Z 2026-04-08T09:10:00Z - -"


def open_gap(pair: Pair) -> str:
    """The shelf forgets to book a parcel of three; the storefront knows of it."""
    pair.agree(TEN, {"X": 10})
    pair.say("storefront", TEN, {"X": 7})
    pair.run(TEN)
    [gap] = pair.gaps(TEN)
    assert gap["delta_units"] == -3
    return str(gap["finding_id"])


def tell_late(pair: Pair, hour: str = DAY_3_TEN, rows: str = LATE) -> None:
    pair.agree(hour, {"X": 7})
    pair.drop("shelf", "movements", hour, f"{SHELF}\n{rows}")
    pair.run(hour)


@pytest.mark.slow
def test_F_33_a_movement_told_two_days_late_explains_the_finding(pair: Pair):
    finding_id = open_gap(pair)

    tell_late(pair)

    finding = pair.one("findings", finding_id=finding_id)
    assert finding["state"] == "explained_later"
    details = json.loads(finding["details"])
    assert (details["explained_by"], details["explained_from"]) == (["M1"], "shelf")
    assert details["told_at"] == "2026-04-08T10:00Z"
    assert pair.one("comparisons", "--hour", DAY_3_TEN)["status"] == "match"


@pytest.mark.slow
def test_F_33_what_the_hour_said_then_stays_said(pair: Pair):
    finding_id = open_gap(pair)
    before = pair.export("comparisons", "--hour", TEN)

    tell_late(pair)

    then = pair.one("findings", "--hour", TEN, finding_id=finding_id)
    assert (then["state"], then["delta_units"], then["details"]) == ("open", -3, "{}")
    pair.do("backfill", "--from", TEN, "--to", TEN)
    assert pair.export("comparisons", "--hour", TEN) == before
    assert pair.one("findings", finding_id=finding_id)["state"] == "explained_later"


@pytest.mark.slow
def test_F_33_a_finding_that_was_already_over_is_explained_too(pair: Pair):
    finding_id = open_gap(pair)
    pair.agree(ELEVEN, {"X": 7})
    pair.run(ELEVEN)
    assert pair.one("findings", finding_id=finding_id)["state"] == "cleared"

    tell_late(pair)

    assert pair.one("findings", finding_id=finding_id)["state"] == "explained_later"


@pytest.mark.slow
@pytest.mark.parametrize(
    "row",
    [
        LATE.replace(" 3 ", " 2 "),
        LATE.replace("2026-04-06T09:30", "2026-04-08T09:30"),
        LATE.replace("2026-04-06T09:30", "2026-04-07T09:30"),
    ],
)
def test_F_33_another_size_or_another_time_explains_nothing(pair: Pair, row: str):
    finding_id = open_gap(pair)

    tell_late(pair, rows=row)

    assert pair.one("findings", finding_id=finding_id)["state"] == "cleared"


@pytest.mark.slow
def test_F_33_a_movement_told_again_explains_nothing_new(pair: Pair):
    finding_id = open_gap(pair)
    pair.agree(ELEVEN, {"X": 7})
    pair.drop(
        "shelf", "movements", ELEVEN, f"{SHELF}\n{LATE.replace('04-08T09:10', '04-06T10:50')}"
    )
    pair.run(ELEVEN)
    first = pair.one("findings", finding_id=finding_id)

    tell_late(pair)

    assert pair.one("findings", finding_id=finding_id) == first


def position(pair: Pair, hour: str) -> tuple[int, int, int]:
    pair.run(hour)
    [row] = explain(build_house(pair.config), "X", location="L1", hour_at=None).positions
    return row["counted_units"], row["moved_units"], row["position_units"]


@pytest.mark.slow
def test_F_34_of_two_counts_of_one_instant_the_later_in_sequence_stands(pair: Pair):
    pair.agree(TEN, {"X": 40})
    pair.drop(
        "shelf", "movements", TEN,
        f"{SHELF}\nC2 count X L1 40 09:30 09:30 11 -\nC1 count X L1 44 09:30 09:30 10 -",
    )  # fmt: skip

    assert position(pair, TEN) == (40, 0, 40)
    assert pair.find("findings", kind="count_variance") == []


@pytest.mark.slow
def test_F_34_a_stale_count_told_later_overwrites_nothing(pair: Pair):
    pair.agree(TEN, {"X": 40})
    pair.drop("shelf", "movements", TEN, f"{SHELF}\nC2 count X L1 40 09:30 09:30 11 -")
    pair.run(TEN)
    pair.agree(ELEVEN, {"X": 40})
    pair.drop("shelf", "movements", ELEVEN, f"{SHELF}\nC1 count X L1 44 09:45 10:40 10 -")

    assert position(pair, ELEVEN) == (40, 0, 40)
    assert pair.find("findings", kind="count_variance", state="open") == []


@pytest.mark.slow
def test_F_34_what_came_after_a_count_is_told_by_sequence(pair: Pair):
    pair.agree(TEN, {"X": 37})
    pair.drop(
        "shelf", "movements", TEN,
        f"{SHELF}\nS2 shipment X L1 3 09:30 09:30 12 -\nC1 count X L1 40 09:30 09:30 11 -\n"
        "S1 shipment X L1 5 09:30 09:30 10 -",
    )  # fmt: skip

    assert position(pair, TEN) == (40, -3, 37)


@pytest.mark.slow
def test_F_34_rows_in_any_order_and_told_twice_give_the_same_position(pair: Pair):
    rows = [
        "C1 count X L1 40 09:00 09:00 1 -",
        "S1 shipment X L1 5 09:10 09:10 2 -",
        "R1 receipt X L1 8 09:20 09:20 3 -",
    ]
    pair.agree(TEN, {"X": 43})
    pair.drop("shelf", "movements", TEN, "\n".join([SHELF, *reversed(rows), rows[1]]))
    assert position(pair, TEN) == (40, 3, 43)
    pair.agree(NOON, {"X": 43})
    pair.drop("shelf", "movements", NOON, "\n".join([SHELF, *rows]))

    assert position(pair, NOON) == (40, 3, 43)

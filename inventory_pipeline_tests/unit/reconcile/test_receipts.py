"""Receipts and alignment: purchases one side books first, and readings of two instants."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from inventory_pipeline.reconcile import in_flight, receipts
from inventory_pipeline.reconcile.in_flight import Instants, compute_alignment, compute_effects

NOON = datetime(2026, 4, 6, 12, tzinfo=UTC)
MOVEMENT = {
    "system": pl.String, "key_id": pl.Int32, "order_id": pl.String, "kind": pl.String,
    "units": pl.Int64, "moved_at": in_flight.EFFECT["moved_at"],
    "in_force_at": in_flight.EFFECT["at"], "disposition": pl.String,
}  # fmt: skip


def ago(minutes: float) -> datetime:
    return NOON - timedelta(minutes=minutes)


def movements(text: str) -> pl.DataFrame:
    """Return movements from lines of ``minutes-before-noon system kind units order``."""
    rows = []
    for minutes, system, kind, units, order, *rest in map(str.split, text.strip().splitlines()):
        moved = ago(float(minutes))
        rows.append((system, 7, order, kind, int(units), moved, moved, rest[0] if rest else ""))
    return pl.DataFrame(rows, schema=MOVEMENT, orient="row")


def ahead(text: str, *, at: datetime | None = NOON) -> list[tuple[int, list[str]]]:
    found = receipts.find_ahead(movements(text), mirror="erp", owners=["shelf"], mirror_at=at)
    return [(units, purchases) for _, units, purchases in found.iter_rows()]


TWO_DAYS = 48 * 60


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("60 erp receipt 5 P1", [5]),
        ("60 erp purchase_order_posted 5 P1", [5]),
        ("60 erp adjustment 5 P1", []),
        ("60 shop receipt 5 P1", []),
        ("60 erp receipt 5 P1\n30 shelf receipt 5 P1", []),
        ("60 erp receipt 5 P1\n30 shelf receipt 3 P1", [2]),
        ("60 erp receipt 5 P1\n30 shelf receipt 6 P1", []),
        ("60 erp receipt 5 P1\n30 shelf receipt 5 P2", [5]),
        ("60 erp receipt 5 P1\n30 threepl receipt 5 P1", [5]),
        ("60 erp receipt 5 P1\n-1 shelf receipt 5 P1", [5]),
        ("60 erp receipt 5 P1\n0 shelf receipt 5 P1", []),
        ("60 erp receipt 5 P1\n60 erp purchase_order_posted 5 P1", [5]),
        ("60 erp receipt 2 P1\n50 erp receipt 3 P1", [5]),
        (f"{TWO_DAYS - 1} erp receipt 5 P1", [5]),
        (f"{TWO_DAYS} erp receipt 5 P1", []),
        ("0 erp receipt 5 P1", [5]),
        ("-1 erp receipt 5 P1", []),
    ],
)
def test_a_purchase_booked_and_not_received_puts_the_books_ahead_by_its_rest(
    text: str, wanted: list[int]
) -> None:
    found = ahead(text)

    assert found == [(units, ["P1"]) for units in wanted for _ in range(2)]


def test_purchases_may_be_ahead_one_by_one_or_all_together() -> None:
    found = ahead("60 erp receipt 5 P1\n50 erp receipt 3 P2")

    assert found == [(5, ["P1"]), (3, ["P2"]), (8, ["P1", "P2"])]
    assert ahead("60 erp receipt 5 P1", at=None) == []


def gap(raw: int, *, status: str = "drift", in_flight_units: int = 0, lag: int = 0) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "key_id": [7], "status": [status], "raw_delta_units": [raw],
            "in_flight_units": [in_flight_units], "lag_units": [lag], "fact": ["on_hand"],
            "owner": ["shelf"], "owner_units": [20], "observed_units": [20 + raw],
            "expected_units": [20], "qualifiers": [""],
        },
        schema_overrides={"key_id": pl.Int32},
    )  # fmt: skip


BOOKED = pl.DataFrame(
    {"key_id": [7, 7], "ahead_units": [5, 8], "purchases": [["P1"], ["P1", "P2"]]},
    schema=receipts.AHEAD,
)


@pytest.mark.parametrize(
    ("asked", "lag", "purchases"),
    [
        (gap(5), 5, ["P1"]),
        (gap(8), 8, ["P1", "P2"]),
        (gap(6), 0, None),
        (gap(-5), 0, None),
        (gap(7, in_flight_units=2), 5, ["P1"]),
        (gap(7, lag=2), 7, ["P1"]),
        (gap(5, status="ghost"), 0, None),
    ],
)
def test_a_purchase_explains_a_gap_whole_or_not_at_all(
    asked: pl.DataFrame, lag: int, purchases: list[str] | None
) -> None:
    told, used = receipts.explain(asked, BOOKED)

    assert told["lag_units"].to_list() == [lag]
    assert used["purchases"].to_list() == ([purchases] if purchases else [])
    assert told.columns == asked.columns


def test_a_lag_of_a_purchase_is_a_minor_problem_that_names_it() -> None:
    told, used = receipts.explain(gap(8), BOOKED)

    [row] = receipts.find_receipt_lags(told, used, mirror="erp")

    assert (row["kind"], row["mirror"], row["subject"], row["severity"]) == (
        "receipt_lag", "erp", "P1 P2", "minor"
    )  # fmt: skip
    assert (row["delta_units"], row["owner_units"], row["observed_units"]) == (8, 20, 28)
    assert json.loads(str(row["details"])) == {"ahead": "erp", "purchases": ["P1", "P2"]}


@pytest.mark.parametrize(
    ("lag", "aligned", "booked", "before", "wanted"),
    [
        (0, None, False, "", ""),
        (0, None, False, "negative", "negative"),
        (3, 3, False, "", "rolled_forward"),
        (-3, -3, False, "", "rolled_forward"),
        (3, None, False, "", "shelf_ahead"),
        (5, 3, False, "", "rolled_forward shelf_ahead"),
        (5, None, True, "", "erp_ahead"),
        (5, 3, True, "negative", "negative rolled_forward erp_ahead"),
    ],
)
def test_each_lag_says_how_it_came(
    lag: int, aligned: int | None, booked: bool, before: str, wanted: str
) -> None:
    terms = pl.DataFrame(
        {"key_id": [7], "lag_units": [aligned]} if aligned else {"key_id": [], "lag_units": []},
        schema={"key_id": pl.Int32, "lag_units": pl.Int64},
    )
    asked = gap(5, lag=lag).with_columns(qualifiers=pl.lit(before))

    told = receipts.note_sides(asked, terms, BOOKED.head(int(booked)), mirror="erp")

    assert told["qualifiers"].to_list() == [wanted]


def effects(text: str, *, owner: str = "shelf", names: tuple[str, ...] = ("on_hand",)) -> Any:
    owners = {
        name: pl.DataFrame({"key_id": [7], "owner": [owner]}, schema_overrides={"key_id": pl.Int32})
        for name in names
    }
    told = movements(text).rename({"in_force_at": "at"})
    return compute_effects(told, owners=owners, names=names)


@pytest.mark.parametrize(
    ("line", "units"),
    [
        ("shelf receipt 5 P1", 5),
        ("shelf shipment 5 O1", -5),
        ("shelf adjustment -5 A1", -5),
        ("shelf return_received 5 R1", 5),
        ("shelf return_received 5 R1 good", 5),
        ("shelf return_received 5 R1 damaged", 0),
        ("shelf order_placed 5 O1", 0),
        ("shelf count 5 C1", 0),
        ("shelf damage 5 D1 damaged", -5),
    ],
)
def test_a_movement_does_to_on_hand_what_its_kind_says(line: str, units: int) -> None:
    found = effects(f"10 {line}")

    assert found["effect_units"].sum() == units


def test_only_the_owner_of_a_fact_moves_it_unless_anybody_may() -> None:
    text = "10 shelf receipt 5 P1\n10 erp receipt 5 P1"

    assert effects(text)["effect_units"].to_list() == [5]
    assert effects(text, owner="").height == 2
    assert effects(text, owner="threepl").is_empty()


def test_orders_move_commitments_and_shipments_end_them() -> None:
    text = "10 shop order_placed 5 O1\n9 shop order_cancelled 2 O1\n8 shop shipment 3 O1"

    found = effects(text, owner="", names=("committed", "safety_stock"))

    assert found["effect_units"].to_list() == [5, -2, -3]
    assert set(found["fact"]) == {"committed"}
    assert effects(text, names=()).is_empty()


def align(text: str, *, owner_at: datetime, mirror_at: datetime = NOON) -> list[int]:
    instants = Instants(mirror_at, {"on_hand": {"shelf": owner_at}}, timedelta())
    return compute_alignment(effects(text), instants)["shift_units"].to_list()


@pytest.mark.parametrize(
    ("owner_at", "minutes", "wanted"),
    [
        (ago(30), 10, [5]),
        (ago(30), 30, []),
        (ago(30), 29, [5]),
        (ago(30), 0, [5]),
        (ago(30), -1, []),
        (ago(-30), -10, [-5]),
        (ago(-30), 0, []),
        (ago(-30), -30, [-5]),
        (ago(-30), -31, []),
        (NOON, 0, []),
    ],
)
def test_what_moved_between_two_readings_is_put_in_or_taken_out(
    owner_at: datetime, minutes: int, wanted: list[int]
) -> None:
    assert align(f"{minutes} shelf receipt 5 P1", owner_at=owner_at) == wanted


def test_movements_between_two_readings_add_up_and_may_cancel_out() -> None:
    assert align("10 shelf receipt 5 P1\n9 shelf shipment 2 O1", owner_at=ago(30)) == [3]
    assert align("10 shelf receipt 5 P1\n9 shelf shipment 5 O1", owner_at=ago(30)) == []


def recent(text: str, *, delay: int = 15, mirror: str = "shop") -> list[tuple[int, int]]:
    instants = Instants(NOON, {"on_hand": {"shelf": NOON}}, timedelta(minutes=delay))
    found = in_flight.compute_recent(effects(text), instants, mirror=mirror)
    return list(found.select("pending_units", "missed").iter_rows())


@pytest.mark.parametrize(
    ("minutes", "delay", "wanted"),
    [(14, 15, [(5, 1)]), (15, 15, []), (0, 15, [(5, 1)]), (-1, 15, []), (10, 5, [])],
)
def test_what_moved_within_the_path_s_delay_may_be_unheard(
    minutes: int, delay: int, wanted: list[tuple[int, int]]
) -> None:
    assert recent(f"{minutes} shelf receipt 5 P1", delay=delay) == wanted


@pytest.mark.parametrize("units", [1, 2])
def test_one_unit_may_be_unheard_like_any_other(units: int) -> None:
    assert recent(f"10 shelf receipt {units} P1") == [(units, 1)]


def test_the_newest_movements_are_missed_first_and_a_system_has_heard_of_its_own() -> None:
    text = "10 shelf receipt 5 P1\n5 shelf shipment 2 O1"

    assert recent(text) == [(-2, 1), (3, 2)]
    assert recent(text, mirror="shelf") == []


def early(moved: int, recorded: int) -> list[tuple[int, int]]:
    """Return the possibilities of one receipt of 5 that was made and recorded so long ago."""
    told = effects(f"{moved} shelf receipt 5 P1").with_columns(
        at=pl.lit(ago(recorded)).cast(in_flight.EFFECT["at"])
    )
    instants = Instants(NOON, {"on_hand": {"shelf": NOON}}, timedelta())
    found = in_flight.compute_recent(told, instants, mirror="shop")
    return list(found.select("pending_units", "missed").iter_rows())


def test_what_is_made_and_not_recorded_either_side_may_hold_already() -> None:
    assert early(10, -10) == [(-5, 1), (5, 1), (0, 2)]
    assert early(0, -10) == [(-5, 1), (5, 1), (0, 2)]
    assert early(-1, -10) == []
    assert early(10, 0) == []


@pytest.mark.parametrize(
    ("raw", "sums", "lag"),
    [
        (-5, [5], -5),
        (-5, [4], -4),
        (-5, [-5], 0),
        (-5, [10], 0),
        (-5, [9], -9),
        (-5, [4, 5], -5),
        (-5, [4, 6], -4),
        (5, [-5], 5),
        (0, [5], 0),
    ],
)
def test_the_fewest_movements_that_leave_the_smallest_rest_explain_it(
    raw: int, sums: list[int], lag: int
) -> None:
    possible = pl.DataFrame(
        {"key_id": [7] * len(sums), "pending_units": sums, "missed": range(1, len(sums) + 1)},
        schema=in_flight.RECENT,
    )

    assert in_flight.explain(gap(raw), possible, into="lag_units")["lag_units"].to_list() == [lag]


@pytest.mark.parametrize(
    ("asked", "status", "delta"),
    [
        (gap(5), "drift", 5),
        (gap(5, in_flight_units=5), "in_flight", 0),
        (gap(5, lag=5), "lag", 0),
        (gap(5, in_flight_units=2, lag=3), "in_flight", 0),
        (gap(0), "match", 0),
        (gap(0, lag=2), "drift", -2),
        (gap(0, status="ghost"), "ghost", 0),
    ],
)
def test_a_gap_whose_rest_is_nothing_says_what_explained_it(
    asked: pl.DataFrame, status: str, delta: int
) -> None:
    told = in_flight.settle(asked)

    assert (told["status"][0], told["delta_units"][0]) == (status, delta)

"""Ties, conduct and authority: what a gap hangs together with, and who may not do what he did."""

import json
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from inventory_pipeline.config.models import Settings
from inventory_pipeline.reconcile.authority import (
    find_authority_problems,
    find_moment_problems,
    find_owner,
)
from inventory_pipeline.reconcile.books import find_rushes, keep_judged
from inventory_pipeline.reconcile.conduct import find_early_levels, find_non_owner_writes
from inventory_pipeline.reconcile.problems import build
from inventory_pipeline.reconcile.ties import find_counts_told_once, find_short_orders, tie

TEN = datetime(2026, 4, 6, 10, tzinfo=UTC)


def settle(**changes: Any) -> Settings:
    """Return a shelf that owns on_hand, a shop that falls at the order, and a path between."""
    known = {
        "business": {"name": "Test"},
        "systems": {
            "shelf": {"role": "wms", "connector": "files"},
            "erp": {"role": "erp", "connector": "files"},
            "shop": {"role": "storefront", "connector": "files", "decrements_at": "order"},
        },
        "facts": {"on_hand": {"owner": "shelf"}},
        "mirrors": [{"system": "shop", "fact": "on_hand", "expects": "on_hand"}],
        "handoffs": [{"path": "stock_feed", "source": "shelf", "target": "shop"}],
    }
    return Settings.model_validate(known | changes)


def gaps() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "kind": ["gap", "ghost"], "key_id": [7, 7], "delta_units": [-3, 4],
            "symptom": [1, 1], "details": ['{"qualifiers": "negative"}', "{}"],
        },
        schema_overrides={"key_id": pl.Int32, "symptom": pl.Int16},
    )  # fmt: skip


def test_a_tie_adds_to_the_details_of_the_rows_it_is_for_and_names_the_symptom() -> None:
    told = tie(gaps(), {7: {"count": 1}}, only=pl.col("kind") == "gap", symptom=3).sort("kind")

    assert [json.loads(d) for d in told["details"]] == [{"qualifiers": "negative", "count": 1}, {}]
    assert told["symptom"].to_list() == [3, 1]
    kept = tie(gaps(), {7: {"x": 1}}, only=pl.col("kind") == "gap", symptom=None)
    assert kept["symptom"].to_list() == [1, 1]
    other = tie(gaps(), {8: {"x": 1}}, only=pl.col("kind") == "gap", symptom=3)
    assert other.equals(gaps())


def orders(text: str) -> pl.DataFrame:
    rows = [
        (int(k), o, kind, int(u)) for k, o, kind, u in map(str.split, text.strip().splitlines())
    ]
    return pl.DataFrame(
        rows, schema={"key_id": pl.Int32, "order_id": pl.String, "kind": pl.String,
                      "units": pl.Int64}, orient="row",
    )  # fmt: skip


def test_orders_that_were_refunded_tell_how_much_of_them_was_shipped() -> None:
    told = find_short_orders(
        orders(
            "7 O1 order_placed 5\n7 O1 shipment 3\n7 O1 order_cancelled 2\n7 O2 order_placed 1\n"
            "7 O2 return_initiated 1\n8 O3 order_placed 4\n8 O3 shipment 4"
        )
    )

    assert told == {
        7: {"orders": {"ordered_units": 6, "shipped_units": 3, "refunded_units": 2,
                       "returned_units": 1, "ids": ["O1", "O2"]}}
    }  # fmt: skip


def test_an_order_told_by_two_systems_counts_once() -> None:
    told = find_short_orders(
        orders("7 O1 order_placed 5\n7 O1 order_placed 5\n7 O1 order_cancelled 5")
    )

    assert told[7]["orders"]["ordered_units"] == 5


@pytest.mark.parametrize(("delta", "is_tied"), [(3, True), (-3, False), (2, False)])
def test_a_count_opened_the_gap_where_it_changed_the_owner_by_just_the_opposite(
    delta: int, is_tied: bool
) -> None:
    row = {"kind": "count_variance", "key_id": 7, "delta_units": delta, "details": '{"id": "C1"}'}

    told = find_counts_told_once(gaps().head(1), [row])

    assert told == ({7: {"count": {"id": "C1"}}} if is_tied else {})
    assert find_counts_told_once(gaps().head(1), [row | {"kind": "misplaced"}]) == {}


def test_the_first_rush_of_an_item_is_the_one_it_is_tied_to() -> None:
    rows = [
        {"kind": "rush_transfer", "key_id": 7, "subject": "T1"},
        {"kind": "rush_transfer", "key_id": 7, "subject": "T2"},
        {"kind": "integrity", "key_id": 8, "subject": "X"},
    ]

    assert find_rushes(rows) == {7: {"rush_transfer": "T1"}}


def test_doubts_of_an_owner_are_judged_only_where_its_books_were_read() -> None:
    judged = pl.DataFrame({"kind": ["integrity", "integrity", "gap"], "mirror": ["a", "b", "b"]})

    assert keep_judged(judged, ["a"]).rows() == [("integrity", "a"), ("gap", "b")]


def write(**changes: Any) -> list[dict[str, Any]]:
    row = {
        "fact": "on_hand", "key_id": 7, "system": "erp", "actor": "ann", "units": 9,
        "change_id": "L1", "changed_at": TEN,
    }  # fmt: skip
    frame = pl.DataFrame([row | changes])
    return find_non_owner_writes(frame, settle(), {("on_hand", 7): ("shelf", 5)})


def test_a_level_that_a_stranger_set_is_told_with_both_numbers() -> None:
    [row] = write()

    assert (row["kind"], row["mirror"], row["owner"], row["subject"]) == (
        "non_owner_write", "erp", "shelf", "L1"
    )  # fmt: skip
    assert (row["owner_units"], row["observed_units"], row["delta_units"]) == (5, 9, 4)
    assert json.loads(row["details"]) == {
        "change_id": "L1",
        "set_to": 9,
        "actor": "ann",
        "changed_at": "2026-04-06T10:00:00Z",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"system": "shelf"},
        {"units": 5},
        {"actor": "stock_feed"},
        {"actor": "shop"},
        {"fact": "committed"},
        {"key_id": 8},
    ],
)
def test_the_owner_itself_a_path_and_a_level_that_agrees_harm_nobody(
    changes: dict[str, Any],
) -> None:
    assert write(**changes) == []


@pytest.mark.parametrize(
    ("kind", "system", "is_early"),
    [
        ("receipt", "shop", True),
        ("shipment", "erp", True),
        ("shipment", "shop", False),
        ("order_placed", "erp", False),
        ("order_cancelled", "erp", False),
    ],
)
def test_a_mirror_told_before_the_owner_is_out_of_order_unless_it_falls_at_the_order(
    kind: str, system: str, is_early: bool
) -> None:
    frame = pl.DataFrame(
        [
            {
                "fact": "on_hand", "key_id": 7, "system": system, "owner": "shelf", "kind": kind,
                "change_id": "L1", "changed_at": TEN, "movement_id": "W1", "recorded_at": TEN,
            }
        ]
    )  # fmt: skip

    rows = find_early_levels(frame, settle())

    assert [(r["mirror"], r["subject"], r["severity"]) for r in rows] == (
        [(system, "L1", "notable")] if is_early else []
    )


@pytest.mark.parametrize(
    ("owners", "kind"),
    [("shelf", None), (["shelf", "erp"], "authority_bug"), ([], "authority_gap")],
)
def test_a_fact_has_one_owner_or_is_a_problem(owners: Any, kind: str | None) -> None:
    asked = settle(facts={"on_hand": {"owner": owners}}, mirrors=[])

    rows = find_authority_problems(asked)

    assert [(r["class"], r["fact"], r["severity"]) for r in rows] == (
        [(kind, "on_hand", "major")] if kind else []
    )
    assert find_owner(asked, "on_hand") == (None if kind else "shelf")
    assert find_owner(asked, "committed") is None
    assert all(json.loads(str(r["details"]))["owners"] == owners for r in rows)


@pytest.mark.parametrize(
    ("mirror", "is_told"),
    [
        ({"system": "shop", "fact": "on_hand", "expects": "on_hand"}, True),
        ({"system": "shop", "fact": "available", "expects": "on_hand - committed"}, False),
        ({"system": "erp", "fact": "on_hand", "expects": "on_hand"}, False),
        ({"system": "shop", "fact": "reserved", "expects": "reserved"}, False),
    ],
)
def test_two_moments_are_a_problem_of_the_rule_unless_it_takes_commitments_off(
    mirror: dict[str, str], is_told: bool
) -> None:
    facts = {name: {"owner": "shelf"} for name in ("on_hand", "committed", "reserved")}

    rows = find_moment_problems(settle(facts=facts, mirrors=[mirror]))

    assert [(r["mirror"], r["owner"], r["severity"]) for r in rows] == (
        [("shop", "shelf", "minor")] if is_told else []
    )
    assert all(
        json.loads(str(r["details"])) == {"shelf": "shipment", "shop": "order"} for r in rows
    )


def test_of_one_identity_the_first_problem_stands_and_what_is_left_out_has_its_default() -> None:
    told = build(
        [
            {"kind": "integrity", "key_id": 7, "severity": "major"},
            {"kind": "integrity", "key_id": 7},
            {"kind": "integrity"},
        ]
    )

    assert told.select("key_id", "severity", "details", "is_settled", "is_consistent").rows() == [
        (7, "major", "{}", True, False), (-1, "minor", "{}", True, False)
    ]  # fmt: skip

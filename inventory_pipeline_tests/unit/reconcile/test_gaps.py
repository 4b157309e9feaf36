"""Gaps: what a comparison leaves over as a problem, how grave it is, and what an hour can judge."""

import json
from typing import Any

import numpy as np
import polars as pl
import pytest

from inventory_pipeline.reconcile import books
from inventory_pipeline.reconcile.cycle import (
    _count,
    _find_idle,
    _find_lacking,
    _find_states,
    _name_status,
)
from inventory_pipeline.reconcile.evidence import (
    _find_negatives,
    _find_owned_units,
    price,
)
from inventory_pipeline.reconcile.findings import SIGHTING, build_problems, compute_finding_id
from inventory_pipeline.reconcile.gaps import build_gap_problems, find_expected, find_judged
from inventory_pipeline.reconcile.hour import Picture, assemble_facts
from inventory_pipeline.reconcile.mirrors import Outcome
from inventory_pipeline.reconcile.record import list_rulings
from inventory_pipeline.reconcile.round import judge_picture
from inventory_pipeline.reconcile.severity import Bands, classify_gaps, judge_gaps
from inventory_pipeline.reconcile.step import NOTHING_PENDING
from inventory_pipeline.reconcile.structural import Drift, compute_wilson, is_structural
from inventory_pipeline_tests.support.pictures import READ, TEN, draw, settle, stock

BANDS = Bands(
    minor_up_to=2, notable_up_to=5, settle_checks=2, relative_major=0.5, consistent_cycles=3
)
KNOWN = pl.DataFrame(schema=SIGHTING)
NO_MOVES = pl.DataFrame(
    schema={
        "system": pl.String, "movement_id": pl.String, "key_id": pl.Int32, "order_id": pl.String,
        "kind": pl.String, "units": pl.Int64, "moved_at": pl.Datetime("us", "UTC"),
        "in_force_at": pl.Datetime("us", "UTC"), "disposition": pl.String,
    }
)  # fmt: skip


def grade(
    delta: int, expected: int = 100, *, owner: int = 100, streak: int = 1, same: int = 1
) -> dict[str, Any]:
    frame = pl.DataFrame(
        {
            "delta_units": [delta], "expected_units": [expected],
            "observed_units": [expected + delta], "owner_units": [owner], "streak": [streak],
            "same_streak": [same],
        }
    )  # fmt: skip
    return classify_gaps(judge_gaps(frame, BANDS)).row(0, named=True)


@pytest.mark.parametrize(
    ("size", "band", "is_settled"),
    [(1, "minor", False), (2, "minor", False), (3, "notable", True), (5, "notable", True),
     (6, "major", True)],
)  # fmt: skip
@pytest.mark.parametrize("sign", [-1, 1])
def test_size_gives_the_band_and_what_is_above_minor_is_settled(
    size: int, band: str, is_settled: bool, sign: int
) -> None:
    row = grade(sign * size)

    assert (row["severity"], row["is_settled"]) == (band, is_settled)
    assert not row["is_consistent"]


@pytest.mark.parametrize(
    ("delta", "streak", "same", "band", "is_settled", "is_consistent"),
    [
        (1, 1, 1, "minor", False, False),
        (1, 2, 1, "notable", True, False),
        (1, 2, 3, "notable", True, True),
        (4, 3, 2, "notable", True, False),
        (4, 3, 3, "major", True, True),
        (9, 3, 3, "major", True, True),
    ],
)
def test_staying_settles_a_minor_gap_and_the_same_number_raises_any(
    delta: int, streak: int, same: int, band: str, is_settled: bool, is_consistent: bool
) -> None:
    row = grade(delta, streak=streak, same=same)

    assert (row["severity"], row["is_settled"], row["is_consistent"]) == (
        band, is_settled, is_consistent
    )  # fmt: skip


@pytest.mark.parametrize(
    ("delta", "expected", "owner", "is_grave", "name"),
    [
        (1, 0, 0, True, "phantom_stock"),
        (1, 0, 1, False, "sync_drift"),
        (1, 100, 0, True, "phantom_stock"),
        (1, -1, 0, False, "sync_drift"),
        (-1, 1, 1, True, "false_stockout"),
        (-2, 1, 1, True, "false_stockout"),
        (-1, 0, 0, False, "sync_drift"),
        (-1, 2, 2, True, "sync_drift"),
        (-1, 3, 3, False, "sync_drift"),
        (1, 2, 2, True, "phantom_stock"),
        (1, 3, 3, False, "sync_drift"),
        (2, 4, 4, True, "phantom_stock"),
        (-2, 5, 5, False, "sync_drift"),
    ],
)
def test_nothing_to_sell_stock_that_is_hidden_and_half_of_it_are_grave_at_once(
    delta: int, expected: int, owner: int, is_grave: bool, name: str
) -> None:
    row = grade(delta, expected, owner=owner)

    assert (row["severity"] == "major", row["class"]) == (is_grave, name)
    assert row["is_escalated"] is is_grave


@pytest.mark.parametrize(
    ("drifting", "consistent", "leans", "wanted"),
    [
        (2, 0, False, (False, False, False)), (3, 0, False, (True, False, True)),
        (3, 0, True, (True, True, True)), (0, 1, True, (False, False, True)),
        (2, 1, False, (False, False, True)), (2, 0, True, (False, False, False)),
    ],
)  # fmt: skip
def test_three_rules_say_when_drift_is_structural(
    drifting: int, consistent: int, leans: bool, wanted: tuple[bool, ...]
) -> None:
    drift = Drift(drifting, 100, consistent, leans_to_integration=leans)
    rules = ("rate_only", "rate_and_indicators", "either")

    assert tuple(is_structural(drift, rule=r, drift_rate=0.02) for r in rules) == wanted


def test_a_shop_of_nothing_has_no_rate_and_no_interval() -> None:
    nothing = Drift(0, 0, 0, leans_to_integration=False)

    assert nothing.rate is None
    assert not is_structural(nothing, rule="rate_only", drift_rate=0.02)
    assert compute_wilson(0, 0) is None
    assert Drift(1, 4, 0, leans_to_integration=False).rate == 0.25


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (1, 1, 0.2065, 1.0),
     (450, 500, 0.8706, 0.9233)],
)  # fmt: skip
def test_the_interval_is_wilson_s(right: int, total: int, low: float, high: float) -> None:
    assert compute_wilson(right, total) == pytest.approx((low, high), abs=1e-4)


def judge(picture: Picture, **changes: Any) -> list[Outcome]:
    asked = settle(**changes)
    assemble_facts(picture, asked, stock())
    nothing = pl.DataFrame(schema={"key_id": pl.Int32, "open_units": pl.Int64})
    return judge_picture(
        picture, asked, stock(), movements=NO_MOVES, open_units={READ: nothing},
        pending=NOTHING_PENDING,
    )  # fmt: skip


def shop(owner: dict[int, int], seen: dict[int, int], **more: Any) -> Picture:
    return draw(("shelf", "on_hand", owner), ("shop", "on_hand", seen), **more)


def find(picture: Picture, known: pl.DataFrame = KNOWN) -> list[dict[str, Any]]:
    return build_gap_problems(judge(picture), picture, known, BANDS)[1].sort("key_id").to_dicts()


@pytest.mark.parametrize(
    ("seen", "severity"), [(1, "notable"), (5, "notable"), (6, "major"), (-1, "notable")]
)
def test_a_ghost_is_as_grave_as_the_units_it_pretends(seen: int, severity: str) -> None:
    [row] = find(shop({}, {0: seen}))

    assert (row["kind"], row["class"], row["severity"]) == ("ghost", "ghost", severity)
    assert (row["observed_units"], row["owner_units"], row["is_settled"]) == (seen, None, True)


def test_an_absent_row_hides_stock_and_is_notable_however_much_it_is() -> None:
    [row] = find(shop({0: 50, 1: 0}, {1: 0, 2: 0}))

    assert (row["kind"], row["class"], row["severity"], row["key_id"]) == (
        "absent", "absent", "notable", 0
    )  # fmt: skip


@pytest.mark.parametrize(
    ("says", "owner", "name"), [(True, 0, "phantom_stock"), (False, 5, "false_stockout")]
)
def test_a_word_that_is_wrong_is_major_and_says_what_a_customer_meets(
    says: bool, owner: int, name: str
) -> None:
    picture = shop({0: owner}, {})
    picture.hour.add("shop", "on_hand", keys=[], units=[], unknown_keys=[0], is_whole=True)
    picture.words["shop", "on_hand"] = (np.array([0]), np.array([says]))

    [row] = find(picture)

    assert (row["kind"], row["class"], row["severity"], row["delta_units"]) == (
        "gap", name, "major", None
    )  # fmt: skip


def test_a_problem_carries_the_qualifiers_of_its_row_and_of_its_hour() -> None:
    told = find(shop({0: 5, 1: 5}, {0: -1, 1: 4}, status={"shop": "late"}))
    plain = find(shop({0: 5}, {0: 4}))

    assert [json.loads(row["details"]) for row in told] == [
        {"qualifiers": "negative source_stale"}, {"qualifiers": "source_stale"}
    ]  # fmt: skip
    assert [row["details"] for row in plain] == ["{}"]
    assert [row["symptom"] for row in plain] == [1]


def test_what_is_explained_or_agrees_is_no_problem_but_is_kept_as_seen() -> None:
    picture = shop({0: 5, 2: 0}, {0: 3, 2: 1})
    picture.words["shop", "on_hand"] = (np.array([1]), np.array([False]))

    rows, problems = build_gap_problems(judge(picture), picture, KNOWN, BANDS)

    assert problems["key_id"].to_list() == [0, 2]
    assert set(rows["severity"]) <= {"minor", "notable", "major", "none"}
    assert build_gap_problems([], picture, KNOWN, BANDS)[1].is_empty()


def open_ones(*rows: tuple[str, int, str, str]) -> pl.DataFrame:
    """Return open problems: kind, key, mirror, fact."""
    told = [
        dict.fromkeys(SIGHTING)
        | {"kind": k, "key_id": key, "mirror": m, "fact": f, "subject": "", "state": "open"}
        for k, key, m, f in rows
    ]
    return pl.DataFrame(told, schema=SIGHTING)


def judged(known: pl.DataFrame, picture: Picture, **more: Any) -> set[tuple[str, int]]:
    mirrors = more.get("mirrors", {("shop", "on_hand")})
    closed = more.get("closed", known.clear())
    found = find_judged(known, judge(picture), closed, mirrors=mirrors)
    return {(kind, key) for kind, key in found.select("kind", "key_id").iter_rows()}


def test_an_hour_judges_the_gaps_both_sides_answered_for() -> None:
    known = open_ones(
        ("gap", 0, "shop", "on_hand"), ("ghost", 1, "shop", "on_hand"),
        ("absent", 2, "shop", "on_hand"), ("gap", 3, "shop", "on_hand"),
        ("integrity", 3, "shelf", "on_hand"), ("stockout", 3, "", "on_hand"),
    )  # fmt: skip

    whole = judged(known, shop({0: 5}, {0: 5}))
    part = judged(known, shop({0: 5}, {0: 5}, whole=False))

    assert whole == {("gap", 0), ("ghost", 1), ("absent", 2), ("gap", 3), ("integrity", 3)}
    assert part == {("gap", 0), ("integrity", 3)}


def test_a_number_that_is_told_in_words_is_judged_by_them() -> None:
    known = open_ones(("gap", 0, "shop", "on_hand"), ("gap", 1, "shop", "on_hand"))
    picture = shop({0: 5, 1: 5}, {})
    picture.hour.add("shop", "on_hand", keys=[], units=[], unknown_keys=[0, 1], is_whole=True)
    picture.words["shop", "on_hand"] = (np.array([0]), np.array([True]))

    assert judged(known, picture) == {("gap", 0)}


def test_a_rule_that_is_gone_is_judged_and_a_stockout_only_when_it_is_over() -> None:
    known = open_ones(("gap", 0, "shop", "on_hand"), ("stockout", 3, "", "on_hand"))
    silent = draw(("shelf", "on_hand", {}), whole=False)

    assert judged(known, silent) == set()
    assert judged(known, silent, mirrors=set()) == {("gap", 0)}
    over = known.filter(pl.col("kind") == "stockout")
    assert judged(known, silent, closed=over) == {("stockout", 3)}
    gone = known.with_columns(state=pl.lit("cleared"))
    assert judged(gone, silent, mirrors=set()) == set()


def test_a_system_that_came_to_own_what_its_rule_asks_for_mirrors_nobody() -> None:
    mirrors = [{"system": "shop", "fact": "on_hand", "expects": "on_hand"}]

    assert find_expected(settle(mirrors=mirrors)) == {("shop", "on_hand")}
    alone = {"on_hand": {"owner": "shop"}}
    assert find_expected(settle(mirrors=mirrors, facts=alone)) == set()
    scoped = {"on_hand": {"owner": "shop", "scopes": [{"location": "EAST", "owner": "shelf"}]}}
    assert find_expected(settle(mirrors=mirrors, facts=scoped)) == {("shop", "on_hand")}


def test_negative_stock_is_told_of_each_number_and_is_minor_where_it_is_allowed() -> None:
    systems = {
        "shelf": {"role": "wms", "connector": "files", "snapshot": {"allow_negative": True}},
        "shop": {"role": "storefront", "connector": "files"},
    }
    picture = shop({0: -1, 1: 0}, {2: -5, 3: 1})

    rows = _find_negatives(picture, settle(systems=systems))

    assert [(r["mirror"], r["key_id"], r["observed_units"], r["severity"]) for r in rows] == [
        ("shelf", 0, -1, "minor"), ("shop", 2, -5, "major")
    ]  # fmt: skip


def test_money_at_risk_is_the_size_of_a_gap_at_the_price_else_at_the_cost() -> None:
    catalog = stock({"sku": "A", "price": 2.5, "unit_cost": 1.0}, {"sku": "B", "unit_cost": 4.0})
    rows = build_problems(
        [
            {"kind": "gap", "key_id": 0, "delta_units": -2},
            {"kind": "ghost", "key_id": 2, "observed_units": 3},
            {"kind": "absent", "key_id": 3, "expected_units": 5},
        ]
    )

    told = price(shop({}, {}), rows, catalog)

    assert told["money_at_risk"].to_list() == [5.0, 12.0, 20.0]
    assert price(shop({}, {}), rows, stock())["money_at_risk"].to_list() == [None] * 3


def test_the_owner_s_number_is_known_where_it_is_present() -> None:
    picture = shop({0: 5}, {})
    judge(picture)
    writes = pl.DataFrame({"fact": ["on_hand", "on_hand", "other"], "key_id": [0, 1, 0]})

    assert _find_owned_units(picture, writes) == {("on_hand", 0): ("shelf", 5)}


def qualified(rows: list[dict[str, Any]]) -> list[tuple[tuple[str, ...], list[str]]]:
    outcomes = books.qualify(judge(shop({0: 5, 1: 5}, {0: 4, 1: -1})), rows)
    return [(o.qualifiers, o.exceptions["qualifiers"].to_list()) for o in outcomes]


def test_numbers_of_an_owner_in_doubt_and_of_a_path_that_is_late_say_so() -> None:
    doubt = {"kind": "integrity", "owner": "shelf", "key_id": 1, "mirror": "shelf"}
    late = {"kind": "late_path", "owner": "shelf", "key_id": -1, "mirror": "shop"}

    assert qualified([]) == [((), ["", "negative"])]
    assert qualified([doubt]) == [((), ["", "negative owner_unexplained"])]
    assert qualified([doubt | {"key_id": 0}]) == [((), ["owner_unexplained", "negative"])]
    assert qualified([doubt | {"owner": "erp"}]) == [((), ["", "negative"])]
    assert qualified([late]) == [(("source_stale",), ["", "negative"])]
    assert qualified([late, late]) == [(("source_stale",), ["", "negative"])]
    assert qualified([late | {"mirror": "erp"}]) == [((), ["", "negative"])]


def test_rulings_say_who_owned_what_in_the_hour_scope_by_scope() -> None:
    facts = {
        "on_hand": {"owner": "shelf", "scopes": [{"location": "EAST", "owner": "erp"}]},
        "reserved": {"owner": ["shelf", "erp"]},
        "committed": {"owner": "erp"},
    }

    rows = list_rulings(shop({}, {}, status={"shelf": "late"}), settle(facts=facts)).rows()

    assert rows == [
        (TEN, "on_hand", 1, None, None, "shelf", 0, "late"),
        (TEN, "on_hand", 1, "EAST", None, "erp", None, "missing"),
        (TEN, "committed", 2, None, None, "erp", None, "missing"),
    ]


SEEN = pl.DataFrame(
    schema={
        "kind": pl.String, "mirror": pl.String, "key_id": pl.Int32, "delta_units": pl.Int64,
        "severity": pl.String, "is_settled": pl.Boolean, "is_consistent": pl.Boolean,
    }
)  # fmt: skip


def problem(kind: str, severity: str, delta: int = -2) -> pl.DataFrame:
    row = (kind, "shop", 0, delta, severity, True, False)
    return pl.DataFrame([row], schema=SEEN.schema, orient="row")


@pytest.mark.parametrize(
    ("status", "seen", "name"),
    [
        ({}, SEEN, "clear"),
        ({}, problem("stockout", "none"), "clear"),
        ({}, problem("gap", "minor"), "drift"),
        ({"shop": "late"}, problem("gap", "minor"), "incomplete"),
        ({"shop": "missing", "shelf": "missing"}, SEEN, "missed"),
        ({"shop": "missing"}, SEEN, "incomplete"),
    ],
)
def test_an_hour_is_clear_only_where_everybody_spoke_and_nothing_is_off(
    status: dict[str, str], seen: pl.DataFrame, name: str
) -> None:
    asked = settle(
        systems={
            "shelf": {"role": "wms", "connector": "files"},
            "shop": {"role": "storefront", "connector": "files"},
        }
    )
    picture = shop({0: 5}, {0: 5}, status=status)

    assert _name_status(picture, _find_lacking(_find_states(picture, asked, {})), seen) == name


def test_an_hour_names_who_was_not_whole_and_what_could_not_be_compared() -> None:
    picture = shop({}, {}, status={"shop": "late"})
    tallies = [{"fact": "on_hand", "mirror": "shop", "compared": n} for n in (0, 1)]

    states = _find_states(picture, settle(), {})
    assert _find_lacking(states) == ["erp missing", "shop late"]
    assert _find_lacking(_find_states(picture, settle(), {"erp": "complete"})) == ["shop late"]
    assert _find_states(picture, settle(), {"shop": "complete"}) == states
    assert _find_idle(tallies) == ["nothing of on_hand could be compared at shop"]


def test_an_hour_adds_up_its_mirrors_and_counts_only_gaps_as_drift() -> None:
    seen = pl.concat([problem("gap", "major"), problem("ghost", "major"),
                      problem("structural", "major")])  # fmt: skip
    tallies = [
        {"compared": 5, "matched": 3, "in_flight": 1, "units_expected": 10, "units_wrong": 2},
        {"compared": 4, "matched": 4, "in_flight": 0, "units_expected": 0, "units_wrong": 0},
    ]
    picture = shop({0: 5}, {}, status={"shop": "late"})
    picture.active_skus = 4

    told = _count(picture, tallies, seen)

    assert (told["compared"], told["matched"], told["in_flight"]) == (9, 7, 1)
    assert (told["drifting_skus"], told["drift_rate"], told["structural"]) == (1, 0.25, True)
    assert (told["net_units"], told["unit_accuracy"], told["record_accuracy"]) == (-2, 0.8, 0.75)
    assert not _count(picture, tallies, problem("gap", "major"))["structural"]


def test_an_id_is_the_problem_s_own_and_stays_the_same_for_ever() -> None:
    parts = ("gap", "on_hand", "MUG", "L1", "shop", "")
    known = compute_finding_id(*parts)

    assert known == compute_finding_id(*parts)
    others = {
        compute_finding_id(*(p + "x" if n == place else p for n, p in enumerate(parts)))
        for place in range(6)
    }
    assert len(others | {known}) == 7
    assert len(known) == 18

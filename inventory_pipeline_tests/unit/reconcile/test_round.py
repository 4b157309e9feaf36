"""A round: every rule of the configuration over one hour, from numbers to what is said of them."""

from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.reconcile.hour import (
    Picture,
    assemble_facts,
    count_active,
    count_distinct,
    find_committed_source,
    spread_by_sku,
)
from inventory_pipeline.reconcile.measures import measure_accuracy, measure_drift, tally
from inventory_pipeline.reconcile.mirrors import Outcome
from inventory_pipeline.reconcile.round import judge_picture, size_counts
from inventory_pipeline.reconcile.step import NOTHING_PENDING
from inventory_pipeline.reconcile.stockouts import find_stockouts
from inventory_pipeline.reconcile.structural import Drift
from inventory_pipeline_tests.support.pictures import READ, TEN, draw, settle, stock

MOVEMENT = {
    "system": pl.String, "movement_id": pl.String, "key_id": pl.Int32, "order_id": pl.String,
    "kind": pl.String, "units": pl.Int64, "moved_at": pl.Datetime("us", "UTC"),
    "in_force_at": pl.Datetime("us", "UTC"), "disposition": pl.String,
}  # fmt: skip
OPEN = {"key_id": pl.Int32, "open_units": pl.Int64}
MIRROR = {"system": "shop", "fact": "on_hand", "expects": "on_hand"}
SHOP = {"system": "shop", "fact": "available", "expects": "on_hand - committed"}


def moved(*rows: tuple[str, str, int, int, float]) -> pl.DataFrame:
    """Return movements: system, kind, units, key, minutes before both were read."""
    told = [
        (system, f"M{n}", key, f"O{n}", kind, units, READ - timedelta(minutes=minutes),
         READ - timedelta(minutes=minutes), "")
        for n, (system, kind, units, key, minutes) in enumerate(rows)
    ]  # fmt: skip
    return pl.DataFrame(told, schema=MOVEMENT, orient="row")


def judge(
    picture: Picture,
    *mirrors: dict[str, Any],
    catalog: Catalog | None = None,
    movements: pl.DataFrame | None = None,
    open_units: dict[int, int] | None = None,
    pending: pl.DataFrame = NOTHING_PENDING,
    **changes: Any,
) -> list[Outcome]:
    asked = settle(mirrors=list(mirrors or [MIRROR]), **changes)
    known = catalog or stock()
    assemble_facts(picture, asked, known)
    promised = pl.DataFrame(list((open_units or {}).items()), schema=OPEN, orient="row")
    told = moved() if movements is None else movements
    return judge_picture(
        picture, asked, known, movements=told, open_units={READ: promised}, pending=pending
    )


def say(outcome: Outcome) -> list[tuple[Any, ...]]:
    """Return key, status, expected, in flight, lag and delta of every exception."""
    columns = (
        "key_id", "status", "expected_units", "in_flight_units", "lag_units", "delta_units"
    )  # fmt: skip
    return list(outcome.exceptions.select(columns).iter_rows())


def shop(owner: dict[int, int], seen: dict[int, int], **more: Any) -> Picture:
    return draw(("shelf", "on_hand", owner), ("shop", "on_hand", seen), **more)


def test_a_gap_is_what_the_mirror_shows_less_what_it_should() -> None:
    [outcome] = judge(shop({0: 5, 2: 5}, {0: 3, 2: 5}))

    assert say(outcome) == [(0, "drift", 5, 0, 0, -2)]
    assert outcome.primary == "on_hand"
    assert outcome.status == "complete"


def test_a_place_the_mirror_reports_no_item_of_lacks_none() -> None:
    elsewhere, here = (judge(shop({0: 5, 1: 5, 2: 5}, seen))[0] for seen in ({0: 5}, {0: 5, 3: 0}))

    assert say(elsewhere) == [(2, "absent", 5, 0, 0, None)]
    assert [row[:2] for row in say(here)] == [(1, "absent"), (2, "absent")]


@pytest.mark.parametrize(
    ("open_units", "wanted"),
    [
        ({}, [(0, "drift", 5, 0, 0, -2)]),
        ({0: 2}, [(0, "in_flight", 5, -2, 0, 0)]),
        ({0: 1}, [(0, "drift", 5, -1, 0, -1)]),
        ({0: 3}, [(0, "drift", 5, -3, 0, 1)]),
        ({2: 2}, [(0, "drift", 5, 0, 0, -2), (2, "drift", 5, -2, 0, 2)]),
    ],
)
def test_what_was_ordered_and_not_shipped_is_in_flight_at_a_shop_that_falls_at_the_order(
    open_units: dict[int, int], wanted: list[tuple[Any, ...]]
) -> None:
    [outcome] = judge(shop({0: 5, 2: 5}, {0: 3, 2: 5}), open_units=open_units)

    assert say(outcome) == wanted


def test_a_mirror_that_falls_with_its_owner_has_nothing_in_flight() -> None:
    picture = draw(("shelf", "on_hand", {0: 5}), ("erp", "on_hand", {0: 3}))
    [outcome] = judge(picture, MIRROR | {"system": "erp"}, open_units={0: 2})

    assert say(outcome) == [(0, "drift", 5, 0, 0, -2)]


def test_an_owner_that_falls_at_the_order_is_ahead_of_a_mirror_at_the_shipment() -> None:
    picture = draw(("shop", "on_hand", {0: 3}), ("erp", "on_hand", {0: 5}))
    [outcome] = judge(
        picture, MIRROR | {"system": "erp"}, open_units={0: 2}, facts={"on_hand": {"owner": "shop"}}
    )

    assert say(outcome) == [(0, "in_flight", 3, 2, 0, 0)]


@pytest.mark.parametrize(
    ("change", "delta"), [({}, 0), ({"mirror": "erp"}, -2), ({"fact": "available"}, -2)]
)
def test_a_correction_on_its_way_to_this_very_number_explains_it(
    change: dict[str, str], delta: int
) -> None:
    for is_sent in (False, True):
        pending = find_on_its_way(2, is_sent=is_sent, **change)

        [outcome] = judge(shop({0: 5}, {0: 3}), pending=pending)

        assert outcome.exceptions["delta_units"].to_list() == [delta]


def find_on_its_way(units: int, *, is_sent: bool, **change: str) -> pl.DataFrame:
    row = {"mirror": "shop", "fact": "on_hand", "key_id": 0, "pending_units": units}
    return pl.DataFrame([{**row, "is_sent": is_sent, **change}], schema=NOTHING_PENDING.schema)


@pytest.mark.parametrize(
    ("shown", "is_sent", "wanted"),
    [
        (5, True, []),  # it arrived, and nobody has said so yet
        (5, False, [(0, "drift", 5, -2, 0, 2)]),  # it has not left, and will make two too many
        (3, True, [(0, "in_flight", 5, -2, 0, 0)]),
        (2, True, [(0, "drift", 5, -2, 0, -1)]),
        (8, True, [(0, "drift", 5, 0, 0, 3)]),
    ],
)
def test_what_was_sent_counts_as_on_its_way_so_far_as_the_number_lacks_it(
    shown: int, is_sent: bool, wanted: list[tuple[Any, ...]]
) -> None:
    [outcome] = judge(shop({0: 5}, {0: shown}), pending=find_on_its_way(2, is_sent=is_sent))

    assert say(outcome) == wanted


def test_commitments_nobody_counts_are_the_open_orders_of_movements() -> None:
    picture = draw(("shelf", "on_hand", {0: 5, 2: 5}), ("shop", "available", {0: 3, 2: 5}))

    [outcome] = judge(picture, SHOP, open_units={0: 2, 2: 1})

    assert say(outcome) == [(2, "drift", 4, 0, 0, 1)]
    assert outcome.qualifiers == ("committed_unreported",)
    assert outcome.exceptions["qualifiers"].to_list() == ["reservation_flag_missing"]


@pytest.mark.parametrize("options", [{"movements": "m-{hour}.csv", "counts": "c-{hour}.csv"}])
def test_where_somebody_tells_of_movements_commitments_are_reported(options: Any) -> None:
    systems = {
        "shelf": {"role": "wms", "connector": "files", "options": options},
        "shop": {"role": "storefront", "connector": "files", "decrements_at": "order"},
    }
    picture = draw(("shelf", "on_hand", {0: 5}), ("shop", "available", {0: 3}))

    [outcome] = judge(picture, SHOP, open_units={0: 2}, systems=systems)

    assert outcome.qualifiers == ()


def test_commitments_that_a_system_counts_stand_before_open_orders() -> None:
    picture = draw(
        ("shelf", "on_hand", {0: 5}), ("shelf", "committed", {0: 1}), ("shop", "available", {0: 3})
    )

    [outcome] = judge(picture, SHOP, open_units={0: 2})

    assert say(outcome) == [(0, "drift", 4, 0, 0, -1)]
    assert find_committed_source(settle(), picture) == "shelf"
    assert find_committed_source(settle(), shop({0: 1}, {0: 1})) is None


def test_a_whole_snapshot_without_a_fact_promises_nothing_and_a_part_says_nothing() -> None:
    facts = {"on_hand": {"owner": "shelf"}, "committed": {"owner": "erp"}}
    counts = (
        ("shelf", "on_hand", {0: 5}), ("erp", "on_hand", {0: 5}), ("shop", "available", {0: 5})
    )  # fmt: skip

    [whole] = judge(draw(*counts), SHOP, facts=facts)
    [part] = judge(draw(*counts, status={"erp": "partial"}), SHOP, facts=facts)

    assert (whole.comparison.is_match[0], part.comparison.is_match[0]) == (True, False)
    assert part.comparison.is_unknown[0]
    assert part.qualifiers == ("owner_partial",)


@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        ({"shop": "late"}, ("source_stale",)),
        ({"shop": "partial"}, ("mirror_partial",)),
        ({"shop": "suspect"}, ("mirror_suspect",)),
        ({"shelf": "late"}, ("owner_late",)),
        ({"shelf": "suspect", "shop": "partial"}, ("mirror_partial", "owner_suspect")),
        ({"erp": "late"}, ()),
        ({}, ()),
    ],
)
def test_a_snapshot_that_is_late_or_not_whole_limits_every_comparison(
    status: dict[str, str], wanted: tuple[str, ...]
) -> None:
    [outcome] = judge(shop({0: 5}, {0: 3}, status=status))

    assert outcome.qualifiers == wanted


def cases(**changes: Any) -> list[dict[str, Any]]:
    row = {
        "system": "shop", "item_id": "X", "unit": "CS", "sku": "A", "numerator": 12,
        "denominator": 1, "valid_from": TEN - timedelta(days=1),
        "valid_to": TEN + timedelta(days=1),
    }  # fmt: skip
    return [row | changes]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 24),
        ({"system": "erp"}, 30),
        ({"unit": "EA"}, 30),
        ({"denominator": 2}, 30),
        ({"numerator": 0}, 30),
        ({"sku": "B"}, 30),
        ({"valid_from": TEN}, 24),
        ({"valid_from": TEN + timedelta(seconds=1)}, 30),
        ({"valid_to": TEN}, 30),
        ({"valid_to": TEN + timedelta(seconds=1)}, 24),
    ],
)
def test_a_mirror_in_cases_is_held_to_whole_ones_of_the_size_that_holds_now(
    changes: dict[str, Any], expected: int
) -> None:
    [outcome] = judge(
        shop({0: 30}, {0: 7}), MIRROR | {"unit": "cs"}, catalog=stock(identities=cases(**changes))
    )

    assert [row[2] for row in say(outcome)] == [expected]


@pytest.mark.parametrize(
    ("owner", "seen", "note"),
    [
        (24, 24, None),
        (30, 30, "observed_factor=15 remainder=6"),
        (30, 24, None),
        (30, 12, "observed_factor=30 remainder=6"),
        (31, 24, None),
        (31, 36, "remainder=7"),
        (24, 36, "observed_factor=8"),
        (24, 12, "observed_factor=24"),
        (24, -12, "negative"),
        (25, 48, "remainder=1"),
        (24, 60, ""),
        (0, 12, ""),
    ],
)
def test_numbers_in_cases_say_which_factor_or_rest_makes_them_differ(
    owner: int, seen: int, note: str | None
) -> None:
    [outcome] = judge(
        shop({0: owner}, {0: seen}), MIRROR | {"unit": "CS"}, catalog=stock(identities=cases())
    )

    assert outcome.exceptions["qualifiers"].to_list() == ([] if note is None else [note])


def test_what_moved_between_two_readings_lags_and_is_said_to() -> None:
    picture = shop({0: 5}, {0: 8})
    picture.batches["shelf"] = picture.batches["shelf"].__class__(
        0, "shelf", "complete", READ - timedelta(minutes=30)
    )

    [outcome] = judge(picture, movements=moved(("shelf", "receipt", 3, 0, 10)))

    assert say(outcome) == [(0, "lag", 5, 0, 3, 0)]
    assert outcome.exceptions["qualifiers"].to_list() == ["rolled_forward"]


def test_a_mirror_that_may_not_have_heard_yet_lags_by_what_its_path_may_hold() -> None:
    handoffs = [{"path": "p", "source": "shelf", "target": "shop", "max_delay": "15m"}]
    told = moved(("shelf", "receipt", 3, 0, 10))

    [waits] = judge(shop({0: 8}, {0: 5}), movements=told, handoffs=handoffs)
    [late] = judge(shop({0: 8}, {0: 5}), movements=told)

    assert say(waits) == [(0, "lag", 8, 0, -3, 0)]
    assert waits.exceptions["qualifiers"].to_list() == ["shelf_ahead"]
    assert say(late) == [(0, "drift", 8, 0, 0, -3)]


def test_safety_stock_is_taken_off_item_by_item() -> None:
    rule = MIRROR | {"fact": "available", "expects": "on_hand - safety_stock"}
    picture = draw(("shelf", "on_hand", {0: 5, 2: 5}), ("shop", "available", {0: 5, 2: 5}))

    [outcome] = judge(picture, rule, catalog=stock({"sku": "A", "safety_stock": 2}, {"sku": "B"}))

    assert say(outcome) == [(0, "drift", 3, 0, 0, 2)]


def test_a_scope_of_a_place_or_a_class_has_its_own_owner() -> None:
    for scope in ({"location": "EAST", "owner": "erp"}, {"abc_class": "C", "owner": "erp"}):
        picture = draw(
            ("shelf", "on_hand", {0: 5, 1: 5, 2: 5, 3: 5}),
            ("erp", "on_hand", {0: 9, 1: 9, 2: 9, 3: 9}),
            ("shop", "on_hand", {0: 5, 1: 5, 2: 5, 3: 5}),
        )  # fmt: skip
        facts = {"on_hand": {"owner": "shelf", "scopes": [scope]}}
        catalog = stock({"sku": "A", "abc_class": "A"}, {"sku": "B", "abc_class": "C"})

        [outcome] = judge(picture, catalog=catalog, facts=facts)

        wanted = [1, 3] if "location" in scope else [2, 3]
        assert outcome.exceptions["key_id"].to_list() == wanted
        assert set(outcome.exceptions["owner"]) == {"erp"}


def test_a_place_that_counts_two_of_ours_is_compared_with_their_sum() -> None:
    picture = shop(
        {0: 2, 1: 3, 2: 0, 3: 4, 4: 1}, {2: 5, 5: 6}, places=("EAST", "MAIN", "EAST+MAIN")
    )
    locations = [("shop", "ALL", "EAST"), ("shop", "ALL", "MAIN"), ("erp", "X", "EAST")]

    [outcome] = judge(picture, catalog=stock(locations=locations))

    assert say(outcome)[-1] == (5, "drift", 5, 0, 0, 1)
    assert picture.pools.tolist() == [2, 5]


def test_a_word_is_compared_with_whether_anything_is_expected() -> None:
    picture = shop({0: 5, 1: 0, 2: 5, 3: 0}, {})
    picture.hour.add("shop", "on_hand", keys=[], units=[], unknown_keys=[0, 1, 2, 3], is_whole=True)
    picture.words["shop", "on_hand"] = (
        np.array([0, 1, 2, 3]), np.array([True, True, False, False])
    )  # fmt: skip

    [outcome] = judge(picture)

    told = outcome.exceptions.select("key_id", "status", "qualifiers", "delta_units").rows()
    assert told == [
        (0, "match", "says_available", None), (1, "drift", "says_available", None),
        (2, "drift", "says_unavailable", None), (3, "match", "says_unavailable", None),
    ]  # fmt: skip
    counted = tally(picture, outcome)
    assert (counted["compared"], counted["matched"], counted["drifting"]) == (4, 2, 2)
    assert counted["unknown"] == 0


def test_a_tally_counts_each_way_a_comparison_may_end() -> None:
    picture = shop({0: 5, 1: 5, 2: 5}, {0: 5, 1: 3, 3: 2})
    [outcome] = judge(picture, open_units={1: 2})

    told = tally(picture, outcome)

    assert {k: told[k] for k in ("compared", "matched", "in_flight", "lagging", "drifting")} == {
        "compared": 2, "matched": 1, "in_flight": 1, "lagging": 0, "drifting": 0
    }  # fmt: skip
    assert (told["ghosts"], told["absents"], told["unknown"]) == (1, 1, 0)
    assert (told["units_expected"], told["units_wrong"]) == (10, 2)
    assert (told["mirror"], told["fact"], told["fact_id"], told["owner_fact"]) == (
        "shop", "on_hand", 1, "on_hand"
    )  # fmt: skip


def gaps(*rows: tuple[int, int, bool, bool]) -> pl.DataFrame:
    """Return gaps of the shop: key, delta, is settled, is consistent."""
    return pl.DataFrame(
        [("gap", "shop", *row) for row in rows],
        schema={"kind": pl.String, "mirror": pl.String, "key_id": pl.Int32,
                "delta_units": pl.Int64, "is_settled": pl.Boolean, "is_consistent": pl.Boolean},
        orient="row",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "skus", "consistent", "leans"),
    [
        ([(0, 1, True, False), (1, 2, True, False)], 1, 0, False),
        ([(0, 1, True, False), (2, 2, True, False)], 2, 0, False),
        ([(0, 1, True, False), (2, 2, False, False)], 1, 0, False),
        ([(0, 1, True, False), (1, 1, True, False), (2, 1, True, False)], 2, 0, True),
        ([(0, 1, True, False), (1, 1, True, False), (2, 1, False, False)], 1, 0, False),
        ([(0, 1, True, False), (1, 1, True, False), (2, -1, True, False)], 2, 0, False),
        ([(0, 1, True, True), (2, 2, True, False)], 2, 1, False),
        ([(0, 1, True, True), (1, 3, True, True), (2, 2, True, False)], 2, 2, True),
        ([], 0, 0, False),
    ],
)
def test_settled_gaps_count_by_item_and_lean_to_the_wiring_where_they_are_alike(
    rows: list[Any], skus: int, consistent: int, leans: bool
) -> None:
    found = measure_drift(shop({}, {}), gaps(*rows))

    assert (found.drifting_skus, found.consistent, found.leans_to_integration) == (
        skus, consistent, leans
    )  # fmt: skip


def test_accuracy_is_by_record_and_never_netted() -> None:
    told = measure_accuracy(
        Drift(2, 10, 0, leans_to_integration=False),
        [{"units_expected": 100, "units_wrong": 10}, {"units_expected": 100, "units_wrong": 0}],
        gaps((0, 5, True, False), (1, -8, True, False), (2, 1, True, False)),
    )

    assert told["record_accuracy"] == 0.8
    assert told["unit_accuracy"] == 0.95
    assert (told["net_units"], told["over_units"], told["under_units"]) == (-2, 6, 8)
    assert 0.49 < told["accuracy_low"] < 0.5 < 0.94 < told["accuracy_high"] < 0.95
    nothing = measure_accuracy(Drift(0, 0, 0, leans_to_integration=False), [], gaps())
    assert (nothing["record_accuracy"], nothing["unit_accuracy"], nothing["accuracy_low"]) == (
        None, None, None
    )  # fmt: skip


def stockouts(
    owner: dict[int, int], seen: dict[int, int], known: list[int] | None = None, **more: Any
) -> tuple[list[int], list[int]]:
    picture = shop(owner, seen, **more)
    outcomes = judge(picture)
    before = pl.DataFrame(
        [("stockout", "on_hand", "", key, "", "open") for key in known or []],
        schema={"kind": pl.String, "fact": pl.String, "mirror": pl.String, "key_id": pl.Int32,
                "subject": pl.String, "state": pl.String}, orient="row",
    )  # fmt: skip
    opened, ended = find_stockouts(picture, outcomes, before)
    return opened["key_id"].to_list(), ended["key_id"].to_list()


@pytest.mark.parametrize(
    ("owner", "seen", "known", "wanted"),
    [
        ({0: 0}, {0: 0}, [], ([0], [])),
        ({0: 0}, {0: 0}, [0], ([], [])),
        ({0: 0}, {0: 1}, [], ([], [])),
        ({0: 0}, {0: 1}, [0], ([], [0])),
        ({0: 1}, {0: 0}, [0], ([], [0])),
        ({0: 1}, {0: 1}, [], ([], [])),
        ({0: -1}, {0: 0}, [], ([], [])),
        ({0: 0}, {}, [], ([], [])),
        ({}, {}, [0], ([], [0])),
    ],
)
def test_a_stockout_begins_and_ends_once_and_every_system_must_say_so(
    owner: dict[int, int], seen: dict[int, int], known: list[int], wanted: Any
) -> None:
    assert stockouts(owner, seen, known) == wanted


def test_a_silent_owner_ends_no_stockout() -> None:
    assert stockouts({1: 1}, {}, [0], whole=False) == ([], [])


def test_a_stockout_is_no_drift_and_names_its_owner() -> None:
    picture = shop({0: 0}, {0: 0})
    outcomes = judge(picture)

    opened, _ = find_stockouts(
        picture, outcomes, pl.DataFrame(schema={"kind": pl.String, "fact": pl.String,
        "mirror": pl.String, "key_id": pl.Int32, "subject": pl.String, "state": pl.String}),
    )  # fmt: skip
    [row] = opened.to_dicts()
    assert (row["owner"], row["severity"], row["delta_units"], row["is_settled"]) == (
        "shelf", "none", 0, False
    )  # fmt: skip
    assert (row["owner_units"], row["observed_units"], row["expected_units"]) == (0, 0, 0)


def test_items_are_active_by_stock_by_word_or_by_a_movement() -> None:
    assert count_active(shop({0: 5}, {}), []) == 1
    assert count_active(shop({0: -5}, {2: 1}), []) == 2
    assert count_active(shop({0: 0}, {2: 0}), []) == 0
    assert count_active(shop({0: 0}, {}), [3]) == 1
    worded = shop({}, {})
    worded.words["shop", "on_hand"] = (np.array([0, 2]), np.array([False, True]))
    assert count_active(worded, []) == 1
    assert count_distinct([1, 1, 0], 2) == 2


def test_a_number_per_item_stands_at_every_key_of_it() -> None:
    picture = shop({}, {})
    told = pl.DataFrame({"sku": ["B"], "units": [7]})

    assert spread_by_sku(picture, told, default=1).tolist() == [1, 1, 7, 7]
    assert spread_by_sku(picture, told.clear(), default=1).tolist() == [1, 1, 1, 1]


def test_a_count_that_was_taken_over_is_also_an_adjustment_of_its_instant() -> None:
    told = moved(("shelf", "count", 9, 0, 10), ("shelf", "receipt", 3, 0, 5))
    effects = pl.DataFrame(
        [("shelf", "M0", 0, -2)],
        schema={"system": pl.String, "movement_id": pl.String, "key_id": pl.Int32,
                "effect_units": pl.Int64}, orient="row",
    )  # fmt: skip

    sized = size_counts(told, effects)

    assert list(sized.select("movement_id", "kind", "units").iter_rows()) == [
        ("M0", "count", 9), ("M1", "receipt", 3), ("M0", "adjustment", -2)
    ]  # fmt: skip
    assert size_counts(told, effects.clear()).equals(told)


def test_a_system_that_said_nothing_is_missing_and_nothing_of_it_is_known() -> None:
    [outcome] = judge(draw(("shelf", "on_hand", {0: 5})))

    assert outcome.status == "missing"
    assert outcome.exceptions.is_empty()
    assert not outcome.comparison.is_judged.any()


def test_a_rule_over_a_fact_that_two_own_is_not_judged() -> None:
    facts = {"on_hand": {"owner": ["shelf", "erp"]}}

    assert judge(shop({0: 5}, {0: 3}), facts=facts) == []

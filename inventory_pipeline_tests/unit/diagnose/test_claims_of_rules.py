"""What causes of rules, settings and readings claim: gaps that follow something, hour by hour."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from inventory_pipeline.diagnose.case import Case, Change, Rule, Sibling
from inventory_pipeline.diagnose.causes import (
    batch_window,
    channel_reservation,
    clamped_at_zero,
    field_mapping,
    ghost_row,
    missing_row,
    observation_skew,
    owner_edited_without_movement,
    owner_layer_ahead_po,
    phantom_zero_sales,
    receipt_pending,
    safety_stock_rule,
    shrinkage,
    snapshot_incomplete,
    threepl_confirmation_missing,
    true_stockout,
    truth_moment,
    unit_factor,
    wrong_bin,
)
from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.diagnose.scene import Scene
from inventory_pipeline_tests.support.cases import KEEPS, SELLS, at, case

Find = Callable[[Scene], Iterator[Claim]]
HELD = Rule(("on_hand", "committed"), "order", safety=5, takes_safety=True, is_clamped=True)
BATCH = replace(SELLS, is_batch=True)


def claim(find: Find, asked: Case) -> list[Claim]:
    return list(find(Scene(asked)))


def changed(kind: str, before: str, after: str, subject: str = "A") -> tuple[Change, ...]:
    return (Change(at("9:00"), "storefront", kind, subject, before, after, "ops"),)


STILL = "8 20 20 20\n9 20 20 {0}\n10 20 20 {0}\n11 20 20 {0}"


@pytest.mark.parametrize(
    ("find", "kind"),
    [
        (safety_stock_rule.find, "safety_stock"),
        (safety_stock_rule.find, "Stock_Buffer"),
        (channel_reservation.find, "channel_reservation"),
        (channel_reservation.find, "BOPIS_holdback"),
    ],
)
@pytest.mark.parametrize("observed", [17, 23])
def test_a_gap_of_the_size_of_a_dated_setting_names_it_and_its_two_values(
    find: Find, kind: str, observed: int
) -> None:
    asked = case(STILL.format(observed), changes=changed(kind, "5", "8"))

    [said] = claim(find, asked)

    assert (said.units, said.ids, said.at) == (observed - 20, (f"storefront:{kind}:A",), at("9:00"))
    assert said.facts == {"before": "5", "after": "8"}
    assert said.series == (0, *[observed - 20] * 3)
    assert said.correction is None


@pytest.mark.parametrize(
    ("change", "observed", "is_claimed"),
    [
        (("safety_stock", "5", "8", "A"), 16, False),
        (("safety_stock", "5", "5", "A"), 17, False),
        (("safety_stock", "", "3", "A"), 17, True),
        (("safety_stock", "3", "", "A"), 17, True),
        (("safety_stock", "low", "3", "A"), 17, False),
        (("safety_stock", "0", "three", "A"), 17, False),
        (("title", "0", "3", "A"), 17, False),
        (("safety_stock", "0", "3", "B"), 17, False),
        (("safety_stock", "0", "3", ""), 17, True),
        (("safety_stock", "0", "3", "all"), 17, True),
        (("safety_stock", "0", "3", "storefront"), 17, True),
        (("safety_stock", "0", "3", "available"), 17, True),
        (("safety_stock", "0", "3", "item:A"), 17, True),
        (("safety_stock", "0", "3", "B, A"), 17, True),
        (("safety_stock", "0", "3", "A*"), 17, True),
        (("safety_stock", "0", "3", "B*"), 17, False),
    ],
)
def test_a_setting_concerns_the_items_its_subject_names_and_must_be_a_number(
    change: tuple[str, str, str, str], observed: int, is_claimed: bool
) -> None:
    kind, before, after, subject = change
    asked = case(STILL.format(observed), changes=changed(kind, before, after, subject))

    assert bool(claim(safety_stock_rule.find, asked)) is is_claimed


def test_a_rule_that_takes_the_stock_off_twice_is_off_by_change_and_stock() -> None:
    asked = case(STILL.format(12), rule=HELD, changes=changed("safety_stock", "5", "8"))

    assert [c.units for c in claim(safety_stock_rule.find, asked)] == [-8]


@pytest.mark.parametrize("find", [safety_stock_rule.find, channel_reservation.find])
def test_a_gap_that_moves_is_no_setting(find: Find) -> None:
    changes = (*changed("safety_stock", "5", "8"), *changed("reservation", "5", "8"))
    moving = "8 20 20 20\n9 20 20 17\n10 20 20 16\n11 20 20 17"

    assert claim(find, case(STILL.format(17), changes=changes))
    assert claim(find, case(moving, changes=changes)) == []


def peers(number: int, **more: object) -> tuple[Sibling, ...]:
    one = Sibling("B", "MAIN", "storefront", "available", -3, at("9:55"), -3)
    return tuple(replace(one, sku=f"B{n}", **more) for n in range(number))


@pytest.mark.parametrize(
    ("number", "more", "is_claimed"),
    [
        (2, {}, True),
        (1, {}, False),
        (2, {"jump_units": -4}, False),
        (2, {"jump_at": at("10:55")}, False),
        (2, {"mirror": "outlet"}, False),
    ],
)
def test_items_that_change_alike_in_one_hour_are_reserved_for_a_channel(
    number: int, more: dict, is_claimed: bool
) -> None:
    asked = case(STILL.format(17), peers=peers(number, **more))

    found = claim(channel_reservation.find, asked)

    assert [(c.units, c.facts, c.series) for c in found] == (
        [(-3, {"siblings": 2}, (0, -3, -3, -3))] if is_claimed else []
    )


def test_items_that_moved_by_a_movement_of_that_size_are_not_reserved() -> None:
    asked = case(
        "8 20 20 20\n9 23 23 20\n10 23 23 20",
        "09:05 shelf receipt 3 W1",
        heard=None,
        peers=peers(2),
    )

    assert claim(channel_reservation.find, asked) == []


@pytest.mark.parametrize("observed", [15, 25])
def test_a_gap_as_large_as_the_safety_stock_is_the_rule_where_others_show_it_too(
    observed: int,
) -> None:
    asked = case(STILL.format(observed), rule=replace(SELLS, safety=5), changes=())
    own = peers(2, is_own_safety=True)

    [said] = claim(safety_stock_rule.find, replace(asked, peers=own))

    assert (said.units, said.facts) == (observed - 20, {"safety": 5, "siblings": 2})
    assert claim(safety_stock_rule.find, replace(asked, peers=own[:1])) == []
    [untold] = claim(safety_stock_rule.find, replace(asked, changes=None))
    assert untold.strength < said.strength
    assert claim(safety_stock_rule.find, replace(asked, peers=peers(2))) == []
    later = tuple(replace(p, jump_at=at("10:55")) for p in own)
    assert claim(safety_stock_rule.find, replace(asked, peers=later)) == []


@pytest.mark.parametrize("safety", [0, 4, 6])
def test_a_gap_of_another_size_than_the_safety_stock_is_none(safety: int) -> None:
    asked = case(STILL.format(15), rule=replace(SELLS, safety=safety))

    assert claim(safety_stock_rule.find, asked) == []


OPEN = "8 20 20 20 0\n9 20 20 18 2\n10 20 20 17 3"


def test_a_gap_that_is_the_open_orders_in_every_hour_is_the_moment() -> None:
    [said] = claim(truth_moment.find, case(OPEN, rule=KEEPS))

    assert (said.units, said.facts, said.series) == (-3, {"open_orders": 3}, (0, -2, -3))
    still = case("8 20 20 20 0\n9 20 20 17 3\n10 20 20 17 3", rule=KEEPS)
    [fixed] = claim(truth_moment.find, still)
    assert fixed.strength < said.strength
    [alike] = claim(truth_moment.find, replace(still, like_orders=1))
    assert alike.strength > fixed.strength


@pytest.mark.parametrize(
    "rows",
    [
        "8 20 20 20 0\n9 20 20 18 2\n10 20 20 23 3",
        "8 20 20 20 0\n9 20 20 18 2\n10 20 20 17 4",
        "8 20 20 20 0\n9 20 20 18 0\n10 20 20 17 3",
        "8 20 20 20 0\n9 20 20 20 2\n10 20 20 20 3",
    ],
)
def test_one_hour_that_is_not_the_open_orders_is_no_moment(rows: str) -> None:
    assert claim(truth_moment.find, case(rows, rule=KEEPS)) == []


def test_a_rule_that_takes_commitments_off_has_no_two_moments() -> None:
    assert claim(truth_moment.find, case(OPEN, rule=SELLS)) == []


def test_one_hour_in_ten_may_be_off_and_not_two() -> None:
    rows = ["7 20 20 20 0"] + [f"{h} 20 20 {20 - h} {h}" for h in range(8, 17)]
    one = case("\n".join([*rows, "17 20 20 3 16"]), rule=KEEPS)
    two = case("\n".join([*rows, "17 20 20 3 16", "18 20 20 2 17"]), rule=KEEPS)

    assert claim(truth_moment.find, one)
    assert claim(truth_moment.find, two) == []


SHOWN = "8 20 20 20 0\n9 20 18 20 2\n10 20 17 20 3"


def test_a_mirror_that_ignores_orders_is_too_high_by_them_and_moves_with_them() -> None:
    [said] = claim(field_mapping.find, case(SHOWN, heard=None))

    assert (said.units, said.series, said.facts) == (3, (0, 2, 3), {"committed": 3})
    still = case("8 20 20 20 0\n9 20 17 20 3\n10 20 17 20 3", heard=None)
    [fixed] = claim(field_mapping.find, still)
    assert fixed.strength < said.strength
    assert claim(field_mapping.find, replace(still, log=(), moves=())) == []
    below = case("8 20 20 20 0\n9 20 18 16 2\n10 20 17 14 3", heard=None)
    assert claim(field_mapping.find, below) == []
    assert claim(field_mapping.find, case(SHOWN, heard=None, rule=KEEPS)) == []


@pytest.mark.parametrize(
    ("alike", "gaps", "is_path"),
    [(2, 5, True), (1, 1, False), (2, 6, False), (3, 7, True), (0, 0, False)],
)
def test_other_items_that_ignore_their_orders_speak_for_the_mapping(
    alike: int, gaps: int, is_path: bool
) -> None:
    alone = case(SHOWN, heard=None)
    asked = replace(alone, like_orders=alike, gaps_here=gaps)

    [one], [many] = claim(field_mapping.find, alone), claim(field_mapping.find, asked)

    assert (many.strength > one.strength) is is_path


@pytest.mark.parametrize(
    ("kind", "system", "is_named"),
    [
        ("field_mapping", "storefront", True),
        ("mapping", "storefront", True),
        ("sku_mapping", "storefront", False),
        ("location_mapping", "storefront", False),
        ("title", "storefront", False),
        ("field_mapping", "erp", False),
    ],
)
def test_a_change_of_the_mirror_s_own_fields_is_named(
    kind: str, system: str, is_named: bool
) -> None:
    change = Change(at("8:30"), system, kind, "", "a", "b", "ops")

    [said] = claim(field_mapping.find, case(SHOWN, heard=None, changes=(change,)))

    assert said.ids == ((f"{system}:{kind}:",) if is_named else ())


def test_more_promised_than_ordered_is_no_mapping() -> None:
    told = "08:57 storefront order_placed 3 S1"
    asked = case("8 20 20 20 0\n9 20 17 20 3\n10 20 17 20 3", told, heard=None)
    left = case("8 20 20 20 0\n9 20 16 20 4\n10 20 16 20 4", told, heard=None)

    assert claim(field_mapping.find, asked)
    assert claim(field_mapping.find, left) == []


CLAMPED = "8 8 3 3 0\n9 8 0 0 6\n10 28 17 20 6"


def test_a_surplus_as_large_as_the_number_once_was_below_zero_was_held_there() -> None:
    asked = case(
        CLAMPED, "09:05 storefront order_placed 6 S1\n10:05 shelf receipt 20 W1",
        "09:06 set 0 L1 S1\n10:06 set 20 L2 W1", rule=HELD,
    )  # fmt: skip

    [said] = claim(clamped_at_zero.find, asked)

    assert (said.units, said.correction, said.facts) == (3, -3, {"below_zero": -3})
    assert said.ids == ("L1", "S1")
    assert said.series == (0, 0, 3)
    [unheard] = claim(clamped_at_zero.find, replace(asked, log=None))
    assert unheard.ids == ()


@pytest.mark.parametrize(
    "rows",
    [
        "8 8 3 3 0\n9 8 0 0 6\n10 28 17 21 6",
        "8 8 3 3 0\n9 8 0 1 6\n10 28 17 20 6",
        "8 8 3 3 0\n9 8 0 0 3\n10 28 20 23 3",
        "8 8 3 3 0\n9 8 0 0 6\n10 28 17 14 6",
    ],
)
def test_a_number_that_was_not_held_at_zero_by_just_that_is_not_clamped(rows: str) -> None:
    assert claim(clamped_at_zero.find, case(rows, rule=HELD)) == []


def test_safety_stock_and_orders_count_below_zero_only_where_the_rule_takes_them_off() -> None:
    loose = replace(HELD, takes_safety=False)

    assert claim(clamped_at_zero.find, case(CLAMPED, rule=loose)) == []
    kept = Rule(("on_hand",), "shipment", safety=5, takes_safety=True)
    assert claim(clamped_at_zero.find, case(CLAMPED, rule=kept)) == []


BATCHES = (
    "1 20 20 20\n2 20 19 20\n3 20 18 18\n4 20 17 18\n5 20 16 16\n"
    "6 20 15 16\n7 20 14 14\n8 20 13 14\n9 20 12 14"
)


def test_a_mirror_that_jumps_to_the_truth_again_and_again_is_told_in_batches() -> None:
    [said] = claim(batch_window.find, case(BATCHES))

    assert (said.units, said.facts) == (2, {"level": 14, "resets": 3})
    assert said.series == (0, 1, 0, 1, 0, 1, 0, 1, 2)
    assert said.correction is None


@pytest.mark.parametrize(
    ("rows", "is_claimed"),
    [
        (BATCHES, True),
        (BATCHES.split("\n", 2)[2], False),  # only two batches
        ("\n".join(BATCHES.split("\n")[:-2]), False),  # nothing moved since the last one
        (BATCHES + "\n10 20 11 13", False),  # the mirror moves by itself
    ],
)
def test_three_batches_and_a_moving_truth_make_a_batch(rows: str, is_claimed: bool) -> None:
    assert bool(claim(batch_window.find, case(rows))) is is_claimed


def test_a_declared_batch_needs_no_history_and_is_surer() -> None:
    rows = "8 20 20 20\n9 20 19 20\n10 20 18 20"
    declared = case(rows, rule=BATCH)
    first = replace(
        declared, points=tuple(replace(p, at=declared.points[0].at) for p in declared.points)
    )

    [said] = claim(batch_window.find, first)
    [guessed] = claim(batch_window.find, case(BATCHES))

    assert said.strength > guessed.strength
    assert claim(batch_window.find, declared) == []  # a batch ran since, and left the gap
    assert claim(batch_window.find, replace(first, rule=SELLS)) == []
    told = replace(first, moves=case("", "09:05 shelf receipt 1 W1").moves)
    assert claim(batch_window.find, told) == []


def late_words(rows: int, delay: int, end: int = 15) -> Case:
    """Return words that came late together at 12:06, and one of 13:05 that has not come yet."""
    told = "07:10 shelf receipt 1 W0\n08:05 shelf receipt 2 W1\n08:40 shelf damage 5 W2\n"
    heard = ["12:06 add 2 L1 W1", "12:06 add -5 L2 W2"][:rows]
    return case(
        f"7 20 20 20\n8 17 17 20\n12 17 17 17\n13 23 23 17\n{end} 23 23 17",
        f"{told}13:05 shelf receipt 6 W3", "\n".join(["07:12 add 1 L0 W0", *heard]),
        delay=timedelta(hours=delay),
    )  # fmt: skip


def test_two_words_that_came_late_together_announce_the_next_batch() -> None:
    [said] = claim(batch_window.find, late_words(2, 0))

    assert (said.units, said.ids, said.at) == (-6, ("W3",), at("13:05"))
    assert said.series == (0, 0, 0, -6, -6)
    assert said.facts == {"level": 17, "resets": 2}
    assert claim(batch_window.find, late_words(1, 0)) == []
    assert claim(batch_window.find, late_words(2, 3)) == []  # so long the path may take
    assert claim(batch_window.find, late_words(2, 0, end=17))
    assert claim(batch_window.find, late_words(2, 0, end=18)) == []


@pytest.mark.parametrize(
    ("moved", "is_claimed"),
    [("09:30", False), ("09:31", True), ("09:55", True), ("09:56", False)],
)
def test_a_movement_between_two_readings_explains_a_gap_of_one_hour(
    moved: str, is_claimed: bool
) -> None:
    asked = case("8 20 20 20\n9 24 24 20", f"{moved} shelf receipt 4 W1", heard=None, rule=KEEPS)
    end = replace(asked.points[-1], owner_at=at("9:30"))
    apart = replace(asked, points=(asked.points[0], end))

    found = claim(observation_skew.find, apart)

    assert [(c.units, c.ids, c.at, c.correction) for c in found] == (
        [(-4, ("W1",), at("9:55"), None)] if is_claimed else []
    )
    older = replace(asked, points=(replace(asked.points[0], delta=1), end))
    assert claim(observation_skew.find, older) == []
    alone = replace(asked, points=(end,))
    assert claim(observation_skew.find, alone) == []


@pytest.mark.parametrize(("observed", "is_claimed"), [(20, True), (28, True), (21, False)])
def test_a_skew_has_the_size_of_what_moved_in_either_direction(
    observed: int, is_claimed: bool
) -> None:
    asked = case(
        f"8 20 20 20\n9 24 24 {observed}", "09:40 shelf receipt 4 W1", heard=None, rule=KEEPS
    )
    end = replace(asked.points[-1], owner_at=at("9:30"))

    found = claim(observation_skew.find, replace(asked, points=(asked.points[0], end)))

    assert bool(found) is is_claimed


def test_a_number_that_lacks_the_newest_rows_of_its_own_log_is_an_old_page() -> None:
    told = "07:10 shelf receipt 1 W0\n10:05 shelf receipt 3 W1\n10:25 shelf receipt 4 W2"
    heard = "07:12 add 1 L0 W0\n10:06 add 3 L1 W1\n10:26 add 4 L2 W2"
    old = case("8 20 20 20\n9 20 20 20\n10 27 27 23", told, heard)
    older = case("8 20 20 20\n9 20 20 20\n10 27 27 20", told, heard)
    other = case("8 20 20 20\n9 20 20 20\n10 27 27 22", told, heard)

    [said], [both] = claim(observation_skew.find, old), claim(observation_skew.find, older)

    assert (said.units, said.ids, said.correction) == (-4, ("W2",), None)
    assert (both.units, both.ids) == (-7, ("W1", "W2"))
    assert claim(observation_skew.find, other) == []


def test_what_the_owner_changed_beyond_its_movements_is_its_own_edit() -> None:
    asked = case("8 20 20 20\n9 25 25 20\n10 25 25 20", "07:10 shelf receipt 1 W0", heard=None)

    [said] = claim(owner_edited_without_movement.find, asked)

    assert (said.units, said.facts, said.series) == (-5, {"owner_rest": 5}, (0, -5, -5))
    assert said.correction is None
    [logged] = claim(owner_edited_without_movement.find, replace(asked, log=()))
    assert logged.strength > said.strength
    partly = case("8 20 20 20\n9 25 25 21\n10 25 25 21", "07:10 shelf receipt 1 W0", heard=None)
    assert claim(owner_edited_without_movement.find, partly) == []
    told = case("8 20 20 20\n9 25 25 20\n10 25 25 20", "09:05 shelf receipt 5 W1", heard=None)
    assert claim(owner_edited_without_movement.find, told) == []
    guessed = tuple(replace(m, kind="inferred") for m in asked.moves or ())
    assert claim(owner_edited_without_movement.find, replace(asked, moves=guessed)) == []


@pytest.mark.parametrize(("receipts", "is_claimed"), [
    ((("r1", 8),), True), ((("r1", 5), ("r2", 3)), True), ((("r1", 7),), False),
    ((("r1", -8),), False), ((), False),
])  # fmt: skip
def test_corrections_on_their_way_that_close_the_gap_are_waited_for(
    receipts: tuple[tuple[str, int], ...], is_claimed: bool
) -> None:
    asked = case("8 20 20 20\n9 28 28 20\n10 28 28 20", receipts=receipts)

    found = claim(receipt_pending.find, asked)

    assert [(c.units, c.ids, c.series, c.correction) for c in found] == (
        [(-8, tuple(n for n, _ in receipts), (0, -8, -8), None)] if is_claimed else []
    )


@pytest.mark.parametrize(
    ("rows", "doubt", "is_claimed"),
    [
        ("8 20 20 20\n9 20 20 12", "mirror_partial", True),
        ("8 20 20 20\n9 20 20 12", "owner_suspect", True),
        ("8 20 20 20\n9 20 20 12", "source_stale", False),
        ("8 20 20 12\n9 20 20 12", "mirror_partial", False),
        ("8 20 20 12", "mirror_partial", True),
    ],
)
def test_a_gap_that_is_as_new_as_a_doubted_snapshot_may_be_its_fault(
    rows: str, doubt: str, is_claimed: bool
) -> None:
    found = claim(snapshot_incomplete.find, case(rows, qualifiers=(doubt,)))

    assert [(c.units, c.correction) for c in found] == ([(-8, None)] if is_claimed else [])
    assert all(c.at == (at("9:55") if "\n" in rows else at("8:55")) for c in found)


PARCELS = "07:30 storefront order_placed 2 S1 SO-1\n09:40 shelf shipment 2 T1 SO-1"


@pytest.mark.parametrize(
    ("rows", "told", "ids"),
    [
        ("8 20 20 20 2\n9 20 18 20 2\n10 20 18 20 2", PARCELS, ("T1",)),
        ("8 20 20 20 2\n9 20 18 21 2\n10 20 18 21 2", PARCELS, None),
        ("8 20 20 20 2\n9 20 17 20 3\n10 20 17 20 3", PARCELS, None),
        ("8 20 20 20 0\n9 20 18 20 0\n10 20 18 20 0", PARCELS, None),
        ("8 20 18 20 4\n9 20 18 20 2\n10 20 18 20 2", PARCELS, None),
        ("8 20 20 20 2\n9 20 18 20 2\n10 20 18 20 2", PARCELS.replace("2 T1", "1 T1"), None),
    ],
)
def test_a_promise_that_stands_on_after_its_parcel_left_names_the_parcel(
    rows: str, told: str, ids: tuple[str, ...] | None
) -> None:
    asked = case(rows, told, heard=None, rule=replace(SELLS, owner_role="threepl"))

    found = [c for c in claim(threepl_confirmation_missing.find, asked) if c.series is not None]

    assert [(c.units, c.ids[:1], c.correction) for c in found] == ([(2, ids, -2)] if ids else [])
    assert all(c.series == (0, 2, 2) and not c.is_proven_by_ids for c in found)


@pytest.mark.parametrize(
    ("expected", "observed", "factor"),
    [
        (12, 1, 12), (1, 12, 12), (24, 2, 12), (7, 7, 0), (0, 12, 0), (12, 0, 0), (-12, 1, 0),
        (-12, -1, 12), (12, 5, 0), (144, 1, 144), (145, 1, 0), (2, 1, 2),
    ],
)  # fmt: skip
def test_a_factor_is_whole_more_than_one_and_at_most_a_gross(
    expected: int, observed: int, factor: int
) -> None:
    assert unit_factor.compute_factor(expected, observed) == factor


def test_levels_in_one_ratio_are_a_unit_and_surer_where_they_move() -> None:
    moving = case("8 120 120 10\n9 132 132 11\n10 144 144 12", rule=KEEPS)
    still = case("8 120 120 10\n9 120 120 10\n10 120 120 10", rule=KEEPS)
    odd = case("8 70 70 10\n9 70 70 10\n10 70 70 10", rule=KEEPS)

    [said], [fixed], [strange] = (claim(unit_factor.find, c) for c in (moving, still, odd))

    assert (said.units, said.facts, said.series) == (-132, {"factor": 12}, (-110, -121, -132))
    assert said.strength > fixed.strength > strange.strength
    [own] = claim(unit_factor.find, replace(odd, rule=replace(KEEPS, factor=7)))
    assert own.strength > strange.strength
    mixed = case("8 120 120 10\n9 132 132 12\n10 144 144 12", rule=KEEPS)
    assert claim(unit_factor.find, mixed) == []


@pytest.mark.parametrize(
    ("kind", "subject", "is_surer"),
    [("pack_size", "A", True), ("UOM", "", True), ("pack_size", "B", False), ("title", "A", False)],
)
def test_a_change_of_the_pack_size_speaks_for_a_unit(
    kind: str, subject: str, is_surer: bool
) -> None:
    asked = case("8 120 120 10\n9 132 132 11\n10 144 144 12", rule=KEEPS)
    told = replace(asked, changes=changed(kind, "10", "12", subject))

    [bare], [said] = claim(unit_factor.find, asked), claim(unit_factor.find, told)

    assert (said.strength > bare.strength) is is_surer


def test_every_movement_posted_in_one_ratio_is_a_unit_of_all_of_them() -> None:
    told = "09:05 shelf receipt 6 W1\n10:05 shelf receipt 4 W2\n11:05 shelf receipt 2 W3"
    halved = "8 20 20 20\n9 26 26 23\n10 30 30 25\n11 32 32 26"
    doubled = "8 20 20 20\n9 26 26 32\n10 30 30 40\n11 32 32 44"

    for rows, delta in ((halved, -6), (doubled, 12)):
        asked = case(rows, told, heard=None)
        [said] = [c for c in claim(unit_factor.find, asked) if c.ids == ("W1", "W2", "W3")
                  and c.path]  # fmt: skip
        assert (said.units, said.facts) == (delta, {"factor": 2})
        assert said.series == tuple(p.delta for p in asked.points)
    once = case("8 20 20 20\n9 26 26 23\n10 30 30 27\n11 32 32 29", told, heard=None)
    assert [c for c in claim(unit_factor.find, once) if c.ids == ("W1", "W2", "W3")] == []


def test_a_level_rewritten_in_another_unit_needs_no_movement() -> None:
    asked = case("8 20 20 20\n9 20 20 240\n10 20 20 240", heard=None)

    found = [c for c in claim(unit_factor.find, asked) if c.at == at("9:55")]

    assert [(c.units, c.facts["factor"]) for c in found] == [(220, 12)]
    told = case("8 20 20 20\n9 20 20 240\n10 20 20 240", "09:05 shelf damage 220 D1", heard=None)
    assert [c for c in claim(unit_factor.find, told) if c.at == at("9:55") and not c.ids] == []


RECORDS = (
    "07:10 shelf count 9 C1\n08:10 shelf count 8 C2\n09:10 shelf count 7 C3\n"
    "09:15 storefront order_placed 1 S1\n09:20 shelf pos_sale 1 P1\n09:25 shelf shipment 1 W1"
)


@pytest.mark.parametrize(
    ("find", "change", "ids"),
    [
        (shrinkage.find, {"finding_class": "shrinkage"}, ("C3",)),
        (wrong_bin.find, {"finding_class": "misplaced"}, ("C3", "C2")),
        (true_stockout.find, {"finding_class": "stockout"}, ("W1",)),
        (phantom_zero_sales.find, {"kind": "phantom"}, ("P1",)),
        (ghost_row.find, {"kind": "ghost"}, ("L2",)),
        (missing_row.find, {"kind": "absent"}, ()),
        (owner_layer_ahead_po.find, {"kind": "receipt_lag", "subject": "P1 P2"}, ("P1", "P2")),
    ],
)
def test_a_problem_that_is_no_gap_names_its_newest_record_and_corrects_nothing(
    find: Find, change: dict, ids: tuple[str, ...]
) -> None:
    asked = replace(
        case("8 20 20 20", RECORDS, "08:06 add 1 L1\n08:07 add 1 L2"),
        **({"finding_class": "", "kind": "other", "told_units": -2} | change),
    )

    [said] = claim(find, asked)

    assert (said.units, said.ids, said.correction) == (-2, ids, None)
    assert claim(find, replace(asked, kind="gap", finding_class="sync_drift")) == []


def test_a_gap_that_the_truth_closed_by_itself_is_no_batch() -> None:
    rows = [f"{h} 20 {20 if h % 2 else 19} 20" for h in range(1, 12)]

    assert claim(batch_window.find, case("\n".join([*rows, "12 20 18 20"]))) == []


def test_a_clamped_number_names_the_newest_row_that_brought_it_to_zero() -> None:
    asked = case(
        CLAMPED, "08:30 shelf receipt 1 W9\n09:05 storefront order_placed 6 S1",
        "08:31 add 1 L9 W9\n09:06 set 0 L1 S1\n10:06 set 20 L2 W1", rule=HELD,
    )  # fmt: skip

    assert [c.ids for c in claim(clamped_at_zero.find, asked)] == [("L1", "S1")]


def test_the_newest_hour_counts_although_it_moves() -> None:
    asked = case(SHOWN, heard=None)
    moving = tuple(replace(p, is_moving=n == 2) for n, p in enumerate(asked.points))
    off = (*moving[:-1], replace(moving[-1], delta=9))

    assert claim(field_mapping.find, replace(asked, points=moving))
    assert claim(field_mapping.find, replace(asked, points=off)) == []


def test_a_ghost_names_the_last_of_many_rows() -> None:
    rows = "\n".join(f"08:0{n} add 1 L{n}" for n in range(1, 6))
    asked = replace(case("8 20 20 20", RECORDS, rows), kind="ghost")

    assert [c.ids for c in claim(ghost_row.find, asked)] == [("L5",)]


def test_a_dated_setting_is_surer_than_items_that_change_alike() -> None:
    dated = case(STILL.format(17), changes=changed("reservation", "5", "8"))
    alike = case(STILL.format(17), peers=peers(2))

    [record], [pattern] = (claim(channel_reservation.find, c) for c in (dated, alike))

    assert record.strength > pattern.strength


def test_a_gap_that_was_there_from_the_first_hour_is_constant_since_then() -> None:
    asked = case("9 20 20 17\n10 20 20 17", changes=changed("safety_stock", "5", "8"))

    [said] = claim(safety_stock_rule.find, asked)

    assert said.series == (-3, -3)

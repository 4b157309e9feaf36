"""The causes: each is drawn as a small day, and is the one that diagnosis names."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inventory_pipeline.diagnose.case import Case, Change, Message, Rule, Sibling
from inventory_pipeline.diagnose.records import (
    find_pending,
    find_sent,
    find_waits,
    list_corrections,
)
from inventory_pipeline.diagnose.verdict import Verdict, judge
from inventory_pipeline_tests.support.cases import KEEPS, SELLS, at, case

HELD = Rule(("on_hand", "committed"), "order", safety=5, takes_safety=True, is_clamped=True)


def say(asked: Case) -> Verdict:
    return judge(asked, {})


def test_a_restock_that_no_log_tells_was_dropped_and_is_proven() -> None:
    verdict = say(
        case(
            "8 20 20 20\n9 28 28 20\n16 28 28 20",
            "07:10 shelf receipt 1 W0\n09:05 shelf receipt 8 W1",
            "07:12 add 1 L0 W0",
            changes=(),
        )
    )

    assert (verdict.cause, verdict.is_proven) == ("movement_dropped", True)
    assert verdict.correction_units == 8


def test_a_sale_that_never_lowered_the_mirror() -> None:
    verdict = say(
        case(
            "8 20 20 20\n9 20 17 20\n16 20 17 20",
            "07:10 shelf receipt 1 W0\n09:05 storefront order_placed 3 S1",
            "07:12 add 1 L0 W0",
        )
    )

    assert (verdict.cause, verdict.is_proven) == ("decrement_missing", True)
    assert verdict.correction_units == -3


def test_one_order_that_lowered_the_mirror_twice() -> None:
    verdict = say(
        case(
            "8 20 20 20\n9 20 18 16\n10 20 18 16",
            "09:05 storefront order_placed 2 S1",
            "09:06 add -2 L1 S1\n09:07 add -2 L2 S1",
        )
    )

    assert (verdict.cause, verdict.is_proven) == ("double_decrement", True)
    assert verdict.correction_units == 2


def test_a_receipt_told_twice_is_a_duplicated_event() -> None:
    verdict = say(
        case(
            "8 20 20 20\n9 24 24 28\n10 24 24 28",
            "09:05 shelf receipt 4 W1 PO-1",
            "09:06 add 4 L1 W1\n09:07 add 4 L2 W1",
        )
    )

    assert (verdict.cause, verdict.is_proven) == ("event_duplicated", True)


def test_a_person_in_the_log_is_never_proof() -> None:
    verdict = say(
        case(
            "8 20 20 20\n9 20 20 23\n10 20 20 23",
            "07:10 shelf receipt 1 W0",
            "07:12 add 1 L0 W0\n09:06 set 23 L1 - maria",
        )
    )

    assert (verdict.cause, verdict.is_proven) == ("manual_edit_mirror", False)
    assert verdict.correction_units is None


def test_the_same_gap_without_the_log_is_never_proven() -> None:
    verdict = say(
        case("8 20 20 20\n9 28 28 20\n10 28 28 20", "09:05 shelf receipt 8 W1", heard=None)
    )

    assert (verdict.cause, verdict.is_proven, verdict.tier) == ("movement_dropped", False, "T1")
    assert "the mirror keeps no log of its own" in verdict.doubts


def test_a_silent_hour_of_the_log_forbids_proof() -> None:
    asked = case(
        "8 20 20 20\n9 28 28 20\n16 28 28 20",
        "07:10 shelf receipt 1 W0\n09:05 shelf receipt 8 W1",
        "07:12 add 1 L0 W0",
        silent_at=(at("9:00"),),
    )

    assert say(asked).doubts == ("a log was silent when it should have told",)
    assert say(replace(asked, silent_at=(at("3:00"),))).is_proven


def test_a_change_of_settings_in_the_window_forbids_proof() -> None:
    asked = case(
        "8 20 20 20\n9 28 28 20\n10 28 28 20",
        "07:10 shelf receipt 1 W0\n09:05 shelf receipt 8 W1",
        "07:12 add 1 L0 W0",
        changes=(Change(at("9:30"), "storefront", "title", "A", "x", "y", "ops"),),
    )

    assert "a setting changed in the window" in say(asked).doubts


def test_a_path_that_never_adds() -> None:
    verdict = say(
        case(
            "8 20 20 20\n9 28 28 20\n10 32 32 20\n11 32 30 18",
            "09:05 shelf receipt 8 W1\n10:05 shelf receipt 4 W2\n"
            "11:05 storefront order_placed 2 S1",
            "11:06 add -2 L1 S1",
        )
    )

    assert (verdict.cause, verdict.is_proven) == ("additions_not_propagated", False)


def test_a_count_that_only_the_owner_heard_of() -> None:
    verdict = say(
        case(
            "8 46 46 46\n9 40 40 46\n16 40 40 46",
            "07:10 shelf receipt 1 W0\n09:05 shelf count 40 W1",
            "07:12 add 1 L0 W0",
            rule=KEEPS,
            moves=tuple(
                replace(m, effect=-6, owner_effect=-6) if m.kind == "count" else m
                for m in case("", "07:10 shelf receipt 1 W0\n09:05 shelf count 40 W1").moves or ()
            ),
        )
    )

    assert (verdict.cause, verdict.is_proven) == ("count_written_once", True)


@pytest.mark.parametrize(
    ("disposition", "expected"),
    [("damaged", "damaged_return_restocked"), ("good", "event_duplicated")],
)
def test_a_stained_box_on_sale(disposition: str, expected: str) -> None:
    heard = (
        "09:06 add 2 L1 R1" if disposition == "damaged" else "09:06 add 2 L1 R1\n09:07 add 2 L2 R1"
    )
    units = 22 if disposition == "damaged" else 24
    own = 20 if disposition == "damaged" else 22
    verdict = say(
        case(
            f"8 20 20 20\n9 {own} {own} {units}\n10 {own} {own} {units}",
            f"08:10 storefront return_initiated 2 R0 RMA-1\n"
            f"09:05 shelf return_received 2 R1 RMA-1 {disposition}",
            heard,
        )
    )

    assert verdict.cause == expected


def test_a_credit_before_the_box_came_waits_and_is_later_overdue() -> None:
    asked = case(
        "8 20 20 20\n9 20 20 22\n10 20 20 22",
        "09:05 storefront return_initiated 2 R0 RMA-1",
        "09:06 add 2 L1 RMA-1",
    )

    assert say(asked).cause == "return_credited_early"
    assert say(asked).correction_units is None
    overdue = replace(asked, rule=replace(SELLS, due_days=0))
    assert say(overdue).cause == "return_never_arrived"


@pytest.mark.parametrize(
    ("waited", "expected"),
    [(timedelta(minutes=1), "stale_overwrite"), (timedelta(hours=25), "stale_retry")],
)
def test_an_older_level_over_a_newer_one(waited: timedelta, expected: str) -> None:
    asked = case(
        "8 44 44 44\n9 44 40 40\n10 44 40 44\n11 44 40 44",
        "09:05 storefront order_placed 4 S1",
        "09:06 set 40 L1 S1\n10:03 set 44 L2 E10",
        messages=(
            Message(
                "E10", "p", "set", 44, at("10:03") - waited, at("10:03"), 1, "processed", "E10"
            ),
        ),
    )

    assert say(asked).cause == expected


def test_a_constant_ratio_is_a_unit() -> None:
    verdict = say(
        case("8 120 120 10\n9 132 132 11\n10 144 144 12", "07:10 shelf receipt 1 W0", rule=KEEPS)
    )

    assert verdict.cause == "unit_factor"


def test_a_dated_change_of_the_safety_stock() -> None:
    verdict = say(
        case(
            "8 20 20 20\n9 20 20 17\n10 20 20 17\n11 20 20 17",
            "07:10 shelf receipt 1 W0",
            "09:06 set 17 L1 - sync",
            changes=(Change(at("9:00"), "storefront", "safety_stock", "A", "5", "8", "ops"),),
        )
    )

    assert verdict.cause == "safety_stock_rule"


def test_a_mirror_that_shows_what_is_here_as_free() -> None:
    verdict = say(case("8 20 18 20 2\n9 20 15 20 5\n10 20 16 20 4", "07:10 shelf receipt 1 W0"))

    assert verdict.cause == "field_mapping"


def test_a_number_that_stopped_at_zero_is_too_high_ever_since() -> None:
    verdict = say(
        case(
            "8 8 3 3 0\n9 8 0 0 6\n10 28 17 20 6",
            "09:05 storefront order_placed 6 S1\n10:05 shelf receipt 20 W1",
            rule=HELD,
        )
    )

    assert verdict.cause == "clamped_at_zero"


def test_the_same_units_at_another_place() -> None:
    twin = Sibling("A", "EAST", "storefront", "available", -5, at("9:55"), -5)
    verdict = say(
        case("8 20 20 20\n9 20 20 25\n10 20 20 25", "07:10 shelf receipt 1 W0", peers=(twin,))
    )

    assert verdict.cause == "location_pool"


def test_an_owner_that_changed_its_own_number() -> None:
    verdict = say(
        case(
            "8 20 20 20\n9 25 25 20\n10 25 25 20",
            "07:10 shelf receipt 1 W0",
            "07:12 add 1 L0 W0",
        )
    )

    assert (verdict.cause, verdict.is_proven) == ("owner_edited_without_movement", False)


def test_an_order_that_the_owner_took_off_twice_is_never_copied_to_the_mirror() -> None:
    verdict = say(
        case(
            "8 20 20 20\n9 14 14 17\n10 14 14 17",
            "08:40 storefront order_placed 3 S1 O-1\n"
            "09:05 shelf shipment 3 W1 O-1\n09:06 shelf shipment 3 W2 O-1",
            "09:07 add -3 L1 O-1",
            rule=KEEPS,
        )
    )

    assert (verdict.cause, verdict.is_proven) == ("double_decrement", False)
    assert verdict.correction_units is None


def test_a_parcel_of_the_3pl_that_the_mirror_was_not_told_of() -> None:
    verdict = say(
        case(
            "8 20 20 20\n9 17 17 20\n10 17 17 20",
            "07:10 shelf receipt 1 W0\n09:05 shelf shipment 3 W1 O-1\n"
            "09:04 threepl shipment 3 T1 O-1",
            "07:12 add 1 L0 W0",
            rule=KEEPS,
        )
    )

    assert verdict.cause == "threepl_confirmation_missing"


def test_two_faults_are_peeled_and_both_are_told() -> None:
    verdict = say(
        case(
            "8 20 20 20\n9 28 28 20\n10 28 28 20\n11 28 26 16\n12 28 26 16",
            "09:05 shelf receipt 8 W1\n11:05 storefront order_placed 2 S1",
            "11:06 add -2 L1 S1\n11:07 add -2 L2 S1",
        )
    )

    assert {c.cause for c in verdict.claims} == {"movement_dropped", "double_decrement"}
    assert verdict.explained_units == -10


def test_what_nothing_explains_is_unknown() -> None:
    verdict = say(
        case(
            "8 20 20 20\n9 20 20 27\n10 20 20 13\n11 20 20 31",
            "07:10 shelf receipt 1 W0",
            "07:12 add 1 L0 W0",
        )
    )

    assert (verdict.cause, verdict.confidence) == ("unknown", 0.0)


@pytest.mark.parametrize(
    ("kind", "finding_class", "expected"),
    [
        ("ghost", "ghost", "ghost_row"),
        ("absent", "absent", "missing_row"),
        ("shrinkage", "shrinkage", "shrinkage"),
        ("misplaced", "misplaced", "wrong_bin"),
        ("stockout", "stockout", "true_stockout"),
        ("phantom", "phantom_stock", "phantom_zero_sales"),
        ("receipt_lag", "transfer", "owner_layer_ahead_po"),
    ],
)
def test_other_problems_have_causes_of_their_own(
    kind: str, finding_class: str, expected: str
) -> None:
    asked = replace(case("8 20 20 20"), kind=kind, finding_class=finding_class, subject="PO-1")

    assert say(asked).cause == expected


def test_a_correction_on_its_way_is_waited_for() -> None:
    asked = case("8 20 20 20\n9 28 28 20\n10 28 28 20", "07:10 shelf receipt 1 W0")

    verdict = say(replace(asked, receipts=(("rcpt-1", 8),)))

    assert (verdict.cause, verdict.correction_units) == ("receipt_pending", None)


def test_a_correction_that_somebody_takes_back_is_a_loop() -> None:
    asked = case(
        "8 20 20 20\n9 20 20 12\n10 20 20 12",
        "07:10 shelf receipt 1 W0",
        "07:12 add 1 L0 W0\n09:05 add -8 L1",
    )

    verdict = say(replace(asked, sent=(("rcpt-1", 8),)))

    assert (verdict.cause, verdict.is_proven) == ("our_echo_or_loop", False)


def test_corrections_are_told_by_the_middleware_until_they_are_ours_to_tell() -> None:
    row = {"path": "corrections", "operation": "add", "units": 8, "event_id": "E1",
           "emitted_at": at("8:00"), "status": "pending"}  # fmt: skip
    pending = {**row, "reference_id": "rcpt-1", "processed_at": None}
    arrived = {**row, "event_id": "E2", "reference_id": "rcpt-2", "processed_at": at("9:00")}
    earlier = {**arrived, "processed_at": None, "status": "failed"}
    other = {**pending, "path": "stock_updates"}
    refused = {**pending, "event_id": "E3", "reference_id": "rcpt-3", "status": "rejected"}

    ours = list_corrections([pending, earlier, arrived, other, refused])

    for read_at in (None, at("9:00")):
        assert find_pending(ours, read_at) == (("rcpt-1", 8),)
        assert find_sent(ours, read_at) == (("rcpt-2", 8),)
    assert find_pending(ours, at("8:59")) == (("rcpt-1", 8), ("rcpt-2", 8))
    assert find_sent(ours, at("8:59")) == ()
    assert find_waits(ours) == [(at("8:00"), None), (at("8:00"), at("9:00"))]


@pytest.mark.parametrize(
    ("units", "cause", "also"),
    [(8, "receipt_pending", ["movement_dropped"]), (7, "movement_dropped", ["movement_dropped"])],
)
def test_what_a_correction_on_its_way_was_sent_for_is_not_lost_any_more(
    units: int, cause: str, also: list[str]
) -> None:
    asked = case(
        "8 20 20 20\n9 28 28 20\n10 31 31 20\n16 31 31 20",
        "07:10 shelf receipt 1 W0\n09:05 shelf receipt 8 W1\n10:05 shelf receipt 3 W2",
        "07:12 add 1 L0 W0\n07:13 add 1 L9 W9", receipts=(("rcpt-1", units),),
    )  # fmt: skip

    verdict = say(asked)

    assert (verdict.cause, [c.cause for c in verdict.claims[1:]]) == (cause, also)
    assert verdict.is_proven is False
    assert verdict.correction_units == (None if units == 8 else 11)

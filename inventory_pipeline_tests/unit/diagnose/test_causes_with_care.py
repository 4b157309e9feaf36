"""Causes told apart with care: what is late, half told, mended or told by counts alone."""

from dataclasses import replace

import pytest

from inventory_pipeline.diagnose.case import Case, Message, Rule, Sibling
from inventory_pipeline.diagnose.evidence import infer_moves, size_counts
from inventory_pipeline.diagnose.points import OpenOrders
from inventory_pipeline.diagnose.verdict import Verdict, judge
from inventory_pipeline_tests.support.cases import SELLS, at, case, series

HELD = Rule(("on_hand", "committed"), "order", safety=5, takes_safety=True, is_clamped=True)


def say(asked: Case) -> Verdict:
    return judge(asked, {})


def lose_a_receipt(points: str, told: str = "", heard: str = "") -> Case:
    """Return a case in which W1, +8 at 9:05, never reached the mirror."""
    return case(
        points,
        f"07:10 shelf receipt 1 W0\n09:05 shelf receipt 8 W1\n{told}",
        f"07:12 add 1 L0 W0\n{heard}",
    )


def test_a_lost_word_is_waited_for() -> None:
    young = say(lose_a_receipt("8 20 20 20\n9 28 28 20\n10 28 28 20"))

    assert young.cause == "movement_dropped"
    assert young.doubts == ("the mirror has told of nothing since, or it is queued",)


def test_a_later_word_of_the_same_way_ends_the_wait() -> None:
    overtaken = lose_a_receipt(
        "8 20 20 20\n9 28 28 20\n10 30 30 22", "10:05 shelf receipt 2 W2", "10:06 add 2 L2 W2"
    )

    assert (say(overtaken).cause, say(overtaken).is_proven) == ("movement_dropped", True)


@pytest.mark.parametrize(("status", "is_proven"), [("queued", False), ("failed", True)])
def test_a_word_in_a_queue_may_still_come(status: str, is_proven: bool) -> None:
    asked = lose_a_receipt("8 20 20 20\n9 28 28 20\n16 28 28 20")
    word = Message("E1", "stock", "add", 8, at("9:05"), None, 1, status, reference_id="W1")

    assert say(replace(asked, messages=(word,))).is_proven is is_proven


def test_no_correction_is_proven_beside_one_on_its_way() -> None:
    asked = lose_a_receipt("8 20 20 20\n9 28 28 20\n16 28 28 20")

    verdict = say(replace(asked, receipts=(("rcpt-1", 8),)))

    assert (verdict.cause, verdict.is_proven) == ("receipt_pending", False)


def test_a_parcel_whose_promise_stands_on() -> None:
    asked = case(
        "8 20 20 20 0\n9 20 18 18 2\n10 18 16 18 2\n16 18 16 18 2",
        "09:30 storefront order_placed 2 S1 SO-1\n10:40 shelf shipment 2 T1 SO-1",
        "09:31 add -2 L1 S1",
        rule=replace(SELLS, owner_role="threepl"),
    )

    verdict = say(asked)

    assert (verdict.cause, verdict.is_proven) == ("threepl_confirmation_missing", True)
    assert verdict.correction_units == -2
    assert verdict.claims[0].ids[0] == "T1"


def test_rows_that_name_another_item_are_one_mapping() -> None:
    heard = case(
        "8 20 20 20\n9 20 20 15\n10 20 20 14", "", "09:05 add -5 L1 X1\n10:05 add -1 L2 X2"
    )
    rows = tuple(replace(r, other_sku="B", other_kinds=("shipment",)) for r in heard.log or ())

    verdict = say(replace(heard, log=rows))

    assert (verdict.cause, verdict.explained_units) == ("sku_mapping", -6)
    assert verdict.claims[0].ids == ("L1", "L2")


def test_a_part_of_a_set_that_the_mirror_never_takes_off() -> None:
    told = case(
        "8 20 20 20\n9 20 18 20\n16 20 18 20",
        "07:10 shelf receipt 1 W0\n09:05 storefront order_placed 2 S1",
        "07:12 add 1 L0 W0",
    )
    moves = tuple(
        replace(m, other_sku="SET") if m.movement_id == "S1" else m for m in told.moves or ()
    )

    assert say(replace(told, moves=moves)).cause == "bundle_component"


def test_a_difference_that_mended_itself_hides_no_other() -> None:
    verdict = say(
        case(
            "8 30 30 30\n9 30 30 32\n11 28 28 32\n12 30 30 32\n20 30 30 32",
            "09:10 storefront return_initiated 2 R0 RMA-1\n10:05 shelf adjustment -2 A1 CC-1\n"
            "10:05 shelf count 28 A2 CC-1\n11:58 shelf return_received 2 R1 RMA-1 good",
            "09:12 add 2 L1 RMA-1",
        )
    )

    assert verdict.cause == "count_written_once"


def test_a_setting_nobody_changed_is_no_cause() -> None:
    asked = case("8 20 15 15\n9 20 15 20\n10 20 15 20", "", "", rule=HELD)

    assert say(replace(asked, changes=None)).cause == "safety_stock_rule"
    assert say(replace(asked, changes=())).cause == "unknown"


def test_a_page_older_than_it_says() -> None:
    verdict = say(
        case(
            "8 20 20 20\n9 20 20 20\n10 24 24 20",
            "07:10 shelf receipt 1 W0\n10:25 shelf receipt 4 W1",
            "07:12 add 1 L0 W0\n10:26 add 4 L1 W1",
        )
    )

    assert (verdict.cause, verdict.is_proven) == ("observation_skew", False)
    assert verdict.correction_units is None


LATE = (
    "07:10 shelf receipt 1 W0\n08:05 shelf receipt 2 W1\n08:40 shelf damage 5 W2\n"
    "13:05 shelf receipt 6 W3"
)


def test_words_that_came_late_together_will_do_so_again() -> None:
    verdict = say(
        case(
            "7 20 20 20\n8 17 17 20\n12 17 17 17\n13 23 23 17\n15 23 23 17",
            LATE,
            "07:12 add 1 L0 W0\n12:06 add 2 L1 W1\n12:06 add -5 L2 W2",
        )
    )

    assert (verdict.cause, verdict.correction_units) == ("batch_window", None)


def test_one_late_word_is_no_batch() -> None:
    verdict = say(
        case(
            "7 20 20 20\n8 22 22 20\n12 22 22 22\n13 28 28 22\n15 28 28 22",
            "07:10 shelf receipt 1 W0\n08:05 shelf receipt 2 W1\n13:05 shelf receipt 6 W3",
            "07:12 add 1 L0 W0\n12:06 add 2 L1 W1",
        )
    )

    assert verdict.cause == "movement_dropped"


def test_an_edit_that_was_taken_back_is_no_cause() -> None:
    verdict = say(
        case(
            "8 20 20 20\n9 20 20 24\n10 20 20 28\n11 20 20 24\n12 20 20 24",
            "08:58 storefront return_initiated 4 R0 RMA-1",
            "09:01 add 4 L1 RMA-1\n10:05 set 28 L2 - maria\n11:05 set 24 L3 - maria",
        )
    )

    assert verdict.cause == "return_credited_early"
    assert verdict.claims[0].ids == ("L1", "R0")


def test_a_count_whose_change_was_booked_changes_nothing_twice() -> None:
    told = "09:05 shelf adjustment 3 A1 CC-1\n09:05 shelf count 20 C1 CC-1"
    asked = case("8 20 20 20\n9 20 20 23\n10 20 20 23", told, "09:06 add 3 L1 A1")
    sized = tuple(size_counts(list(asked.moves or ()), list(asked.points)))

    verdict = say(replace(asked, moves=sized))

    assert [m.owner_effect for m in sized] == [3, 0]
    assert verdict.cause == "owner_edited_without_movement"


@pytest.mark.parametrize(
    ("counted", "after", "effects"),
    [
        (26, 26, [-4]),  # the record followed the count
        (30, 33, [0]),  # the count agreed, and somebody edited the record
        (12, 28, [-2]),  # one bin was counted
    ],
)
def test_a_count_names_a_level(counted: int, after: int, effects: list[int]) -> None:
    asked = case(f"8 30 30 30\n9 {after} 30 30", f"09:05 shelf count {counted} C1")

    assert [m.owner_effect for m in size_counts(list(asked.moves or ()), list(asked.points))] == (
        effects
    )


def test_a_cancelled_order_told_twice_although_the_order_itself_left_no_row() -> None:
    verdict = say(
        case(
            "8 27 27 27\n9 27 27 35\n16 27 27 35",
            "09:05 storefront order_placed 8 S1 SO-1\n09:10 storefront order_cancelled 8 S2 SO-1",
            "09:11 set 27 L1 S2\n09:17 set 35 L2 S2",
        )
    )

    assert (verdict.cause, verdict.correction_units) == ("event_duplicated", -8)


def test_where_only_counts_are_kept_the_owner_s_own_fall_is_no_sale() -> None:
    asked = case("8 20 20 20\n9 15 15 20\n10 15 15 20", heard=None)
    fallen = replace(asked, moves=tuple(infer_moves(list(asked.points), "shelf")))
    promised = replace(
        asked,
        points=series("8 20 20 20\n9 20 15 20 5\n10 20 15 20 5"),
    )
    ordered = replace(promised, moves=tuple(infer_moves(list(promised.points), "shelf")))

    assert say(fallen).cause == "movement_dropped"
    assert say(ordered).cause == "decrement_missing"


def test_open_orders_at_any_instant() -> None:
    told = case(
        "",
        "09:00 storefront order_placed 5 S1 SO-1\n09:30 storefront order_placed 2 S2 SO-2\n"
        "10:00 shelf shipment 3 W1 SO-1\n10:30 storefront order_cancelled 2 C2 SO-2\n"
        "11:00 shelf shipment 4 W2 SO-1\n11:30 shelf shipment 9 W3 SO-9",
    )

    orders = OpenOrders(told.moves or ())

    clocks = ["08:59", "09:00", "09:45", "10:00", "10:30", "11:00", "12:00"]
    assert [orders.count(at(clock)) for clock in clocks] == [0, 5, 7, 4, 2, 0, 0]


@pytest.mark.parametrize("heard", [None, ""])
@pytest.mark.parametrize(
    "told", ["", "09:05 shelf receipt 8 W1\n09:10 storefront order_placed 2 S1"]
)
@pytest.mark.parametrize("kind", ["gap", "ghost", "absent", "count_variance", "phantom"])
def test_a_finding_without_a_series_has_a_verdict_all_the_same(
    heard: str | None, told: str, kind: str
) -> None:
    asked = case("", told, heard, kind=kind, told_units=-2)

    assert say(asked).cause


def test_a_correction_that_came_as_the_number_was_read_forbids_another() -> None:
    asked = lose_a_receipt(
        "8 20 20 20\n9 28 28 20\n16 28 28 20", heard="16:56 add 8 L9 rcpt-1 inventory-pipeline"
    )

    verdict = say(replace(asked, sent=(("rcpt-1", 8),)))

    assert "a correction is on its way already" in verdict.doubts


def test_a_word_that_came_as_the_number_was_read_is_not_lost() -> None:
    asked = lose_a_receipt("8 20 20 20\n9 28 28 20\n16 28 28 20", heard="16:58 add 8 L9 W1")

    assert not say(asked).is_proven


def test_orders_lost_alike_on_many_items_are_no_single_losses() -> None:
    asked = case(
        "8 20 20 20 0\n9 20 17 20 3\n16 20 17 20 3",
        "07:10 shelf receipt 1 W0\n09:05 storefront order_placed 3 S1",
        "07:12 add 1 L0 W0",
    )

    assert say(asked).is_proven
    assert not say(replace(asked, like_orders=2)).is_proven


def test_a_loss_here_and_a_gain_on_another_item_may_be_one_mistake() -> None:
    asked = lose_a_receipt("8 20 20 20\n9 28 28 20\n16 28 28 20")
    gain = Sibling("B", "MAIN", "storefront", "available", 8, at("9:55"), 8)

    assert say(replace(asked, peers=(replace(gain, is_explained=True),))).is_proven
    assert not say(replace(asked, peers=(gain,))).is_proven

"""The gate of proof: each doubt stands alone in the way, and none stands where none should."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inventory_pipeline.diagnose.account import open_account
from inventory_pipeline.diagnose.case import Case, Change, Message, Sibling, Stray
from inventory_pipeline.diagnose.claim import BY_ID, BY_RECORD, BY_SIZE, Claim
from inventory_pipeline.diagnose.proof import find_doubts
from inventory_pipeline.diagnose.verdict import find_settling, find_tier, judge
from inventory_pipeline.diagnose.weigh import Hypothesis, Ranking, explains, peel, rank
from inventory_pipeline_tests.support.cases import at, case, moves

# W1, +8 at 9:05, never reached the mirror; the log is whole and the day is over.
LOST = case(
    "8 20 20 20\n9 28 28 20\n16 28 28 20",
    "07:10 shelf receipt 1 W0\n09:05 shelf receipt 8 W1",
    "07:12 add 1 L0 W0",
    changes=(),
)
CLAIM = Claim(
    "movement_dropped", -8, at("9:05"), BY_ID, ids=("W1",), is_proven_by_ids=True, correction=8
)


def doubt(asked: Case = LOST, *claims: Claim, rivals: tuple[Claim, ...] = ()) -> tuple[str, ...]:
    best = Hypothesis(claims or (CLAIM,), 1.0)
    others = tuple(Hypothesis((rival,), 0.5) for rival in rivals)
    return find_doubts(asked, open_account(asked), Ranking((best, *others), {}, 0))


def test_a_lost_receipt_in_two_whole_ledgers_is_proven() -> None:
    assert doubt() == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ids": ()}, "no record names it"),
        ({"is_proven_by_ids": False}, "the ledgers do not name each other"),
        ({"cause": "manual_edit_mirror"}, "this cause is for a person"),
    ],
)
def test_every_claim_of_a_compound_must_pass_alone(change: dict, reason: str) -> None:
    other = replace(CLAIM, ids=("W0",), at=at("9:05"))

    assert doubt(LOST, CLAIM, other) == ()
    assert doubt(LOST, CLAIM, replace(other, **change)) == (reason,)


def test_nothing_is_proven_of_a_gap_that_nothing_explains() -> None:
    assert find_doubts(LOST, None, Ranking((), {}, -8)) == ("nothing explains the gap to the unit",)


def shift(asked: Case, **more: int) -> Case:
    """Return a case whose last number is off by so much more."""
    end = asked.points[-1]
    changed = replace(end, **{name: getattr(end, name) + units for name, units in more.items()})
    return replace(asked, points=(*asked.points[:-1], changed))


@pytest.mark.parametrize("units", [-1, 1])
def test_one_unit_that_a_ledger_does_not_tell_forbids_proof(units: int) -> None:
    assert doubt(shift(LOST, observed=units, delta=units)) == (
        "the mirror's log does not account for the mirror's number",
    )
    assert doubt(shift(LOST, owner=units)) == (
        "the owner's movements do not account for the owner's number",
    )


@pytest.mark.parametrize(
    ("silent", "delay", "is_hole"),
    [
        ("7:05", 0, False), ("7:06", 0, True), ("9:00", 0, True), ("10:05", 0, True),
        ("10:06", 0, False), ("10:30", 30, True), ("10:36", 30, False),
    ],
)  # fmt: skip
def test_a_log_must_have_told_around_the_time_the_word_was_due(
    silent: str, delay: int, is_hole: bool
) -> None:
    asked = replace(LOST, silent_at=(at(silent),), delay=timedelta(minutes=delay))

    assert ("a log was silent when it should have told" in doubt(asked)) is is_hole


def test_a_claim_without_an_instant_is_in_doubt_where_a_log_was_ever_silent() -> None:
    timeless = replace(CLAIM, at=None)

    assert doubt(LOST, timeless) == ()
    assert "a log was silent when it should have told" in doubt(
        replace(LOST, silent_at=(at("3:00"),)), timeless
    )


@pytest.mark.parametrize(
    ("heard", "is_doubted"), [(None, True), ("9:04", True), ("9:05", True), ("9:06", False)]
)
def test_a_path_that_carried_no_addition_since_may_carry_none(
    heard: str | None, is_doubted: bool
) -> None:
    asked = replace(LOST, addition_heard_at=at(heard) if heard else None)
    reason = "no addition is known to come through this path at all"

    assert (reason in doubt(asked)) is is_doubted
    sale = replace(CLAIM, cause="decrement_missing", units=3, correction=-3)
    assert reason not in doubt(asked, sale)


COMING = "the mirror has told of nothing since, or it is queued"


@pytest.mark.parametrize(
    ("change", "is_coming"),
    [
        ({}, False),
        ({"heard_until": None}, True),
        ({"heard_until": at("9:05")}, True),
        ({"heard_until": at("9:06")}, False),
        ({"delay": timedelta(minutes=50)}, False),
        ({"delay": timedelta(minutes=110)}, True),
        ({"delay": timedelta(hours=14)}, True),
    ],
)
def test_a_lost_word_is_one_that_had_six_hours_and_its_delay_to_come(
    change: dict, is_coming: bool
) -> None:
    assert (COMING in doubt(replace(LOST, **change))) is is_coming


@pytest.mark.parametrize(("end", "is_coming"), [("15:05", True), ("15:06", False)])
def test_patience_ends_after_six_hours(end: str, is_coming: bool) -> None:
    points = (*LOST.points[:-1], replace(LOST.points[-1], at=at(end), owner_at=at(end)))

    assert (COMING in doubt(replace(LOST, points=points))) is is_coming


@pytest.mark.parametrize(
    ("later", "row", "is_coming"),
    [
        ("10:05 shelf receipt 2 W2", "10:06 add 2 L2 W2", False),
        ("10:05 shelf receipt 2 W2", "", True),
        ("10:05 shelf damage 2 W2", "10:06 add -2 L2 W2", True),
        ("09:05 shelf receipt 2 W2", "10:06 add 2 L2 W2", True),
        ("10:05 erp receipt 2 W2", "10:06 add 2 L2 W2", True),
    ],
)
def test_a_later_word_of_the_same_teller_and_way_overtakes_a_lost_one(
    later: str, row: str, is_coming: bool
) -> None:
    asked = case(
        "8 20 20 20\n9 28 28 20\n10 30 30 22",
        f"07:10 shelf receipt 1 W0\n09:05 shelf receipt 8 W1\n{later}",
        f"07:12 add 1 L0 W0\n{row}", changes=(),
    )  # fmt: skip

    assert (COMING in doubt(asked)) is is_coming


WORD = Message("E1", "stock", "add", 8, at("9:05"), None, 1, "queued", reference_id="W1")


@pytest.mark.parametrize(
    ("messages", "is_coming"),
    [
        ((WORD,), True),
        ((replace(WORD, status="FAILED"),), False),
        ((replace(WORD, status="dead"),), False),
        ((replace(WORD, reference_id="W9"),), False),
        ((replace(WORD, reference_id="", event_id="W1"),), True),
        ((WORD, replace(WORD, processed_at=at("9:06"), status="processed")), False),
        ((WORD, replace(WORD, event_id="E2", processed_at=at("9:06"))), True),
    ],
)
def test_a_word_still_queued_is_not_lost(messages: tuple[Message, ...], is_coming: bool) -> None:
    assert (COMING in doubt(replace(LOST, messages=messages))) is is_coming


@pytest.mark.parametrize(("clock", "is_coming"), [("16:50", False), ("16:51", True)])
def test_clocks_may_differ_by_five_minutes(clock: str, is_coming: bool) -> None:
    late = case("", "", f"{clock} add 8 L9 W1").log

    assert (COMING in doubt(replace(LOST, log=(*(LOST.log or ()), *(late or ()))))) is is_coming


ON_ITS_WAY = "a correction is on its way already"


@pytest.mark.parametrize(
    ("sent", "processed", "name", "is_coming"),
    [
        ((("r1", 8),), "16:51", "r1", True),
        ((("r1", 8),), "16:50", "r1", False),
        ((("r1", 8),), "16:51", "r2", False),
        ((), "16:51", "r1", False),
    ],
)
def test_a_correction_that_arrived_as_the_number_was_read_forbids_another(
    sent: tuple[tuple[str, int], ...], processed: str, name: str, is_coming: bool
) -> None:
    done = replace(
        WORD, reference_id=name, processed_at=at(processed), status="processed", event_id="E9"
    )

    assert (ON_ITS_WAY in doubt(replace(LOST, sent=sent, messages=(done,)))) is is_coming
    assert ON_ITS_WAY in doubt(replace(LOST, receipts=(("r9", 1),)))


TWIN = Sibling("B", "MAIN", "storefront", "available", 8, at("9:55"), 8)


@pytest.mark.parametrize(
    ("change", "is_twin"),
    [
        ({}, True),
        ({"jump_units": -8}, False),
        ({"jump_units": 7}, False),
        ({"jump_at": at("10:55")}, False),
        ({"sku": "A"}, False),
        ({"mirror": "outlet"}, False),
        ({"location_id": "EAST"}, False),
        ({"is_explained": True}, False),
    ],
)
def test_what_is_lost_here_may_have_been_written_to_another_item(
    change: dict, is_twin: bool
) -> None:
    found = doubt(replace(LOST, peers=(replace(TWIN, **change),)))

    reason = "another item is off by as much the other way since that hour"
    assert found == ((reason,) if is_twin else ())


@pytest.mark.parametrize(
    ("rival", "is_rival"),
    [
        (Claim("manual_edit_mirror", -8, None, BY_RECORD), True),
        (Claim("decrement_missing", -8, None, BY_RECORD, correction=7), True),
        (Claim("decrement_missing", -8, None, BY_RECORD, correction=8), False),
        (Claim("manual_edit_mirror", -8, None, BY_RECORD - 0.1), False),
        (Claim("manual_edit_mirror", -8, None, BY_SIZE), False),
    ],
)
def test_a_rival_with_records_and_another_remedy_forbids_proof(
    rival: Claim, is_rival: bool
) -> None:
    reason = "another cause with another remedy holds as well"

    assert doubt(rivals=(rival,)) == ((reason,) if is_rival else ())


@pytest.mark.parametrize(
    ("change", "is_doubted"),
    [
        (Change(at("9:00"), "storefront", "title", "A", "x", "y", "ops"), True),
        (Change(at("8:55"), "storefront", "title", "A", "x", "y", "ops"), True),
        (Change(at("8:54"), "storefront", "title", "A", "x", "y", "ops"), False),
        (Change(at("9:00"), "shelf", "title", "", "x", "y", "ops"), True),
        (Change(at("9:00"), "erp", "title", "A", "x", "y", "ops"), False),
        (Change(at("9:00"), "storefront", "title", "B", "x", "y", "ops"), False),
    ],
)
def test_a_setting_of_either_side_that_changed_in_the_window_forbids_proof(
    change: Change, is_doubted: bool
) -> None:
    found = doubt(replace(LOST, changes=(change,)))

    assert found == (("a setting changed in the window",) if is_doubted else ())


def test_a_snapshot_in_doubt_proves_nothing() -> None:
    assert doubt(replace(LOST, qualifiers=("source_stale",))) == (
        "a snapshot was late or not whole",
    )


KNOWN = "the mirror knows of it already, under another name"


@pytest.mark.parametrize(
    ("strays", "is_known"),
    [((Stray("W1", "A", "EAST"),), True), ((Stray("W2", "A", "EAST"),), False), ((), False)],
)
def test_what_was_written_elsewhere_is_not_lost(strays: tuple[Stray, ...], is_known: bool) -> None:
    assert (KNOWN in doubt(replace(LOST, strays=strays))) is is_known


@pytest.mark.parametrize(("other", "is_known"), [("SET", True), ("", False)])
def test_a_part_of_a_set_is_not_lost(other: str, is_known: bool) -> None:
    told = tuple(
        replace(m, other_sku=other) if m.movement_id == "W1" else m for m in LOST.moves or ()
    )

    assert (KNOWN in doubt(replace(LOST, moves=told))) is is_known


@pytest.mark.parametrize(
    ("name", "cause", "is_known"),
    [
        ("R1", "good_return_not_restocked", True),
        ("R2", "good_return_not_restocked", False),
        ("R1", "event_duplicated", False),
    ],
)
def test_a_return_that_was_sold_on_when_it_was_announced_is_not_lost(
    name: str, cause: str, is_known: bool
) -> None:
    asked = case(
        "8 20 20 20\n9 28 28 20\n16 28 28 20",
        "07:01 storefront return_initiated 8 R1\n07:10 shelf receipt 1 W0\n"
        "09:05 shelf return_received 8 W1 R1 sellable",
        f"07:02 add 8 L1 {name}\n07:12 add 1 L0 W0", changes=(),
    )  # fmt: skip
    back = replace(CLAIM, cause=cause, ids=("W1", "R1"))

    assert (KNOWN in doubt(asked, back)) is is_known


TWICE = "another of its size was lost as well, and one was mended"


@pytest.mark.parametrize(
    ("other", "row", "sent", "is_twice"),
    [
        ("08:59 shelf receipt 8 W2", "", (("rcpt-1", 8),), True),
        ("08:59 shelf receipt 8 W2", "", (), False),
        ("08:59 shelf receipt 7 W2", "", (("rcpt-1", 8),), False),
        ("08:50 shelf receipt 8 W2", "", (("rcpt-1", 8),), False),
        ("08:59 shelf receipt 8 W2", "09:00 add 8 L2 W2", (("rcpt-1", 8),), False),
    ],
)
def test_of_two_losses_of_a_size_nobody_knows_which_was_mended(
    other: str, row: str, sent: tuple[tuple[str, int], ...], is_twice: bool
) -> None:
    asked = case(
        "8 20 20 20\n9 28 28 20\n16 28 28 20",
        f"07:10 shelf receipt 1 W0\n{other}\n09:05 shelf receipt 8 W1",
        f"07:12 add 1 L0 W0\n{row}", changes=(), sent=sent,
    )  # fmt: skip

    assert (TWICE in doubt(asked)) is is_twice


def test_a_witness_with_the_same_id_is_not_what_was_lost() -> None:
    told = (*LOST.moves, replace(LOST.moves[0], movement_id="W2", at=at("9:00"), effect=8))
    witness = replace(LOST.moves[1], system="books", effect=0, is_own=False, at=at("9:00"))
    asked = replace(LOST, moves=(witness, *told), sent=(("rcpt-1", 8),))

    assert TWICE in doubt(asked)


ORDERS = "other items there ignore just their open orders as well"


@pytest.mark.parametrize(
    ("alike", "committed", "is_many"), [(1, 3, True), (0, 3, False), (1, 2, False)]
)
def test_orders_ignored_item_by_item_are_a_path(alike: int, committed: int, is_many: bool) -> None:
    asked = case(
        f"8 20 20 20 0\n9 20 17 20 {committed}\n16 20 17 20 {committed}",
        "07:10 shelf receipt 1 W0\n09:05 storefront order_placed 3 S1", "07:12 add 1 L0 W0",
        like_orders=alike,
    )  # fmt: skip
    sale = replace(CLAIM, cause="decrement_missing", units=3, correction=-3, ids=("S1",))

    assert (ORDERS in doubt(asked, sale)) is is_many
    assert ORDERS not in doubt(asked, replace(sale, cause="threepl_confirmation_missing"))


STEP = Claim("movement_dropped", -8, at("9:05"), BY_ID, ids=("W1",))


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        (STEP, True),
        (replace(STEP, units=-7), False),
        (replace(STEP, at=None), False),
        (replace(STEP, at=at("14:00")), False),
        (replace(STEP, series=(0, -8, -8, -8, -8)), True),
        (replace(STEP, series=(0, -7, -7, -7, -8)), False),
        (replace(STEP, series=(0, -8, -8, -8, -7)), False),
        (replace(STEP, shown_at=at("9:00")), True),
        (replace(STEP, shown_at=at("12:00")), False),
    ],
)
def test_a_claim_holds_where_it_is_the_gap_in_every_settled_hour(claim: Claim, holds: bool) -> None:
    asked = case("8 20 20 20\n9 28 28 20\n11 28 28 20\n12 28 28 20\n13 28 28 20")

    assert explains(asked, (claim,)) is holds


def test_hours_right_after_a_fault_and_hours_in_motion_prove_nothing_against_it() -> None:
    flickers = case("8 20 20 20\n9 28 28 25\n11 28 28 20\n12 28 28 20")
    later = case("8 20 20 20\n9 28 28 20\n11 28 28 25\n12 28 28 20")
    moving = replace(
        later, points=tuple(replace(p, is_moving=n == 2) for n, p in enumerate(later.points))
    )

    assert explains(flickers, (STEP,))
    assert not explains(later, (STEP,))
    assert explains(moving, (STEP,))
    assert explains(replace(later, delay=timedelta(hours=2)), (STEP,))


def test_one_hour_in_a_hundred_may_be_off_and_of_ten_one() -> None:
    def build(hours: int, off: int) -> Case:
        rows = [f"{h} 28 28 {21 if 12 < h <= 12 + off else 20}" for h in range(9, 9 + hours)]
        return case("8 20 20 20\n" + "\n".join(rows))

    assert explains(build(14, 1), (STEP,))
    assert not explains(build(14, 2), (STEP,))
    assert not explains(build(8, 1), (STEP,))


def test_a_number_held_at_zero_may_be_off_by_what_was_held_back() -> None:
    asked = case("8 20 20 20\n9 28 28 20\n11 28 28 21\n12 28 28 20")
    held = replace(
        asked, points=tuple(replace(p, held_back=-1 if n == 2 else 0)
                            for n, p in enumerate(asked.points)),
    )  # fmt: skip

    assert not explains(asked, (STEP,))
    assert explains(held, (STEP,))


def dropped(units: int, clock: str, name: str, strength: float = BY_ID) -> Claim:
    return Claim("movement_dropped", units, at(clock), strength, ids=(name,))


def test_faults_are_peeled_newest_first_and_at_most_three_at_once() -> None:
    asked = case("8 20 20 20\n9 28 28 20\n11 30 30 20\n12 31 31 20\n13 32 32 20")
    first, second = dropped(-8, "9:05", "W1"), dropped(-2, "11:05", "W2")
    third, fourth = dropped(-1, "12:05", "W3"), dropped(-1, "13:05", "W4")

    def names(gap: str, *claims: Claim) -> list[tuple[str, ...]]:
        return [tuple(c.ids[0] for c in found) for found in peel(case(gap), claims)]

    two = "8 20 20 20\n9 28 28 20\n11 30 30 20"
    assert names(two, first, second)[0] == ("W1", "W2")
    assert all(set(found) == {"W1", "W2"} for found in names(two, first, second))
    assert names(two, first) == names(two, second) == []
    assert list(peel(asked, (first, second, third, fourth))) == []


def test_the_likelier_cause_ranks_first_and_a_second_fault_costs() -> None:
    asked = case("8 20 20 20\n9 28 28 20\n16 28 28 20")
    sure = dropped(-8, "9:05", "W1")
    weak = replace(sure, cause="event_duplicated", strength=BY_SIZE)
    half = (dropped(-5, "9:05", "W2"), dropped(-3, "9:06", "W3"))

    ranking = rank(asked, (weak, sure, *half), {})

    assert ranking.hypotheses[0].claims == (sure,)
    assert ranking.rest == 0
    assert ranking.shares["movement_dropped"] > ranking.shares["event_duplicated"]
    assert sum(ranking.shares.values()) == pytest.approx(1.0)
    [both] = [h for h in ranking.hypotheses if h.claims == half]
    assert both.score < ranking.hypotheses[0].score
    assert rank(asked, (), {}).rest == -8
    assert rank(asked, (), {}).shares == {"unknown": 1.0}


def test_what_was_common_before_on_a_path_is_likelier_there() -> None:
    asked = case("8 20 20 20\n9 28 28 20\n16 28 28 20")
    claims = (dropped(-8, "9:05", "W1"), replace(dropped(-8, "9:05", "W1"), cause="in_flight"))

    rare, common = (
        rank(asked, claims, {"in_flight": weight, "movement_dropped": 1.0}).shares["in_flight"]
        for weight in (0.1, 10.0)
    )

    assert rare < 0.5 < common


def test_the_tier_is_what_there_was_to_see() -> None:
    points = "8 20 20 20\n9 28 28 20"
    inferred = tuple(
        replace(m, kind="inferred") for m in moves("09:05 shelf receipt 8 W1", LOST.rule)
    )

    assert find_tier(LOST) == "T2"
    assert find_tier(case(points, "09:05 shelf receipt 8 W1", heard=None)) == "T1"
    assert find_tier(case(points, heard=None)) == "T0"
    assert find_tier(case(points, heard=None, moves=inferred)) == "T0"


def test_what_would_settle_it_is_asked_of_whoever_has_not_told_yet() -> None:
    unknown = "8 20 20 20\n9 20 20 27\n10 20 20 13\n11 20 20 31"
    t2 = judge(case(unknown, "07:10 shelf receipt 1 W0", "07:12 add 1 L0 W0"), {})
    t1 = replace(t2, tier="T1")
    t0 = replace(t2, tier="T0")

    assert find_settling(judge(LOST, {})) == ""
    assert "count of the bin" in find_settling(t2)
    assert find_settling(t1) == "the mirror's own change log of the item"
    assert "owner's movements" in find_settling(t0)


def test_what_two_starts_tell_otherwise_is_not_proven() -> None:
    """The mirror moved unseen before both agreed and back after: W1 was lost, and may be over."""
    asked = case(
        "7 20 20 20\n8 20 20 19\n9 19 19 19\n10 19 19 20\n18 19 19 20",
        "06:10 shelf receipt 1 W0\n09:05 shelf damage 1 W1", "06:12 add 1 L0 W0", changes=(),
    )  # fmt: skip

    verdict = judge(asked, {})

    assert verdict.is_proven is False

"""Matching: the two ledgers laid beside each other, and what is left over of both."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inventory_pipeline.diagnose.account import compute_owner_rest, open_account
from inventory_pipeline.diagnose.case import Case, LogRow, Sibling
from inventory_pipeline.diagnose.evidence import infer_moves, size_counts
from inventory_pipeline.diagnose.jumps import find_jumps
from inventory_pipeline.diagnose.kinds import is_person, is_program
from inventory_pipeline.diagnose.matching import Healed, group_moves
from inventory_pipeline.diagnose.peers import add_peers, is_open_orders
from inventory_pipeline.diagnose.points import (
    build_point,
    find_settled_gap,
    find_start,
    mark_moving,
)
from inventory_pipeline.diagnose.steps import walk_log
from inventory_pipeline_tests.support.cases import KEEPS, SELLS, at, case, log, moves, series

BEFORE, HEARD = "07:10 shelf receipt 1 W0", "07:12 add 1 L0 W0"


def tell(asked: Case) -> list[tuple[str, int, tuple[str, ...]]]:
    """Return kind, units and records of every entry."""
    account = open_account(asked)
    assert account is not None
    return [(e.kind, e.units, e.names) for e in account.entries]


def day(told: str, heard: str, expected: int, observed: int, **more: object) -> Case:
    rows = f"8 20 20 20\n9 {expected} {expected} {observed}\n16 {expected} {expected} {observed}"
    return case(rows, f"{BEFORE}\n{told}", f"{HEARD}\n{heard}", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "heard", "expected", "observed", "wanted"),
    [
        ("09:05 shelf receipt 8 W1", "09:06 add 8 L1 W1", 28, 28, []),
        ("09:05 shelf receipt 8 W1", "", 28, 20, [("missing", -8, ("W1",))]),
        ("09:05 shelf receipt 8 W1", "09:06 add 8 L1 W1\n09:07 add 8 L2 W1", 28, 36,
         [("repeated", 8, ("W1", "L2"))]),
        ("09:05 shelf receipt 8 W1", "09:06 add 6 L1 W1", 28, 26, [("sized", -2, ("W1", "L1"))]),
        ("09:05 shelf receipt 8 W1", "09:06 add 8 L1 W1\n09:07 add 3 L2 W1", 28, 31,
         [("extra", 3, ("L2",))]),
        ("", "09:06 add 3 L1", 20, 23, [("extra", 3, ("L1",))]),
        ("", "09:06 add 0 L1", 20, 20, []),
        ("09:05 shelf receipt 8 W1", "09:06 set 28 L1", 28, 28, []),
        ("09:05 shelf receipt 8 W1", "09:06 set 28 L1 - maria", 28, 28, []),
        ("09:05 shelf receipt 8 W1", "09:06 add 8 L1 - maria", 28, 28,
         [("missing", -8, ("W1",)), ("extra", 8, ("L1",))]),
        ("09:05 shelf receipt 8 W1", "09:06 add 8 L1 X9", 28, 28, []),
        ("09:05 shelf receipt 8 W1\n09:15 shelf damage 2 D1", "09:06 add 8 L1 W1", 26, 28,
         [("missing", 2, ("D1",))]),
        ("09:05 shelf receipt 8 W1 PO-1\n09:15 shelf receipt 4 W2 PO-1",
         "09:06 add 4 L1 PO-1\n09:16 add 8 L2 PO-1", 32, 32, []),
    ],
)  # fmt: skip
def test_rows_and_movements_are_paired_and_the_rest_is_told(
    told: str, heard: str, expected: int, observed: int, wanted: list[object]
) -> None:
    assert tell(day(told, heard, expected, observed)) == wanted


@pytest.mark.parametrize(
    ("row", "is_paired"),
    [
        ("10:05 add 8 L1 X9", True),
        ("10:06 add 8 L1 X9", False),
        ("08:56 add 8 L1", True),
        ("15:06 add 8 L1", True),
        ("09:06 add 7 L1", False),
    ],
)
def test_a_row_without_a_known_name_may_tell_of_a_movement_of_its_size_for_a_while(
    row: str, is_paired: bool
) -> None:
    units = int(row.split()[2])
    nine, ten = (20 + units if row < read else 20 for read in ("09:55", "10:55"))
    asked = case(
        f"8 20 20 20\n9 28 28 {nine}\n10 28 28 {ten}\n16 28 28 {20 + units}",
        f"{BEFORE}\n09:05 shelf receipt 8 W1", f"{HEARD}\n{row}",
    )  # fmt: skip

    assert (tell(asked) == []) is is_paired


def test_a_movement_that_is_younger_than_a_quarter_of_an_hour_is_not_missing_yet() -> None:
    def build(clock: str, **more: object) -> Case:
        told = f"{BEFORE}\n{clock} shelf receipt 8 W1"
        return case("8 20 20 20\n9 28 28 20", told, HEARD, **more)  # type: ignore[arg-type]

    assert tell(build("09:40"))
    assert tell(build("09:41")) == []
    assert tell(build("09:40", delay=timedelta(minutes=20))) == []
    assert tell(build("09:35", delay=timedelta(minutes=20)))


@pytest.mark.parametrize(("shipped", "kind"), [("10:02", "extra"), ("10:00", "repeated")])
def test_only_what_has_happened_can_have_been_told_again(shipped: str, kind: str) -> None:
    asked = case(
        "8 20 20 20\n9 20 20 17",
        f"{BEFORE}\n09:05 storefront order_placed 3 S1 O-1\n{shipped} shelf shipment 3 W1 O-1",
        f"{HEARD}\n09:56 add -3 L1 S1", rule=KEEPS,
    )  # fmt: skip

    assert [(k, units) for k, units, _ in tell(asked)] == [(kind, -3)]


@pytest.mark.parametrize(("booked", "kind"), [("10:16", "repeated"), ("11:11", "extra")])
def test_a_mirror_that_tells_twice_before_it_is_booked_has_told_again(
    booked: str, kind: str
) -> None:
    asked = case(
        "8 20 20 20\n10 20 17 14\n12 20 17 14",
        f"{BEFORE}\n{booked} storefront order_placed 3 S1 O-1",
        f"{HEARD}\n10:10 add -3 L1 S1\n10:10 add -3 L2 S1",
    )

    assert [(k, units) for k, units, _ in tell(asked)][-1:] == [(kind, -3)]


def test_an_account_needs_both_ledgers_and_two_hours() -> None:
    asked = day("", "", 20, 20)

    assert open_account(asked) is not None
    assert open_account(replace(asked, log=None)) is None
    assert open_account(replace(asked, moves=None)) is None
    assert open_account(replace(asked, points=asked.points[:1])) is None


@pytest.mark.parametrize(("first", "start"), [("08:05 shelf receipt 4 W1", "7:55"), ("", "9:55")])
def test_an_account_starts_at_the_first_agreement_that_leaves_no_more_over(
    first: str, start: str
) -> None:
    asked = case(
        "7 20 20 20\n8 24 24 20\n9 24 24 24\n10 32 32 24\n16 32 32 24",
        f"{first}\n10:05 shelf receipt 8 W2", "09:06 add 4 L1 W1",
    )  # fmt: skip

    account = open_account(asked)

    assert account is not None
    assert account.start.at == at(start)
    assert [(e.kind, e.names) for e in account.entries] == [("missing", ("W2",))]
    assert account.is_balanced
    assert account.has_ids


def test_two_differences_that_make_up_for_each_other_are_no_agreement() -> None:
    """W1 was lost; L1 put R1's units on sale before they came; then they came."""
    asked = case(
        "7 20 20 20\n8 23 23 20\n9 23 23 23\n10 26 26 23\n16 26 26 23",
        "08:05 shelf receipt 3 W1\n09:01 storefront return_initiated 3 R1 RMA\n"
        "10:35 shelf return_received 3 W2 RMA sellable",
        "09:06 add 3 L1 R1",
    )

    account = open_account(asked)

    assert account is not None
    assert account.start.at == at("7:55")
    assert [(e.kind, e.names) for e in account.entries] == [("missing", ("W1",))]
    assert [(h.units, h.is_early) for h in account.healed] == [(3, True)]


@pytest.mark.parametrize(("made_at", "left"), [("8:01", "W2"), ("8:30", "W1"), (None, "W1")])
def test_a_correction_was_sent_for_what_was_lost_last_before_it(
    made_at: str | None, left: str
) -> None:
    asked = case(
        "7 20 20 20\n8 26 26 20\n10 26 26 23\n16 26 26 23",
        "08:00 shelf receipt 3 W1\n08:10 shelf receipt 3 W2", "10:40 add 3 L1 rcpt-1",
        sent=(("rcpt-1", 3),),
    )  # fmt: skip
    rows = tuple(replace(r, source_at=at(made_at) if made_at else None) for r in asked.log or ())

    account = open_account(replace(asked, log=rows))

    assert account is not None
    assert [(e.kind, e.names) for e in account.entries] == [("missing", (left,))]


def test_a_level_that_was_set_right_ends_what_was_before_it_and_when_is_known() -> None:
    asked = case(
        "7 20 20 20\n8 23 23 20\n9 23 23 23\n10 23 23 25\n16 23 23 25",
        "08:05 shelf receipt 3 W1", "09:06 set 23 L1 - maria\n10:06 add 2 L2 - maria",
    )  # fmt: skip

    account = open_account(asked)

    assert account is not None
    assert [(e.kind, e.names) for e in account.entries] == [("extra", ("L2",))]
    assert [(h.units, h.moved_at, h.shown_at) for h in account.healed] == [
        (-3, at("8:05"), at("9:00"))
    ]


def test_a_number_that_moved_without_a_row_is_the_mirror_s_rest() -> None:
    account = open_account(day("", "", 20, 23))

    assert account is not None
    assert (account.mirror_rest, account.owner_rest, account.is_balanced) == (3, 0, False)


def test_a_row_that_is_lost_is_no_movement_that_is_lost() -> None:
    account = open_account(day("09:05 shelf receipt 8 W1", "", 28, 28))

    assert account is not None
    assert account.entries == ()
    assert account.is_balanced


def test_an_owner_that_moved_without_a_movement_has_a_rest_of_its_own() -> None:
    asked = case("8 20 20 20\n9 25 25 20", "09:05 shelf receipt 3 W1\n08:55 shelf receipt 1 W0\n"
                 "09:56 shelf receipt 7 W9\n09:06 erp receipt 9 E1")  # fmt: skip

    assert compute_owner_rest(asked, asked.points[0]) == 2
    assert compute_owner_rest(replace(asked, moves=None), asked.points[0]) is None


@pytest.mark.parametrize(
    ("second", "wanted"),
    [
        ("10:05 set 20 L2 - maria", []),
        ("10:05 add -3 L2 - maria", []),
        ("10:05 add -3 L2 - john", ["L1", "L2"]),
        ("10:05 add -2 L2 - maria", ["L1", "L2"]),
        ("10:05 add 3 L2 - maria", ["L1", "L2"]),
    ],
)
def test_a_change_that_the_same_hand_took_back_is_none(second: str, wanted: list[str]) -> None:
    end = {"-3": 20, "-2": 21, "3": 26, "20": 20}[second.split()[2]]
    asked = case(
        f"8 20 20 20\n9 20 20 23\n10 20 20 {end}\n16 20 20 {end}", BEFORE,
        f"{HEARD}\n09:06 add 3 L1 - maria\n{second}",
    )  # fmt: skip
    asked = replace(asked, points=tuple(replace(p, is_moving=n > 1)
                                        for n, p in enumerate(asked.points)))  # fmt: skip

    assert [names[0] for _, _, names in tell(asked)] == wanted


def test_what_a_correction_of_ours_put_right_is_over() -> None:
    asked = case(
        "8 20 20 20\n9 28 28 20\n10 28 28 28\n16 28 28 27",
        f"{BEFORE}\n09:05 shelf receipt 8 W1",
        f"{HEARD}\n10:05 add 8 L1 rcpt-1 ours\n11:05 add -1 L2",
    )
    moving = tuple(replace(p, pending=1) if n == 2 else p for n, p in enumerate(asked.points))

    ours = replace(asked, points=moving, sent=(("rcpt-1", 8),))

    assert tell(ours) == [("extra", -1, ("L2",))]


@pytest.mark.parametrize(
    ("is_early", "clock", "hour", "units"),
    [
        (True, "09:30", 9, 0), (True, "10:56", 9, 5), (True, "10:56", 10, 5),
        (True, "09:55", 9, 0), (False, "09:30", 10, 5), (False, "09:30", 9, 0),
        (False, "10:30", 10, 0),
    ],
)  # fmt: skip
def test_a_mended_difference_stood_from_the_first_record_to_the_second(
    is_early: bool, clock: str, hour: int, units: int
) -> None:
    """The point is 9:00, read at 9:55; the row is shown first in ``hour``."""
    [point] = series("9 20 20 20")
    healed = Healed(5, at(clock), at(f"{hour}:00"), is_early)

    wanted = units if hour == 9 or not is_early else 0
    assert healed.find_units(point) == wanted


def test_movements_that_share_a_name_are_one_transaction() -> None:
    told = moves(
        "09:05 storefront order_placed 3 S1 O-1\n09:10 shelf shipment 2 W1 O-1\n"
        "09:20 shelf receipt 5 W2 PO-1\n09:30 storefront return_initiated 1 R0 RMA-1\n"
        "10:30 shelf return_received 1 R1 RMA-1 good\n10:40 shelf damage 1 D1", SELLS,
    )  # fmt: skip

    groups = group_moves(told)

    assert [m.movement_id for m in groups["O-1"]] == ["S1", "W1"]
    assert groups["S1"] == groups["W1"] == groups["O-1"]
    assert [m.movement_id for m in groups["RMA-1"]] == ["R0", "R1"]
    assert [m.movement_id for m in groups["D1"]] == ["D1"]
    order, shipment = (replace(m, reference_id="X") for m in told[:2])
    chained = (order, replace(shipment, cause_id="PO-1"), told[2])
    assert len(group_moves(chained)["W2"]) == 3


def walk(rows: str, text: str, start: int = 0) -> tuple[list[tuple[str, int]], list[int]]:
    points = series(rows)
    steps, rests = walk_log(log(text), points, points[start])
    return [(s.row.change_id, s.units) for s in steps], [units for _, _, units in rests]


def test_each_row_of_a_log_moves_the_number_and_a_lost_one_spoils_one_hour() -> None:
    rows = "8 0 0 20\n9 0 0 23\n10 0 0 30\n11 0 0 28"
    text = "08:55 add 9 L0\n08:56 add 3 L1\n10:05 set 25 L2\n11:05 add -2 L3\n11:56 add 7 L9"

    assert walk(rows, text) == ([("L1", 3), ("L2", 2), ("L3", -2)], [5])
    assert walk(rows, text, start=1) == ([("L2", 2), ("L3", -2)], [5])


def test_a_batch_may_write_minutes_after_the_time_it_speaks_for() -> None:
    rows = "8 0 0 20\n9 0 0 24\n10 0 0 27"

    inside = "09:57 add 4 L1\n10:00 add 3 L2"
    assert walk(rows, inside) == ([("L1", 4), ("L2", 3)], [])
    assert walk("8 0 0 20\n9 0 0 20\n10 0 0 24", "09:57 add 4 L1") == ([("L1", 4)], [])
    assert walk("8 0 0 20\n9 0 0 24\n10 0 0 24", "10:01 add 4 L1") == ([("L1", 4)], [4, -4])


def test_jumps_are_between_settled_hours_since_the_agreement() -> None:
    points = series("7 20 20 22\n8 20 20 20\n9 20 20 23\n10 20 20 21\n11 20 20 23\n12 20 20 24")
    moving = tuple(replace(p, is_moving=n == 3) for n, p in enumerate(points))

    assert [(j.units, j.low, j.high) for j in find_jumps(points)][:2] == [
        (3, at("8:55"), at("9:55")), (-2, at("9:55"), at("10:55"))
    ]  # fmt: skip
    assert [j.units for j in find_jumps(moving)] == [3, 1]
    assert find_jumps(points[1:2]) == ()


def test_a_gap_begins_after_the_last_agreement_and_a_still_one_is_surer() -> None:
    points = series("7 20 20 20\n8 20 20 21\n9 20 20 20\n10 20 20 22\n11 20 20 23")
    pending = tuple(replace(p, pending=1) if n == 2 else p for n, p in enumerate(points))
    none = points[3:]

    assert (find_start(points), find_start(pending), find_start(none)) == (2, 0, 0)
    assert find_settled_gap(points) == 3
    last = (*points[:-1], replace(points[-1], is_moving=True))
    assert find_settled_gap(last) == 2
    assert find_settled_gap(tuple(replace(p, pending=1) for p in points)) == 3


@pytest.mark.parametrize(
    ("middle", "after", "start"),
    [
        ("20 20", "17 20", 0),
        ("19 20", "17 20", 0),
        ("20 20", "16 20", 2),
        ("20 20", "20 20", 3),
        ("23 23", "17 20", 2),
        ("20 20", "20 23", 2),
    ],
)
def test_an_hour_of_agreement_between_two_equal_gaps_of_a_still_mirror_ends_nothing(
    middle: str, after: str, start: int
) -> None:
    points = series(f"7 20 20 20\n8 20 17 20\n9 20 {middle}\n10 20 {after}")

    assert find_start(points) == start
    assert find_start(points[1:3]) == int(points[2].delta == 0)


@pytest.mark.parametrize(
    ("rule", "committed", "held"),
    [
        (SELLS, 25, 0),
        (replace(SELLS, is_clamped=True), 25, 5),
        (replace(SELLS, is_clamped=True), 20, 0),
        (replace(SELLS, is_clamped=True), None, 0),
        (replace(SELLS, is_clamped=True, safety=5, takes_safety=True), 20, 5),
        (replace(SELLS, is_clamped=True, safety=5), 20, 0),
        (replace(KEEPS, is_clamped=True), 25, 0),
    ],
)
def test_a_rule_that_never_goes_below_zero_holds_back_what_it_would(
    rule, committed: int | None, held: int
) -> None:
    row = {
        "hour_at": at("9:00"), "mirror_at": at("9:55"), "owner_at": at("9:50"), "owner_units": 20,
        "observed_units": 7, "delta_units": -2, "in_flight_units": 1, "lag_units": 2,
        "committed_units": committed,
    }  # fmt: skip

    point = build_point(row, rule, None)

    assert (point.held_back, point.expected, point.pending, point.owner) == (held, 9, 3, 20)


@pytest.mark.parametrize(
    ("clock", "owner_at", "path", "is_moving"),
    [
        ("09:40", "9:55", 0, False), ("09:41", "9:55", 0, True), ("09:55", "9:55", 0, True),
        ("09:56", "9:55", 0, False), ("09:36", "9:55", 20, True), ("09:35", "9:55", 20, False),
        ("09:20", "9:15", 0, True), ("09:15", "9:15", 0, False), ("09:20", "8:54", 0, False),
    ],
)  # fmt: skip
def test_an_hour_is_moving_where_something_moved_just_before_or_between_both_readings(
    clock: str, owner_at: str, path: int, is_moving: bool
) -> None:
    points = [replace(series("9 20 20 20")[0], owner_at=at(owner_at))]
    told = list(moves(f"{clock} shelf receipt 8 W1", SELLS))

    [point] = mark_moving(points, told, timedelta(minutes=path))

    assert point.is_moving is is_moving
    assert not mark_moving(points, [replace(told[0], effect=0, owner_effect=0)], timedelta())[
        0
    ].is_moving


@pytest.mark.parametrize(
    ("left", "arrived", "observed", "is_moving"),
    [
        ("9:55", None, 20, True), ("9:56", None, 20, False), ("9:00", "9:56", 20, True),
        ("9:00", "9:55", 20, False), ("9:00", None, 23, False),
    ],
)  # fmt: skip
def test_an_agreement_while_a_correction_is_on_its_way_is_none(
    left: str, arrived: str | None, observed: int, is_moving: bool
) -> None:
    points = list(series(f"9 20 20 {observed}"))
    waits = [(at(left), at(arrived) if arrived else None)]

    [point] = mark_moving(points, [], timedelta(), waits)

    assert point.is_moving is is_moving


@pytest.mark.parametrize(
    ("actor", "person"),
    [("maria", True), ("Maria Lopez", True), ("", False), ("  ", False), ("stock_feed", False),
     ("sync", False), ("Sync-7", False), ("user:erp", False)],
)  # fmt: skip
def test_a_name_that_no_program_bears_is_a_person_s(actor: str, person: bool) -> None:
    assert is_person(actor) is person
    assert is_program(actor) is (bool(actor.strip()) and not person)


def gap(sku: str, jump: int, *, place: str = "MAIN", hour: int = 9, **more: object) -> Case:
    rows = "\n".join(f"{h} 20 20 {20 + (jump if h >= hour else 0)} 3" for h in range(7, 12))
    return replace(case(rows, **more), sku=sku, location_id=place)  # type: ignore[arg-type]


def test_gaps_see_those_of_their_item_and_of_their_hour() -> None:
    cases = [
        gap("A", 3), gap("A", -5, place="EAST", hour=11), gap("B", 4), gap("C", 4, hour=10),
        gap("D", 4, hour=8), gap("E", 4, hour=11), replace(gap("F", 4), mirror="outlet"),
        replace(gap("G", 4), kind="ghost"),
    ]  # fmt: skip

    first = add_peers(cases)[0]

    assert [p.sku for p in first.peers] == ["A", "D", "B", "C"]
    assert (first.gaps_here, first.like_orders) == (5, 0)
    assert add_peers(cases)[1].like_orders == 1
    assert add_peers([cases[6]])[0].gaps_here == 0


def test_a_peer_tells_when_and_by_how_much_it_changed_and_whose_names_it_bears() -> None:
    row = LogRow("L1", "add", 4, at("9:06"), other_sku="A")
    told = gap("B", 4, told="09:05 shelf receipt 4 W1", log=(row, replace(row, other_sku="")))

    [peer] = add_peers([gap("A", 3), told])[0].peers

    assert peer == Sibling(
        "B", "MAIN", "storefront", "available", 4, at("9:55"), 4, is_explained=True,
        named_skus=("A",),
    )  # fmt: skip
    safe = replace(gap("B", 4), rule=replace(SELLS, safety=4))
    [own] = add_peers([gap("A", 3), safe])[0].peers
    assert (own.is_own_safety, own.is_explained) == (True, False)
    assert [is_open_orders(gap("A", d)) for d in (3, -3, 2, 0)] == [True, True, False, False]


def test_counts_alone_tell_what_must_have_moved() -> None:
    found = infer_moves(list(series("8 20 20 20\n9 25 22 20\n10 25 22 20\n11 25 19 20")), "shelf")

    assert [(m.units, m.effect, m.owner_effect, m.at) for m in found] == [
        (2, 2, 5, at("9:55")), (3, -3, 0, at("11:55"))
    ]  # fmt: skip


def test_two_counts_of_one_hour_each_change_what_the_other_left() -> None:
    asked = case("8 30 30 30\n9 24 30 30", "09:05 shelf count 26 C1\n09:15 shelf receipt 2 W1\n"
                 "09:25 shelf count 24 C2\n09:26 erp count 9 E1")  # fmt: skip

    sized = size_counts(list(asked.moves or ()), list(asked.points))

    assert [(m.movement_id, m.owner_effect) for m in sized] == [
        ("C1", -4), ("W1", 2), ("C2", -4), ("E1", 0)
    ]  # fmt: skip


def test_a_row_that_moved_nothing_is_no_change() -> None:
    account = open_account(day("", "09:06 add 3 L1", 20, 20))

    assert account is not None
    assert (account.entries, account.mirror_rest) == ((), 0)


@pytest.mark.parametrize("units", [-2, -4, 3])
def test_a_row_that_moved_something_else_is_a_change_and_a_rest(units: int) -> None:
    account = open_account(day("", "09:06 add 3 L1", 20, 23 + units))

    assert account is not None
    assert [e.names for e in account.entries] == [("L1",)]
    assert account.mirror_rest == units


def test_a_number_that_fell_back_an_hour_later_is_a_change_and_a_rest() -> None:
    asked = case("8 20 20 20\n9 20 20 23\n10 20 20 20\n11 20 20 18", BEFORE,
                 f"{HEARD}\n09:06 add 3 L1\n11:05 add -2 L2")  # fmt: skip
    moving = tuple(replace(p, pending=1) if n == 2 else p for n, p in enumerate(asked.points))

    account = open_account(replace(asked, points=moving))

    assert account is not None
    assert [e.names for e in account.entries] == [("L1",), ("L2",)]
    assert account.mirror_rest == -3


@pytest.mark.parametrize(
    ("row", "shown", "wanted"),
    [("set 20", 20, ["L3"]), ("add -3", 20, ["L1", "L2", "L3"]),
     ("set 21", 21, ["L1", "L2", "L3"])],
)  # fmt: skip
def test_a_level_that_is_right_again_ends_what_was_before_it(
    row: str, shown: int, wanted: list[str]
) -> None:
    built = case(
        f"8 20 20 20\n9 20 20 23\n10 20 20 {shown}\n11 20 20 {shown - 2}", BEFORE,
        f"{HEARD}\n09:06 add 3 L1 - a1\n10:05 {row} L2 - b2\n11:05 add -2 L3 - c3",
    )  # fmt: skip
    moving = tuple(replace(p, is_moving=n > 0) for n, p in enumerate(built.points))

    assert [names[0] for _, _, names in tell(replace(built, points=moving))] == wanted

"""What each cause claims where the mirror keeps no log: size and time are all there is."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from inventory_pipeline.diagnose.case import Case, Sibling
from inventory_pipeline.diagnose.causes import (
    additions_not_propagated,
    bundle_component,
    count_written_once,
    damaged_return_restocked,
    decrement_missing,
    double_decrement,
    event_duplicated,
    foreign_bulk_script,
    good_return_not_restocked,
    in_flight,
    manual_edit_mirror,
    movement_dropped,
    our_echo_or_loop,
    owner_layer_ahead_po,
    receipt_not_posted,
    return_credited_early,
    return_never_arrived,
    sku_mapping,
    stale_overwrite,
    threepl_confirmation_missing,
    transfer_in_transit,
    unit_factor,
)
from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.diagnose.evidence import infer_moves, size_counts
from inventory_pipeline.diagnose.scene import Scene
from inventory_pipeline_tests.support.cases import KEEPS, SELLS, at, case

Find = Callable[[Scene], Iterator[Claim]]
Told = tuple[int, tuple[str, ...], int | None]


@pytest.mark.parametrize(
    ("text", "is_loop"),
    [
        ("7 20 20 20\n8 24 24 20\n9 24 24 24\n10 24 24 20\n11 24 24 24\n12 24 24 20", True),
        ("7 20 20 20\n8 24 24 20\n9 24 24 24\n10 28 28 24\n11 28 28 28\n12 28 28 24", True),
        ("7 20 20 20\n8 24 24 20\n9 24 24 24\n10 28 28 24\n11 28 28 28\n12 32 32 28", False),
        ("7 20 20 20\n8 24 24 20\n9 24 24 24\n10 24 24 20", False),
        ("7 20 20 20\n8 24 24 20\n9 24 24 24\n10 24 24 21\n11 24 24 24\n12 24 24 20", False),
    ],
)
def test_a_gap_that_opens_three_times_by_itself_is_a_loop(text: str, is_loop: bool) -> None:
    asked = case(text)

    found = list(our_echo_or_loop.find(Scene(asked)))

    assert [(c.units, c.series, c.correction) for c in found] == (
        [(-4, tuple(p.delta for p in asked.points), None)] if is_loop else []
    )
    assert list(our_echo_or_loop.find(Scene(replace(asked, kind="ghost")))) == []


def claim(find: Find, asked: Case) -> list[Claim]:
    return list(find(Scene(asked)))


def tell(find: Find, asked: Case) -> list[Told]:
    """Return units, records and correction of every claim."""
    return [(c.units, c.ids, c.correction) for c in claim(find, asked)]


def blind(told: str, expected: int, observed: int, *, rule=SELLS, **more) -> Case:
    """Return a case in which both sides showed 20 at 08:55 and these numbers since 09:55."""
    rows = f"8 20 20 20\n9 20 {expected} {observed}\n10 20 {expected} {observed}"
    return case(rows, told, heard=None, rule=rule, **more)


ORDERED = "09:05 storefront order_placed 3 S1"
RECEIVED = "09:05 shelf receipt 8 W1"
BACK = "09:05 shelf return_received 2 R1 RMA-1 good"
STAINED = "09:05 shelf return_received 2 R1 RMA-1 damaged"
ANNOUNCED = "09:05 storefront return_initiated 2 R0 RMA-1"
PARCEL = "09:04 threepl shipment 3 T1 O-1\n09:05 shelf shipment 3 W1 O-1"
POSTED = "09:05 shelf purchase_order_posted 6 P1 PO-1"
LEFT = "09:05 shelf transfer_out 4 X1 TR-1"

SIZES = [
    (decrement_missing.find, ORDERED, 17, 20, SELLS, (3, ("S1",), -3)),
    (movement_dropped.find, RECEIVED, 28, 20, SELLS, (-8, ("W1",), 8)),
    (double_decrement.find, ORDERED, 17, 14, SELLS, (-3, ("S1",), 3)),
    (event_duplicated.find, RECEIVED, 28, 36, SELLS, (8, ("W1",), -8)),
    (good_return_not_restocked.find, BACK, 22, 20, SELLS, (-2, ("R1",), 2)),
    (damaged_return_restocked.find, STAINED, 20, 22, SELLS, (2, ("R1",), -2)),
    (receipt_not_posted.find, RECEIVED, 28, 20, KEEPS, (-8, ("W1",), 8)),
    (return_credited_early.find, ANNOUNCED, 20, 22, SELLS, (2, ("R0",), None)),
    (threepl_confirmation_missing.find, PARCEL, 17, 20, KEEPS, (3, ("W1",), -3)),
    (transfer_in_transit.find, LEFT, 16, 20, KEEPS, (4, ("X1",), None)),
    (owner_layer_ahead_po.find, POSTED, 20, 26, KEEPS, (6, ("P1",), None)),
]
NAMES = [find.__module__.rsplit(".", 1)[1] for find, *_ in SIZES]


@pytest.mark.parametrize(
    ("find", "told", "expected", "observed", "rule", "wanted"), SIZES, ids=NAMES
)
def test_a_jump_of_just_its_size_is_claimed_with_its_record(
    find: Find, told: str, expected: int, observed: int, rule, wanted: Told
) -> None:
    [said] = claim(find, blind(told, expected, observed, rule=rule))

    assert (said.units, said.ids, said.correction) == wanted
    assert said.at == at("9:55")
    assert not said.is_proven_by_ids
    assert said.settles


@pytest.mark.parametrize(
    ("find", "told", "expected", "observed", "rule", "wanted"), SIZES, ids=NAMES
)
@pytest.mark.parametrize("by", [-1, 1])
def test_a_jump_of_another_size_is_not_claimed(
    find: Find, told: str, expected: int, observed: int, rule, wanted: Told, by: int
) -> None:
    assert claim(find, blind(told, expected, observed + by, rule=rule)) == []


@pytest.mark.parametrize(
    ("find", "told", "expected", "observed", "rule", "wanted"), SIZES, ids=NAMES
)
def test_a_movement_of_another_hour_explains_no_jump(
    find: Find, told: str, expected: int, observed: int, rule, wanted: Told
) -> None:
    later = told.replace("09:0", "10:0")
    earlier = told.replace("09:0", "08:0")

    assert claim(find, blind(later, expected, observed, rule=rule)) == []
    assert claim(find, blind(earlier, expected, observed, rule=rule)) == []


@pytest.mark.parametrize(
    ("find", "told", "expected", "observed", "rule", "wanted"), SIZES, ids=NAMES
)
def test_with_a_log_no_cause_guesses_by_size_alone(
    find: Find, told: str, expected: int, observed: int, rule, wanted: Told
) -> None:
    heard = replace(blind(told, expected, observed, rule=rule), log=())

    assert all(c.at != at("9:55") for c in claim(find, heard))


@pytest.mark.parametrize(
    ("find", "told", "expected", "observed", "rule"),
    [
        (decrement_missing.find, ORDERED, 17, 20, SELLS),
        (movement_dropped.find, RECEIVED, 28, 20, SELLS),
        (double_decrement.find, ORDERED, 17, 14, SELLS),
        (event_duplicated.find, RECEIVED, 28, 36, SELLS),
        (good_return_not_restocked.find, BACK, 22, 20, SELLS),
        (damaged_return_restocked.find, STAINED, 20, 22, SELLS),
        (receipt_not_posted.find, RECEIVED, 28, 20, KEEPS),
    ],
)
def test_of_two_movements_of_one_size_each_is_claimed_and_neither_as_surely(
    find: Find, told: str, expected: int, observed: int, rule
) -> None:
    [alone] = claim(find, blind(told, expected, observed, rule=rule))
    both = f"{told}\n{_repeat(told)}"
    first, second = claim(find, blind(both, expected, observed, rule=rule))

    assert first.ids != second.ids
    assert first.strength == second.strength < alone.strength


def _repeat(told: str) -> str:
    """Return the same movement twenty minutes later, under another name."""
    clock, system, kind, units, name, *rest = told.split()
    return " ".join([clock.replace(":05", ":25"), system, kind, units, f"{name}9", *rest])


@pytest.mark.parametrize(
    ("clock", "delay", "is_claimed"),
    [
        ("08:40", 0, False),
        ("08:41", 0, True),
        ("08:20", 20, False),
        ("08:21", 20, True),
        ("09:55", 0, True),
        ("09:56", 0, False),
    ],
)
def test_a_word_may_be_on_its_way_for_its_delay_and_a_quarter_of_an_hour(
    clock: str, delay: int, is_claimed: bool
) -> None:
    asked = blind(f"{clock} shelf receipt 8 W1", 28, 20, delay=timedelta(minutes=delay))

    assert bool(claim(movement_dropped.find, asked)) is is_claimed


def test_a_count_that_only_the_owner_heard_of_is_the_size_of_what_it_changed() -> None:
    asked = case(
        "8 20 20 20\n9 26 26 20\n10 26 26 20", "09:05 shelf count 26 C1", heard=None, rule=KEEPS
    )
    sized = replace(asked, moves=tuple(size_counts(list(asked.moves or ()), list(asked.points))))

    assert tell(count_written_once.find, sized) == [(-6, ("C1",), 6)]
    assert tell(movement_dropped.find, sized) == []


def test_books_name_a_lost_receipt_by_what_they_did_not_do() -> None:
    books, shop = blind(RECEIVED, 28, 20, rule=KEEPS), blind(RECEIVED, 28, 20, rule=SELLS)

    assert claim(movement_dropped.find, books) == []
    assert claim(receipt_not_posted.find, shop) == []


def test_orders_and_good_returns_are_lost_under_names_of_their_own() -> None:
    assert claim(movement_dropped.find, blind(ORDERED, 17, 20)) == []
    assert claim(movement_dropped.find, blind(BACK, 22, 20)) == []
    assert claim(decrement_missing.find, blind("09:05 shelf damage 3 D1", 17, 20)) == []


def test_two_lost_movements_together_make_one_jump_if_only_one_pair_does() -> None:
    pair = "09:05 shelf receipt 5 W1\n09:25 shelf receipt 3 W2"

    assert tell(movement_dropped.find, blind(pair, 28, 20)) == [(-8, ("W1", "W2"), 8)]
    more = f"{pair}\n09:30 shelf receipt 5 W3"
    assert tell(movement_dropped.find, blind(more, 28, 20)) == []


def test_a_parcel_is_the_3pl_s_where_it_tells_of_it_or_owns_the_place() -> None:
    own = "09:05 shelf shipment 3 W1 O-1"

    assert claim(threepl_confirmation_missing.find, blind(own, 17, 20, rule=KEEPS)) == []
    theirs = replace(KEEPS, owner_role="threepl")
    assert tell(threepl_confirmation_missing.find, blind(own, 17, 20, rule=theirs)) == [
        (3, ("W1",), -3)
    ]


def test_an_overdue_box_is_another_cause_than_one_that_may_still_come() -> None:
    asked = blind(ANNOUNCED, 20, 22)
    overdue = replace(asked, rule=replace(SELLS, due_days=0))

    assert claim(return_never_arrived.find, asked) == []
    assert claim(return_credited_early.find, overdue) == []
    assert tell(return_never_arrived.find, overdue) == [(2, ("R0",), -2)]


@pytest.mark.parametrize(
    ("find", "told", "arrival", "expected", "observed", "rule"),
    [
        (return_credited_early.find, ANNOUNCED, "09:20 shelf return_received 2 R1 RMA-1 damaged",
         20, 22, SELLS),
        (owner_layer_ahead_po.find, POSTED, "10:05 shelf receipt 6 W1 PO-1", 20, 26, KEEPS),
        (transfer_in_transit.find, LEFT, "10:05 shelf transfer_in 4 X2 TR-1", 16, 20, KEEPS),
    ],
)  # fmt: skip
def test_what_has_arrived_is_not_on_its_way(
    find: Find, told: str, arrival: str, expected: int, observed: int, rule
) -> None:
    assert claim(find, blind(told, expected, observed, rule=rule))
    assert claim(find, blind(f"{told}\n{arrival}", expected, observed, rule=rule)) == []
    other = arrival.replace("RMA-1", "RMA-2").replace("PO-1", "PO-2").replace("TR-1", "TR-2")
    assert claim(find, blind(f"{told}\n{other}", expected, observed, rule=rule))


def test_additions_are_a_path_where_every_jump_is_one_and_there_are_two() -> None:
    told = "09:05 shelf receipt 8 W1\n10:05 shelf receipt 4 W2"
    asked = case("8 20 20 20\n9 20 28 20\n10 20 32 20", told, heard=None)

    [said] = claim(additions_not_propagated.find, asked)

    assert (said.units, said.ids, said.correction) == (-12, ("W1", "W2"), 12)
    assert said.series == (0, -8, -12)
    assert said.facts == {"additions": 2}
    assert claim(additions_not_propagated.find, blind(RECEIVED, 28, 20)) == []
    sold = case("8 20 20 20\n9 20 28 20\n10 20 31 22", told, heard=None)
    assert claim(additions_not_propagated.find, sold) == []


@pytest.mark.parametrize(("fits", "units"), [(True, 12), (False, 11)])
def test_a_receipt_told_in_cases_leaves_a_jump_that_its_factor_makes(
    fits: bool, units: int
) -> None:
    told = f"09:05 shelf receipt {units} W1"
    asked = blind(told, 20 + units, 21)

    found = [c for c in claim(unit_factor.find, asked) if c.ids == ("W1",)]

    assert [(c.units, c.facts["factor"]) for c in found] == ([(-11, 12)] if fits else [])


def test_eaches_taken_for_cases_are_too_many_by_the_factor() -> None:
    asked = blind("09:05 shelf receipt 2 W1", 22, 44)

    [found] = [c for c in claim(unit_factor.find, asked) if c.ids == ("W1",)]

    assert (found.units, found.facts["factor"], found.correction) == (22, 12, -22)


def test_one_factor_behind_two_jumps_is_a_pattern_of_both_records() -> None:
    told = "09:05 shelf receipt 12 W1\n10:05 shelf receipt 24 W2"
    asked = case("8 20 20 20\n9 20 32 21\n10 20 56 23", told, heard=None)

    best = max(claim(unit_factor.find, asked), key=lambda c: c.strength)

    assert (best.units, best.ids, best.facts["factor"]) == (-33, ("W1", "W2"), 12)
    assert best.series == (0, -11, -33)


FALLEN = Sibling("B", "MAIN", "storefront", "available", 8, at("9:55"), 8)


@pytest.mark.parametrize(
    ("change", "is_twin"),
    [
        ({}, True),
        ({"jump_at": at("8:55")}, False),
        ({"jump_at": at("10:55")}, True),
        ({"jump_at": at("10:56")}, False),
        ({"jump_at": None}, False),
        ({"jump_units": -8}, False),
        ({"jump_units": 7}, False),
        ({"location_id": "EAST"}, False),
        ({"mirror": "outlet"}, False),
        ({"sku": "A"}, False),
    ],
)
def test_a_twin_jumped_the_other_way_at_the_same_place_and_time(
    change: dict, is_twin: bool
) -> None:
    asked = blind("", 28, 20, peers=(replace(FALLEN, **change),))

    found = claim(sku_mapping.find, asked)

    assert [(c.ids, c.facts, c.correction) for c in found] == (
        [(("B",), {"other_sku": "B"}, None)] if is_twin else []
    )


@pytest.mark.parametrize(
    ("change", "is_one"),
    [
        ({}, True), ({"delta": 10}, False), ({"jump_units": 2}, False), ({"sku": "A"}, False),
        ({"location_id": "EAST"}, False), ({"jump_at": at("8:55")}, False),
    ],
)  # fmt: skip
def test_steps_that_one_other_item_took_the_other_way_are_one_mapping(
    change: dict, is_one: bool
) -> None:
    peer = Sibling("B", "MAIN", "storefront", "available", 11, at("10:55"), 3)
    asked = case("8 20 20 20\n9 20 20 12\n10 20 20 9", heard=None,
                 peers=(replace(peer, **change),))  # fmt: skip

    found = [c for c in claim(sku_mapping.find, asked) if c.units == -11]

    assert [(c.series, c.ids, c.facts, c.correction) for c in found] == (
        [((0, -8, -11), ("B",), {"other_sku": "B"}, None)] if is_one else []
    )
    two = replace(asked, peers=(peer, replace(peer, sku="C")))
    assert [c for c in claim(sku_mapping.find, two) if c.units == -11] == []


def test_twins_that_each_have_a_movement_of_their_own_met_by_chance() -> None:
    told = blind(RECEIVED, 28, 20)
    untold = blind("", 28, 20)
    own, none = replace(FALLEN, is_explained=True), FALLEN

    assert claim(sku_mapping.find, replace(told, peers=(own,))) == []
    [one] = claim(sku_mapping.find, replace(told, peers=(none,)))
    [other] = claim(sku_mapping.find, replace(untold, peers=(own,)))
    [neither] = claim(sku_mapping.find, replace(untold, peers=(none,)))
    [many] = claim(sku_mapping.find, replace(untold, peers=(own, replace(own, sku="C"))))
    assert one.strength == other.strength > many.strength > neither.strength


def test_a_number_of_the_past_is_a_level_written_late() -> None:
    asked = case(
        "8 20 20 20\n9 20 17 17\n10 20 17 20", "09:05 storefront order_placed 3 S1", heard=None
    )

    [said] = claim(stale_overwrite.find, asked)

    assert (said.units, said.facts, said.at) == (3, {"level": 20}, at("10:55"))
    fresh = case("8 20 20 20\n9 20 17 17\n10 20 17 21", ORDERED, heard=None)
    assert claim(stale_overwrite.find, fresh) == []
    still = case("8 20 20 20\n9 20 17 20\n10 20 17 20", ORDERED, heard=None)
    assert claim(stale_overwrite.find, still) == []


def test_a_level_of_the_past_one_unit_away_is_a_weaker_sign() -> None:
    one = case("8 20 20 20\n9 20 19 19\n10 20 19 20", heard=None)
    three = case("8 20 20 20\n9 20 17 17\n10 20 17 20", heard=None)

    [weak], [strong] = claim(stale_overwrite.find, one), claim(stale_overwrite.find, three)

    assert weak.strength < strong.strength


def test_anybody_may_have_changed_a_number_without_a_log_and_nothing_is_sent() -> None:
    said = tell(manual_edit_mirror.find, case("8 20 20 20\n9 20 20 23\n10 20 20 25", heard=None))

    assert said == [(3, (), None), (2, (), None)]


@pytest.mark.parametrize(("peers", "is_claimed"), [(10, True), (9, False)])
def test_ten_items_that_jump_in_one_hour_are_a_script(peers: int, is_claimed: bool) -> None:
    crowd = tuple(
        Sibling(f"B{n}", "MAIN", "storefront", "available", n, at("9:55"), n) for n in range(peers)
    )
    asked = blind("", 20, 23, peers=crowd)

    found = tell(foreign_bulk_script.find, asked)

    assert found == ([(3, (), None)] if is_claimed else [])
    elsewhere = tuple(replace(p, mirror="outlet") for p in crowd)
    assert claim(foreign_bulk_script.find, replace(asked, peers=elsewhere)) == []
    explained = blind(RECEIVED, 28, 20, peers=crowd)
    assert claim(foreign_bulk_script.find, explained) == []


def test_a_part_of_a_set_stays_on_the_mirror_by_what_its_orders_took() -> None:
    told = case("8 20 20 20\n9 20 18 20\n10 20 15 20", "09:05 shelf shipment 2 W1\n"
                "10:05 shelf shipment 3 W2", heard=None, rule=KEEPS)  # fmt: skip
    of_set = replace(told, moves=tuple(replace(m, other_sku="SET") for m in told.moves or ()))

    [said] = claim(bundle_component.find, of_set)

    assert (said.units, said.ids, said.correction) == (5, ("W1", "W2"), -5)
    assert (said.series, said.facts) == ((0, 2, 5), {"bundle": "SET"})
    assert claim(bundle_component.find, told) == []
    own = replace(told, moves=tuple(replace(m, other_sku="A") for m in told.moves or ()))
    assert claim(bundle_component.find, own) == []
    others = replace(of_set, moves=tuple(replace(m, is_own=False) for m in of_set.moves or ()))
    assert claim(bundle_component.find, others) == []


def test_parts_that_came_off_before_both_agreed_are_no_loss() -> None:
    told = case("8 20 20 20\n9 18 18 18\n10 15 15 18", "09:05 shelf shipment 2 W1\n"
                "10:05 shelf shipment 3 W2", heard=None, rule=KEEPS)  # fmt: skip
    of_set = replace(told, moves=tuple(replace(m, other_sku="SET") for m in told.moves or ()))

    [said] = claim(bundle_component.find, of_set)

    assert (said.units, said.ids, said.series) == (3, ("W2",), (0, 0, 3))
    agreed = replace(of_set, points=of_set.points[:2], moves=(of_set.moves or ())[:1])
    assert claim(bundle_component.find, agreed) == []


def young(told: str, delta: int, *, hours: int = 1, **more) -> Case:
    """Return a gap that is so many hours old at 10:55."""
    rows = [f"{h} 20 20 {20 + (delta if h > 10 - hours else 0)}" for h in range(5, 11)]
    return case("\n".join(rows), told, heard=None, **more)


def test_the_newest_movements_of_the_last_hour_may_be_in_flight() -> None:
    one = young("10:30 shelf receipt 3 W1", -3)
    two = young("10:20 shelf receipt 3 W1\n10:30 storefront order_placed 1 S1", -2)

    assert [(c.units, c.ids, c.at) for c in claim(in_flight.find, one)] == [
        (-3, ("W1",), at("10:55"))
    ]
    assert [c.ids for c in claim(in_flight.find, two)] == [("S1", "W1")]


def test_a_newer_movement_that_arrived_leaves_nothing_older_in_flight() -> None:
    skipped = young("10:20 shelf receipt 3 W1\n10:30 storefront order_placed 1 S1", -3)

    assert claim(in_flight.find, skipped) == []


@pytest.mark.parametrize(
    ("clock", "hours", "delay", "is_claimed"),
    [
        ("09:55", 1, 0, False),
        ("09:56", 1, 0, True),
        ("10:55", 1, 0, True),
        ("10:56", 1, 0, False),
        ("09:30", 1, 30, True),
        ("09:25", 1, 30, False),
        ("10:30", 2, 0, True),
        ("10:30", 3, 0, False),
    ],
)
def test_what_is_in_flight_is_young(clock: str, hours: int, delay: int, is_claimed: bool) -> None:
    asked = young(f"{clock} shelf receipt 3 W1", -3, hours=hours, delay=timedelta(minutes=delay))

    assert bool(claim(in_flight.find, asked)) is is_claimed


def test_where_only_counts_are_kept_a_lone_rise_may_be_a_credit_or_a_booking() -> None:
    shop = case("8 20 20 20\n9 20 20 22\n10 20 20 22", heard=None)
    books = case("8 20 20 20\n9 20 20 22\n10 20 20 22", heard=None, rule=KEEPS)
    fallen = case("8 20 20 20\n9 20 20 18\n10 20 20 18", heard=None)

    assert tell(return_credited_early.find, shop) == [(2, (), None)]
    assert tell(owner_layer_ahead_po.find, books) == [(2, (), None)]
    assert tell(return_credited_early.find, books) == tell(owner_layer_ahead_po.find, shop) == []
    assert tell(return_credited_early.find, fallen) == []
    moved = case("8 20 20 20\n9 20 21 23\n10 20 21 23", heard=None)
    inferred = replace(moved, moves=tuple(infer_moves(list(moved.points), "shelf")))
    assert tell(return_credited_early.find, inferred) == []


PACKS = (3, 4, 5, 6, 8, 10, 12, 15, 16, 18, 20, 24, 25, 30, 36, 40, 48, 50, 60, 72, 96, 100, 144)


@pytest.mark.parametrize("factor", range(2, 150))
def test_one_jump_is_a_unit_only_in_a_pack_size_that_is_in_use(factor: int) -> None:
    asked = blind(f"09:05 shelf receipt {factor} W1", 20 + factor, 21)

    found = [c.facts["factor"] for c in claim(unit_factor.find, asked) if c.ids == ("W1",)]

    assert found == ([factor] if factor in PACKS else [])
    own = replace(asked, rule=replace(SELLS, factor=factor))
    named = [c.facts["factor"] for c in claim(unit_factor.find, own) if c.ids == ("W1",)]
    assert named == ([factor] if factor <= 144 else [])


@pytest.mark.parametrize("find", [decrement_missing.find, double_decrement.find])
def test_a_sale_of_one_unit_is_a_sale(find: Find) -> None:
    observed = 20 if find is decrement_missing.find else 18

    assert [c.ids for c in claim(find, blind("09:05 storefront order_placed 1 S1", 19, observed))]


def test_a_rise_told_twice_is_no_double_sale() -> None:
    assert claim(double_decrement.find, blind("09:05 shelf receipt 1 W1", 21, 22)) == []
    assert claim(double_decrement.find, blind("09:05 shelf receipt 8 W1", 28, 36)) == []


def test_books_do_not_call_an_adjustment_a_receipt() -> None:
    asked = blind("09:05 shelf adjustment 8 A1", 28, 20, rule=KEEPS)

    assert claim(receipt_not_posted.find, asked) == []
    assert tell(movement_dropped.find, asked) == [(-8, ("A1",), 8)]


def test_a_unit_guessed_from_a_movement_is_surer_than_from_counts_alone() -> None:
    told = blind("09:05 shelf receipt 12 W1", 32, 21)
    inferred = replace(
        told, moves=tuple(replace(m, kind="inferred", movement_id="") for m in told.moves or ())
    )

    named = [c for c in claim(unit_factor.find, told) if c.at == at("9:55")]
    guessed = [c for c in claim(unit_factor.find, inferred) if c.at == at("9:55")]

    assert max(c.strength for c in named) > max(c.strength for c in guessed)

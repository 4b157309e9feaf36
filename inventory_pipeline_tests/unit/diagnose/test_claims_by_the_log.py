"""What each cause claims where both ledgers are kept: records by name, and no more than that."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from inventory_pipeline.diagnose.case import Case, Message, Sibling, Stray
from inventory_pipeline.diagnose.causes import (
    additions_not_propagated,
    bundle_component,
    count_written_once,
    damaged_return_restocked,
    decrement_missing,
    double_decrement,
    event_duplicated,
    field_mapping,
    foreign_bulk_script,
    good_return_not_restocked,
    location_pool,
    manual_edit_mirror,
    movement_dropped,
    our_echo_or_loop,
    owner_layer_ahead_po,
    receipt_not_posted,
    return_credited_early,
    return_never_arrived,
    sku_mapping,
    stale_overwrite,
    stale_retry,
    threepl_confirmation_missing,
    transfer_in_transit,
    truth_moment,
    unit_factor,
)
from inventory_pipeline.diagnose.claim import BY_ID, Claim
from inventory_pipeline.diagnose.scene import Scene
from inventory_pipeline.diagnose.sizing import size_counts
from inventory_pipeline_tests.support.cases import KEEPS, SELLS, at, case

Find = Callable[[Scene], Iterator[Claim]]
Said = tuple[int, tuple[str, ...], int | None, bool]

# The log names movements, and one came through before the day's trouble.
BEFORE, HEARD = "07:10 shelf receipt 1 W0", "07:12 add 1 L0 W0"


def claim(find: Find, asked: Case) -> list[Claim]:
    return list(find(Scene(asked)))


def say(find: Find, asked: Case) -> list[Said]:
    """Return units, records, correction and whether the ledgers prove it, of every claim."""
    return [(c.units, c.ids, c.correction, c.is_proven_by_ids) for c in claim(find, asked)]


def heard(told: str, log: str, expected: int, observed: int, *, rule=SELLS, **more) -> Case:
    """Return a case in which both sides showed 20 at 08:55 and these numbers since 09:55."""
    rows = f"8 20 20 20\n9 {expected} {expected} {observed}\n16 {expected} {expected} {observed}"
    return case(rows, f"{BEFORE}\n{told}", f"{HEARD}\n{log}", rule=rule, **more)


def sold(told: str, log: str, expected: int, observed: int, **more) -> Case:
    """Return the same where only promises moved: the owner still holds 20."""
    rows = f"8 20 20 20\n9 20 {expected} {observed}\n16 20 {expected} {observed}"
    return case(rows, f"{BEFORE}\n{told}", f"{HEARD}\n{log}", **more)


LOST = [
    (movement_dropped.find, heard("09:05 shelf receipt 8 W1", "", 28, 20), (-8, ("W1",), 8)),
    (movement_dropped.find, heard("09:05 shelf damage 2 D1", "", 18, 20), (2, ("D1",), -2)),
    (decrement_missing.find, sold("09:05 storefront order_placed 3 S1", "", 17, 20),
     (3, ("S1",), -3)),
    (good_return_not_restocked.find,
     heard("09:05 shelf return_received 2 R1 RMA-1 good", "", 22, 20), (-2, ("R1",), 2)),
    (receipt_not_posted.find, heard("09:05 shelf receipt 8 W1", "", 28, 20, rule=KEEPS),
     (-8, ("W1",), 8)),
    (threepl_confirmation_missing.find,
     heard("09:04 threepl shipment 3 T1 O-1\n09:05 shelf shipment 3 W1 O-1", "", 17, 20,
           rule=KEEPS), (3, ("W1", "T1"), -3)),
]  # fmt: skip


@pytest.mark.parametrize(("find", "asked", "wanted"), LOST)
def test_a_movement_that_no_row_tells_is_proven_lost(
    find: Find, asked: Case, wanted: tuple[int, tuple[str, ...], int]
) -> None:
    [said] = claim(find, asked)

    assert (said.units, said.ids, said.correction) == wanted
    assert said.is_proven_by_ids
    assert said.at in {at("9:05"), at("9:04")}
    assert said.shown_at is None
    assert said.path


@pytest.mark.parametrize(("find", "asked", "wanted"), LOST)
def test_nothing_is_proven_by_a_log_that_never_names_a_movement(
    find: Find, asked: Case, wanted: object
) -> None:
    [named], [nameless] = claim(find, asked), claim(find, replace(asked, has_ids=False))

    assert not nameless.is_proven_by_ids
    assert nameless.strength < named.strength


@pytest.mark.parametrize(("find", "asked", "wanted"), LOST)
def test_a_log_that_does_not_account_for_the_number_proves_nothing(
    find: Find, asked: Case, wanted: object
) -> None:
    points = tuple(
        replace(p, observed=p.observed + 40, delta=p.delta + 40) if n else p
        for n, p in enumerate(asked.points)
    )

    assert not any(c.is_proven_by_ids for c in claim(find, replace(asked, points=points)))


TOO_MUCH = [
    (double_decrement.find, sold("09:05 storefront order_placed 3 S1",
                                 "09:06 add -3 L1 S1\n09:07 add -3 L2 S1", 17, 14),
     (-3, ("S1", "L2"), 3, True)),
    (event_duplicated.find, heard("09:05 shelf receipt 8 W1",
                                  "09:06 add 8 L1 W1\n09:07 add 8 L2 W1", 28, 36),
     (8, ("W1", "L2"), -8, True)),
    (damaged_return_restocked.find,
     heard("09:05 shelf return_received 2 R1 RMA-1 damaged", "09:06 add 2 L1 R1", 20, 22),
     (2, ("L1", "R1"), -2, True)),
    (return_credited_early.find,
     heard("09:05 storefront return_initiated 2 R0 RMA-1", "09:06 add 2 L1 RMA-1", 20, 22),
     (2, ("L1", "R0"), None, False)),
    (owner_layer_ahead_po.find,
     heard("09:05 shelf purchase_order_posted 6 P1 PO-1", "09:06 add 6 L1 PO-1", 20, 26),
     (6, ("L1", "P1"), None, False)),
    (field_mapping.find, heard("09:05 shelf receipt 4 W1", "09:06 add -4 L1 W1", 24, 16),
     (-8, ("W1", "L1"), 8, False)),
]  # fmt: skip


@pytest.mark.parametrize(("find", "asked", "wanted"), TOO_MUCH)
def test_a_row_too_many_or_of_another_size_is_claimed_with_movement_and_row(
    find: Find, asked: Case, wanted: Said
) -> None:
    [said] = claim(find, asked)

    assert (said.units, said.ids, said.correction, said.is_proven_by_ids) == wanted
    assert said.shown_at == at("9:00")


def test_a_count_is_lost_under_its_own_name_and_only_weakly_under_another() -> None:
    told = heard("09:05 shelf count 26 C1", "", 26, 20, rule=KEEPS)
    asked = replace(told, moves=tuple(size_counts(list(told.moves or ()), list(told.points))))

    [own], [other] = claim(count_written_once.find, asked), claim(movement_dropped.find, asked)

    assert (own.units, own.ids, own.correction) == (-6, ("C1",), 6)
    assert other.strength < own.strength


def test_an_adjustment_is_a_count_where_a_count_shares_its_paper() -> None:
    booked = heard("09:05 shelf adjustment 6 A1 CC-1\n09:05 shelf count 26 A2 CC-1", "", 26, 20)
    alone = heard("09:05 shelf adjustment 6 A1 CC-1\n09:05 shelf count 26 A2 CC-2", "", 26, 20)

    assert [c.ids[0] for c in claim(count_written_once.find, booked)] == ["A1"]
    assert claim(count_written_once.find, alone) == []


@pytest.mark.parametrize("sent", [3, 5, -3])
def test_only_the_opposite_of_a_movement_is_a_wrong_sign(sent: int) -> None:
    asked = heard("09:05 shelf receipt 4 W1", f"09:06 add {sent} L1 W1", 24, 20 + sent)

    assert claim(field_mapping.find, asked) == []


def test_the_same_parcel_told_twice_is_rather_one_message_twice() -> None:
    told = "09:05 shelf shipment 3 W1 O-1"
    by_order = heard(told, "09:06 add -3 L1 O-1\n09:07 add -3 L2 O-1", 17, 14, rule=KEEPS)
    by_parcel = heard(told, "09:06 add -3 L1 W1\n09:07 add -3 L2 W1", 17, 14, rule=KEEPS)

    [order], [parcel] = (
        claim(double_decrement.find, by_order),
        claim(double_decrement.find, by_parcel),
    )

    assert parcel.strength < order.strength


@pytest.mark.parametrize(
    ("events", "is_stronger"), [(("E1",), False), (("E1", "E1"), True), (("E1", "E2"), False)]
)
def test_two_deliveries_of_one_event_speak_for_a_duplicate(
    events: tuple[str, ...], is_stronger: bool
) -> None:
    asked = TOO_MUCH[1][1]
    told = tuple(
        Message(name, "p", "add", 8, at("9:05"), at("9:06") + n * timedelta(minutes=1), n + 1,
                "processed", "W1")
        for n, name in enumerate(events)
    )  # fmt: skip

    [plain], [seen] = (claim(event_duplicated.find, replace(asked, messages=m)) for m in ((), told))

    assert (seen.strength > plain.strength) is is_stronger


def test_a_sale_told_twice_is_rather_two_routes_than_one_message() -> None:
    asked = TOO_MUCH[0][1]

    [message], [route] = claim(event_duplicated.find, asked), claim(double_decrement.find, asked)

    assert message.ids == route.ids
    assert message.strength < route.strength


def test_a_row_without_a_name_repeats_the_one_movement_of_its_size_just_before() -> None:
    asked = sold(
        "09:05 storefront order_placed 3 S1", "09:06 add -3 L1 S1\n09:20 add -3 L2", 17, 14
    )

    assert [c.ids for c in claim(double_decrement.find, asked)] == [("L2", "S1")]
    assert claim(event_duplicated.find, asked) == []
    goods = heard("09:05 shelf receipt 8 W1", "09:06 add 8 L1 W1\n09:20 add 8 L2", 28, 36)
    assert [c.ids for c in claim(event_duplicated.find, goods)] == [("L2", "W1")]
    assert claim(double_decrement.find, goods) == []


@pytest.mark.parametrize(
    ("row", "is_twin"),
    [
        ("09:25 add 8 L2", True),
        ("09:26 add 8 L2", False),
        ("09:20 add 7 L2", False),
        ("09:20 set 36 L2", False),
        ("09:20 add 8 L2 - maria", False),
        ("09:20 add 8 L2 - sync", True),
    ],
)
def test_a_nameless_twin_comes_soon_in_the_same_size_and_from_a_program(
    row: str, is_twin: bool
) -> None:
    observed = 35 if " 7 " in row else 36
    asked = heard("09:05 shelf receipt 8 W1", f"09:06 add 8 L1 W1\n{row}", 28, observed)

    assert [c.ids for c in claim(event_duplicated.find, asked)] == (
        [("L2", "W1")] if is_twin else []
    )


def test_of_two_movements_of_its_size_a_nameless_row_repeats_neither() -> None:
    asked = heard(
        "09:05 shelf receipt 8 W1\n09:08 shelf receipt 8 W2",
        "09:06 add 8 L1 W1\n09:09 add 8 L2 W2\n09:20 add 8 L3", 36, 44,
    )  # fmt: skip

    assert claim(event_duplicated.find, asked) == []


OWN = "08:40 storefront order_placed 3 S1 O-1\n09:05 shelf shipment 3 W1 O-1"


@pytest.mark.parametrize(
    ("second", "is_claimed"),
    [
        ("09:06 shelf shipment 3 W2 O-1", True),
        ("10:04 shelf shipment 3 W2 O-1", True),
        ("10:05 shelf shipment 3 W2 O-1", False),
        ("09:06 shelf shipment 2 W2 O-1", False),
        ("09:06 shelf shipment 3 W2 O-2", False),
        ("09:06 shelf damage 3 W2 O-1", False),
        ("09:06 threepl shipment 3 W2 O-1", False),
    ],
)
def test_an_order_left_twice_where_the_owner_says_so_within_the_hour(
    second: str, is_claimed: bool
) -> None:
    asked = heard(f"{OWN}\n{second}", "09:07 add -3 L1 O-1", 14, 17, rule=KEEPS)

    found = [c for c in claim(double_decrement.find, asked) if c.ids[:1] == ("W2",)]

    assert [(c.units, c.ids, c.facts) for c in found] == (
        [(3, ("W2", "W1"), {"order": "O-1"})] if is_claimed else []
    )
    assert all(c.correction is None and c.at == asked.moves[-1].at for c in found)


def test_two_parcels_of_a_large_order_are_no_double() -> None:
    large = OWN.replace("order_placed 3", "order_placed 6")
    asked = heard(f"{large}\n09:06 shelf shipment 3 W2 O-1", "", 14, 17, rule=KEEPS)

    assert claim(double_decrement.find, asked) == []
    unknown = heard(
        "09:05 shelf shipment 3 W1 O-1\n09:06 shelf shipment 3 W2 O-1", "", 14, 17, rule=KEEPS
    )
    assert [c.ids for c in claim(double_decrement.find, unknown)] == [("W2", "W1")]


@pytest.mark.parametrize(
    ("row", "by_hand", "facts"),
    [
        ("09:06 set 23 L1 - maria", True, {"actor": "maria"}),
        ("09:06 add 3 L1 - maria", True, {"actor": "maria"}),
        ("09:06 add 3 L1", False, {}),
    ],
)
def test_a_person_in_the_log_is_named_and_nothing_is_sent(
    row: str, by_hand: bool, facts: dict
) -> None:
    asked = heard("", row, 20, 23)

    [said] = claim(manual_edit_mirror.find, asked)

    assert (said.units, said.ids, said.correction, said.facts) == (3, ("L1",), None, facts)
    assert not said.is_proven_by_ids
    [nobody] = claim(manual_edit_mirror.find, heard("", "09:06 add 3 L1", 20, 23))
    assert (said.strength > nobody.strength) is by_hand


@pytest.mark.parametrize("actor", ["sync", "pos", "nightly_job", "price-bot", "batch:42"])
def test_a_program_is_no_person(actor: str) -> None:
    assert claim(manual_edit_mirror.find, heard("", f"09:06 add 3 L1 - {actor}", 20, 23)) == []


def test_a_person_who_booked_a_transaction_is_less_suspect_than_the_transaction() -> None:
    free = heard("", "09:06 add 3 L1 - maria", 20, 23)
    bound = heard("09:05 shelf receipt 8 W1", "09:06 add 8 L1 W1\n09:07 add 3 L2 W1 maria", 28, 31)

    [loose], [tied] = claim(manual_edit_mirror.find, free), claim(manual_edit_mirror.find, bound)

    assert tied.strength < loose.strength


def test_what_we_sent_ourselves_was_typed_by_nobody() -> None:
    asked = heard("", "09:06 add 3 L1 rcpt-1 maria", 20, 23)

    assert len(claim(manual_edit_mirror.find, asked)) == 1
    assert claim(manual_edit_mirror.find, replace(asked, sent=(("rcpt-1", 3),))) == []


@pytest.mark.parametrize(
    ("row", "is_claimed", "is_echo"),
    [
        ("09:06 add 8 L1 rcpt-1", False, False),
        ("09:05 add 0 L9 rcpt-1\n09:06 add 8 L1 rcpt-1", True, True),
        ("09:06 add 0 L9 rcpt-1\n09:06 add 8 L1 rcpt-1", True, True),
        ("09:05 add 0 L9 rcpt-2\n09:06 add 8 L1 rcpt-1", False, False),
        ("09:06 add -8 L1", True, False),
        ("09:06 add -7 L1", False, False),
        ("09:06 add -8 L1 X9", False, False),
        ("09:06 add 8 L1", False, False),
    ],
)
def test_a_correction_comes_back_by_name_or_as_its_opposite(
    row: str, is_claimed: bool, is_echo: bool
) -> None:
    units = int(row.rsplit("\n", maxsplit=1)[-1].split()[2])
    asked = replace(heard("", row, 20, 20 + units), sent=(("rcpt-1", 8),))

    found = claim(our_echo_or_loop.find, asked)

    assert [(c.units, c.ids, c.correction) for c in found] == (
        [(units, ("L1",), None)] if is_claimed else []
    )
    weaker = claim(our_echo_or_loop.find, replace(heard("", "09:06 add -8 L1", 20, 12),
                                                  sent=asked.sent))  # fmt: skip
    assert all((c.strength > weaker[0].strength) is is_echo for c in found)


def crowd(number: int, clock: str = "9:06") -> dict:
    return {at(clock): number}


@pytest.mark.parametrize(
    ("crowded", "is_claimed"),
    [
        (crowd(10), True),
        (crowd(9), False),
        (crowd(10, "9:09"), True),
        (crowd(10, "9:03"), True),
        (crowd(10, "9:10"), False),
        (crowd(10, "9:02"), False),
        (crowd(5) | crowd(5, "9:08"), True),
    ],
)
def test_ten_items_changed_within_minutes_without_a_name_are_a_script(
    crowded: dict, is_claimed: bool
) -> None:
    asked = heard("", "09:06 add 3 L1", 20, 23, crowd=crowded)

    found = claim(foreign_bulk_script.find, asked)

    assert [(c.units, c.ids, c.correction, c.facts) for c in found] == (
        [(3, ("L1",), None, {"items": 10})] if is_claimed else []
    )


def test_a_row_that_names_its_movement_is_of_no_script() -> None:
    asked = TOO_MUCH[1][1]

    assert claim(foreign_bulk_script.find, replace(asked, crowd=crowd(40))) == []


def elsewhere(sku: str, kinds: tuple[str, ...]) -> Case:
    """Return a row that names a movement of an item, or of this one at another place."""
    asked = heard("", "09:06 add -3 L1 X1", 20, 17)
    rows = tuple(
        replace(r, other_sku=sku, other_kinds=kinds) if r.change_id == "L1" else r
        for r in asked.log or ()
    )
    return replace(asked, log=rows)


def test_a_row_of_another_place_is_a_pool_and_of_another_item_a_mapping() -> None:
    here, item = elsewhere("A", ("shipment",)), elsewhere("B", ("shipment",))

    assert say(location_pool.find, here) == [(-3, ("L1",), None, False)]
    assert claim(sku_mapping.find, here) == []
    assert say(sku_mapping.find, item) == [(-3, ("L1",), 3, False)]
    assert [c.facts for c in claim(sku_mapping.find, item)] == [{"other_sku": "B"}]
    assert claim(location_pool.find, item) == []


@pytest.mark.parametrize(
    ("stray", "is_pool", "other"),
    [
        (Stray("W1", "A", "EAST"), True, ""),
        (Stray("W1", "B", "MAIN"), False, "B"),
        (Stray("W2", "A", "EAST"), False, ""),
        (Stray("W2", "B", "MAIN"), False, ""),
    ],
)
def test_what_the_mirror_wrote_elsewhere_is_a_pool_or_a_mapping(
    stray: Stray, is_pool: bool, other: str
) -> None:
    asked = heard("09:05 shelf receipt 8 W1", "", 28, 20, strays=(stray,))

    assert [(c.units, c.ids, c.correction, c.is_proven_by_ids, c.facts)
            for c in claim(location_pool.find, asked)] == (
        [(-8, ("W1",), None, False, {"other_location": "EAST"})] if is_pool else []
    )  # fmt: skip
    assert [(c.units, c.ids, c.correction, c.is_proven_by_ids, c.facts)
            for c in claim(sku_mapping.find, asked)] == (
        [(-8, ("W1",), 8, False, {"other_sku": other})] if other else []
    )  # fmt: skip


def test_what_went_astray_was_not_lost() -> None:
    lost = heard("09:05 shelf receipt 8 W1", "", 28, 20)

    assert len(claim(movement_dropped.find, lost)) == 1
    astray = replace(lost, strays=(Stray("W1", "A", "EAST"),))
    assert claim(movement_dropped.find, astray) == []


@pytest.mark.parametrize(
    ("change", "is_claimed"),
    [
        ({}, True), ({"sku": "C"}, False), ({"delta": 4}, False), ({"location_id": "EAST"}, False),
        ({"mirror": "erp"}, False),
    ],
)  # fmt: skip
def test_rows_of_one_other_item_and_its_opposite_gap_are_one_mapping(
    change: dict, is_claimed: bool
) -> None:
    """Of five units taken from this item two name the other one; the other lacks all five."""
    asked = heard("", "09:06 add -2 L1 X1\n09:07 add -3 L2 X2", 20, 15)
    rows = tuple(
        replace(r, other_sku="B", other_kinds=("shipment",)) if r.change_id == "L1" else r
        for r in asked.log or ()
    )
    peer = replace(Sibling("B", "MAIN", "storefront", "available", 5, at("9:55"), 5), **change)

    found = claim(sku_mapping.find, replace(asked, log=rows, peers=(peer,)))

    whole = [c for c in found if c.units == -5]
    assert [(c.ids, c.series, c.facts) for c in whole] == (
        [(("L1",), tuple(p.delta for p in asked.points), {"other_sku": "B"})] if is_claimed else []
    )


def test_what_went_astray_to_one_item_adds_up_by_the_hour() -> None:
    asked = case(
        "8 20 20 20\n9 28 28 20\n10 31 31 20",
        "07:10 shelf receipt 1 W0\n09:05 shelf receipt 8 W1\n10:05 shelf receipt 3 W2",
        "07:12 add 1 L0 W0", strays=(Stray("W1", "B", "MAIN"), Stray("W2", "B", "MAIN")),
    )  # fmt: skip

    [said] = claim(sku_mapping.find, asked)

    assert (said.units, said.series, said.ids) == (-11, (0, -8, -11), ("W1", "W2"))


def test_a_departure_counted_here_is_a_transfer_on_its_way_until_it_arrives() -> None:
    left = elsewhere("A", ("transfer_out",))

    assert say(transfer_in_transit.find, left) == [(-3, ("L1",), None, False)]
    assert claim(location_pool.find, left) == []
    assert claim(transfer_in_transit.find, elsewhere("A", ("shipment",))) == []
    assert claim(transfer_in_transit.find, elsewhere("B", ("transfer_out",))) == []


def test_rows_of_one_other_item_are_one_mapping_and_its_hours_add_up() -> None:
    asked = case(
        "8 20 20 20\n9 20 20 15\n10 20 20 14", BEFORE, f"{HEARD}\n09:05 add -5 L1 X1\n"
        "10:05 add -1 L2 X2",
    )  # fmt: skip
    rows = tuple(
        replace(r, other_sku="B", other_kinds=("shipment",)) if r.change_id != "L0" else r
        for r in asked.log or ()
    )

    [said] = claim(sku_mapping.find, replace(asked, log=rows))

    assert (said.units, said.series, said.ids, said.correction) == (
        -6, (0, -5, -6), ("L1", "L2"), 6
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "is_claimed"),
    [
        ({}, True),
        ({"delta": 7}, False),
        ({"delta": -8}, False),
        ({"named_skus": ("C",)}, False),
        ({"location_id": "EAST"}, False),
        ({"mirror": "outlet"}, False),
    ],
)
def test_another_item_whose_log_names_this_one_has_its_units(
    change: dict, is_claimed: bool
) -> None:
    peer = Sibling("B", "MAIN", "storefront", "available", 8, at("9:55"), 8, named_skus=("A",))
    asked = heard("09:05 shelf receipt 8 W1", "", 28, 20, peers=(replace(peer, **change),))

    found = claim(sku_mapping.find, asked)

    assert [(c.units, c.ids, c.facts, c.series) for c in found] == (
        [(-8, ("W1",), {"other_sku": "B"}, (0, -8, -8))] if is_claimed else []
    )


@pytest.mark.parametrize(
    ("change", "is_claimed"),
    [
        ({}, True),
        ({"delta": 7}, False),
        ({"delta": -8}, False),
        ({"location_id": "MAIN"}, False),
        ({"sku": "B"}, False),
        ({"fact": "on_hand"}, False),
        ({"mirror": "outlet"}, False),
    ],
)
def test_the_same_item_off_the_other_way_at_another_place_is_a_pool(
    change: dict, is_claimed: bool
) -> None:
    twin = replace(Sibling("A", "EAST", "storefront", "available", 8, at("9:55"), 8), **change)
    asked = heard("09:05 shelf receipt 8 W1", "", 28, 20, peers=(twin,))

    found = claim(location_pool.find, asked)

    assert [(c.units, c.ids, c.facts) for c in found] == (
        [(-8, ("W1",), {"other_location": "EAST"})] if is_claimed else []
    )


def test_a_part_the_mirror_never_takes_off_is_no_single_loss() -> None:
    told = sold(
        "09:05 storefront order_placed 2 S1\n09:25 storefront order_placed 1 S2", "", 17, 20
    )
    moves = tuple(
        replace(m, other_sku="SET") if m.kind == "order_placed" else m for m in told.moves or ()
    )

    [said] = claim(bundle_component.find, replace(told, moves=moves))

    assert (said.units, said.ids, said.correction) == (3, ("S1", "S2"), -3)
    assert said.series == (0, 3, 3)
    took = sold(
        "09:05 storefront order_placed 2 S1\n09:25 storefront order_placed 1 S2",
        "09:26 add -1 L2 S2", 17, 19,
    )  # fmt: skip
    assert claim(bundle_component.find, replace(took, moves=moves)) == []


def test_all_additions_missing_are_one_path_where_sales_come_through() -> None:
    told = "09:05 shelf receipt 8 W1\n10:05 shelf receipt 4 W2\n11:05 storefront order_placed 2 S1"
    asked = case("8 20 20 20\n9 28 28 20\n10 32 32 20\n11 32 30 18", told, "11:06 add -2 L1 S1")

    [said] = claim(additions_not_propagated.find, asked)

    assert (said.units, said.ids, said.correction) == (-12, ("W1", "W2"), 12)
    assert said.facts == {"additions": 2}
    assert not said.is_proven_by_ids
    heard_one = replace(
        asked, log=(*(asked.log or ()), replace(asked.log[0], units=1, change_id="L9"))
    )
    assert claim(additions_not_propagated.find, heard_one) == []


@pytest.mark.parametrize(
    ("change", "is_claimed"),
    [
        ({}, True),
        ({"log": "07:12 add 1 L0 W0 sync\n09:46 set 20 L1 W3"}, False),
        ({"log": "07:12 add -1 L0 W0 sync\n09:46 set 20 L1 W9"}, True),
        ({"status": "failed"}, True),
    ],
)
def test_two_additions_are_no_path_where_another_came(change: dict, is_claimed: bool) -> None:
    told = change.pop("log", "07:12 add -1 L0 W0 sync")
    heard_count = change.pop("additions_heard", 1)
    word = Message("E1", "sync", "add", 8, at("9:05"), None, 1, "processed", reference_id="W1")
    asked = case(
        "8 20 20 20\n9 32 32 20\n16 32 32 20",
        "07:10 shelf damage 1 W0\n09:05 shelf receipt 8 W1\n09:25 shelf receipt 4 W2\n"
        "07:01 shelf receipt 1 W3",
        told, messages=(replace(word, **change),), additions_heard=heard_count,
    )  # fmt: skip

    assert bool(claim(additions_not_propagated.find, asked)) is is_claimed


@pytest.mark.parametrize(
    ("sales", "additions", "is_claimed"), [(10, 0, True), (9, 0, False), (10, 1, False)]
)
def test_one_missing_addition_is_a_path_beside_ten_sales_and_no_addition_anywhere(
    sales: int, additions: int, is_claimed: bool
) -> None:
    orders = [f"09:{n + 10} storefront order_placed 1 S{n}" for n in range(sales)]
    rows = [f"09:{n + 11} add -1 L{n} S{n}" for n in range(sales)]
    asked = case(
        f"8 20 20 20\n9 28 {28 - sales} {20 - sales}\n16 28 {28 - sales} {20 - sales}",
        "\n".join(["09:05 shelf receipt 8 W1", *orders]), "\n".join(rows),
        additions_heard=additions,
    )  # fmt: skip

    found = claim(additions_not_propagated.find, asked)

    assert [c.ids for c in found] == ([("W1",)] if is_claimed else [])


def test_a_receipt_booked_in_cases_names_its_factor_and_two_are_surer_than_one() -> None:
    one = heard("09:05 shelf receipt 12 W1", "09:06 add 1 L1 W1", 32, 21)
    two = heard("09:05 shelf receipt 12 W1\n09:25 shelf receipt 24 W2",
                "09:06 add 1 L1 W1\n09:26 add 2 L2 W2", 56, 23)  # fmt: skip

    single = max(claim(unit_factor.find, one), key=lambda c: c.strength)
    double = max(claim(unit_factor.find, two), key=lambda c: c.strength)

    assert (single.units, single.ids, single.correction) == (-11, ("W1", "L1"), 11)
    assert single.facts == {"factor": 12}
    assert not single.is_proven_by_ids
    assert (double.units, double.ids, double.correction) == (-33, ("W1", "L1", "W2", "L2"), 33)
    assert double.series == (0, -33, -33)
    assert double.strength > single.strength
    assert (
        max(
            (
                c.strength
                for c in claim(
                    unit_factor.find,
                    heard("09:05 shelf receipt 12 W1", "09:06 add 5 L1 W1", 32, 25),
                )
            ),
            default=0.0,
        )
        < BY_ID
    )


def overwritten(log: str, **more) -> Case:
    """Return a mirror that fell to 40 with an order and was set to 44, its old level, at 10:03."""
    return case(
        "8 44 44 44\n9 44 40 40\n10 44 40 44\n11 44 40 44",
        "09:05 storefront order_placed 4 S1", log, **more,
    )  # fmt: skip


def test_a_level_that_was_right_once_is_an_overwrite_and_a_new_one_is_none() -> None:
    log = "09:06 set 40 L1 S1\n10:03 set {} L2 E10"
    old, new = overwritten(log.format(44)), overwritten(log.format(45))

    [said] = claim(stale_overwrite.find, old)

    assert (said.units, said.ids, said.facts, said.correction) == (4, ("L2",), {"level": 44}, -4)
    assert not said.is_proven_by_ids
    assert claim(stale_overwrite.find, new) == []
    added = overwritten("09:06 set 40 L1 S1\n10:03 add 4 L2 E10")
    assert claim(stale_overwrite.find, added) == []
    assert claim(stale_retry.find, old) == []


@pytest.mark.parametrize(
    ("first", "second", "is_older"),
    [
        ({}, {}, False),
        ({"sequence": 7}, {"sequence": 6}, True),
        ({"sequence": 7}, {"sequence": 8}, False),
        ({"sequence": 7}, {"sequence": 7}, False),
        ({"sequence": 7}, {}, False),
        ({}, {"sequence": 6}, False),
        ({"source_at": at("9:45")}, {"source_at": at("9:44")}, True),
        ({"source_at": at("9:45")}, {"source_at": at("9:45")}, False),
        ({}, {"source_at": at("9:44")}, False),
        ({"source_at": at("9:45")}, {}, False),
    ],
)
def test_a_write_with_an_older_number_or_source_time_is_surely_out_of_order(
    first: dict, second: dict, is_older: bool
) -> None:
    plain = overwritten("09:46 set 40 L1 S1\n10:03 set 44 L2 E10")
    rows = (replace(plain.log[0], **first), replace(plain.log[1], **second))

    [bare], [said] = (
        claim(stale_overwrite.find, asked) for asked in (plain, replace(plain, log=rows))
    )

    assert (said.strength > bare.strength) is is_older


@pytest.mark.parametrize(
    ("change", "is_retry"),
    [
        ({}, False),
        ({"attempt": 2}, True),
        ({"emitted_at": at("9:02")}, True),
        ({"emitted_at": at("9:03")}, False),
        ({"attempt": 2, "reference_id": "X", "processed_at": at("10:03")}, True),
        ({"attempt": 2, "reference_id": "X", "event_id": "Y", "processed_at": at("10:02")}, False),
        ({"attempt": 2, "reference_id": "X", "event_id": "Y", "processed_at": at("10:04")}, False),
        ({"attempt": 2, "reference_id": "X", "event_id": "E10", "processed_at": at("9:00")}, True),
    ],
)
def test_a_second_attempt_or_an_hour_in_the_queue_makes_a_retry(
    change: dict, is_retry: bool
) -> None:
    word = Message("E1", "p", "set", 44, at("10:02"), at("10:03"), 1, "processed", "E10")
    asked = overwritten(
        "09:06 set 40 L1 S1\n10:03 set 44 L2 E10", messages=(replace(word, **change),)
    )

    found = claim(stale_retry.find, asked)

    assert [(c.units, c.ids, c.facts) for c in found] == (
        [(4, ("L2",), {"level": 44})] if is_retry else []
    )
    [overwrite] = claim(stale_overwrite.find, asked)
    assert all(c.strength > overwrite.strength for c in found)


def test_what_a_batch_has_just_written_is_no_level_of_its_past() -> None:
    told, heard_twice = "09:05 shelf shipment 4 W1", "09:57 set 40 L1 W1\n09:58 set 36 L2 W1"
    asked = case("8 44 44 44\n9 40 40 36\n10 40 40 36", told, heard_twice, rule=KEEPS)
    known = case("7 36 36 36\n8 44 44 44\n9 40 40 36", told, heard_twice, rule=KEEPS)

    assert claim(stale_overwrite.find, asked) == []
    assert [c.facts for c in claim(stale_overwrite.find, known)] == [{"level": 36}]


def test_rows_of_open_orders_say_themselves_that_a_mirror_falls_at_the_order() -> None:
    told = "09:05 storefront order_placed 3 S1\n09:15 storefront order_placed 2 S2"
    asked = heard(told, "09:06 add -3 L1 S1\n09:16 add -2 L2 S2", 20, 15, rule=KEEPS)

    [said] = claim(truth_moment.find, asked)

    assert (said.units, said.ids) == (-5, ("L1", "S1", "L2", "S2"))
    one = heard("09:05 storefront order_placed 3 S1", "09:06 add -3 L1 S1", 20, 17, rule=KEEPS)
    assert claim(truth_moment.find, one) == []


@pytest.mark.parametrize(
    ("shipped", "is_early"),
    [("08:31", True), ("08:30", False), ("07:31", False), ("07:25", False)],
)
def test_an_order_whose_parcel_left_since_says_as_well_that_a_mirror_falls_early(
    shipped: str, is_early: bool
) -> None:
    asked = case(
        "8 18 18 18\n9 18 18 15",
        f"07:20 storefront order_placed 2 S1 O-1\n{shipped} shelf shipment 2 W1 O-1\n"
        "09:05 storefront order_placed 3 S2 O-2",
        "07:30 add -2 L1 S1\n09:06 add -3 L2 S2", rule=KEEPS,
    )  # fmt: skip

    found = claim(truth_moment.find, asked)

    assert [(c.units, c.ids) for c in found] == ([(-3, ("L2", "S2"))] if is_early else [])


def test_a_box_overdue_is_claimed_to_be_sent_back_but_never_proven() -> None:
    asked = TOO_MUCH[3][1]
    overdue = replace(asked, rule=replace(SELLS, due_days=0))

    assert say(return_never_arrived.find, overdue) == [(2, ("L1", "R0"), -2, False)]
    assert say(return_never_arrived.find, asked) == []
    came = heard("09:05 storefront return_initiated 2 R0 RMA-1\n"
                 "09:06 shelf return_received 2 R1 RMA-1 damaged", "09:07 add 2 L1 RMA-1",
                 20, 22)  # fmt: skip
    assert say(return_credited_early.find, came) == []


@pytest.mark.parametrize(
    ("find", "told", "log"),
    [
        (damaged_return_restocked.find, "09:05 shelf return_received 2 R1 RMA-1 damaged",
         "09:06 add -2 L1 R1"),
        (return_credited_early.find, "09:05 storefront return_initiated 2 R0 RMA-1",
         "09:06 add -2 L1 RMA-1"),
        (owner_layer_ahead_po.find, "09:05 shelf purchase_order_posted 2 P1 PO-1",
         "09:06 add -2 L1 PO-1"),
    ],
)  # fmt: skip
def test_a_credit_is_never_a_fall(find: Find, told: str, log: str) -> None:
    assert claim(find, heard(told, log, 20, 18)) == []


@pytest.mark.parametrize(("clock", "is_repeated"), [("10:05", True), ("10:04", False)])
def test_a_row_that_came_long_before_its_movement_repeats_nothing(
    clock: str, is_repeated: bool
) -> None:
    early = case(
        "8 20 20 20\n9 20 20 20\n10 20 20 28\n11 28 28 36\n16 28 28 36",
        f"{BEFORE}\n11:05 shelf receipt 8 W1",
        f"{HEARD}\n{clock} add 8 L1 W1\n11:06 add 8 L2 W1",
    )
    assert [c.units for c in claim(event_duplicated.find, early)] == ([8] if is_repeated else [])


def test_books_miss_an_adjustment_like_anything_else() -> None:
    asked = heard("09:05 shelf adjustment 8 A1", "", 28, 20, rule=KEEPS)

    assert claim(receipt_not_posted.find, asked) == []
    assert [c.ids for c in claim(movement_dropped.find, asked)] == [("A1",)]


def test_rows_of_several_items_count_as_one_mapping_where_one_item_is_named() -> None:
    asked = heard("", "09:05 add -5 L1 X1\n09:06 add -1 L2 X2", 20, 14)

    def name(first: str, second: str) -> Case:
        others = {"L1": first, "L2": second}
        rows = tuple(
            replace(r, other_sku=others[r.change_id], other_kinds=("shipment",))
            if r.change_id in others else r
            for r in asked.log or ()
        )  # fmt: skip
        return replace(asked, log=rows)

    assert [c.ids for c in claim(sku_mapping.find, name("B", ""))] == [("L1", "L2")]
    assert [c.ids for c in claim(sku_mapping.find, name("0", "B"))] == [("L1",), ("L2",)]
    assert claim(sku_mapping.find, name("", "")) == []
    assert claim(sku_mapping.find, name("A", "")) == []


def test_three_open_orders_fall_at_the_order_and_shipments_do_not() -> None:
    told = [f"09:0{n} storefront order_placed {n} S{n}" for n in (1, 2, 3)]
    rows = [f"09:1{n} add -{n} L{n} S{n}" for n in (1, 2, 3)]
    asked = heard("\n".join(told), "\n".join(rows), 20, 14, rule=KEEPS)
    points = tuple(replace(p, committed=6 if n == 2 else 5) for n, p in enumerate(asked.points))

    [said] = claim(truth_moment.find, replace(asked, points=points))

    assert (said.units, said.facts) == (-6, {"open_orders": 6})
    left = heard(
        "09:01 shelf shipment 1 S1\n09:02 shelf shipment 2 S2",
        "09:11 add -1 L1 S1\n09:12 add -2 L2 S2\n09:13 add -1 L3 S1\n09:14 add -2 L4 S2", 17, 14,
        rule=KEEPS,
    )  # fmt: skip
    assert claim(truth_moment.find, left) == []


def test_two_receipts_in_cases_are_off_since_the_first() -> None:
    two = heard("09:05 shelf receipt 12 W1\n09:25 shelf receipt 24 W2",
                "09:06 add 1 L1 W1\n09:26 add 2 L2 W2", 56, 23)  # fmt: skip

    assert [c.at for c in claim(unit_factor.find, two) if len(c.ids) == 4] == [at("9:06")]


def test_a_departure_waits_for_its_own_arrival_and_not_for_another() -> None:
    left = elsewhere("A", ("transfer_out",))
    arrival = "07:20 shelf transfer_in 3 X2 {}"
    came, other = (
        replace(left, moves=case("", f"{BEFORE}\n{arrival.format(name)}").moves)
        for name in ("X1", "X9")
    )

    assert claim(transfer_in_transit.find, came) == []
    assert [c.ids for c in claim(transfer_in_transit.find, other)] == [("L1",)]


@pytest.mark.parametrize(
    ("clock", "is_claimed"), [("09:05", True), ("08:06", True), ("08:05", False), ("09:12", False)]
)
def test_a_credit_that_names_nothing_may_be_of_a_return_announced_within_the_hour(
    clock: str, is_claimed: bool
) -> None:
    asked = heard(f"{clock} storefront return_initiated 2 R0 RMA-1", "09:06 add 2 L1", 20, 22)

    assert bool(claim(return_credited_early.find, asked)) is is_claimed


def test_two_deliveries_of_another_movement_speak_for_nothing_here() -> None:
    asked = TOO_MUCH[1][1]
    word = Message("E1", "p", "add", 8, at("9:05"), at("9:06"), 1, "processed", "W9")
    told = (word, replace(word, attempt=2))

    [plain], [seen] = (claim(event_duplicated.find, replace(asked, messages=m)) for m in ((), told))

    assert seen.strength == plain.strength

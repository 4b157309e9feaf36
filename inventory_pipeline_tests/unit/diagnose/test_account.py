"""The account: two ledgers laid beside each other leave just the gap, entry by entry."""

from inventory_pipeline.diagnose.account import Account, open_account
from inventory_pipeline.diagnose.case import Rule
from inventory_pipeline_tests.support.cases import KEEPS, SELLS, case

SOLD = """
    09:10 storefront order_placed 2 S1
    10:05 shelf receipt 8 W1
    10:20 storefront order_placed 1 S2
"""


def account(points: str, told: str, heard: str, *, rule: Rule = SELLS) -> Account:
    opened = open_account(case(points, told, heard, rule=rule))
    assert opened is not None
    return opened


def list_entries(opened: Account) -> list[tuple[str, int, str]]:
    return [(e.kind, e.units, e.move.movement_id if e.move else "") for e in opened.entries]


def test_a_movement_that_no_log_tells_is_missing_by_what_it_should_have_done() -> None:
    opened = account(
        """
        8   20 20 20
        9   20 18 18
        10  28 25 17
        """,
        SOLD,
        """
        09:10 add -2 L1 S1
        10:20 add -1 L2 S2
        """,
    )

    assert list_entries(opened) == [("missing", -8, "W1")]
    assert opened.is_balanced
    assert opened.has_ids


def test_a_second_decrement_of_one_order_is_repeated() -> None:
    opened = account(
        """
        8   20 20 20
        9   20 18 16
        """,
        "09:10 storefront order_placed 2 S1",
        """
        09:10 add -2 L1 S1
        09:10 add -2 L2 S1
        """,
    )

    assert list_entries(opened) == [("repeated", -2, "S1")]


def test_a_row_that_names_no_movement_and_moved_the_number_is_extra() -> None:
    opened = account(
        """
        8   20 20 20
        9   20 20 23
        """,
        "07:00 shelf receipt 20 W0",
        "09:30 set 23 L1 - admin",
    )

    assert list_entries(opened) == [("extra", 3, "")]


def test_a_lost_row_of_the_log_is_no_lost_movement() -> None:
    opened = account(
        """
        8   20 20 20
        9   20 18 18
        10  28 25 25
        11  28 25 20
        """,
        SOLD,
        """
        09:10 add -2 L1 S1
        10:20 add -1 L2 S2
        11:30 set 20 L3 - admin
        """,
    )

    assert [kind for kind, _, _ in list_entries(opened)] == ["extra"]
    assert opened.is_balanced


def test_a_row_that_moved_nothing_is_no_change() -> None:
    opened = account(
        """
        8   20 20 20
        9   20 18 18
        10  28 25 17
        """,
        SOLD,
        """
        09:10 add -2 L1 S1
        09:40 add -5 L9 S1
        10:20 add -1 L2 S2
        """,
    )

    assert list_entries(opened) == [("missing", -8, "W1")]


def test_a_number_that_moves_beyond_its_log_leaves_a_rest() -> None:
    opened = account(
        """
        8   20 20 20
        9   20 18 11
        """,
        "09:10 storefront order_placed 2 S1",
        "09:10 add -2 L1 S1",
    )

    assert opened.mirror_rest == -7
    assert not opened.is_balanced


def test_an_owner_that_moves_beyond_its_movements_leaves_a_rest() -> None:
    opened = account(
        """
        8   20 20 20
        9   25 25 20
        """,
        "07:10 shelf receipt 20 W0",
        "",
    )

    assert opened.owner_rest == 5


def test_a_level_set_right_ends_what_was_wrong_before_it() -> None:
    opened = account(
        """
        8   20 20 20
        9   28 28 20
        10  28 28 28
        11  28 28 27
        """,
        "09:05 shelf receipt 8 W1",
        """
        10:10 set 28 L1
        11:10 add -1 L2 - admin
        """,
    )

    assert list_entries(opened) == [("extra", -1, "")]


def test_a_batch_written_after_the_time_it_speaks_for_stands_behind_that_hour() -> None:
    opened = account(
        """
        8   20 20 20
        9   17 17 17
        10  17 17 20
        """,
        "09:10 shelf shipment 3 W1",
        """
        09:58 add -3 E1 W1
        10:30 add 3 E2 W1
        """,
        rule=KEEPS,
    )

    assert opened.mirror_rest == 0
    assert [(kind, units) for kind, units, _ in list_entries(opened)] == [("extra", 3)]

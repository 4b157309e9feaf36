"""Dense: snapshots scattered over keys, facts of several owners, and places counted as one."""

import numpy as np

from inventory_pipeline.reconcile.dense import Hour, Owned, assemble, build_silence, pool


def add(
    hour: Hour, system: str, units: dict[int, int], *, unread: tuple[int, ...] = (), whole: bool
) -> None:
    hour.add(
        system, "on_hand", keys=list(units), units=list(units.values()), unknown_keys=list(unread),
        is_whole=whole,
    )  # fmt: skip


def test_a_whole_snapshot_answers_for_every_key_but_the_ones_nobody_could_read() -> None:
    hour = Hour(4)
    add(hour, "shelf", {0: 5, 2: -1}, unread=(3,), whole=True)

    told = hour.find("shelf", "on_hand")

    assert told is not None
    assert told.units.tolist() == [5, 0, -1, 0]
    assert told.is_present.tolist() == [True, False, True, False]
    assert told.is_known.tolist() == [True, True, True, False]


def test_a_part_of_a_snapshot_answers_for_what_it_lists_alone() -> None:
    hour = Hour(3)
    add(hour, "shelf", {0: 5, 1: 0}, unread=(1,), whole=False)

    told = hour.find("shelf", "on_hand")

    assert told is not None
    assert told.is_known.tolist() == [True, False, False]
    assert told.is_present.tolist() == [True, True, False]
    assert hour.find("shelf", "committed") is None


def test_who_did_not_speak_shows_nothing_and_answers_for_nothing() -> None:
    told = build_silence(2)

    assert (told.units.tolist(), told.is_present.any(), told.is_known.any()) == (
        [0, 0],
        False,
        False,
    )


def test_each_scope_is_told_by_its_own_owner_and_the_rest_by_the_first() -> None:
    hour = Hour(3)
    add(hour, "shelf", {0: 5, 1: 6, 2: 7}, whole=True)
    add(hour, "threepl", {1: 60}, whole=False)
    scopes = [(np.array([False, True, True]), "threepl")]

    told = assemble(hour, "on_hand", default="shelf", scopes=scopes)

    assert told.owners == ("shelf", "threepl")
    assert told.owner_of.tolist() == [0, 1, 1]
    assert told.column.units.tolist() == [5, 60, 0]
    assert told.column.is_present.tolist() == [True, True, False]
    assert told.column.is_known.tolist() == [True, True, False]
    shelf = hour.find("shelf", "on_hand")
    assert shelf is not None
    assert shelf.units.tolist() == [5, 6, 7]


def test_an_owner_that_is_silent_leaves_its_scope_unknown() -> None:
    told = assemble(Hour(1), "on_hand", default="shelf", scopes=[(np.array([True]), "threepl")])

    assert not told.column.is_known.any()
    assert assemble(Hour(1), "on_hand", default="shelf", scopes=[]).owners == ("shelf",)


def owned(units: list[int], present: list[bool], known: list[bool]) -> Owned:
    hour = Hour(len(units))
    column = build_silence(len(units))
    hour.columns["shelf", "on_hand"] = type(column)(
        np.array(units, np.int64), np.array(present), np.array(known)
    )
    return assemble(hour, "on_hand", default="shelf", scopes=[])


def test_a_pool_is_the_sum_of_its_members_and_known_only_if_all_are() -> None:
    told = owned([99, 2, 3, 99], [True, True, True, True], [True, True, True, True])
    half = owned([99, 2, 3, 99], [True, True, True, True], [True, True, False, True])
    one = owned([0, 2, 0, 0], [False, True, False, False], [True] * 4)
    none = owned([0, 0, 0, 0], [False] * 4, [True] * 4)

    whole, part, single, empty = (pool(o, [0, 0], [1, 2]).column for o in (told, half, one, none))

    assert whole.units.tolist() == [5, 2, 3, 99]
    assert (whole.is_present[0], whole.is_known[0]) == (True, True)
    assert (part.is_present[0], part.is_known[0]) == (False, False)
    assert (single.units[0], single.is_present[0]) == (2, True)
    assert (empty.is_present[0], empty.is_known[0]) == (False, True)
    assert told.column.units.tolist() == [99, 2, 3, 99]


def test_a_pool_belongs_to_the_owner_of_its_members() -> None:
    told = owned([0, 2, 3], [True] * 3, [True] * 3)
    split = Owned(told.column, np.array([0, 1, 1], np.int8), ("shelf", "threepl"))

    assert pool(split, [0, 0], [1, 2]).owner_of.tolist() == [1, 1, 1]
    assert pool(split, [], []) is split

"""Comparing: what counts as compared, equal, ghost, absent and unknown, key by key."""

from collections.abc import Mapping

import numpy as np
import pytest

from inventory_pipeline.reconcile.compare import (
    Comparison,
    MirrorRule,
    compare,
    compute_expected,
    find_exceptions,
)
from inventory_pipeline.reconcile.dense import Column, Int, Mask, Owned

# What a system says of a key: a number, that it has none (a whole snapshot lists it not), or
# nothing at all.
NONE, SILENT = "none", "silent"
Said = int | str


def column(*said: Said) -> Column:
    numbers = [s if isinstance(s, int) else 0 for s in said]
    return Column(
        np.array(numbers, np.int64),
        np.array([isinstance(s, int) for s in said]),
        np.array([s != SILENT for s in said]),
    )


def owned(*said: Said, owners: tuple[str, ...] = ("shelf",), owner_of: int = 0) -> Owned:
    return Owned(column(*said), np.full(len(said), owner_of, np.int8), owners)


def rule(
    *names: str, factors: Int | None = None, absent_means: str = "unknown", mirror: str = "shop"
) -> MirrorRule:
    """Return a rule that takes every other fact off the first one."""

    def evaluate(values: Mapping[str, Int]) -> Int:
        first, *others = (values[name] for name in names)
        return first - sum(others)

    return MirrorRule(mirror, "on_hand", names[0], names, evaluate, factors, absent_means)


def mask(size: int, *, value: bool) -> Mask:
    return np.full(size, value)


def judge(
    owner: Said,
    seen: Said,
    *,
    promised: Said | None = None,
    covers: bool = True,
    adjusted: bool = False,
    absent_means: str = "unknown",
    mirror: str = "shop",
) -> Comparison:
    """Compare one key."""
    facts = {"on_hand": owned(owner)}
    if promised is not None:
        facts["committed"] = owned(promised)
    return compare(
        rule(*facts, absent_means=absent_means, mirror=mirror), facts, column(seen),
        covers=mask(1, value=covers), adjusted=mask(1, value=adjusted),
    )  # fmt: skip


def words(found: Comparison) -> set[str]:
    """Return what holds of the one key."""
    names = ("compared", "judged", "unknown", "ghost", "absent", "match")
    return {name for name in names if getattr(found, f"is_{name}")[0]}


@pytest.mark.parametrize(
    ("owner", "seen", "wanted"),
    [
        (5, 5, {"compared", "judged", "match"}),
        (5, 6, {"compared", "judged"}),
        (5, 4, {"compared", "judged"}),
        (0, 0, {"compared", "judged", "match"}),
        (-2, -2, {"compared", "judged", "match"}),
        (5, NONE, {"judged", "absent"}),
        (0, NONE, {"judged"}),
        (-1, NONE, {"judged"}),
        (1, NONE, {"judged", "absent"}),
        (5, SILENT, {"unknown"}),
        (NONE, 5, {"judged", "ghost"}),
        (NONE, -5, {"judged", "ghost"}),
        (NONE, 0, {"judged"}),
        (SILENT, 5, {"unknown"}),
        (NONE, NONE, {"judged"}),
        (SILENT, SILENT, set()),
        (NONE, SILENT, set()),
    ],
)
def test_two_answers_make_one_judgement(owner: Said, seen: Said, wanted: set[str]) -> None:
    assert words(judge(owner, seen)) == wanted


@pytest.mark.parametrize(
    ("owner", "seen", "wanted"),
    [
        (5, NONE, {"compared", "judged"}),
        (0, NONE, {"compared", "judged", "match"}),
        (5, SILENT, {"unknown"}),
        (5, 5, {"compared", "judged", "match"}),
    ],
)
def test_where_absent_means_zero_a_missing_row_is_the_number_zero(
    owner: Said, seen: Said, wanted: set[str]
) -> None:
    assert words(judge(owner, seen, absent_means="zero")) == wanted


def test_a_deleted_row_is_neither_zero_nor_absent() -> None:
    assert words(judge(5, NONE, absent_means="deleted")) == {"judged"}


@pytest.mark.parametrize("absent_means", ["zero", "unknown"])
def test_a_place_the_mirror_never_reports_lacks_nothing(absent_means: str) -> None:
    assert words(judge(5, NONE, covers=False, absent_means=absent_means)) == {"judged"}
    assert words(judge(5, SILENT, covers=False)) == set()


@pytest.mark.parametrize(
    ("promised", "seen", "wanted"),
    [
        (2, 3, {"compared", "judged", "match"}),
        (2, 5, {"compared", "judged"}),
        (NONE, 5, {"compared", "judged", "match"}),
        (SILENT, 5, {"unknown"}),
        (SILENT, NONE, {"unknown"}),
        (5, NONE, {"judged"}),
        (4, NONE, {"judged", "absent"}),
    ],
)
def test_every_fact_of_the_rule_must_be_known(promised: Said, seen: Said, wanted: set[str]) -> None:
    assert words(judge(5, seen, promised=promised)) == wanted


def test_a_system_is_never_judged_by_itself() -> None:
    assert words(judge(5, 9, mirror="shelf")) == set()
    assert words(judge(NONE, 9, mirror="shelf")) == set()


def test_what_is_on_its_way_makes_equal_numbers_no_match() -> None:
    assert words(judge(5, 5, adjusted=True)) == {"compared", "judged"}


def test_expected_units_are_whole_cases_of_the_mirror_rounded_down() -> None:
    values = {"on_hand": np.array([25, 24, 23, -1, 5])}
    factors = np.array([12, 12, 12, 12, 1])

    assert list(compute_expected(rule("on_hand", factors=factors), values)) == [24, 24, 12, -12, 5]
    assert list(compute_expected(rule("on_hand"), values)) == [25, 24, 23, -1, 5]


def test_exceptions_carry_both_numbers_observed_less_expected_in_order_of_keys() -> None:
    facts = {"on_hand": owned(5, NONE, 7, 4, 2)}
    seen = column(6, 3, 7, NONE, 1)
    found = compare(
        rule("on_hand"), facts, seen, covers=mask(5, value=True), adjusted=mask(5, value=False)
    )

    rows = find_exceptions(found, facts["on_hand"]).select(
        "key_id", "status", "owner", "owner_units", "observed_units", "expected_units",
        "raw_delta_units",
    ).rows()  # fmt: skip
    assert rows == [
        (0, "drift", "shelf", 5, 6, 5, 1),
        (1, "ghost", "shelf", None, 3, 0, 3),
        (3, "absent", "shelf", 4, None, 4, None),
        (4, "drift", "shelf", 2, 1, 2, -1),
    ]


def test_each_exception_names_the_owner_of_its_own_key() -> None:
    facts = {"on_hand": Owned(column(5, 5), np.array([0, 1], np.int8), ("shelf", "threepl"))}
    found = compare(
        rule("on_hand"), facts, column(1, 1), covers=mask(2, value=True),
        adjusted=mask(2, value=False),
    )  # fmt: skip

    assert find_exceptions(found, facts["on_hand"])["owner"].to_list() == ["shelf", "threepl"]

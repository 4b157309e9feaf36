"""Chains of changes: found joined if any order joins them."""

from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.connectors.shiphero.chain import Change, find_breaks

# What was on hand after each change, and how many changes share the moment of the one before.
LEVELS = st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=2, max_size=12)


def build(levels):
    """Return changes that join up, in moments that some of them share."""
    changes, moment = [], 0
    for (before, _), (after, is_new) in pairwise(levels):
        moment += is_new
        changes.append(Change(before, after, f"{moment:03}"))
    return changes


@given(LEVELS, st.randoms())
def test_what_joins_up_is_whole_in_whatever_order_it_comes(levels, random):
    changes = build(levels)
    # A circle at the very beginning may begin anywhere; what came before it says where.
    first = Change(levels[0][0], levels[0][0], "")
    random.shuffle(changes)
    assert list(find_breaks([*changes, first])) == []


@given(LEVELS, st.data())
def test_what_is_missing_is_seen(levels, data):
    changes = build([(level, True) for level, _ in levels])
    gone = data.draw(st.integers(0, len(changes) - 1))
    left = changes[:gone] + changes[gone + 1 :]
    is_seen = 0 < gone < len(changes) - 1 and changes[gone].before != changes[gone].after
    assert bool(list(find_breaks(left))) is is_seen


@pytest.mark.parametrize("order", list(permutations([(10, 8), (8, 4), (4, 10)])))
def test_a_circle_begins_where_the_next_moment_does(order):
    circle = [Change(before, after, "1") for before, after in order]
    assert list(find_breaks([*circle, Change(10, 11, "2")])) == []


def test_a_break_says_what_was_left_and_what_came():
    second = Change(9, 10, "2")
    assert list(find_breaks([second, Change(10, 8, "1")])) == [(8, second)]


def test_what_cannot_be_reached_is_a_break_and_is_not_lost():
    changes = [Change(1, 2, "1"), Change(5, 6, "1"), Change(6, 7, "1"), Change(7, 8, "2")]
    assert [left for left, _ in find_breaks(changes)] == [2]

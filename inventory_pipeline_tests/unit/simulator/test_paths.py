from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from inventory_pipeline.simulator.paths import (
    BATCH_TAKES,
    PATHS,
    Pickup,
    find_last_cutoff,
    find_next_cutoff,
    find_paths,
)
from inventory_pipeline.simulator.words import Movement

MOMENTS = [
    datetime(2026, 4, 6, tzinfo=UTC) + timedelta(seconds=Random(1).randrange(n + 1))
    for n in range(1, 200_000, 997)
]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_no_word_is_heard_before_it_is_spoken_or_later_than_the_shop_calls_normal(path):
    for moment in MOMENTS:
        due_at = find_next_cutoff(moment) if path.target == "erp" else moment
        delay = path.delay.find_heard_at(moment, Random(2)) - due_at
        assert timedelta(0) <= delay <= path.max_delay


@pytest.mark.parametrize(
    ("moment", "following", "last_posted"),
    [
        ("2026-04-06T01:59:59", "2026-04-06", "2026-04-05"),
        ("2026-04-06T02:00:00", "2026-04-06", "2026-04-05"),
        ("2026-04-06T02:00:01", "2026-04-07", "2026-04-05"),
        ("2026-04-06T02:09:59", "2026-04-07", "2026-04-05"),
        ("2026-04-06T02:10:00", "2026-04-07", "2026-04-06"),
        ("2026-04-06T23:57:00", "2026-04-07", "2026-04-06"),
    ],
)
def test_a_batch_speaks_of_its_cutoff_once_it_is_posted(moment, following, last_posted):
    at = datetime.fromisoformat(f"{moment}+00:00")
    assert find_next_cutoff(at) == datetime.fromisoformat(f"{following}T02:00:00+00:00")
    assert find_last_cutoff(at) == datetime.fromisoformat(f"{last_posted}T02:00:00+00:00")
    assert timedelta(minutes=10) == BATCH_TAKES


def test_a_pickup_carries_what_is_there_at_the_next_quarter():
    pickup = Pickup(timedelta(minutes=15), timedelta(seconds=40))
    at = datetime(2026, 4, 6, 10, 14, 59, tzinfo=UTC)
    assert pickup.find_heard_at(at, Random(1)) == datetime(2026, 4, 6, 10, 15, 40, tzinfo=UTC)
    at = datetime(2026, 4, 6, 23, 50, tzinfo=UTC)
    assert pickup.find_heard_at(at, Random(1)) == datetime(2026, 4, 7, 0, 0, 40, tzinfo=UTC)


def test_an_order_goes_to_the_place_that_must_pick_it():
    order = Movement("SF-1", "storefront", "order_placed", "A", "3PL-EAST", 1, MOMENTS[0], 1)
    assert [path.name for path in find_paths(order)] == ["checkout", "order_export"]

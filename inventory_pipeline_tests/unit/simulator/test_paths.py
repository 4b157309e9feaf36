from datetime import UTC, datetime, time, timedelta
from random import Random

import pytest

from inventory_pipeline.simulator.layout import Layout
from inventory_pipeline.simulator.paths import NIGHTLY, Batch, Path, Pickup
from inventory_pipeline.simulator.shops import (
    FLASH,
    HANDMADE,
    LANTERN,
    OMNICHANNEL,
    THIRD_PARTY,
    TRANSFERS,
)
from inventory_pipeline.simulator.words import Movement

LAYOUTS = (LANTERN, HANDMADE, OMNICHANNEL, THIRD_PARTY, TRANSFERS, FLASH)
EVERY_PATH = [(layout, path) for layout in LAYOUTS for path in layout.paths]

MOMENTS = [
    datetime(2026, 4, 6, tzinfo=UTC) + timedelta(seconds=Random(1).randrange(n + 1))
    for n in range(1, 200_000, 997)
]


@pytest.mark.parametrize(
    ("layout", "path"), EVERY_PATH, ids=[f"{at.name}-{path.name}" for at, path in EVERY_PATH]
)
def test_no_word_is_heard_before_it_is_spoken_or_later_than_the_shop_calls_normal(
    layout: Layout, path: Path
):
    stream = Random(2)
    for moment in MOMENTS:
        due_at = moment
        if isinstance(path.delay, Batch):
            due_at = path.delay.find_next_cutoff(moment)
        delay = path.delay.find_heard_at(moment, stream) - due_at
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
    assert NIGHTLY.find_next_cutoff(at) == datetime.fromisoformat(f"{following}T02:00:00+00:00")
    assert NIGHTLY.find_last_cutoff(at) == datetime.fromisoformat(f"{last_posted}T02:00:00+00:00")
    assert NIGHTLY.takes == timedelta(minutes=10)


def test_a_pickup_carries_what_is_there_at_the_next_quarter():
    pickup = Pickup(timedelta(minutes=15), timedelta(seconds=40))
    at = datetime(2026, 4, 6, 10, 14, 59, tzinfo=UTC)
    assert pickup.find_heard_at(at, Random(1)) == datetime(2026, 4, 6, 10, 15, 40, tzinfo=UTC)
    at = datetime(2026, 4, 6, 23, 50, tzinfo=UTC)
    assert pickup.find_heard_at(at, Random(1)) == datetime(2026, 4, 7, 0, 0, 40, tzinfo=UTC)


def test_an_order_goes_to_the_place_that_must_pick_it():
    order = Movement("SF-1", "storefront", "order_placed", "A", "3PL-EAST", 1, *MOMENTS[:2], 1)
    assert [path.name for path in LANTERN.find_paths(order)] == ["checkout", "order_export"]


def test_a_batch_of_four_hours_meets_its_hour_of_the_day():
    batch = Batch(timedelta(hours=4), timedelta(minutes=10), time(2))
    at = datetime(2026, 4, 6, 6, 0, 1, tzinfo=UTC)
    assert batch.find_next_cutoff(at) == datetime(2026, 4, 6, 10, tzinfo=UTC)
    assert batch.find_last_cutoff(at) == datetime(2026, 4, 6, 2, tzinfo=UTC)
    runs = batch.find_runs(datetime(2026, 4, 6, tzinfo=UTC), datetime(2026, 4, 7, tzinfo=UTC))
    assert [began.hour for began, _ in runs] == [2, 6, 10, 14, 18, 22]


def test_every_run_of_a_batch_is_told_in_one_hour_only():
    for delay in (NIGHTLY, Pickup(timedelta(minutes=15), timedelta(seconds=40))):
        start = datetime(2026, 4, 6, tzinfo=UTC)
        hours = [start + timedelta(hours=n) for n in range(48)]
        told = [run for at in hours for run in delay.find_runs(at, at + timedelta(hours=1))]
        assert told == list(delay.find_runs(start, start + timedelta(hours=48)))
        assert len(set(told)) == len(told) > 1

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from inventory_pipeline.simulator.deliveries import Delivery
from inventory_pipeline.simulator.middleware import Middleware, Run
from inventory_pipeline.simulator.noise import SILENCE, Noise, Static
from inventory_pipeline.simulator.shops import LANTERN
from inventory_pipeline.simulator.words import Movement

AT = datetime(2026, 4, 6, 10, tzinfo=UTC)
PUSH = LANTERN.find_path("shelf", "storefront")
BATCH = LANTERN.find_path("shelf", "erp")
MOVED = Movement("WM-1", "shelf", "receipt", "A", "MAIN", 5, AT, AT, 1, "PO-1")


def build(seed: int = 1) -> Middleware:
    return Middleware(Random(seed), AT)


def send(path=PUSH, wait: int = 30) -> Delivery:
    return Delivery(path, MOVED, AT + timedelta(seconds=wait), path.name)


def test_a_word_that_arrives_leaves_one_line_when_it_does():
    middleware = build()
    (told,) = middleware.carry(send(), [send()])
    assert middleware.take_messages(AT + timedelta(seconds=30)) == []
    (line,) = middleware.take_messages(AT + timedelta(minutes=1))
    assert (line.event_id, line.units, line.reference_id) == (told.event_id, 5, "WM-1")
    assert (line.status, line.processed_at) == ("processed", told.heard_at)
    assert middleware.take_messages(AT + timedelta(hours=1)) == []


def test_a_word_that_is_carried_twice_keeps_its_id():
    middleware = build()
    twice = [send(), replace(send(wait=90), attempt=2)]
    first, second = middleware.carry(send(), twice)
    assert first.event_id == second.event_id
    lines = middleware.take_messages(AT + timedelta(hours=1))
    assert [line.attempt for line in lines] == [1, 2]
    assert len({line.idempotency_key for line in lines}) == 1


def test_a_lost_word_leaves_a_failed_line_or_none():
    seen = set()
    for seed in range(20):
        middleware = build(seed)
        assert middleware.carry(send(), []) == []
        lines = middleware.take_messages(AT + timedelta(hours=1))
        assert all(line.status == "failed" and line.processed_at is None for line in lines)
        seen.add(len(lines))
    assert seen == {0, 1}


def test_a_batch_leaves_a_run_that_says_how_much_it_carried():
    middleware = build()
    heard_at = datetime(2026, 4, 7, 2, 10, tzinfo=UTC)
    posted = replace(send(BATCH), heard_at=heard_at)
    middleware.carry(posted, [posted])
    start = datetime(2026, 4, 7, 2, tzinfo=UTC)
    runs = middleware.find_runs(LANTERN.paths, start, start + timedelta(hours=1))
    night = [run for run in runs if run.path == "wms_to_erp"]
    assert night == [Run("wms_to_erp", start, heard_at, 1)]
    assert middleware.take_messages(start + timedelta(days=1)) == []


@pytest.mark.slow
def test_silence_changes_nothing_and_noise_loses_and_invents():
    middleware = build()
    for _ in range(2_000):
        middleware.carry(send(), [send()])
    lines = middleware.take_messages(AT + timedelta(hours=1))
    assert Static(SILENCE, Random(1), ("a",)).disturb_messages(lines) == lines
    loud = Static(Noise(), Random(1), ("a",)).disturb_messages(lines)
    invented = [line for line in loud if line not in lines]
    lost = len(lines) - (len(loud) - len(invented))
    assert 20 < lost < 60
    assert 0 < len(invented) < 30
    assert {line.event_id for line in invented}.isdisjoint(line.event_id for line in lines)
    ours = [replace(line, path="corrections") for line in lines]
    assert set(ours) <= set(Static(Noise(), Random(1), ("a",)).disturb_messages(ours))

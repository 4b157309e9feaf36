"""F-81: an hour takes 70 minutes: nobody works beside it, the next waits, and it is late."""

from datetime import timedelta

import pytest

from inventory_pipeline.errors import StoreBusyError
from inventory_pipeline.model.hours import parse_hour
from inventory_pipeline.wiring.hourly import run_hour
from inventory_pipeline.wiring.house import House, build_house
from inventory_pipeline.wiring.shift import MAX_RUNTIME, open_shift
from inventory_pipeline_tests.support.report_house import StoppedClock
from inventory_pipeline_tests.support.roof import ELEVEN, TEN, configure_pair, drop_pair
from inventory_pipeline_tests.support.shop import Shop

STARTED_AT = parse_hour(TEN) + timedelta(hours=1, minutes=5)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(STARTED_AT)


@pytest.fixture
def slow(shop: Shop, clock: StoppedClock) -> House:
    configure_pair(shop, more="storage: {lock_wait: 1s}\n")
    for hour in (TEN, ELEVEN):
        drop_pair(shop, hour, {"A": 5}, {})
    return build_house(shop.config, clock=clock)


@pytest.mark.slow
def test_F_81_the_next_hour_waits_and_then_both_are_done(
    shop: Shop, slow: House, clock: StoppedClock
) -> None:
    other = build_house(shop.config, clock=clock)
    with open_shift(slow, [parse_hour(TEN)], may_fetch=True) as shift:
        for system in slow.settings.systems:
            shift.ingest(system, parse_hour(TEN))
        clock.advance(timedelta(minutes=70))
        with pytest.raises(StoreBusyError, match="nothing is lost"):
            run_hour(other, parse_hour(TEN))
        with pytest.raises(StoreBusyError):
            run_hour(other, parse_hour(ELEVEN))
        shift.reconcile(parse_hour(TEN))
        signature = shift.sign(parse_hour(TEN))
    run_hour(other, parse_hour(ELEVEN))

    assert signature.is_late
    assert signature.late_by == timedelta(minutes=75)
    assert [row["status"] for row in shop.export("cycles")] == ["clear", "clear"]


def test_F_81_an_hour_done_in_time_is_not_late(slow: House) -> None:
    with open_shift(slow, [parse_hour(TEN)], may_fetch=True) as shift:
        shift.reconcile(parse_hour(TEN))
        assert not shift.sign(parse_hour(TEN)).is_late


def test_F_81_a_run_may_take_seventy_minutes_and_not_for_ever() -> None:
    assert timedelta(minutes=70) < MAX_RUNTIME < timedelta(hours=2)

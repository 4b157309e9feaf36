from datetime import UTC, datetime, timedelta

from inventory_pipeline.simulator.timeline import Timeline

START = datetime(2026, 4, 6, tzinfo=UTC)


def later(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


def test_what_is_due_happens_in_order_and_ties_in_order_of_planning():
    timeline, told = Timeline(START), []
    for at, name in ((9, "c"), (3, "a"), (9, "d"), (5, "b"), (10, "not yet")):
        timeline.plan(later(at), lambda name=name: told.append(name))
    timeline.advance(later(9))
    assert told == ["a", "b", "c", "d"]
    assert timeline.now == later(9)


def test_what_a_happening_plans_for_now_happens_now():
    timeline, told = Timeline(START), []
    timeline.plan(later(3), lambda: timeline.plan(later(3), lambda: told.append(timeline.now)))
    timeline.advance(later(60))
    assert told == [later(3)]


def test_the_clock_never_goes_back():
    timeline, told = Timeline(START), []
    timeline.advance(later(60))
    timeline.plan(later(30), lambda: told.append(timeline.now))
    timeline.advance(later(61))
    assert told == [later(60)]

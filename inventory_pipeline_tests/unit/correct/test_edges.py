"""Both sides of every edge of the outbox and the assistant, in numbers and not in their names."""

from datetime import UTC, datetime, timedelta

import pytest

from inventory_pipeline.config.policy import Assistant
from inventory_pipeline.correct import outbox, policy
from inventory_pipeline.correct.outbox import Contract, Sending
from inventory_pipeline_tests.unit.correct.test_policy import decide_one, gap, situation

NOW = datetime(2026, 4, 6, 12, tzinfo=UTC)
DAY = timedelta(hours=24)


def plan(times: int) -> str:
    at = NOW - timedelta(minutes=30)
    return outbox.plan_uncertain(Contract("A", DAY), Sending(times, at, at), now=NOW)


def test_a_request_is_sent_five_times_at_most_and_its_receiver_is_then_asked():
    assert [plan(times) for times in (1, 4, 5, 6)] == ["send_again", "send_again", "read", "read"]


def read(delivery_class: str, operation: str, shown: int, **changed: int) -> outbox.Step:
    given = {"quantity": 3, "before": 6, "generation": 1, **changed}
    return outbox.judge_reading(Contract(delivery_class), operation, shown=shown, **given)


def test_after_five_requests_without_an_effect_a_person_looks():
    states = [read("C", "set", 6, generation=n).state for n in (1, 4, 5, 6)]
    assert states == ["created", "created", "dead", "dead"]
    assert read("C", "set", 6, generation=5).waits_for == "person"
    assert "5 times over" in read("C", "set", 6, generation=5).evidence


def test_an_addition_ends_where_the_sum_is():
    assert read("B", "add", 9).state == "confirmed"
    assert read("B", "add", 5).waits_for == "person"  # 6 and 3 are 9, whatever else they make
    assert "whether +3 is in it" in read("B", "add", 5).evidence


@pytest.mark.parametrize("delivery_class", ["A", "B", "C"])
def test_a_number_that_is_neither_is_left_to_the_next_check(delivery_class):
    step = read(delivery_class, "set", 5)
    assert (step.state, step.waits_for) == ("superseded", "")
    assert "neither 6 nor 3" in step.evidence


def test_without_key_and_comparison_nobody_can_tell():
    assert read("D", "set", 5).waits_for == "person"
    assert read("D", "add", 6).waits_for == "person"


@pytest.mark.parametrize(
    ("outcome", "operation", "state"),
    [
        ("stale", "set", "superseded"),
        ("stale", "add", "created"),
        ("confirmed", "add", "confirmed"),
        ("refused", "add", "dead"),
        ("waiting", "add", "sent"),
        ("ambiguous", "add", "uncertain"),
        ("spent", "add", "uncertain"),
    ],
)
def test_units_that_were_told_are_never_given_up_for_being_late(outcome, operation, state):
    assert outbox.judge_answer(outcome, "said", operation=operation).state == state


def test_a_lone_line_rests_for_a_minute_where_nobody_says_whether_it_was_alone():
    assert outbox.judge_answer("unapplied", "").due_after == timedelta(minutes=1)
    assert Sending(1, NOW, NOW).is_spent is False


def test_nobody_asks_us_to_stay_away_for_more_than_an_hour():
    waits = [timedelta(minutes=5), timedelta(minutes=60), timedelta(minutes=61)]
    rests = [outbox.judge_answer("waiting", "", wait=wait).due_after for wait in waits]
    assert rests == [timedelta(minutes=5), timedelta(hours=1), timedelta(hours=1)]


@pytest.mark.parametrize(
    ("operation", "shown", "said"),
    [
        ("set", 3, ""),
        ("set", 6, "it confirmed and still shows 6: nothing was changed"),
        ("set", 4, "it confirmed 3 and shows 4"),
        ("set", 2, "it confirmed 3 and shows 2"),
        ("add", 9, ""),
        ("add", 6, "it confirmed and still shows 6: nothing was changed"),
        ("add", 5, "it confirmed 9 and shows 5"),
    ],
)
def test_what_a_receiver_shows_afterwards_is_told_apart(operation, shown, said):
    assert outbox.judge_effect(operation, quantity=3, before=6, shown=shown) == said


def test_where_nothing_is_known_nothing_is_wrong():
    assert outbox.judge_effect("add", quantity=3, before=None, shown=6) == ""
    assert outbox.judge_effect("set", quantity=3, before=6, shown=None) == ""


@pytest.mark.parametrize(
    ("recurrence", "decision"), [(1, "auto"), (2, "auto"), (3, "flagged"), (4, "flagged")]
)
def test_what_came_back_twice_is_not_corrected_again(recurrence, decision):
    assert decide_one(gap(recurrence=recurrence), situation()).decision == decision


@pytest.mark.parametrize(("in_vain", "decision"), [(1, "auto"), (2, "flagged"), (3, "flagged")])
def test_what_was_refused_twice_is_not_corrected_again(in_vain, decision):
    assert decide_one(gap(in_vain=in_vain), situation()).decision == decision


def test_a_confidence_of_just_the_wanted_one_is_enough():
    limits = Assistant(mode="limited", min_confidence=0.996)
    assert decide_one(gap(confidence=0.996), situation(), limits).decision == "auto"
    assert decide_one(gap(confidence=0.9959), situation(), limits).decision == "flagged"


@pytest.mark.parametrize("state", ["missing", "late", "partial", "suspect", "failed", "absent"])
def test_counts_that_are_not_complete_correct_nothing(state):
    at = situation(states={"shelf": "complete", "storefront": state})
    assert decide_one(gap(), at).reasons == (f"the counts of storefront are {state}",)


@pytest.mark.parametrize(("runs", "decision"), [(2, "flagged"), (3, "auto")])
def test_a_system_is_known_after_three_whole_readings(runs, decision):
    at = situation(runs={"shelf": 30, "storefront": runs})
    assert decide_one(gap(), at).decision == decision


def test_a_system_nobody_has_read_before_has_no_readings():
    [reason] = decide_one(gap(), situation(runs={"shelf": 30})).reasons
    assert reason == "storefront is new: 0 whole readings, wanted 3"


@pytest.mark.parametrize(
    ("mode", "said", "would"),
    [("off", "the assistant is off", False), ("shadow", "shadow mode: it would be fixed", True)],
)
def test_a_ruling_says_why_nothing_is_done(mode, said, would):
    ruling = decide_one(gap(), situation(), Assistant(mode=mode))
    assert (ruling.decision, ruling.reasons, ruling.would) == ("flagged", (said,), would)
    assert not ruling.is_storm


def test_fifty_units_are_a_run_and_the_smallest_go_first():
    rows = [gap(5, sku=f"S-{n:02d}") for n in range(11)]
    rulings = policy.decide(rows, situation(active_skus=10_000), Assistant(mode="limited"))
    assert [ruling.decision for ruling in rulings] == ["auto"] * 10 + ["flagged"]
    assert rulings[-1].reasons == ("the limits of one run are used up",)


def test_one_in_a_hundred_is_a_run_and_at_least_one():
    rows = [gap(1, sku=f"S-{n}") for n in range(3)]
    for active, fixed in ((1, 1), (100, 1), (101, 2), (200, 2), (300, 3)):
        rulings = policy.decide(rows, situation(active_skus=active), Assistant(mode="limited"))
        assert sum(ruling.decision == "auto" for ruling in rulings) == fixed


def test_two_gaps_of_one_item_are_one_correction():
    rows = [gap(1), gap(2, location_id="L2")]
    rulings = policy.decide(rows, situation(), Assistant(mode="limited"))
    assert [ruling.decision for ruling in rulings] == ["auto", "flagged"]

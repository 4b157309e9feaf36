"""The outbox machine: what becomes of a receipt, class by class."""

from datetime import UTC, datetime, timedelta

import pytest

from inventory_pipeline.correct import outbox
from inventory_pipeline.correct.outbox import Contract, Sending

NOW = datetime(2026, 4, 6, 12, tzinfo=UTC)
DAY = timedelta(hours=24)
MINUTE = timedelta(minutes=1)
KEYED = [Contract("A", DAY), Contract("B", DAY)]
UNKEYED = [Contract("C"), Contract("D")]


def sent(minutes: float, *, times: int = 1, is_spent: bool = False) -> Sending:
    at = NOW - timedelta(minutes=minutes)
    return Sending(times, at, at, is_spent)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("confirmed", "confirmed"), ("stale", "superseded"), ("refused", "dead"),
        ("waiting", "sent"), ("ambiguous", "uncertain"), ("spent", "uncertain"),
        ("unapplied", "created"),
    ],
)  # fmt: skip
def test_every_answer_has_one_end(outcome, state):
    assert outbox.judge_answer(outcome, "said").state == state


def test_what_had_no_effect_gets_a_new_key_unless_an_earlier_sending_may_have_had_one():
    fresh = outbox.judge_answer("unapplied", "refused")
    assert (fresh.state, fresh.is_new_generation) == ("created", True)
    for was in ("uncertain", "sent"):
        doubted = outbox.judge_answer("unapplied", "refused", was=was)
        assert (doubted.state, doubted.is_new_generation) == (was, False)


def test_what_others_held_back_leaves_again_at_once_and_alone_after_a_minute():
    assert outbox.judge_answer("unapplied", "", is_alone=False).due_after == timedelta()
    assert outbox.judge_answer("unapplied", "", is_alone=True).due_after == MINUTE
    wait = timedelta(minutes=7)
    assert outbox.judge_answer("unapplied", "", wait=wait).due_after == wait
    assert outbox.judge_answer("unapplied", "", wait=DAY).due_after == outbox.LONGEST_PAUSE


@pytest.mark.parametrize("contract", KEYED)
def test_a_key_protects_for_as_long_as_it_lives(contract):
    def plan(sending):
        return outbox.plan_uncertain(contract, sending, now=NOW)

    assert plan(sent(21 * 60)) == "send_again"
    assert plan(sent(24 * 60 * 9 // 10)) == "read"
    assert plan(sent(-5)) == "rest"  # by our clock it was sent in the future: it stepped back
    assert plan(sent(10, is_spent=True)) == "read"
    assert plan(sent(10, times=outbox.MAX_SENDINGS)) == "read"
    assert plan(sent(1, times=outbox.MAX_SENDINGS)) == "rest"


@pytest.mark.parametrize("contract", UNKEYED)
def test_without_a_key_only_looking_helps_and_not_too_soon(contract):
    assert outbox.plan_uncertain(contract, sent(1), now=NOW) == "rest"
    assert outbox.plan_uncertain(contract, sent(2), now=NOW) == "read"


def read(delivery_class, operation, *, quantity, before, shown, generation=1):
    return outbox.judge_reading(
        Contract(delivery_class), operation,
        quantity=quantity, before=before, shown=shown, generation=generation,
    )  # fmt: skip


@pytest.mark.parametrize("delivery_class", ["A", "B", "C", "D"])
def test_a_number_that_shows_the_target_is_confirmed(delivery_class):
    assert read(delivery_class, "set", quantity=14, before=6, shown=14).state == "confirmed"
    assert read(delivery_class, "add", quantity=8, before=6, shown=14).state == "confirmed"


@pytest.mark.parametrize("delivery_class", ["A", "B", "C"])
def test_a_number_that_did_not_move_is_sent_anew_but_not_for_ever(delivery_class):
    step = read(delivery_class, "add", quantity=8, before=6, shown=6)
    assert (step.state, step.is_new_generation) == ("created", True)
    last = read(
        delivery_class, "add", quantity=8, before=6, shown=6, generation=outbox.MAX_GENERATIONS
    )
    assert (last.state, last.waits_for) == ("dead", "person")


@pytest.mark.parametrize("shown", [6, 13])
def test_class_d_is_never_sent_again_by_itself(shown):
    step = read("D", "add", quantity=8, before=6, shown=shown)
    assert (step.state, step.waits_for) == ("uncertain", "person")


def test_a_number_that_moved_elsewhere_ends_a_set_and_hands_over_an_addition():
    assert read("C", "set", quantity=14, before=6, shown=9).state == "superseded"
    step = read("C", "add", quantity=8, before=6, shown=9)
    assert (step.state, step.waits_for) == ("uncertain", "person")
    assert read("A", "set", quantity=14, before=6, shown=None).waits_for == "person"


@pytest.mark.parametrize(
    ("shown", "trouble"),
    [
        (14, ""), (None, ""), (6, "it confirmed and still shows 6: nothing was changed"),
        (10, "it confirmed 14 and shows 10"),
    ],
)  # fmt: skip
def test_a_receiver_that_confirms_and_does_something_else_is_noticed(shown, trouble):
    assert outbox.judge_effect("set", quantity=14, before=6, shown=shown) == trouble
    assert outbox.judge_effect("add", quantity=8, before=6, shown=shown) == trouble


def test_an_addition_whose_start_nobody_knows_is_not_judged_by_its_end():
    assert outbox.judge_effect("add", quantity=8, before=None, shown=3) == ""

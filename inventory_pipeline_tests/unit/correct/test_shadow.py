"""What a later hour says of a correction that was only thought of."""

from inventory_pipeline.correct.shadow import say

PROPOSAL = {"cause": "movement_dropped"}


def test_a_gap_that_stands_with_the_same_cause_is_not_judged_yet() -> None:
    assert say(PROPOSAL, {"cause": "movement_dropped"}) == ""


def test_a_gap_that_is_gone_or_is_called_something_else_is_told() -> None:
    assert say(PROPOSAL, None) == "cleared by itself"
    assert say(PROPOSAL, {"cause": "batch_window"}) == "another cause: batch_window"
    assert say(PROPOSAL, {"cause": ""}) == "another cause: unknown"

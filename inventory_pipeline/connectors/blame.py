"""Blame: what the errors of one answer mean for every line of its request. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from inventory_pipeline.connectors.write_words import shorten
from inventory_pipeline.model.delivery import Answer, Line, LineAnswer, Outcome, answer_all


@dataclass(frozen=True)
class Blame:
    """One error of an answer: what it means, its words, and the line it names, if it does."""

    outcome: Outcome
    said: str
    index: int | None = None
    wait: timedelta | None = None


def spread(lines: Sequence[Line], blames: Sequence[Blame]) -> Answer:
    """Return what the errors mean for every line of a request that is taken whole or not at all.

    A line that is named is stale, refused or done before, and the others were not touched.
    What is open, or was done before and names no line, holds for all.
    """
    waits = [blame.wait for blame in blames if blame.wait is not None]
    for outcome in ("ambiguous", "spent", "unapplied"):
        for blame in blames:
            if blame.outcome == outcome:
                return answer_all(lines, outcome, blame.said, wait=max(waits, default=None))
    if all(blame.outcome == "confirmed" and blame.index is None for blame in blames):
        return answer_all(lines, "confirmed", blames[0].said)
    named = {b.index: b for b in blames if b.index is not None and b.index < len(lines)}
    if len(lines) == 1:
        return answer_all(lines, blames[0].outcome, blames[0].said)
    if not named:
        said = shorten(f"one of {len(lines)} lines is wrong, send them apart: {blames[0].said}")
        return answer_all(lines, "unapplied", said)
    rest = LineAnswer("unapplied", f"all or none: another line was {blames[0].outcome}")
    return Answer(
        {
            line.receipt_id: LineAnswer(named[at].outcome, named[at].said) if at in named else rest
            for at, line in enumerate(lines)
        }
    )

"""Ownership: each fact has exactly one owner, and every other holder reconciles towards it.

No owner is a gap, two are a bug; neither is settled by guess. What stands here is plain
data and pure rules; the configuration is turned into it by ``config.registry``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

# Answers to "who owns it?" that name nobody (FACT-05).
_NO_ANSWER = frozenset(
    ("depends", "both", "unknown", "nobody", "no one", "none", "tbd", "all", "either", "n/a", "?")
)
_NO_ANSWER_BEGINNINGS = ("it depends", "depends ", "depends,", "we check", "both ", "whoever")
FACTORS = (
    "velocity",
    "physical_accuracy",
    "financial_close",
    "integration_complexity",
    "reconciliation_frequency",
)
# What may not be built on a fact that nobody, or more than one, owns (FACT-12).
BLOCKED_USES = ("assistant", "replenishment")
ProblemKind = Literal["gap", "bug", "overdue"]


def is_no_answer(text: str) -> bool:
    """Say whether ``text`` names no owner: 'depends', 'it depends', 'we check both' ..."""
    plain = " ".join(text.lower().split()).rstrip(".!")
    return plain in _NO_ANSWER or plain.startswith(_NO_ANSWER_BEGINNINGS)


@dataclass(frozen=True)
class Ruling:
    """Who is right about a fact where a row lies; None matches every row.

    Rulings of one fact never overlap, but for the one without location and class, which
    rules what the others leave.
    """

    fact: str
    owner: str
    location: str | None = None
    abc_class: str | None = None


@dataclass(frozen=True)
class FactRecord:
    """One fact as the registry has it.

    Attributes:
        owners: the systems that were named; one is right.
        answer: the words that stand instead of an owner, such as ``it depends``.
        scopes: parts of the fact with an owner of their own.
    """

    name: str
    owners: tuple[str, ...] = ()
    answer: str = ""
    reason: str = ""
    decided_by: str = ""
    decided_on: date | None = None
    review_on: date | None = None
    scopes: tuple[Ruling, ...] = ()


@dataclass(frozen=True)
class Problem:
    """Something a person must settle: a gap, a bug, or a review that is overdue."""

    kind: ProblemKind
    fact: str
    systems: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Registry:
    """Every fact, who is right about it, and what stands in the way."""

    facts: tuple[FactRecord, ...]
    rulings: tuple[Ruling, ...]
    problems: tuple[Problem, ...]

    def find_owner(
        self, fact: str, *, location: str | None = None, abc_class: str | None = None
    ) -> str | None:
        """Return the owner of ``fact`` for a row that lies there; None if nobody may rule."""
        matching = [
            ruling
            for ruling in self.rulings
            if ruling.fact == fact
            and ruling.location in (None, location)
            and ruling.abc_class in (None, abc_class)
        ]
        narrow = [r for r in matching if (r.location, r.abc_class) != (None, None)]
        return next((ruling.owner for ruling in narrow or matching), None)

    def find_blocked_uses(self) -> dict[str, tuple[str, ...]]:
        """Return the uses that each fact in gap or bug state must not serve."""
        unsettled = {p.fact for p in self.problems if p.kind in ("gap", "bug")}
        return dict.fromkeys(sorted(unsettled), BLOCKED_USES)


@dataclass(frozen=True)
class Lean:
    """What the five-factor worksheet recommends; a person decides.

    Attributes:
        wms, erp: answers for each side; unanswered factors count for neither.
        text: the score and its weight in words.
    """

    wms: int
    erp: int
    text: str


def build_registry(
    facts: Sequence[FactRecord], *, today: date, review_days: int, more: Sequence[Problem] = ()
) -> Registry:
    """Judge the facts as of ``today``; ``more`` are problems found elsewhere."""
    problems = [*find_problems(facts, today=today, review_days=review_days), *more]
    order: dict[str, int] = {"bug": 0, "gap": 1, "overdue": 2}
    return Registry(
        facts=tuple(facts),
        rulings=tuple(find_rulings(facts)),
        problems=tuple(sorted(problems, key=lambda p: (order[p.kind], p.fact, p.text))),
    )


def find_problems(facts: Iterable[FactRecord], *, today: date, review_days: int) -> list[Problem]:
    """Return gaps, bugs and overdue reviews.

    A review is overdue the day after ``review_on``; without that date, the day after
    ``decided_on`` plus ``review_days``.
    """
    found = []
    for fact in facts:
        if len(fact.owners) != 1:
            found.append(_describe_unowned(fact))
        due_on = find_due_day(fact.review_on, fact.decided_on, review_days)
        if due_on and due_on < today:
            days = (today - due_on).days
            text = f"{fact.name}: the review was due on {due_on}, {days} days ago"
            found.append(Problem("overdue", fact.name, fact.owners, text))
    return found


def find_due_day(review_on: date | None, last_on: date | None, review_days: int) -> date | None:
    """Return the day a written decision is due for review; None if it has no date at all."""
    if review_on is not None:
        return review_on
    return last_on + timedelta(days=review_days) if last_on else None


def _describe_unowned(fact: FactRecord) -> Problem:
    if fact.owners:
        named = " and ".join(fact.owners)
        text = f"{fact.name}: {named} both claim it; a fact has one owner: keep one"
        if len(fact.owners) > 2:
            text = f"{fact.name}: {', '.join(fact.owners)} claim it; keep one"
        return Problem("bug", fact.name, fact.owners, text)
    said = f"{fact.answer!r} names no owner" if fact.answer else "nobody owns it"
    return Problem("gap", fact.name, (), f"{fact.name}: {said}; name the one system that is right")


def find_rulings(facts: Iterable[FactRecord]) -> list[Ruling]:
    """Return who rules where: the scopes of a fact, then its one owner.

    A fact with a gap or a bug has no ruling at all: half an answer is none.
    """
    return [
        ruling
        for fact in facts
        if len(fact.owners) == 1
        for ruling in (*fact.scopes, Ruling(fact.name, fact.owners[0]))
    ]


def find_overlaps(rulings: Sequence[Ruling]) -> list[tuple[int, int]]:
    """Return the pairs of positions whose rulings can match the same row."""
    return [
        (first, second)
        for second in range(len(rulings))
        for first in range(second)
        if _may_meet(rulings[first].location, rulings[second].location)
        and _may_meet(rulings[first].abc_class, rulings[second].abc_class)
    ]


def _may_meet(left: str | None, right: str | None) -> bool:
    return left is None or right is None or left == right


def score_worksheet(answers: Mapping[str, str | None]) -> Lean:
    """Count the five factors of FACT-08, each answered ``wms``, ``erp`` or not at all."""
    wms = sum(answers.get(factor) == "wms" for factor in FACTORS)
    erp = sum(answers.get(factor) == "erp" for factor in FACTORS)
    lead, side = abs(wms - erp), "WMS" if wms > erp else "ERP"
    score = f"{max(wms, erp)}:{min(wms, erp)}"
    weight = "a strong lean" if lead >= 4 else "a lean" if lead >= 2 else "a weak lean"
    text = f"{score} {side}, {weight}" if lead else f"{score}, no lean"
    open_factors = len(FACTORS) - wms - erp
    if open_factors:
        text += f" ({open_factors} not answered)"
    return Lean(wms, erp, text)

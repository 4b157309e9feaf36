"""Scores: the targets of driftbench, each beside what was reached and on how much."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from benchmarks.driftbench.answer import Act, Answer, Result
from benchmarks.driftbench.bounds import (
    compute_brier,
    compute_ece,
    compute_risks,
    find_risk,
    find_upper,
)
from benchmarks.driftbench.rivals import CountsOnly
from benchmarks.measure import Row
from inventory_pipeline.model.causes import CAUSES, UNKNOWN

SMALL = range(1, 6)
# A benchmark that simple rules solve measures nothing (arXiv 2510.04711).
TOO_EASY = 0.60
TARGETS = {2: 0.98, 1: 0.85, 0: 0.55}
Test = Callable[[Answer], bool]


@dataclass(frozen=True)
class Board:
    """All results of a split; ``learner`` guesses for an answer of a shop it never saw."""

    results: Sequence[Result]
    find_learner: Callable[[Answer], CountsOnly]

    @property
    def answers(self) -> list[Answer]:
        return [answer for result in self.results for answer in result.answers]

    @property
    def acts(self) -> list[Act]:
        return [act for result in self.results for act in result.acts]

    def find_singles(self, tier: int) -> list[Answer]:
        """Return problems of one fault with a cause of the catalogue.

        Where everything can be seen, only those whose records did reach us: what cannot be
        known is for D7. With less to see, all of them.
        """
        return [
            answer
            for answer in self.answers
            if answer.plan.tier == tier
            and answer.is_single
            and answer.is_nameable
            and (answer.is_answerable or tier < 2)
        ]


def compute_scores(board: Board) -> dict[str, Row]:
    """Return target id → what was reached."""
    return {
        **_score_acts(board),
        **_score_names(board),
        **_score_pairs(board),
        **_score_paths(board),
        **_score_trust(board),
        **_score_silence(board),
        **_score_quiet(board),
        **_score_words(board),
        **_score_rivals(board),
    }


def _score_acts(board: Board) -> dict[str, Row]:
    wrong = [act for act in board.acts if act.fault]
    hours = sum(act.hours for act in board.acts)
    told = f"findings called proven, over {hours:,} hours of them; every size of gap"
    bound = find_upper(len(wrong), len(board.acts))
    small = [
        a
        for a in board.find_singles(2)
        if a.is_correctable and a.delta is not None and abs(a.delta) in SMALL
        and CAUSES[a.causes[0]].is_provable
    ]  # fmt: skip
    return {
        "D1": Row(len(wrong), 0, "lower", len(board.acts), f"wrong fixes among {told}"),
        "D1_bound": Row(bound, 0.001, "lower", len(board.acts), "95 % bound of their rate"),
        "D2": _share(
            small,
            lambda a: a.is_proven and a.is_right and a.correction == a.wanted,
            0.85,
            "gaps of 1 to 5 units with a provable cause at T2, proven and right",
        ),
    }


def _score_names(board: Board) -> dict[str, Row]:
    rows = {}
    for tier, target in TARGETS.items():
        name = "D3" if tier == 2 else f"D3_T{tier}"
        what = "whose records reached us" if tier == 2 else "whether or not it can be known"
        singles = board.find_singles(tier)
        rows[name] = _share(
            singles, lambda a: a.is_right, target, f"top-1, one fault, T{tier}, {what}"
        )
    rows["D3_top3"] = _share(board.find_singles(2), lambda a: a.is_in_three, 0.998, "top-3, T2")
    return rows


def _score_pairs(board: Board) -> dict[str, Row]:
    pairs = [
        a
        for a in board.answers
        if len(a.causes) == 2 and a.plan.tier == 2 and a.is_nameable and a.is_answerable
    ]
    return {
        "D4": _share(pairs, lambda a: a.is_right, 0.92, "two faults, T2: the first cause is one"),
        "D4_set": _share(pairs, lambda a: a.is_whole, 0.85, "two faults, T2: just these two"),
    }


def _score_paths(board: Board) -> dict[str, Row]:
    right = [a for a in board.find_singles(2) if a.is_right]
    note = "right cause at T2 that names records of the fault, and none of another transaction"
    return {"D5": _share(right, lambda a: a.is_path_exact, 0.97, note)}


def _score_trust(board: Board) -> dict[str, Row]:
    rows = {}
    for tier, target in ((2, 0.015), (1, 0.03)):
        named = [
            (a.confidence, a.is_right)
            for a in board.answers
            if a.plan.tier == tier and a.said not in ("", UNKNOWN)
        ]
        ece = compute_ece(named)
        note = f"15 bins of equal mass over named causes, T{tier}"
        rows[f"D6_ece_T{tier}"] = Row(ece, target, "lower", len(named), note)
        if tier == 2:
            brier = compute_brier(named)
            rows["D6"] = Row(brier, 0.03, "lower", len(named), "Brier over named causes, T2")
    answered = [(a.confidence, a.is_right) for a in board.answers if a.plan.tier == 2]
    risks = compute_risks(answered)
    told = ", ".join(f"{find_risk(risks, c):.3f} at {c:.0%}" for c in (0.5, 0.8, 0.95))
    aurc = sum(risks) / len(risks) if risks else 0.0
    rows["D6_aurc"] = Row(aurc, 0.004, "lower", len(risks), f"T2; error by coverage: {told}")
    return rows


def _score_silence(board: Board) -> dict[str, Row]:
    unanswerable = [a for a in board.answers if a.plan.tier == 2 and not a.is_answerable]
    right = sum(a.is_right and a.said != UNKNOWN for a in unanswerable)
    sure = sum(not a.is_right and a.confidence >= 0.9 for a in unanswerable)
    note = f"unanswerable at T2, said unknown; {right} were named right, {sure} wrong and sure"
    hidden = [
        a
        for a in board.answers
        if a.plan.tier == 2 and a.is_single and a.second is not None and a.second.hidden_cause
    ]
    acted = sum(a.second is not None and a.second.hidden_is_proven for a in hidden)
    held_out = "cause not in the catalogue, T2, said unknown"
    return {
        "D7": _share(unanswerable, lambda a: a.said == UNKNOWN, 0.99, note),
        "D7_held_out": _share(
            hidden,
            lambda a: a.second is not None and a.second.hidden_cause == UNKNOWN,
            0.95,
            held_out,
        ),
        "D7_held_out_acts": Row(acted, 0, "lower", len(hidden), "of these, called proven"),
    }


def _score_quiet(board: Board) -> dict[str, Row]:
    quiet = [result for result in board.results if result.plan.is_quiet]
    busy = [r for r in board.results if r.plan.tier == 2 and not r.plan.is_quiet]
    hours = sum(result.sku_hours for result in quiet)
    false = sum(len(result.false) for result in quiet)
    beside = 10_000 * sum(len(r.false) for r in busy) / max(sum(r.sku_hours for r in busy), 1)
    note = f"false findings per 10,000 SKU-hours without a fault; beside faults {beside:.1f}"
    acts = sum(len(result.acts) for result in quiet)
    return {
        "D8": Row(10_000 * false / hours if hours else 0.0, 1.0, "lower", hours, note),
        "D8_fixes": Row(acts, 0, "lower", hours, "findings called proven without a fault"),
    }


def _score_words(board: Board) -> dict[str, Row]:
    count = sum(result.sentences for result in board.results)
    loose = sum(len(result.ungrounded) for result in board.results)
    note = "sentences whose every number and id stands in their evidence"
    return {"D9": Row(1 - loose / count if count else 0.0, 1.0, "higher", count, note)}


def _score_rivals(board: Board) -> dict[str, Row]:
    """The simple ways, on the very problems that D3 counts."""
    seen = [a for a in board.find_singles(2) if a.second is not None]
    counts = [a for a in board.find_singles(0) if a.second is not None]
    one_rule = _mean(seen, lambda a: a.second is not None and a.second.one_rule in a.causes)
    learner = _mean(
        counts,
        lambda a: (
            a.second is not None and board.find_learner(a).guess(a.second.features) in a.causes
        ),
    )
    shout = "THE BENCHMARK IS TOO EASY: " if one_rule > TOO_EASY else ""
    rule = f"{shout}top-1 of 'the largest equal movement wins', T2"
    bayes = "top-1 of naive Bayes over the counts, T0, learnt on other shops"
    return {
        "baseline_one_rule": Row(one_rule, TOO_EASY, "lower", len(seen), rule),
        "baseline_counts": Row(learner, TOO_EASY, "lower", len(counts), bayes),
    }


def _share(answers: Sequence[Answer], test: Test, target: float, note: str) -> Row:
    """Return a share as a row; every fault counts once, however many numbers it struck."""
    return Row(_mean(answers, test), target, "higher", len(answers), note)


def _mean(answers: Iterable[Answer], test: Test) -> float:
    pairs = [(a.weight, a.weight * test(a)) for a in answers]
    total = sum(weight for weight, _ in pairs)
    return sum(hit for _, hit in pairs) / total if total else 0.0

"""The worst: which causes are taken for which, and the answers that were most wrong."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.driftbench.answer import Act, Answer, Result
from inventory_pipeline.model.hours import compute_slug

SILENT = "(no finding)"
MOST_CASES = 10


@dataclass(frozen=True)
class Confusion:
    """One cause taken for another; ``weight`` counts faults, ``example`` is one of them."""

    tier: int
    truth: str
    said: str
    weight: float
    example: str


def find_confusions(answers: Iterable[Answer]) -> list[Confusion]:
    """Return what problems of one fault were taken for, the most frequent first in each tier."""
    groups: dict[tuple[int, str, str], list[Answer]] = defaultdict(list)
    for answer in answers:
        if answer.is_single and not answer.is_right:
            groups[answer.plan.tier, answer.causes[0], answer.said or SILENT].append(answer)
    found = [
        Confusion(tier, truth, said, sum(a.weight for a in some), render_place(some[0]))
        for (tier, truth, said), some in groups.items()
    ]
    return sorted(found, key=lambda c: (-c.tier, -c.weight, c.truth, c.said))


def find_worst(results: Sequence[Result]) -> list[dict[str, object]]:
    """Return the ten worst cases: wrong fixes, then the surest errors; of each kind only one."""
    acts = [act for result in results for act in result.acts if act.fault]
    wrong = [a for result in results for a in result.answers if a.said and not a.is_right]
    wrong.sort(key=lambda a: (-a.confidence, -a.plan.tier, -abs(a.delta or 0), a.key))
    rows = [*map(_tell_act, acts), *map(_tell_answer, wrong)]
    kinds: dict[tuple[object, object], dict[str, object]] = {}
    for row in rows:
        kinds.setdefault((row["truth"], row["said"]), row)
    return list(kinds.values())[:MOST_CASES]


def render_place(case: Answer | Act) -> str:
    """Say where a case is to be found again."""
    sku, location_id, mirror, fact = case.key
    where = f"{case.plan.name}: {sku} {location_id} {mirror} {fact}"
    return f"{where} {compute_slug(case.hour_at)}"


def _tell_act(act: Act) -> dict[str, object]:
    return {
        "truth": act.truth or "nothing",
        "said": act.cause,
        "confidence": "proven",
        "where": render_place(act),
        "sentence": f"correction {act.correction}; {act.fault}",
    }


def _tell_answer(answer: Answer) -> dict[str, object]:
    return {
        "truth": " + ".join(answer.causes),
        "said": answer.said,
        "confidence": f"{answer.confidence:.3f}",
        "where": render_place(answer),
        "sentence": answer.sentence,
    }

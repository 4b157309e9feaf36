"""The learner's lessons: always from development seeds, never from the shop it is asked about."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from benchmarks.driftbench.answer import Answer, Result
from benchmarks.driftbench.rivals import CountsOnly


def learn_from_others(results: Sequence[Result]) -> Callable[[Answer], CountsOnly]:
    """Return who guesses for an answer of development: it learnt all shops of other seeds.

    The same seed and profile is the same shop, whatever can be seen of it.
    """

    @cache
    def learn(profile: str, seed: int) -> CountsOnly:
        return _teach(r for r in results if (r.plan.profile, r.plan.seed) != (profile, seed))

    return lambda answer: learn(answer.plan.profile, answer.plan.seed)


def learn_from_table(table: Mapping[str, Any]) -> Callable[[Answer], CountsOnly]:
    """Return who guesses for an answer of acceptance: what development left in its file."""
    learner = CountsOnly()
    learner.load(table)
    return lambda _answer: learner


def build_table(results: Sequence[Result]) -> dict[str, Any]:
    """Return what may be learnt of all shops of development, for its file."""
    return _teach(results).tell()


def _teach(results: Iterable[Result]) -> CountsOnly:
    learner = CountsOnly()
    learner.learn(_list_examples(results))
    return learner


def _list_examples(results: Iterable[Result]) -> Iterator[tuple[Sequence[str], str]]:
    """Yield cases of one fault; of the tiers only one, for the counts are the same in all."""
    for result in results:
        for answer in result.answers if result.plan.tier == 2 else ():
            if answer.is_single and answer.is_nameable and answer.second is not None:
                yield answer.second.features, answer.causes[0]

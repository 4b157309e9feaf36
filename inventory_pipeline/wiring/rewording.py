"""Sentences in easier words, where the configuration asks for it and the gate lets them pass."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from inventory_pipeline.connectors.rewording import Rewriter
from inventory_pipeline.diagnose.rewording import choose
from inventory_pipeline.wiring.house import House

# (sentence, its evidence as JSON) → what people read, in the same order
Reword = Callable[[Sequence[tuple[str, str]]], list[str]]


def build_reword(house: House) -> Reword | None:
    """Return who rewords sentences; None where nobody is configured."""
    rewriter = Rewriter(house.settings.explanations, root=str(house.root))
    if not rewriter.is_on:
        return None

    def reword(told: Sequence[tuple[str, str]]) -> list[str]:
        answers = rewriter.reword([sentence for sentence, _ in told])
        return [
            choose(sentence, evidence, answer)
            for (sentence, evidence), answer in zip(told, answers, strict=True)
        ]

    return reword


def reword_rows(house: House, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return rows of diagnoses with their sentences as people read them."""
    reword = build_reword(house)
    if reword is None:
        return [dict(row) for row in rows]
    told = reword([(row["sentence"], row["evidence"]) for row in rows])
    return [{**row, "sentence": words} for row, words in zip(rows, told, strict=True)]

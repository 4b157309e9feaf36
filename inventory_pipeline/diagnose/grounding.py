"""Grounding: every number and id of a text stands in the evidence it was written from.

Used over every sentence of the benchmark, and as the gate that a reworded text must pass.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from inventory_pipeline.diagnose.words import show

# Parts of the evidence that are themselves words about it ground nothing.
_WORDS_ABOUT_IT = ("plan",)
_EDGES = "\"'`“”‘’()[]{}<>,;:.!?+…*"
_PARTS = re.compile(r"[\s,;()]+")
# Words that count; written out they say a number all the same.
_COUNTING = frozenset(
    [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
        "thirty",
        "forty",
        "fifty",
        "sixty",
        "seventy",
        "eighty",
        "ninety",
        "hundred",
        "thousand",
        "million",
        "dozen",
        "half",
        "both",
        "twice",
        "double",
        "triple",
        "couple",
        "pair",
    ]
)


def find_ungrounded(text: str, evidence: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the numbers and ids of a text that its evidence does not hold; empty: all is well."""
    known = set(list_grounds(evidence))
    return tuple(dict.fromkeys(token for token in list_tokens(text) if not _is_known(token, known)))


def find_new(text: str, source: str, evidence: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a reworded text says that neither its source nor its evidence says.

    Numbers, ids, and numbers in words, which a source without them never grounds.
    """
    told = set(list_tokens(source)) | _list_counting(source)
    loose = [t for t in find_ungrounded(text, evidence) if t not in told]
    return (*loose, *sorted(_list_counting(text) - told))


def list_tokens(text: str) -> Iterator[str]:
    """Yield the numbers, instants and ids of a text.

    One is anything that holds a digit, an underscore, or capitals beyond the first letter.
    """
    for part in _PARTS.split(text):
        token = part.strip(_EDGES)
        if token and _is_telling(token):
            yield token


def list_grounds(evidence: Mapping[str, Any]) -> Iterator[str]:
    """Yield every number, id and word of the evidence, as a text may write it."""
    for name, value in evidence.items():
        if name not in _WORDS_ABOUT_IT:
            yield from _list_leaves(value)


def _list_leaves(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _list_leaves(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _list_leaves(each)
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int | float):
        yield from (str(value), str(abs(value)), f"{abs(value):,}")
    else:
        shown = show(value, limit=300)
        yield shown
        yield show(value).strip(_EDGES)
        yield from (part.strip(_EDGES) for part in _PARTS.split(shown))


def _is_telling(token: str) -> bool:
    return (
        any(unicodedata.numeric(c, None) is not None for c in token)
        or "_" in token
        or any(c.isupper() for c in token[1:])
    )


def _is_known(token: str, known: set[str]) -> bool:
    return token in known or token.lstrip("+-") in known or token.removesuffix("'s") in known


def _list_counting(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z]+", text.lower()) if word in _COUNTING}

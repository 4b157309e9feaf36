"""Words: one sentence that says why, written from the evidence alone.

Whoever has the evidence can write the sentence, and no number, id or name can stand in it
that does not stand there: the sentence is a view of the evidence.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from inventory_pipeline.diagnose.phrases import FIXES, PHRASES
from inventory_pipeline.model.causes import CAUSES, UNKNOWN

MOST_RECORDS = 2
LONGEST_NAME = 64
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
# How a record of a kind is called; any other kind is its own word.
_KINDS = {
    "order_placed": "order",
    "order_cancelled": "cancellation",
    "pos_sale": "till sale",
    "return_initiated": "announced return",
    "return_received": "return",
    "purchase_order_posted": "purchase order",
    "transfer_out": "transfer",
    "transfer_in": "transfer",
    "transfer_incoming": "transfer",
    "write_off": "write-off",
    "set": "level set",
    "add": "change",
    "setting": "setting",
    "receipt_of_ours": "correction",
}
# How what was looked at is counted.
_LOOKED_AT = {
    "hours": "hour", "movements": "movement", "log_rows": "row", "messages": "middleware event",
}  # fmt: skip
_CERTAINTY = {"proven": "because", "likely": "most likely because", "possible": "perhaps because"}


def render_sentence(evidence: Mapping[str, Any]) -> str:
    """Return one sentence: what each side shows, because what, the fix, and who does what."""
    claims = evidence["claims"] or [{"cause": UNKNOWN, "units": 0, "facts": {}}]
    words = [_list_words(evidence, claim) for claim in claims]
    named = claims[0]["cause"] != UNKNOWN
    because = _CERTAINTY[evidence["certainty"]] if named else "and"
    reasons = f"; and {because} ".join(_render_reasons(claims, words))
    fixes = " and ".join(dict.fromkeys(FIXES[CAUSES[claim["cause"]].fix_class] for claim in claims))
    steps = "; then ".join(
        dict.fromkeys(
            fill(PHRASES[claim["cause"]].then, told)
            for claim, told in zip(claims, words, strict=True)
        )
    )
    marks = "".join(f"; {mark}" for mark in _list_marks(evidence))
    return (
        f"{render_gap(evidence['gap'])}, {because} {reasons}; fix: {fixes}; next: {steps}{marks}."
    )


def render_because(evidence: Mapping[str, Any]) -> str:
    """Return the reasons alone, without the gap, the fix and the next step."""
    claims = evidence["claims"] or [{"cause": UNKNOWN, "units": 0, "facts": {}}]
    return "; and ".join(
        _render_reasons(claims, [_list_words(evidence, claim) for claim in claims])
    )


def render_gap(gap: Mapping[str, Any]) -> str:
    """Say what each side shows: ``storefront shows 6 units, 8 fewer than the 14 expected``."""
    mirror, owner = show(gap["mirror"] or gap["owner"]), show(gap["owner"])
    observed, expected, owned = gap["observed_units"], gap["expected_units"], gap["owner_units"]
    if observed is None and expected is None:
        held = "" if owned is None else f" ({owner} holds {_count(owned)})"
        return (
            f"{mirror} and {owner} disagree{held}" if mirror != owner else f"{mirror} is off{held}"
        )
    if observed is None:
        return f"{mirror} shows no number where {_count(expected)} {_are(expected)} expected"
    words = f"{mirror} shows {_count(observed)}"
    if expected is None:
        return f"{words} where nothing is expected"
    if gap["delta_units"]:
        words += _render_difference(gap)
    held = f" ({owner} holds {owned})" if owned is not None and owned != expected else ""
    return words + held


def _render_difference(gap: Mapping[str, Any]) -> str:
    units, expected = gap["delta_units"], gap["expected_units"]
    more = "more" if units > 0 else "fewer"
    if gap["observed_units"] - expected == units:
        return f", {abs(units)} {more} than the {expected} expected"
    return f" where {expected} {_are(expected)} expected, {abs(units)} {more} than is on its way"


def render_record(record: Mapping[str, Any]) -> str:
    """Name one record: ``receipt W99 (8 units, shelf, 2026-04-06 10:05 UTC)``."""
    kind = show(_KINDS.get(record["kind"], record["kind"]))
    facts = [
        _render_units(record),
        show(record.get("system", "")),
        show(record.get("local", "")),
        f"for {show(record['reference_id'])}" if record.get("reference_id") else "",
    ]
    told = ", ".join(fact for fact in facts if fact)
    return f"{kind} {show(record['id'])}" + (f" ({told})" if told else "")


def _render_units(record: Mapping[str, Any]) -> str:
    units = record.get("units")
    if units is None:
        return ""
    if record["kind"] == "set":
        return f"to {_count(units)}"
    return (
        f"{units:+d} {'unit' if abs(units) == 1 else 'units'}"
        if record["kind"] == "add"
        else _count(units)
    )


def _render_reasons(
    claims: Sequence[Mapping[str, Any]], words: Sequence[Mapping[str, str]]
) -> Iterator[str]:
    """Yield why, claim by claim; each with its share where there are several."""
    for claim, told in zip(claims, words, strict=True):
        share = "" if len(claims) == 1 else f"({claim['units']:+d}) "
        yield share + fill(PHRASES[claim["cause"]].because, told)


def _list_words(evidence: Mapping[str, Any], claim: Mapping[str, Any]) -> dict[str, str]:
    """Return slot → words of one claim; an absent fact has none."""
    gap, facts = evidence["gap"], claim.get("facts", {})
    records = list(_find_records(evidence, claim))
    names = " and ".join(render_record(record) for record in records[:MOST_RECORDS])
    words = {name: show(value) for name, value in facts.items() if value not in ("", None)}
    mirror, owner = show(gap["mirror"] or gap["owner"]), show(gap["owner"])
    path = f"the path from {owner} to {mirror}" if mirror != owner else mirror
    return {
        **_say_what_was_looked_at(evidence.get("looked_at", {}), mirror),
        **words,
        "mirror": mirror,
        "owner": owner,
        "who": show(evidence["responsible"]) or f"whoever keeps {path}",
        "named": f": {names}" if names else "",
        "teller": show(records[0]["system"]) if records and "order" in facts else mirror,
        "settles": show(evidence["settles"], limit=300) or "what the mirror's own log says of it",
    }


def _say_what_was_looked_at(counts: Mapping[str, int], mirror: str) -> dict[str, str]:
    parts = [
        _count(counts[name], word) + (f" of the log of {mirror}" if name == "log_rows" else "")
        for name, word in _LOOKED_AT.items()
        if name in counts
    ]
    return {"looked_at": ", ".join(parts)} if parts else {}


def _find_records(
    evidence: Mapping[str, Any], claim: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """Yield the records of one claim, most telling first."""
    known = {record["id"]: record for record in evidence["records"]}
    yield from (known[name] for name in claim.get("ids", ()) if name in known)


def _list_marks(evidence: Mapping[str, Any]) -> Iterator[str]:
    """Yield what must be said beside the cause."""
    if evidence.get("is_design_fault"):
        yield (
            f"it came back {evidence['returns']} days running, which is a fault of the design and "
            "not bad data"
        )
    if evidence.get("is_masking"):
        yield "on its own this only masks it, since too many items drift"


def fill(template: str, words: Mapping[str, str]) -> str:
    """Fill a phrase; a part in square brackets whose slot has no word is left out."""
    kept = "".join(
        text for text, slots in _split_options(template) if all(words.get(slot) for slot in slots)
    )
    parts = _split_slots(kept)
    return "".join(words.get(part, "") if place % 2 else part for place, part in enumerate(parts))


# Phrases are few and sentences many: each phrase is taken apart once.
@lru_cache(maxsize=1024)
def _split_options(template: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the parts of a phrase, each with the slots it does not stand without."""
    return tuple(
        (part, tuple(_SLOT.findall(part)) if place % 2 else ())
        for place, part in enumerate(_OPTIONAL.split(template))
    )


@lru_cache(maxsize=1024)
def _split_slots(text: str) -> tuple[str, ...]:
    """Return text, slot, text, slot and so on to the last text."""
    return tuple(_SLOT.split(text))


def show(value: object, *, limit: int = LONGEST_NAME) -> str:
    """Return a stranger's text as it may stand in a sentence: one line, nothing hidden."""
    text = str(value)
    if len(text) <= limit and text.isprintable():
        return text
    shown = "".join(
        f"\\u{ord(c):04x}" if unicodedata.category(c) in _HIDDEN else c for c in text[:limit]
    )
    return " ".join(shown.split(" ")) + ("…" if len(text) > limit else "")


def _count(number: int, noun: str = "unit") -> str:
    return f"{number} {noun if abs(number) == 1 else noun + 's'}"


def _are(units: int) -> str:
    return "is" if abs(units) == 1 else "are"

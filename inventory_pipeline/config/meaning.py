"""Meaning: names that fit although what they name does not: on-hand called sellable (QTY-11)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from inventory_pipeline.config.formula import parse_formula
from inventory_pipeline.config.models import Settings
from inventory_pipeline.model.quantities import ON_HAND

_SELLABLE = re.compile(r"(^|[._ ])(atp|available|available_to_promise|sellable)($|[._ ])")
_MAPPING = re.compile(r"^\s*(\S+?)\s*(?:->|=>|→|:)\s*(\S+?)\s*$")


@dataclass(frozen=True)
class Mismatch:
    """A place where stock on hand is handed over as stock to sell, with no reserve taken off."""

    system: str
    fact: str
    text: str


def find_mismatches(settings: Settings) -> list[Mismatch]:
    """Return mirrors whose sellable number is to equal on_hand, with no reason written down."""
    return list(_find_mismatches(settings))


def _find_mismatches(settings: Settings) -> Iterator[Mismatch]:
    for mirror in settings.mirrors:
        is_documented = mirror.rule is not None and mirror.rule.reason.strip()
        if is_documented or not is_sellable(mirror.fact):
            continue
        formula = parse_formula(mirror.expects)
        if set(formula.names) == {ON_HAND} and mirror.expects.strip() == ON_HAND:
            text = (
                f"{mirror.system} {mirror.fact} expects on_hand with nothing taken off; "
                "take committed and safety_stock off, or write down why not under rule.reason"
            )
            yield Mismatch(mirror.system, mirror.fact, text)


def is_sellable(name: str) -> bool:
    """Return whether a field's name promises units that may be sold."""
    return bool(_SELLABLE.search(name.lower()))


def is_reserveless(mapping: str) -> bool:
    """Return whether a middleware's mapping, such as ``wms.on_hand -> erp.atp``, skips reserves."""
    found = _MAPPING.match(mapping.lower())
    return bool(found and ON_HAND in found[1] and is_sellable(found[2]))

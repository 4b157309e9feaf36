"""Write words: what of a line goes into another system's request, and where. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Never
from urllib.parse import quote, urlencode

from inventory_pipeline.config.values import Secret
from inventory_pipeline.connectors.templates import (
    check_template,
    fill,
    find_placeholders,
    render_value,
)
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.delivery import Line

OF_LINE = (
    "item_id", "location_id", "fact", "quantity", "before", "receipt_id", "reference", "reason",
    "quantity_text", "before_text", "item_number", "location_number",
)  # fmt: skip
NAMES = (*OF_LINE, "key")
# What one request that reads many lines asks for; each is a list.
OF_LINES = ("item_ids", "location_ids")
LONGEST_EVIDENCE = 200


def find_words(line: Line, key: str) -> dict[str, Any]:
    """Return what every placeholder stands for.

    ``quantity_text`` is the number as text, ``item_number`` the id as a number, if it is one.
    """
    before = None if line.before is None else str(line.before)
    known = {name: getattr(line, name, None) for name in OF_LINE}
    return {
        **known,
        "quantity_text": str(line.quantity),
        "before_text": before,
        "item_number": _find_number(line.item_id),
        "location_number": _find_number(line.location_id),
        "key": key,
    }


def find_shared_words(lines: Sequence[Line]) -> dict[str, Any]:
    """Return what a request about many lines says, besides what its first line does."""
    return {
        **find_words(lines[0], ""),
        "item_ids": list(dict.fromkeys(line.item_id for line in lines)),
        "location_ids": list(dict.fromkeys(line.location_id for line in lines)),
    }


def _find_number(text: str) -> int | str:
    """Return the number that an id is; one with leading zeros is no number."""
    is_number = text.isascii() and text.isdigit() and str(int(text)) == text
    return int(text) if is_number else text


def check_words(value: Any, names: tuple[str, ...] = NAMES) -> set[str]:
    """Return the placeholders of a template.

    Raises:
        ValueError: one that nobody knows, or a secret: the bytes of a request are stored.
    """
    _refuse_secrets(value)
    check_template(value, names)
    return find_placeholders(value)


def fill_words(value: Any, words: Mapping[str, Any]) -> Any:
    """Return the template filled; a text that is one placeholder keeps the value's type."""
    return fill(value, words, _reveal_nothing)


def fill_target(path: str, query: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    """Return path and query of a URL; every value is one segment, whatever it holds."""
    safe = {name: quote(_render(value), safe="") for name, value in words.items()}
    target = fill_words(path, safe) if path else ""
    filled = {name: fill_words(value, words) for name, value in query.items()}
    shown = {name: _render(value) for name, value in filled.items() if value is not None}
    return f"{target}{'&' if '?' in target else '?'}{urlencode(shown)}" if shown else str(target)


def _render(value: Any) -> str:
    """Write a value; those of a list with commas between them."""
    return ",".join(map(render_value, value)) if isinstance(value, list) else render_value(value)


def shorten(text: str) -> str:
    """Return foreign text as evidence: on one line, controls escaped, at most 200 characters."""
    shown = "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)
    return shown if len(shown) <= LONGEST_EVIDENCE else f"{shown[: LONGEST_EVIDENCE - 1]}…"


def parse_whole(text: Any) -> int:
    """Read 93, "93" or 93.0.

    Raises:
        SourceContractError: it is no whole number.
    """
    whole, _, rest = str(text).partition(".")
    digits = whole.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 18) or rest.strip("0"):
        raise SourceContractError(f"reading back: {shorten(repr(text))}, wanted a whole number")
    return int(whole)


def _refuse_secrets(value: Any) -> None:
    if isinstance(value, Secret) or (isinstance(value, Mapping) and set(value) == {"secret"}):
        raise ValueError("a request that is stored holds no secret; put it into auth or headers")
    children = value.values() if isinstance(value, Mapping) else value
    for child in children if isinstance(value, Mapping | list | tuple) else ():
        _refuse_secrets(child)


def _reveal_nothing(_secret: Secret) -> Never:
    raise AssertionError("a checked template holds no secret")

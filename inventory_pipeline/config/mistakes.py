"""Mistakes in the file, said so that a person can mend them: line, key, seen, wanted, nearest.

A value that stands where a secret belongs is never repeated.
"""

import difflib
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ValidationError

from inventory_pipeline.config.values import CURRENCY_PATTERN, NAME_PATTERN, Secret
from inventory_pipeline.config.yaml_lines import Document, Place

_LONGEST_SEEN = 60
_WANTED = {
    "string_type": "text; write it in quotes",
    "string_too_short": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a number",
    "bool_type": "true or false",
    "list_type": "a list: [a, b]",
    "tuple_type": "a list: [low, high]",
    "too_short": "a list: [low, high]",
    "too_long": "a list: [low, high]",
    "dict_type": "keys below it",
    "model_type": "keys below it",
    "date_type": "a date such as 2026-10-01",
}
# Said wherever a secret is written in the file, whatever was written.
_WANTED_BELOW = "wanted {env: NAME} or {file: PATH}; the secret itself is never written here"
_PATTERNS = {
    NAME_PATTERN: "a name of small letters, digits and _, with a letter first",
    CURRENCY_PATTERN: "three capital letters such as USD",
}
_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong at one place of the file."""

    place: Place
    text: str


def find_mistakes(
    error: ValidationError, model: type[BaseModel], *, below: Place = ()
) -> list[Mistake]:
    """Translate pydantic's errors; ``below`` is where ``model`` stands in the file."""
    found = [_translate(item, model) for item in error.errors(include_url=False)]
    return [Mistake((*below, *mistake.place), mistake.text) for mistake in found]


def find_nearest(name: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` for the known name most like ``name``, or nothing."""
    close = difflib.get_close_matches(name.lower(), list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def render_names(known: Iterable[str]) -> str:
    """Return ``(known: a, b)``."""
    return f"(known: {', '.join(known) or 'none'})"


def render_mistakes(document: Document, mistakes: Iterable[Mistake]) -> str:
    """Return one line per mistake, in the order of the file: ``file:line: key: what``."""
    lines = sorted({(document.find_line(m.place), _dot(m.place), m.text) for m in mistakes})
    return "\n".join(
        f"{document.path}:{line}: {key + ': ' if key else ''}{text}" for line, key, text in lines
    )


def _dot(place: Place) -> str:
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def _translate(item: Mapping[str, Any], model: type[BaseModel]) -> Mistake:
    place: Place = tuple(part for part in item["loc"] if part != "[key]")
    secret_at = _find_secret(model, place)
    if secret_at is not None:
        is_ours = item["type"] == "value_error"
        return Mistake(secret_at, str(item["ctx"]["error"]) if is_ours else _WANTED_BELOW)
    if item["type"] == "extra_forbidden":
        known = _find_keys(model, place[:-1])
        near = find_nearest(str(place[-1]), known)
        return Mistake(place, f"unknown key{near} {render_names(known)}")
    return Mistake(place, _say(item))


def _say(item: Mapping[str, Any]) -> str:
    kind, context, seen = item["type"], item.get("ctx", {}), _render_seen(item["input"])
    if kind == "missing":
        return "is missing"
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        choices = [
            part.strip("' ") for part in context["expected"].replace(" or ", ", ").split(",")
        ]
        near = find_nearest(str(item["input"]), choices)
        return f"is {seen}, wanted one of {', '.join(choices)}{near}"
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        return f"is {seen}, wanted {words} {context[key]}"
    if kind == "string_pattern_mismatch":
        return f"is {seen}, wanted {_PATTERNS.get(context['pattern'], context['pattern'])}"
    if kind in _WANTED:
        return f"is {seen}, wanted {_WANTED[kind]}"
    return f"is {seen}: {item['msg']}"


def _render_seen(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, Mapping):
        return "a mapping of keys"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = repr(value)
    return text if len(text) <= _LONGEST_SEEN else f"{text[:_LONGEST_SEEN]}... (cut)"


def _find_keys(model: type[BaseModel], place: Place) -> list[str]:
    found = _walk(model, place)
    if not isinstance(found, type) or not issubclass(found, BaseModel):
        return []
    return [field.alias or name for name, field in found.model_fields.items()]


def _find_secret(model: type[BaseModel], place: Place) -> Place | None:
    for length in range(1, len(place) + 1):
        if _walk(model, place[:length]) is Secret:
            return place[:length]
    return None


def _walk(annotation: Any, place: Place) -> Any:
    """Return the type that stands at ``place`` below ``annotation``; None if there is none."""
    annotation = _unwrap(annotation)
    if not place:
        return annotation
    head, rest = place[0], place[1:]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = {field.alias or name: field for name, field in annotation.model_fields.items()}
        return _walk(fields[head].annotation, rest) if head in fields else None
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) is dict:
        return _walk(arguments[1], rest)
    if typing.get_origin(annotation) in (list, tuple):
        return _walk(arguments[0], rest)
    # Of a union the place names the alternative that was tried, by its tag.
    return next((found for part in arguments if (found := _walk(part, rest))), None)


def _unwrap(annotation: Any) -> Any:
    """Take off Annotated and ``| None``."""
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        return _unwrap(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        left = [part for part in typing.get_args(annotation) if part is not types.NoneType]
        return _unwrap(left[0]) if len(left) == 1 else annotation
    return None if origin is Literal else annotation

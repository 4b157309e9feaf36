"""Templates: requests of the configuration with ``{hour_start}`` and its like filled in. Pure.

A text that is one placeholder and nothing else keeps its type (``"{offset}"`` becomes the
number 500); inside a longer text the value is written out. ``{{`` and ``}}`` are braces.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from inventory_pipeline.config.values import Secret
from inventory_pipeline.connectors.tables import render_instant
from inventory_pipeline.model.hours import HOUR, compute_slug

Words = Mapping[str, Any]
TIMES = ("hour_start", "hour_end", "since")
AFTER = "after"
NAMES = ("hour", *TIMES, "page", "offset", "limit", "cursor", AFTER)
PARTS = ("year", "month", "day", "hour", "minute", "second", "epoch")

_TOKEN = re.compile(r"\{\{|\}\}|\{(\w*)(?:\.(\w+)|:([^{}]*))?\}")


class JsonText(BaseModel):
    """A value that a header or the query carries as JSON in base64url (as Tryton wants)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    base64url_json: Any = Field(description="Any JSON; placeholders inside are filled in.")


def find_times(
    hour_at: datetime, since: datetime | None, *, overlap: timedelta = timedelta()
) -> dict[str, Any]:
    """Return the words of one hour; without a newest source time ``since`` is the hour's start.

    Args:
        overlap: how much earlier ``since`` lies.
    """
    return {
        "hour": compute_slug(hour_at),
        "hour_start": hour_at,
        "hour_end": hour_at + HOUR,
        "since": (since or hour_at) - overlap,
    }


def check_template(value: Any, names: Sequence[str] = NAMES) -> None:
    """Raise ValueError for the first placeholder or secret in ``value`` that cannot be filled."""
    for match in _find_tokens(value):
        _check_token(match, names)


def find_placeholders(value: Any) -> set[str]:
    """Return the names of all placeholders in ``value``, at any depth."""
    return {match[1] for match in _find_tokens(value)}


def find_fields(value: Any) -> set[str]:
    """Return the fields of the last row that ``value`` asks for, as ``{after.id}``."""
    return {match[2] for match in _find_tokens(value) if match[1] == AFTER}


def _find_tokens(value: Any) -> Iterator[re.Match[str]]:
    for text in _find_texts(value):
        for match in _TOKEN.finditer(text):
            if match[0] not in ("{{", "}}"):
                yield match


def fill(value: Any, words: Words, reveal: Callable[[Secret], str]) -> Any:
    """Return ``value`` with every placeholder filled, at any depth.

    ``{secret: {env: NAME}}`` becomes the secret, ``{base64url_json: ...}`` its text.
    """
    if isinstance(value, str):
        return _fill_text(value, words)
    if isinstance(value, Secret):
        return reveal(value)
    if isinstance(value, JsonText):
        return _encode(fill(value.base64url_json, words, reveal))
    if isinstance(value, Mapping):
        if set(value) == {"secret"}:
            return reveal(Secret.model_validate(value["secret"]))
        return {key: fill(child, words, reveal) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return [fill(child, words, reveal) for child in value]
    return value


def render_value(value: Any) -> str:
    """Write a filled value as the query or a header carries it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return render_instant(value) if isinstance(value, datetime) else str(value)


def render_json(value: Any) -> bytes:
    """Write a filled value as a JSON body; instants as ISO text."""
    return json.dumps(value, default=render_value, allow_nan=False).encode()


def _encode(value: Any) -> str:
    packed = json.dumps(value, default=render_value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).decode()


def _find_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, JsonText):
        yield from _find_texts(value.base64url_json)
    elif isinstance(value, Mapping):
        if set(value) == {"secret"}:
            Secret.model_validate(value["secret"])
        for child in value.values():
            yield from _find_texts(child)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from _find_texts(child)


def _check_token(match: re.Match[str], names: Sequence[str]) -> None:
    name, part, form = match.groups()
    if name not in names:
        near = get_close_matches(name, names, n=1, cutoff=0.0)[0]
        raise ValueError(
            f"{match[0]} is no placeholder; nearest is {{{near}}}; write {{{{ for a brace"
        )
    if name == AFTER:
        if form or not part:
            raise ValueError(f"{match[0]}: write {{after.FIELD}}, a field of the last row")
        return
    if (part or form) and name not in TIMES:
        raise ValueError(f"{match[0]}: only {', '.join(TIMES)} have parts and formats")
    if part and part not in PARTS:
        raise ValueError(f"{match[0]}: a time has the parts {', '.join(PARTS)}")


def _fill_text(text: str, words: Words) -> Any:
    whole = _TOKEN.fullmatch(text)
    if whole and whole[0] not in ("{{", "}}"):
        return _find_word(whole, words)
    return _TOKEN.sub(lambda match: _write_token(match, words), text)


def _write_token(match: re.Match[str], words: Words) -> str:
    if match[0] in ("{{", "}}"):
        return match[0][0]
    value = _find_word(match, words)
    return "" if value is None else render_value(value)


def _find_word(match: re.Match[str], words: Words) -> Any:
    name, part, form = match.groups()
    value: Any = words.get(name)
    if name == AFTER:
        return value[part]
    if form:
        return value.strftime(form)
    if part == "epoch":
        return (value - _EPOCH) // timedelta(seconds=1)
    return getattr(value, part) if part else value


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")

"""Answers: what became of a request, read from what the shop said. Pure.

One request is applied whole or not at all. Success is only what says so: a status 200 with
errors, with no data, or cut in half is none.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from inventory_pipeline.connectors.http_wire import Answer as HttpAnswer
from inventory_pipeline.connectors.json_paths import Path, find_text
from inventory_pipeline.connectors.json_strict import decode_text, load_strictly
from inventory_pipeline.connectors.patience import parse_retry_after
from inventory_pipeline.connectors.shopify.patience import find_wait
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.delivery import Answer, Line, LineAnswer, Outcome, answer_all

Redact = Callable[[str], str]

# Where nobody says how long to wait.
SHORT_WAIT = timedelta(seconds=2)
# Nobody means more than this.
LONGEST_WAIT = timedelta(hours=1)
# Top-level errors that come before anything is done; any other leaves us in the dark.
_BEFORE = frozenset(
    {
        "BAD_REQUEST", "INVALID_FIELD_ARGUMENTS", "INVALID_VARIABLE", "ACCESS_DENIED",
        "MAX_COST_EXCEEDED", "SHOP_INACTIVE", "undefinedField", "argumentNotAccepted",
        "missingRequiredArguments", "argumentLiteralsIncompatible", "variableMismatch",
        "undefinedDirective", "missingRequiredInputObjectAttribute",
    }
)  # fmt: skip
_GROUP = "inventoryAdjustmentGroup"
_THROTTLED = "THROTTLED"
_STALE = frozenset({"CHANGE_FROM_QUANTITY_STALE", "COMPARE_QUANTITY_STALE"})
# What is wrong with one line, for ever.
_LINE = frozenset(
    {
        "INVALID_INVENTORY_ITEM", "INVALID_LOCATION", "ITEM_NOT_STOCKED_AT_LOCATION",
        "NON_MUTABLE_INVENTORY_ITEM", "INVALID_QUANTITY_NEGATIVE", "INVALID_QUANTITY_TOO_HIGH",
        "INVALID_QUANTITY_TOO_LOW", "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR",
    }
)  # fmt: skip
# What is wrong with the request as a whole: a fault of ours, unless it has one line only.
_REQUEST = frozenset(
    {
        "INVALID_REASON", "INVALID_REFERENCE_DOCUMENT", "INVALID_NAME", "INVALID_QUANTITY_NAME",
        "INVALID_LEDGER_DOCUMENT", "INTERNAL_LEDGER_DOCUMENT", "INVALID_AVAILABLE_DOCUMENT",
        "INVALID_QUANTITY_DOCUMENT", "MAX_ONE_LEDGER_DOCUMENT",
    }
)  # fmt: skip
_CONCURRENT = "IDEMPOTENCY_CONCURRENT_REQUEST"
_FAILED_BEFORE = "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"
MISMATCH = "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"

_NUMBER = re.compile("[0-9]{1,4}")
_CODE, _MESSAGE = Path.parse("extensions.code"), Path.parse("message")


class _Complaint(NamedTuple):
    """One user error: its code, which line it is about (if it says so), and its words."""

    code: str
    number: int | None
    said: str


def judge(answer: HttpAnswer, lines: Sequence[Line], redact: Redact) -> Answer:
    """Return what became of a request that was answered.

    Args:
        redact: makes foreign words fit for a message: short, printable, without our secrets.
    """
    if answer.status != 200:
        return _judge_status(answer, lines)
    try:
        document = load_strictly(decode_text(answer.body))
    except SourceContractError as error:
        return answer_all(lines, "ambiguous", f"HTTP 200, but {error}")
    errors = document.get("errors") if type(document) is dict else None
    if errors:
        return _judge_errors(document, errors, lines, redact)
    payload = _find_payload(document)
    if payload is None:
        return answer_all(lines, "ambiguous", "HTTP 200 without a result")
    if payload["userErrors"]:
        return _judge_complaints(
            [_read_complaint(error, len(lines), redact) for error in payload["userErrors"]], lines
        )
    return answer_all(lines, "confirmed", redact(_describe_group(payload)))


def _find_payload(document: Any) -> Mapping[str, Any] | None:
    """Return the result of the one mutation, if it is one: a group or null, and a list."""
    data = document.get("data") if type(document) is dict else None
    found = list(data.values()) if type(data) is dict else []
    payload = found[0] if len(found) == 1 and type(found[0]) is dict else {}
    is_result = type(payload.get("userErrors")) is list and type(payload.get(_GROUP, "")) in (
        dict,
        type(None),
    )
    return payload if is_result else None


def _judge_status(answer: HttpAnswer, lines: Sequence[Line]) -> Answer:
    status, said = answer.status, f"HTTP {answer.status}"
    if status == 429:
        seconds = parse_retry_after(answer.headers, datetime.now(UTC))
        return answer_all(lines, "unapplied", said, wait=_wait(seconds))
    if 300 <= status < 500 and status != 408:
        return answer_all(lines, "unapplied", f"{said}: not taken", is_down=True)
    return answer_all(lines, "ambiguous", said)


def _judge_errors(document: Any, errors: Any, lines: Sequence[Line], redact: Redact) -> Answer:
    """Judge top-level errors: they come with status 200, and are never a success."""
    listed = errors if type(errors) is list else []
    codes = [find_text(error, _CODE) or "" for error in listed]
    said = f"{codes[0] if codes else ''} {find_text(listed[0], _MESSAGE) if listed else ''}".strip()
    said = f"errors: {redact(said)}"
    data = document.get("data")
    has_result = type(data) is dict and any(value is not None for value in data.values())
    if has_result or not codes or not all(code in _BEFORE or code == _THROTTLED for code in codes):
        return answer_all(lines, "ambiguous", said)
    if _THROTTLED in codes:
        return answer_all(lines, "unapplied", said, wait=_wait(find_wait(document)))
    return answer_all(lines, "unapplied", said, is_down=True)


def _judge_complaints(complaints: Sequence[_Complaint], lines: Sequence[Line]) -> Answer:
    codes = {complaint.code for complaint in complaints}
    said = complaints[0].said
    if MISMATCH in codes:
        return answer_all(lines, "ambiguous", said)
    if _CONCURRENT in codes:
        return answer_all(lines, "ambiguous", said, wait=SHORT_WAIT)
    if _FAILED_BEFORE in codes:
        return answer_all(lines, "spent", said)
    if not codes <= _STALE | _LINE | _REQUEST:
        return answer_all(lines, "ambiguous", said)
    culprits = _find_culprits(complaints, lines)
    if not culprits:
        return answer_all(lines, "unapplied", said, is_down=True)
    rest = LineAnswer("unapplied", f"another line of the request was refused: {said}")
    return Answer({line.receipt_id: culprits.get(line.receipt_id, rest) for line in lines})


def _find_culprits(
    complaints: Sequence[_Complaint], lines: Sequence[Line]
) -> Mapping[str, LineAnswer]:
    culprits: dict[str, LineAnswer] = {}
    for code, named, said in complaints:
        number = 0 if named is None and len(lines) == 1 else named
        if number is None or number >= len(lines):
            continue
        outcome: Outcome = "stale" if code in _STALE else "refused"
        before = culprits.get(lines[number].receipt_id)
        # Refused is for ever, so it weighs more than stale.
        if before is None or before.outcome == "stale":
            culprits[lines[number].receipt_id] = LineAnswer(outcome, said)
    return culprits


def _read_complaint(error: Any, most: int, redact: Redact) -> _Complaint:
    shape = error if type(error) is dict else {}
    code, field = str(shape.get("code") or ""), shape.get("field")
    # The number in input, quantities, 3, changeFromQuantity.
    parts = map(str, field) if type(field) is list else ()
    numbers = [int(part) for part in parts if _NUMBER.fullmatch(part)]
    number = numbers[0] if numbers and numbers[0] < most else None
    said = redact(f"{code} {shape.get('message') or ''}".strip())
    return _Complaint(code, number, said)


def _wait(seconds: float | None) -> timedelta:
    return (
        SHORT_WAIT if seconds is None else min(LONGEST_WAIT, timedelta(seconds=min(seconds, 1e9)))
    )


def _describe_group(payload: Mapping[str, Any]) -> str:
    group = payload[_GROUP]
    if group is None:
        return "nothing had to change (no adjustment group)"
    name = find_text(group, Path.parse("id")) or "an adjustment group"
    return f"{name} of {find_text(group, Path.parse('createdAt')) or 'now'}"

"""JSON, read strictly: what is ambiguous is refused, and numbers stay the text they were.

The standard reader takes ``NaN``, turns ``1e400`` into infinity, keeps the last of two equal
keys and writes ``93.0`` and ``1e3`` as floats. None of that may happen to a count.
"""

import json
import math
from typing import Any, NoReturn

from inventory_pipeline.errors import SourceContractError

MAX_DEPTH = 64
# A value is followed by a comma or closes its list; more commas than this is a memory bomb.
MAX_COMMAS = 16_000_000
# Up to this size cutting the text at its quotes is cheaper than walking the values.
SHALLOW_UP_TO = 4 << 20


def decode_text(body: bytes) -> str:
    """Return the body as text.

    Raises:
        SourceContractError: the bytes are not UTF-8.
    """
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceContractError(
            f"the answer is not UTF-8 (byte {error.start:,}); wanted JSON in UTF-8"
        ) from None


def refuse_no_text(body: bytes) -> None:
    """Raise SourceContractError unless the bytes are UTF-8; large ones hold memory twice then."""
    if not body.isascii():
        decode_text(body)


def load_strictly(text: str, *, max_depth: int = MAX_DEPTH) -> Any:
    """Read JSON; every number comes back as the text it was written with.

    Raises:
        SourceContractError: no JSON, a key twice in one object, ``NaN``, ``Infinity``, a number
            too large for a float, nested deeper than ``max_depth``, or far too many values.
    """
    if text.count(",") > MAX_COMMAS:
        raise SourceContractError(f"the answer has more than {MAX_COMMAS:,} values; ask for pages")
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise SourceContractError(_describe(error, text)) from None
    except RecursionError:
        raise SourceContractError(_DEEP) from None
    if not _is_shallow(text, max_depth) and not _is_within(value, max_depth):
        raise SourceContractError(_DEEP)
    return value


_DEEP = f"the answer is nested deeper than {MAX_DEPTH}; wanted rows"


def _build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        keys = [key for key, _ in pairs]
        twin = next(key for key in keys if keys.count(key) > 1)
        raise SourceContractError(
            f"an object has the key {twin[:40]!r} twice; nobody knows which one holds"
        )
    return result


def _keep_float(text: str) -> str:
    if math.isinf(float(text)):
        raise SourceContractError("the answer has a number too large for any count (as 1e400)")
    return text


def _refuse_constant(name: str) -> NoReturn:
    raise SourceContractError(f"the answer has {name} where a number is wanted; it is no JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_build_object,
    parse_int=str,
    parse_float=_keep_float,
    parse_constant=_refuse_constant,
)


def read_value(text: str, at: int, *, max_depth: int = MAX_DEPTH) -> tuple[Any, int]:
    """Read the one value that begins at ``at``; return it and where it ends.

    Raises:
        SourceContractError: as ``load_strictly``.
    """
    try:
        value, end = _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise SourceContractError(_describe(error, text)) from None
    except RecursionError:
        raise SourceContractError(_DEEP) from None
    if isinstance(value, dict | list) and not _is_within(value, max_depth):
        raise SourceContractError(_DEEP)
    return value, end


def _describe(error: json.JSONDecodeError, text: str) -> str:
    return f"the answer is not whole JSON: {error.msg} at character {error.pos:,} of {len(text):,}"


def _is_shallow(text: str, max_depth: int) -> bool:
    """Return whether the brackets alone prove the depth; False proves nothing.

    Without a backslash every quote begins or ends a string, so what stands outside is exact.
    Taking out all empty pairs takes out one level a turn.
    """
    if "\\" in text or len(text) > SHALLOW_UP_TO:
        return False
    outside = "".join(text.split('"')[::2]).encode()
    brackets = outside.translate(_ONE_KIND, _NO_BRACKETS)
    for _ in range(max_depth):
        if not brackets:
            break
        brackets = brackets.replace(b"[]", b"")
    return not brackets


_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def _is_within(value: Any, max_depth: int) -> bool:
    level = [value]
    for _ in range(max_depth):
        level = [
            child
            for node in level
            for child in (node.values() if type(node) is dict else node)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return True
    return False

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


def load_strictly(text: str, *, max_depth: int = MAX_DEPTH) -> Any:
    """Read JSON; every number comes back as the text it was written with.

    Raises:
        SourceContractError: no JSON, a key twice in one object, ``NaN``, ``Infinity``, a number
            too large for a float, nested deeper than ``max_depth``, or far too many values.
    """
    if text.count(",") > MAX_COMMAS:
        raise SourceContractError(f"the answer has more than {MAX_COMMAS:,} values; ask for pages")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_build_object,
            parse_int=str,
            parse_float=_keep_float,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise SourceContractError(
            f"the answer is not whole JSON: {error.msg} at character {error.pos:,} of {len(text):,}"
        ) from None
    except RecursionError:
        raise SourceContractError(_DEEP) from None
    _check_depth(value, max_depth)
    return value


_DEEP = f"the answer is nested deeper than {MAX_DEPTH}; wanted rows"


def _build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise SourceContractError(
            "an object of the answer has the same key twice; which one holds?"
        )
    return result


def _keep_float(text: str) -> str:
    if math.isinf(float(text)):
        raise SourceContractError("the answer has a number too large for any count (as 1e400)")
    return text


def _refuse_constant(name: str) -> NoReturn:
    raise SourceContractError(f"the answer has {name} where a number is wanted; it is no JSON")


def _check_depth(value: Any, max_depth: int) -> None:
    level = [value]
    for _ in range(max_depth):
        level = [
            child
            for node in level
            if type(node) in (dict, list)
            for child in (node.values() if type(node) is dict else node)
            if type(child) in (dict, list)
        ]
        if not level:
            return
    raise SourceContractError(_DEEP)

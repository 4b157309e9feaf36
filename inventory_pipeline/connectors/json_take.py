"""Take: the parts of a strictly read answer, taken out by name or refused. Pure."""

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from inventory_pipeline.errors import SourceContractError

_COUNT = re.compile("[0-9]{1,18}")


def take(value: Any, *names: str) -> Any:
    """Return what stands under ``names``, one inside the other.

    Raises:
        SourceContractError: there is no such name; the nearest one is said.
    """
    for name in names:
        if type(value) is not dict or name not in value:
            seen = list(value) if type(value) is dict else []
            near = get_close_matches(name, seen, n=1, cutoff=0.0)
            raise SourceContractError(
                f"the answer has no {name!r} where one should be; nearest seen is "
                f"{near[0] if near else 'nothing'!r}"
            )
        value = value[name]
    return value


def take_list(value: Any, *names: str) -> list[Any]:
    """Return the list that stands under ``names``.

    Raises:
        SourceContractError: there is none.
    """
    found = take(value, *names)
    if type(found) is not list:
        raise SourceContractError(f"{'.'.join(names)} is no list")
    return found


def take_text(value: Any, *names: str) -> str | None:
    """Return the plain value that stands under ``names`` as text; null stays null.

    Raises:
        SourceContractError: there is none, or it is a list or an object.
    """
    found = take(value, *names)
    if found is None or isinstance(found, str):
        return found
    if isinstance(found, bool):
        return "true" if found else "false"
    raise SourceContractError(f"{'.'.join(names)} is no single value")


def take_count(value: Any, *names: str) -> int:
    """Return the whole number that stands under ``names``.

    Raises:
        SourceContractError: there is none.
    """
    text = str(take(value, *names))
    if not _COUNT.fullmatch(text):
        raise SourceContractError(f"{'.'.join(names)} is no whole number")
    return int(text)


def read_instant(text: str, what: str) -> datetime:
    """Return the moment a text names; ``what`` it is stands in the message.

    Raises:
        SourceContractError: it names none, or not in which zone.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise SourceContractError(f"{what} is no instant")
    return moment


def read_decimal(value: Any) -> Decimal:
    """Return a number exactly, whether it came as a number or as text.

    Raises:
        SourceContractError: it is none, or it is not finite.
    """
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise SourceContractError(f"{str(value)[:40]!r} is no number")
    return number

"""SQL errors: what a driver says → one of ours, without a secret, an address or a row."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import quote, quote_plus

from sqlalchemy import exc

from inventory_pipeline.errors import (
    SourceContractError,
    SourceError,
    SourceRefusedError,
    SourceUnavailableError,
)

MAX_CHARACTERS = 300
# SQLSTATE, or its first two characters, by what the caller should do next.
_REFUSED = ("28", "42501", "25006", "3D000")
_CONTRACT = ("42", "22", "21", "0A")
_UNREACHABLE = (exc.OperationalError, exc.InterfaceError, exc.InternalError, exc.TimeoutError)
_REFUSED_WORDS = ("authentication failed", "access denied", "permission denied", "certificate")
_CONTRACT_WORDS = ("no such table", "no such column", "syntax error", "ambiguous column")


@contextmanager
def translating(secrets: Iterable[str]) -> Iterator[None]:
    """Raise what a database or its driver says inside as one of our errors."""
    try:
        yield
    except exc.SQLAlchemyError as error:
        raise translate(error, secrets) from None


def translate(error: exc.SQLAlchemyError, secrets: Iterable[str]) -> SourceError:
    """Return the error of ours that says what the caller should do next."""
    cause = getattr(error, "orig", None) or error
    said = clean(str(cause), secrets)
    state = str(getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None) or "")
    text = f"the database said: {said}" + (f" (SQLSTATE {state})" if state else "")
    if state.startswith(_REFUSED) or _has_word(said, _REFUSED_WORDS):
        return SourceRefusedError(f"{text}; its user needs the right to read, and no other")
    is_contract = state.startswith(_CONTRACT) or _has_word(said, _CONTRACT_WORDS)
    if is_contract or not isinstance(error, _UNREACHABLE):
        return SourceContractError(f"{text}; mend the query")
    return SourceUnavailableError(text)


def clean(text: str, secrets: Iterable[str]) -> str:
    """Return the first line of ``text`` without secrets and without the user part of a URL."""
    for secret in secrets:
        for written in {secret, quote(secret), quote_plus(secret)} - {""}:
            text = text.replace(written, "***")
    line = next((line.strip() for line in text.splitlines() if line.strip()), "nothing")
    return re.sub(r"://[^@\s/]*@", "://***@", line)[:MAX_CHARACTERS]


def _has_word(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text.lower() for word in words)

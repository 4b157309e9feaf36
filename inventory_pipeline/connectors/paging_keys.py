"""Paging by keys: every page is asked for by what the last row of the one before holds. Pure.

Rows that come, go or change while the pages are read shift nothing: a row whose key is known
is neither read twice nor passed over.
"""

import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from inventory_pipeline.connectors.http_options import Options
from inventory_pipeline.connectors.json_paths import Path, find_text
from inventory_pipeline.errors import SourceContractError

Keys = Mapping[str, int | str]


class Keyset(Options):
    """``{after.FIELD}`` is what the last row holds: the rows come in the order of these fields."""

    kind: Literal["keyset"]
    size: int = Field(100, ge=1, le=1_000_000, description="Rows to ask for: {limit}.")
    after: dict[str, int | str] = Field(
        min_length=1,
        description="Field of a row: what stands for it on the first page, as {id: 0}. Where "
        "all of these are numbers, the rows must rise.",
    )
    has_more: str | None = Field(None, description="Path to true or false.")
    ceiling: int | None = Field(
        None, ge=1, description="A total this large is no count: the source counts no further."
    )

    def read_keys(self, row: Any) -> Keys:
        """Return what the page after this row comes after.

        Raises:
            SourceContractError: the row does not say.
        """
        return {name: _read_key(row, name, start) for name, start in self.after.items()}

    def has_stood_still(self, before: Keys, after: Keys) -> bool:
        """Return whether keys that are numbers have not risen; of texts nobody knows the order."""
        are_numbers = all(type(start) is int for start in self.after.values())
        return are_numbers and list(after.values()) <= list(before.values())


def _read_key(row: Any, name: str, start: int | str) -> int | str:
    text = find_text(row, Path.parse(name))
    if type(start) is int:
        return read_count(text, name)
    if text is None:
        raise SourceContractError(f"the last row has no {name!r}, which the next page comes after")
    return text


def read_count(text: str | None, path: str) -> int:
    """Read a whole number of the answer.

    Raises:
        SourceContractError: there is none.
    """
    if text is None or not re.fullmatch(r"[0-9]{1,18}", text):
        raise SourceContractError(f"{path!r} holds no whole number; was the field renamed?")
    return int(text)

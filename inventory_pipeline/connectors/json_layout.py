"""Layout: one row of JSON taken apart into runs, the same in every row, and values. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inventory_pipeline.connectors.json_paths import ABSENT, Keys, Path, RowsPath
from inventory_pipeline.connectors.json_pieces import NotAlikeError, parse_piece

MAX_SHAPE_DEPTH = 8


BARE = r"-?(?:0|[1-9][0-9]{0,30})(?:\.[0-9]{1,30})?|true|false|null"


_AROUND_BARE = re.compile(rf"([ ,:\[\]{{}}]*)(?:{BARE})([ ,:\[\]{{}}]*)")


@dataclass(frozen=True)
class Layout:
    """One row: run, value, run, value … run.

    Attributes:
        runs: what stands around the values, quotes of texts included.
        is_bare: of each value, whether it stands without quotes.
        places: which value is which.
        is_flat: no object stands inside the row, so that a closing brace ends it.
    """

    runs: Sequence[bytes]
    is_bare: Sequence[bool]
    places: Mapping[Keys, int]
    is_flat: bool


def find_layout(first: str, rows: RowsPath, wanted: Iterable[Keys]) -> Layout:
    """Return the layout of a row given without its outermost braces.

    Raises:
        NotAlikeError: it is no row, or none with a layout.
    """
    walk = _Walk(first.split('"'))
    walk.enter(parse_alike(first, rows, wanted), ())
    return walk.describe(is_flat="}" not in first)


def parse_alike(piece: str, rows: RowsPath, wanted: Iterable[Keys]) -> Any:
    """Return the row a piece is, if every wanted value is a plain one or absent.

    Raises:
        NotAlikeError: it is no such row.
    """
    row = parse_piece(piece, rows)
    if type(Path(rows.tail).find(row)) is not dict:
        raise NotAlikeError
    for keys in wanted:
        _refuse_no_leaf(row, keys)
    return row


class _Walk:
    """Goes through one row and what stands inside and outside of its quotes, side by side."""

    def __init__(self, parts: list[str]) -> None:
        self._parts, self._at = parts, 0
        self._bare: dict[int, tuple[str, str]] = {}
        self._texts: set[int] = set()
        self._places: dict[Keys, int] = {}

    def enter(self, row: Mapping[str, Any], keys: Keys) -> None:
        """Take an object, key by key."""
        if len(keys) >= MAX_SHAPE_DEPTH:
            raise NotAlikeError
        for key, value in row.items():
            self._step_over_string()
            self._take(value, (*keys, key))

    def describe(self, *, is_flat: bool) -> Layout:
        """Return what was found."""
        if self._at != len(self._parts) - 1 or not self._places:
            raise NotAlikeError
        runs, is_bare = [""], []
        for number, part in enumerate(self._parts):
            quote = '"' if number else ""
            if number in self._texts:
                runs[-1] += quote
                runs.append("")
                is_bare.append(False)
            elif number in self._bare:
                before, after = self._bare[number]
                runs[-1] += f"{quote}{before}"
                runs.append(after)
                is_bare.append(True)
            else:
                runs[-1] += f"{quote}{part}"
        return Layout([run.encode() for run in runs], is_bare, self._places, is_flat)

    def _take(self, value: Any, keys: Keys) -> None:
        outside = self._parts[self._at]
        count = len(self._texts) + len(self._bare)
        if type(value) is dict:
            self.enter(value, keys)
        elif outside.endswith((":", ": ")):
            self._texts.add(self._step_over_string())
            self._places[keys] = count
        elif type(value) is not list:
            self._bare[self._at] = _split_bare(outside)
            self._places[keys] = count
        elif value:
            raise NotAlikeError

    def _step_over_string(self) -> int:
        """Go on behind the next string; return which part it is."""
        self._at += 2
        if self._at >= len(self._parts):
            raise NotAlikeError
        return self._at - 1


def _split_bare(outside: str) -> tuple[str, str]:
    match = _AROUND_BARE.fullmatch(outside)
    if match is None:
        raise NotAlikeError
    return match[1], match[2]


def _refuse_no_leaf(row: Any, keys: Keys) -> None:
    """A wanted value must be absent or a plain value in an object, not under or above one."""
    for number in range(1, len(keys) + 1):
        value = Path(keys[:number]).find(row)
        if value is ABSENT:
            return
        if (type(value) is dict) != (number < len(keys)) or type(value) is list:
            raise NotAlikeError

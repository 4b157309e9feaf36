"""Shapes: rows that are all alike, read at once instead of value by value. Pure.

Machines write every row with the same keys in the same order. The shape of one piece becomes
a pattern of exact JSON, which reads all its like in one pass, digits untouched. Why this
refuses what the slow way refuses: a piece is taken only if it fits such a pattern (each key
once, no escapes, no exponents, no control characters) or parses strictly by itself; the
answer around the rows parses strictly; and whole pieces joined by commas inside brackets are
JSON in one way only. Whatever else a page is, nothing is concluded: the caller reads it the
slow way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from inventory_pipeline.connectors.json_columns import RowPlan
from inventory_pipeline.connectors.json_paths import ABSENT, Keys, Path, RowsPath
from inventory_pipeline.connectors.json_pieces import NotAlikeError, Pieces, parse_piece
from inventory_pipeline.connectors.json_sheet import (
    MAX_ROWS,
    Sheet,
    find_names,
    read_cells,
    read_chains,
)

MAX_SHAPES = 16
MAX_SHAPE_DEPTH = 8
# Rows that fit no shape are parsed one by one; with more of them the slow way is faster.
MAX_ODD_SHARE = 0.05
# Rows from which more than one core is worth its start.
STREAM_FROM = 20_000
_STRING = r'[^"\\\x00-\x1f]*'
_BARE = r"-?(?:0|[1-9][0-9]{0,30})(?:\.[0-9]{1,30})?|true|false|null"
_OPEN, _CLOSE = r"\{", r"\}"
_ONE_ROW = RowsPath(((),), ())


def read_pieces(pieces: Pieces, plan: RowPlan) -> Sheet:
    """Read the pieces of one page, shape by shape.

    Raises:
        NotAlikeError: too many of them are like no other, or one is no row for sure.
    """
    wanted = {name: place.keys for name, place in plan.cells.items() if place.level}
    if not wanted or any(spec.as_ == "date_parts" for spec in plan.specs.values()):
        raise NotAlikeError
    return _Reader(plan, wanted, pieces).read()


@dataclass(frozen=True)
class _Shape:
    """Pattern of one row, and the number of the first of two groups (in quotes, bare) by key."""

    pattern: str
    groups: Mapping[Keys, int]


class _Reader:
    def __init__(self, plan: RowPlan, wanted: Mapping[str, Keys], pieces: Pieces) -> None:
        self._plan, self._wanted, self._pieces = plan, wanted, pieces
        self._top = self._read_top()
        self._seen = {name for name, text in self._top.items() if text is not ABSENT}
        self._names: tuple[str, ...] = ()
        self._odd: list[tuple[int, str]] = []
        self._parts: list[pl.DataFrame] = []

    def read(self) -> Sheet:
        height = 0
        for block in self._pieces.find_blocks():
            if not height:
                self._names = find_names(parse_piece(block[0], self._plan.rows), self._plan)
            self._read_block(block, before=height)
            height += len(block)
            if height > MAX_ROWS or len(self._odd) > max(10, height * MAX_ODD_SHARE):
                raise NotAlikeError
        return self._join(height)

    def _read_block(self, block: list[str], *, before: int) -> None:
        left: pl.DataFrame | None = pl.DataFrame(
            {"row": range(before + 1, before + len(block) + 1), "piece": block},
            schema={"row": pl.Int64, "piece": pl.String},
        )
        for _ in range(MAX_SHAPES):
            if left is not None and left.height:
                left = self._read_like_first(left)
        self._odd.extend(left.iter_rows() if left is not None else ())

    def _read_like_first(self, rest: pl.DataFrame) -> pl.DataFrame | None:
        """Read all rows that look like the first; return the other rows, if there are any."""
        row, first = rest.row(0)
        try:
            shape = _find_shape(first, self._plan.rows, frozenset(self._wanted.values()))
            table = self._extract(rest, shape)
        except (NotAlikeError, pl.exceptions.ComputeError):
            table = None
        if table is None or not table.item(0, "is_alike"):
            self._odd.append((row, first))
            return rest.slice(1)
        self._seen |= {name for name, keys in self._wanted.items() if keys in shape.groups}
        is_alike = table.drop_in_place("is_alike")
        if is_alike.all():
            self._parts.append(table)
            return None
        self._parts.append(table.filter(is_alike))
        return rest.filter(~is_alike)

    def _extract(self, rest: pl.DataFrame, shape: _Shape) -> pl.DataFrame:
        """Return the cells of every row, and whether it is of this shape at all."""
        first = next(iter(shape.groups.values()))
        cells = {}
        for name in self._plan.cells:
            number = shape.groups.get(self._wanted[name]) if name in self._wanted else None
            text = self._top.get(name)
            cells[name] = _read_group(number) if number else _write_text(text)
        groups = pl.col("piece").str.extract_groups(shape.pattern)
        fits = pl.col(str(first)).is_not_null() | pl.col(str(first + 1)).is_not_null()
        table = rest.lazy().select("row", groups=groups).unnest("groups")
        table = table.select("row", **cells, is_alike=fits)
        return table.collect(engine="streaming") if rest.height > STREAM_FROM else table.collect()

    def _read_top(self) -> dict[str, Any]:
        """Read the cells that lie above the rows, once; every row says the same of them."""
        above = {name: place for name, place in self._plan.cells.items() if not place.level}
        if not above:
            return {}
        plan = replace(self._plan, rows=_ONE_ROW, cells=above)
        columns, problems = read_cells([[self._pieces.document, {}]], plan)
        if problems:
            raise NotAlikeError
        return {name: column[0] for name, column in columns.items()}

    def _join(self, height: int) -> Sheet:
        if not self._odd and len(self._parts) == 1:
            return Sheet(self._parts[0], [], frozenset(self._seen), height, self._names)
        self._odd.sort()
        chains = [
            [self._pieces.document, parse_piece(piece, self._plan.rows)] for _, piece in self._odd
        ]
        odd = read_chains([row for row, _ in self._odd], chains, self._plan)
        cells = pl.concat([*self._parts, odd.cells]).sort("row")
        seen = odd.seen | self._seen if cells.height else odd.seen
        return Sheet(cells, odd.rejected, frozenset(seen), height, self._names)


def _write_text(text: Any) -> pl.Expr:
    try:
        return pl.lit(None if text is ABSENT else text, pl.String)
    except UnicodeEncodeError:
        raise NotAlikeError from None


def _read_group(number: int) -> pl.Expr:
    quoted, bare = pl.col(str(number)), pl.col(str(number + 1))
    return pl.coalesce(quoted, pl.when(bare != "null").then(bare))


def _find_shape(piece: str, rows: RowsPath, wanted: frozenset[Keys]) -> _Shape:
    row = parse_piece(piece, rows)
    if type(Path(rows.tail).find(row)) is not dict:
        raise NotAlikeError
    for keys in wanted:
        _refuse_no_leaf(row, keys)
    groups: dict[Keys, int] = {}
    body = _build_pattern(row, (), wanted, groups)
    shape = _Shape(f"^{body.removeprefix(_OPEN).removesuffix(_CLOSE)}$", groups)
    if not groups:
        raise NotAlikeError
    return shape


def _refuse_no_leaf(row: Any, keys: Keys) -> None:
    """A wanted value must be absent or a plain value in an object, not under or above one."""
    for number in range(1, len(keys) + 1):
        value = Path(keys[:number]).find(row)
        if value is ABSENT:
            return
        if (type(value) is dict) != (number < len(keys)) or type(value) is list:
            raise NotAlikeError


def _build_pattern(value: Any, keys: Keys, wanted: frozenset[Keys], groups: dict[Keys, int]) -> str:
    if len(keys) > MAX_SHAPE_DEPTH or (type(value) is list and value):
        raise NotAlikeError
    if type(value) is dict:
        pairs = (
            f'"{_escape(key)}": ?{_build_pattern(child, (*keys, key), wanted, groups)}'
            for key, child in value.items()
        )
        return f"{_OPEN}{', ?'.join(pairs)}{_CLOSE}"
    if type(value) is list:
        return r"\[\]"
    if keys not in wanted:
        return f'(?:"{_STRING}"|{_BARE})'
    groups[keys] = 2 * len(groups) + 1
    return f'(?:"({_STRING})"|({_BARE}))'


def _escape(key: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else f"\\x{{{ord(c):x}}}" for c in key)

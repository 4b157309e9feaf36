"""Shapes: rows that are all alike, read at once instead of value by value. Pure.

Machines write every row with the same keys in the same order. The shape of one piece becomes
a pattern of exact JSON, which reads all its like in one pass, digits untouched. Why this
refuses what the slow way refuses: a piece is taken only if it fits such a pattern (each key
once, no escapes, no exponents, no control characters) or parses strictly by itself; the
answer around the rows parses strictly; and whole pieces joined by commas inside brackets are
JSON in one way only. Whatever else a page is, nothing is concluded: the caller reads it the
slow way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

import numpy as np
import polars as pl

from inventory_pipeline.connectors.json_columns import RowPlan
from inventory_pipeline.connectors.json_fields import read_fields
from inventory_pipeline.connectors.json_layout import (
    BARE,
    MAX_SHAPE_DEPTH,
    Layout,
    find_layout,
    parse_alike,
)
from inventory_pipeline.connectors.json_paths import ABSENT, Keys, RowsPath
from inventory_pipeline.connectors.json_pieces import (
    NotAlikeError,
    Pieces,
    Span,
    find_blocks,
    parse_piece,
)
from inventory_pipeline.connectors.json_sheet import (
    MAX_ROWS,
    Sheet,
    find_names,
    read_cells,
    read_chains,
)

MAX_SHAPES = 16
# Rows that fit no shape are parsed one by one; with more of them the slow way is faster.
MAX_ODD_SHARE = 0.05
# Rows from which more than one core is worth its start.
STREAM_FROM = 20_000
_STRING = r'[^"\\\x00-\x1f]*'
_OPEN, _CLOSE = r"\{", r"\}"
_ONE_ROW = RowsPath(((),), ())


def read_pieces(sheaf: Sequence[Pieces], plan: RowPlan) -> Sheet:
    """Read the pieces of some pages under each other, shape by shape.

    Raises:
        NotAlikeError: too many of them are like no other, or one is no row for sure.
    """
    wanted = {name: place.keys for name, place in plan.cells.items() if place.level}
    if not wanted or any(spec.as_ == "date_parts" for spec in plan.specs.values()):
        raise NotAlikeError
    if any(pieces.height > MAX_ROWS for pieces in sheaf):
        raise NotAlikeError
    return _Reader(plan, wanted, sheaf).read()


@dataclass(frozen=True)
class _Shape:
    """Pattern of one row, and the number of the first of two groups (in quotes, bare) by key."""

    pattern: str
    groups: Mapping[Keys, int]


class _Reader:
    def __init__(self, plan: RowPlan, wanted: Mapping[str, Keys], sheaf: Sequence[Pieces]) -> None:
        self._plan, self._wanted, self._sheaf = plan, wanted, sheaf
        self._ends = list(accumulate(pieces.height for pieces in sheaf))
        self._above = _read_above(plan, sheaf)
        self._seen = {name for name, texts in self._above.items() if set(texts) != {ABSENT}}
        self._odd: list[tuple[int, str]] = []
        self._parts: list[pl.DataFrame] = []

    def read(self) -> Sheet:
        height, layout = 0, self._find_layout()
        for block in find_blocks(self._sheaf):
            rows = sum(span.height for span in block)
            if layout is None or not self._read_fields(block, layout, before=height):
                self._read_shapes(block, before=height)
            height += rows
            if len(self._odd) > max(10, height * MAX_ODD_SHARE):
                raise NotAlikeError
        return self._join(height)

    def _find_layout(self) -> Layout | None:
        try:
            return find_layout(self._sheaf[0].first, self._plan.rows, self._wanted.values())
        except NotAlikeError:
            return None

    def _read_fields(self, block: Sequence[Span], layout: Layout, *, before: int) -> bool:
        """Read a block as one table; return whether all of its rows have the layout."""
        try:
            table = read_fields(block, layout, self._wanted)
        except NotAlikeError:
            return False
        self._seen |= {name for name, keys in self._wanted.items() if keys in layout.places}
        numbers = pl.int_range(before + 1, before + table.height + 1, dtype=pl.Int64)
        self._parts.append(table.select(numbers.alias("row"), *table.columns))
        return True

    def _read_shapes(self, block: Sequence[Span], *, before: int) -> None:
        pieces = [piece for span in block for piece in span.split()]
        left: pl.DataFrame | None = pl.DataFrame(
            {"row": range(before + 1, before + len(pieces) + 1), "piece": pieces},
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
        cells = {
            name: _read_group(shape.groups[keys]) if keys in shape.groups else _NOTHING
            for name, keys in self._wanted.items()
        }
        groups = pl.col("piece").str.extract_groups(shape.pattern)
        fits = pl.col(str(first)).is_not_null() | pl.col(str(first + 1)).is_not_null()
        table = rest.lazy().select("row", groups=groups).unnest("groups")
        table = table.select("row", **cells, is_alike=fits)
        return table.collect(engine="streaming") if rest.height > STREAM_FROM else table.collect()

    def _join(self, height: int) -> Sheet:
        names = find_names(parse_piece(self._sheaf[0].first, self._plan.rows), self._plan)
        parts = [self._add_above(part) for part in self._parts]
        if not self._odd and len(parts) == 1:
            return Sheet(parts[0], [], frozenset(self._seen), height, names)
        self._odd.sort()
        chains = [
            [self._find_page(row).document, parse_piece(piece, self._plan.rows)]
            for row, piece in self._odd
        ]
        odd = read_chains([row for row, _ in self._odd], chains, self._plan)
        cells = pl.concat([*parts, odd.cells]).sort("row")
        seen = odd.seen | self._seen if cells.height else odd.seen
        return Sheet(cells, odd.rejected, frozenset(seen), height, names)

    def _find_page(self, row: int) -> Pieces:
        return self._sheaf[int(np.searchsorted(self._ends, row))]

    def _add_above(self, part: pl.DataFrame) -> pl.DataFrame:
        """Add what stands above the rows of each page, and put the cells in their order."""
        if not self._above:
            return part
        page = np.searchsorted(self._ends, part["row"].to_numpy())
        return part.select(
            "row",
            *(
                _write_texts(name, self._above[name]).gather(page) if name in self._above else name
                for name in self._plan.cells
            ),
        )


def _read_above(plan: RowPlan, sheaf: Sequence[Pieces]) -> dict[str, list[Any]]:
    """Read the cells that lie above the rows, page by page; all rows of one say the same."""
    above = {name: place for name, place in plan.cells.items() if not place.level}
    if not above:
        return {}
    chains = [[pieces.document, {}] for pieces in sheaf]
    columns, problems = read_cells(chains, replace(plan, rows=_ONE_ROW, cells=above))
    if problems:
        raise NotAlikeError
    return columns


def _write_texts(name: str, texts: Sequence[Any]) -> pl.Series:
    try:
        return pl.Series(name, [None if text is ABSENT else text for text in texts], pl.String)
    except UnicodeEncodeError:
        raise NotAlikeError from None


_NOTHING = pl.lit(None, pl.String)


def _read_group(number: int) -> pl.Expr:
    quoted, bare = pl.col(str(number)), pl.col(str(number + 1))
    return pl.coalesce(quoted, pl.when(bare != "null").then(bare))


def _find_shape(piece: str, rows: RowsPath, wanted: frozenset[Keys]) -> _Shape:
    row = parse_alike(piece, rows, wanted)
    groups: dict[Keys, int] = {}
    body = _build_pattern(row, (), wanted, groups)
    shape = _Shape(f"^{body.removeprefix(_OPEN).removesuffix(_CLOSE)}$", groups)
    if not groups:
        raise NotAlikeError
    return shape


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
        return f'(?:"{_STRING}"|{BARE})'
    groups[keys] = 2 * len(groups) + 1
    return f'(?:"({_STRING})"|({BARE}))'


def _escape(key: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else f"\\x{{{ord(c):x}}}" for c in key)

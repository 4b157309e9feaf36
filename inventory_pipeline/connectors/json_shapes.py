"""Shapes: pages whose rows are all alike, read at once instead of value by value. Pure.

Machines write every row with the same keys in the same order. The list of rows is cut at
``},{``; the shape of a piece becomes a pattern of exact JSON, which reads all its like in
one pass, digits untouched. Why this refuses what the slow way refuses: a piece is taken
only if it fits such a pattern (each key once, no escapes, no exponents, no control
characters) or parses strictly by itself; the answer around the rows parses strictly; and
whole pieces joined by commas inside brackets are JSON in one way only. Whatever else a page
is, nothing is concluded: the caller reads it the slow way.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from inventory_pipeline.connectors.json_columns import RowPlan
from inventory_pipeline.connectors.json_paths import ABSENT, Keys, Path, RowsPath
from inventory_pipeline.connectors.json_sheet import MAX_ROWS, Sheet, read_chains
from inventory_pipeline.connectors.json_strict import MAX_COMMAS, MAX_DEPTH, load_strictly
from inventory_pipeline.errors import SourceContractError

MAX_SHAPES = 16
MAX_SHAPE_DEPTH = 8
# Rows that fit no shape are parsed one by one; with more of them the slow way is faster.
MAX_ODD_SHARE = 0.05
STREAM_FROM = 50_000
_MARK = "@rows@"
_STRING = r'[^"\\\x00-\x1f]*'
_BARE = r"-?(?:0|[1-9][0-9]{0,30})(?:\.[0-9]{1,30})?|true|false|null"
_ONE_ROW = RowsPath(((),), ())


@dataclass(frozen=True)
class Pieces:
    """A page cut into rows.

    Attributes:
        texts: what stands between the braces of each row; nothing of it is checked yet.
        document: the answer, strictly read, its list of rows replaced by a mark.
        digest: of the rows alone, so that a request id beside them does not matter.
    """

    texts: pl.Series
    document: Any
    digest: str


def cut_rows(text: str, rows: RowsPath) -> Pieces | None:
    """Cut a page at its rows, or return None where that cannot be done for sure."""
    start, end = _find_list(text, rows), text.rfind("}]")
    if start < 0 or end < start or _MARK in text or text.count(",") > MAX_COMMAS:
        return None
    try:
        document = load_strictly(f'{text[:start]}["{_MARK}"]{text[end + 2 :]}')
    except SourceContractError:
        return None
    if rows.find_items(document) != [_MARK]:
        return None
    inner = text[start + 2 : end]
    texts = pl.Series("piece", [inner]).str.split(_find_separator(inner)).explode()
    digest = hashlib.sha256(inner.encode()).hexdigest()
    return Pieces(texts, document, digest) if len(texts) <= MAX_ROWS else None


def read_quickly(text: str, plan: RowPlan) -> Sheet | None:
    """Read a page at once, or return None where it must be read the slow way."""
    wanted = {n: place.keys for n, place in plan.cells.items() if place.level == 1}
    has_parts = any(spec.as_ == "date_parts" for spec in plan.specs.values())
    pieces = cut_rows(text, plan.rows) if wanted and not has_parts else None
    if pieces is None:
        return None
    try:
        return _Reader(plan, wanted, pieces).read()
    except _NotAlikeError:
        return None


def is_rows(pieces: Pieces, rows: RowsPath) -> bool:
    """Return whether every piece is known to be a row; False: the slow way must say."""
    rest, odd = pieces.texts, []
    try:
        for _ in range(MAX_SHAPES):
            if rest.is_empty():
                break
            shape = _find_shape_or_none(rest[0], rows, frozenset())
            if shape is None:
                odd.append(rest[0])
            rest = rest.filter(~rest.str.contains(shape.pattern)) if shape else rest.slice(1)
        odd.extend(rest)
        if len(odd) > _find_odd_limit(len(pieces.texts)):
            return False
        for piece in odd:
            parse_piece(piece, rows)
    except _NotAlikeError:
        return False
    return True


class _NotAlikeError(Exception):
    """The rows are not all alike; nothing is wrong with them."""


@dataclass(frozen=True)
class _Shape:
    """Pattern of one row, and the number of the first of two groups (in quotes, bare) by key."""

    pattern: str
    groups: Mapping[Keys, int]


class _Reader:
    """Reads the pieces of one page, shape by shape."""

    def __init__(self, plan: RowPlan, wanted: Mapping[str, Keys], pieces: Pieces) -> None:
        self._plan, self._wanted, self._pieces = plan, wanted, pieces
        self._odd: list[tuple[int, str]] = []
        self._top = self._read_top()
        self._seen = set(self._top.seen)

    def read(self) -> Sheet:
        rest = pl.DataFrame({"piece": self._pieces.texts}).select(
            row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64), piece="piece"
        )
        height, parts = rest.height, []
        wanted = frozenset(self._wanted.values())
        for _ in range(MAX_SHAPES):
            if rest.is_empty():
                break
            shape = _find_shape_or_none(rest.item(0, "piece"), self._plan.rows, wanted)
            if shape is None:
                self._odd.append((rest.item(0, "row"), rest.item(0, "piece")))
                rest = rest.slice(1)
            else:
                part, rest = self._read_alike(rest, shape)
                parts.append(part)
        self._odd.extend(rest.iter_rows())
        if len(self._odd) > _find_odd_limit(height):
            raise _NotAlikeError
        odd = self._read_odd()
        cells = pl.concat([*parts, odd.cells]).sort("row")
        seen = odd.seen | self._seen if cells.height else odd.seen
        return Sheet(cells, odd.rejected, frozenset(seen), height)

    def _read_alike(self, rest: pl.DataFrame, shape: _Shape) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Read all rows of one shape; return their cells, and the other rows."""
        self._seen |= {name for name, keys in self._wanted.items() if keys in shape.groups}
        table = _extract(rest, shape.pattern)
        first = next(iter(shape.groups.values()))
        fits = pl.col(str(first)).is_not_null() | pl.col(str(first + 1)).is_not_null()
        is_alike = table.select(fits).to_series()
        part = table.filter(is_alike).select("row", **self._pick_cells(shape))
        return part, rest.filter(~is_alike)

    def _pick_cells(self, shape: _Shape) -> dict[str, pl.Expr]:
        cells = {}
        for name in self._plan.cells:
            number = shape.groups.get(self._wanted[name]) if name in self._wanted else None
            text = None if name in self._wanted else self._top.cells.item(0, name)
            cells[name] = _read_group(number) if number else pl.lit(text, pl.String)
        return cells

    def _read_top(self) -> Sheet:
        """Read the cells that lie above the rows, once; every row says the same of them."""
        above = {name: place for name, place in self._plan.cells.items() if not place.level}
        chains = [(1, [self._pieces.document, {}])]
        sheet = read_chains(chains, replace(self._plan, rows=_ONE_ROW, cells=above))
        if sheet.rejected:
            raise _NotAlikeError
        return sheet

    def _read_odd(self) -> Sheet:
        chains = [
            (row, [self._pieces.document, parse_piece(piece, self._plan.rows)])
            for row, piece in sorted(self._odd)
        ]
        return read_chains(chains, self._plan)


def _extract(rest: pl.DataFrame, pattern: str) -> pl.DataFrame:
    """Return row and the text of every group; all null where the pattern does not fit."""
    groups = pl.col("piece").str.extract_groups(pattern)
    table = rest.lazy().select("row", groups=groups)
    if rest.height < STREAM_FROM:
        return table.collect().unnest("groups")
    return table.collect(engine="streaming").unnest("groups")


def _read_group(number: int) -> pl.Expr:
    quoted, bare = pl.col(str(number)), pl.col(str(number + 1))
    return pl.coalesce(quoted, pl.when(bare != "null").then(bare))


def _find_shape_or_none(piece: str, rows: RowsPath, wanted: frozenset[Keys]) -> _Shape | None:
    try:
        return _find_shape(piece, rows, wanted)
    except _NotAlikeError:
        return None


def _find_shape(piece: str, rows: RowsPath, wanted: frozenset[Keys]) -> _Shape:
    row = parse_piece(piece, rows)
    if "\\" in piece or type(Path(rows.tail).find(row)) is not dict:
        raise _NotAlikeError
    for keys in wanted:
        _refuse_no_leaf(row, keys)
    groups: dict[Keys, int] = {}
    body = _build_pattern(row, (), wanted, groups)
    shape = _Shape(f"^{body.removeprefix(_OPEN).removesuffix(_CLOSE)}$", groups)
    if bool(wanted) != bool(groups) or not _fits(piece, shape.pattern):
        raise _NotAlikeError
    return shape


def _refuse_no_leaf(row: Any, keys: Keys) -> None:
    """A wanted value must be absent or a plain value in an object, not under or above one."""
    for number in range(1, len(keys) + 1):
        value = Path(keys[:number]).find(row)
        if value is ABSENT:
            return
        if (type(value) is dict) != (number < len(keys)) or type(value) is list:
            raise _NotAlikeError


_OPEN, _CLOSE = r"\{", r"\}"


def _build_pattern(value: Any, keys: Keys, wanted: frozenset[Keys], groups: dict[Keys, int]) -> str:
    if len(keys) > MAX_SHAPE_DEPTH or (type(value) is list and value):
        raise _NotAlikeError
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


def _fits(piece: str, pattern: str) -> bool:
    try:
        return bool(pl.Series([piece]).str.contains(pattern).item())
    except pl.exceptions.PolarsError:
        return False  # the pattern of a very wide row is too large


def parse_piece(piece: str, rows: RowsPath) -> Any:
    """Return the object a piece is, as strict and as deep as the whole page is read."""
    try:
        return load_strictly(f"{{{piece}}}", max_depth=MAX_DEPTH - len(rows.lists[0]) - 1)
    except SourceContractError:
        raise _NotAlikeError from None


def _find_list(text: str, rows: RowsPath) -> int:
    """Return where the list of rows opens, or -1."""
    if len(rows.lists) != 1:
        return -1
    if not rows.lists[0]:
        return 0 if text.startswith("[{") else -1
    key = f'"{rows.lists[0][-1]}":'
    found = (text.find(f"{key}{gap}[{{") for gap in ("", " "))
    return min((at + text[at:].find("[{") for at in found if at >= 0), default=-1)


def _find_separator(inner: str) -> str:
    tight, wide = inner.find("},{"), inner.find("}, {")
    return "}, {" if wide >= 0 and (tight < 0 or wide < tight) else "},{"


def _find_odd_limit(height: int) -> int:
    return max(10, int(height * MAX_ODD_SHARE))

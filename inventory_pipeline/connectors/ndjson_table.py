"""NDJSON pages as text rows: one strict JSON object a line, numbers as they were written. Pure.

Machines write every line in the same shape: the same keys in the same order. The shape of
the first line becomes a pattern that reads all its like at once, digits untouched. Lines
that fit none of the first few shapes are parsed one by one.
"""

import re
from typing import Any

import polars as pl

from inventory_pipeline.connectors.json_strict import load_strictly
from inventory_pipeline.connectors.tables import Plan, build_rejected, fill_fixed
from inventory_pipeline.connectors.text_source import (
    Source,
    TextForm,
    describe_undecodable,
    open_text,
)
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.ports import Page, RawFrame

MAX_SHAPES = 16
_TEXT = r'[^"\\\x00-\x1f]*'
# A longer exponent is left to the strict parser, which refuses 1e400.
_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,2})?"
_VALUE = rf'(?:"({_TEXT})"|({_NUMBER}|true|false|null))'

Row = dict[str, str | None]


def parse_ndjson(page: Page, plan: Plan, form: TextForm) -> RawFrame:
    """Read one NDJSON page; ``row`` is the line. A broken line takes no other with it.

    Raises:
        SourceContractError: a required column stands in no line, wrong encoding, a NUL byte.
    """
    source = open_text(page, form)
    try:
        rows, rejected = _Reader(plan).read(_scan_lines(source))
    except pl.exceptions.PolarsError:
        raise SourceContractError(describe_undecodable(source, form)) from None
    return RawFrame(fill_fixed(rows, plan, page), rejected)


def _scan_lines(source: Source) -> pl.LazyFrame:
    """Return ``row`` (the line's number) and ``line`` of every line that is not blank."""
    lines = pl.scan_lines(source, glob=False, row_index_name="row", row_index_offset=1)
    line = pl.col("line").str.strip_prefix("\ufeff").str.strip_chars(" \t\r")
    return lines.select(pl.col("row").cast(pl.Int64), line).filter(pl.col("line") != "")


class _Reader:
    """Reads the wanted keys of every line and remembers which keys there were."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._wanted = plan.find_wanted()
        self._seen: set[str] = set()

    def read(self, lines: pl.LazyFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the rows in order, and the QUARANTINE frame of lines that are none."""
        tables, odd = self._read_shapes(lines)
        table, rejected = self._read_one_by_one(odd)
        rows = pl.concat([table, *tables], how="diagonal").sort("row")
        seen = sorted(self._seen)
        present = self._plan.find_sources(seen) if seen else self._plan.required
        return rows.select("row", *present), rejected

    def _read_shapes(self, lines: pl.LazyFrame) -> tuple[list[pl.DataFrame], pl.DataFrame]:
        """Read the lines of the first shapes; return their tables and the lines left over."""
        tables, odd = [], []
        for _ in range(MAX_SHAPES):
            first = lines.head(1).collect()
            if first.is_empty():
                break
            keys = _find_shape(first.item(0, "line"))
            if keys is None:
                odd.append(first)
                lines = lines.slice(1)
                continue
            fits = pl.col("line").str.contains(_build_pattern(keys))
            tables.append(self._read_like(lines.filter(fits), keys))
            lines = lines.filter(~fits).collect(engine="streaming").lazy()
        return tables, pl.concat([*odd, lines.collect()])

    def _read_like(self, lines: pl.LazyFrame, keys: list[str]) -> pl.DataFrame:
        self._seen.update(keys)
        groups = pl.col("line").str.extract_groups(_build_pattern(keys))
        cells = {ours: keys.index(it) for ours, it in self._wanted.items() if it in keys}
        table = lines.select("row", groups=groups).unnest("groups")
        picked = table.select("row", **{ours: _read_cell(at) for ours, at in cells.items()})
        return picked.collect(engine="streaming")

    def _read_one_by_one(self, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        rows: list[dict[str, Any]] = []
        rejected = []
        for row, line in lines.iter_rows():
            try:
                cells = _parse_line(line)
            except SourceContractError as error:
                rejected.append((row, f"line {row}: {error}", line))
                continue
            self._seen.update(cells)
            picked = {ours: cells.get(theirs) for ours, theirs in self._wanted.items()}
            rows.append({"row": row, **picked})
        schema = {"row": pl.Int64(), **dict.fromkeys(self._wanted, pl.String())}
        return pl.DataFrame(rows, schema=schema), build_rejected(rejected)


def _read_cell(position: int) -> pl.Expr:
    """Return the cell of one key: its text, or its bare token as written; JSON null is null."""
    quoted, bare = pl.col(str(2 * position + 1)), pl.col(str(2 * position + 2))
    return pl.coalesce(quoted, pl.when(bare != "null").then(bare))


def _find_shape(line: str) -> list[str] | None:
    """Return the keys of a line in order, or None where it must be parsed by itself."""
    try:
        keys = list(_parse_line(line))
    except SourceContractError:
        return None
    fits = re.fullmatch(_build_pattern(keys), line)
    return keys if keys and fits else None


def _build_pattern(keys: list[str]) -> str:
    pairs = (rf'[ \t]*"{re.escape(key)}"[ \t]*:[ \t]*{_VALUE}[ \t]*' for key in keys)
    return rf"^\{{{','.join(pairs)}\}}$"


def _parse_line(line: str) -> Row:
    """Parse one line strictly; numbers keep the text they were written with.

    Raises:
        SourceContractError: no JSON, no object, a key twice, NaN, or a value inside a value.
    """
    row = load_strictly(line)
    if not isinstance(row, dict):
        raise SourceContractError("the line is no JSON object")
    return {key: _render_value(key, value) for key, value in row.items()}


def _render_value(key: str, value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        raise SourceContractError(f"the value of {key!r} is no single value")
    return None if value is None else str(value)

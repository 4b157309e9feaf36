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
from inventory_pipeline.connectors.text_source import TextForm, describe_undecodable, open_text
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.ports import Page, RawFrame

MAX_SHAPES = 16
_TEXT = r'[^"\\\x00-\x1f]*'
_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?"
_VALUE = rf'(?:"({_TEXT})"|({_NUMBER}|true|false|null))'

Row = dict[str, str | None]


def parse_ndjson(page: Page, plan: Plan, form: TextForm) -> RawFrame:
    """Read one NDJSON page; a broken line is set aside and takes no other with it.

    Raises:
        SourceContractError: a required column stands in no line, wrong encoding, a NUL byte.
    """
    source = open_text(page, form)
    try:
        lines = pl.read_lines(source, glob=False, row_index_name="number", row_index_offset=1)
    except pl.exceptions.PolarsError:
        raise SourceContractError(describe_undecodable(source, form)) from None
    reader = _Reader(plan)
    rows, rejected = reader.read(_number_records(lines))
    return RawFrame(fill_fixed(rows, plan, page), rejected)


def _number_records(lines: pl.DataFrame) -> pl.DataFrame:
    """Add ``row``; empty lines are no records and have none."""
    line = pl.col("line")
    text = pl.when(pl.col("number") == 1).then(line.str.strip_prefix("\ufeff")).otherwise(line)
    lines = lines.with_columns(line=text.str.strip_chars(" \t\r")).filter(line != "")
    return lines.with_columns(row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))


class _Reader:
    """Reads the wanted keys of every line and remembers which keys there were."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._wanted = plan.find_wanted()
        self._seen: set[str] = set()

    def read(self, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the rows in order, and the QUARANTINE frame of lines that are none."""
        tables, odd = self._read_shapes(lines)
        table, rejected = self._read_one_by_one(odd)
        rows = pl.concat([table, *tables], how="diagonal").sort("row")
        present = self._plan.find_sources(sorted(self._seen)) if self._seen else self._plan.required
        return rows.select("row", *present), rejected

    def _read_shapes(self, lines: pl.DataFrame) -> tuple[list[pl.DataFrame], pl.DataFrame]:
        tables, odd = [], [lines.clear()]
        for _ in range(MAX_SHAPES):
            if lines.is_empty():
                break
            keys = _find_shape(lines.item(0, "line"))
            if keys is None:
                odd.append(lines.head(1))
                lines = lines.slice(1)
                continue
            self._seen.update(keys)
            fits = pl.col("line").str.contains(_build_pattern(keys))
            tables.append(self._read_like(lines.filter(fits), keys))
            lines = lines.filter(~fits)
        return tables, pl.concat([*odd, lines])

    def _read_like(self, lines: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
        groups = pl.col("line").str.extract_groups(_build_pattern(keys))
        table = lines.select("row", groups=groups).unnest("groups")
        cells = {ours: keys.index(it) for ours, it in self._wanted.items() if it in keys}
        return table.select("row", **{ours: _read_cell(i) for ours, i in cells.items()})

    def _read_one_by_one(self, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        rows: list[dict[str, Any]] = []
        rejected = []
        for number, line, row in lines.select("number", "line", "row").iter_rows():
            try:
                cells = _parse_line(line)
            except SourceContractError as error:
                rejected.append((row, f"line {number}: {error}", line))
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

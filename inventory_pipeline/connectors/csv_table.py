"""CSV pages as text rows: RFC 4180, every cell text, a line that is no row set aside. Pure.

A sound file takes two vectorised passes: one that proves every line to be a record, one that
reads it. Only an unsound file is looked at line by line, in ``csv_repair``.
"""

import csv

import polars as pl

from inventory_pipeline.connectors.csv_repair import (
    build_record_pattern,
    describe_broken,
    find_records,
)
from inventory_pipeline.connectors.tables import Plan, build_rejected, fill_fixed, number_rows
from inventory_pipeline.connectors.text_source import (
    Source,
    TextForm,
    describe_undecodable,
    open_bytes,
    open_text,
)
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.ports import Page, RawFrame

MAX_HEADER_BYTES = 1 << 20
MAX_COLUMNS = 500


def parse_csv(page: Page, plan: Plan, form: TextForm) -> RawFrame:
    """Read one CSV page; an empty cell is null, a quoted empty cell is the empty text.

    A line end inside a quoted cell is one newline, however the file ends its lines.

    Raises:
        SourceContractError: no header, a column missing, wrong encoding, a NUL byte.
    """
    source = open_text(page, form)
    header = _read_header(source, form)
    picked = {ours: header.index(it) for ours, it in plan.find_sources(header).items()}
    reader = _Reader(source, len(header), picked, form.delimiter)
    try:
        part = reader.read_sound() if reader.is_sound() else reader.read_unsound()
    except pl.exceptions.PolarsError as error:
        if "utf" in str(error).lower():
            raise SourceContractError(describe_undecodable(source, form)) from None
        raise SourceContractError(f"not readable as CSV: {str(error).splitlines()[0]}") from None
    return RawFrame(fill_fixed(part.rows, plan, page), part.rejected)


def _read_header(source: Source, form: TextForm) -> list[str]:
    with open_bytes(source) as file:
        raw = file.readline(MAX_HEADER_BYTES)
    try:
        text = raw.decode("utf-8-sig").rstrip("\n").removesuffix("\r")
        if "\r" in text:
            raise SourceContractError("lines end with a bare carriage return; wanted newlines")
        cells = next(csv.reader([text], delimiter=form.delimiter, strict=True), [])
    except UnicodeDecodeError:
        raise SourceContractError(describe_undecodable(source, form)) from None
    except csv.Error as error:
        raise SourceContractError(f"the header is no CSV line: {error}") from None
    if not any(cell.strip() for cell in cells):
        raise SourceContractError("the first line is empty; wanted the names of the columns")
    if len(cells) > MAX_COLUMNS:
        raise SourceContractError(f"it has {len(cells)} columns, wanted at most {MAX_COLUMNS}")
    return [cell.strip() for cell in cells]


class _Reader:
    """Reads the picked columns of one file; ``picked`` is our column → position in the header."""

    def __init__(self, source: Source, width: int, picked: dict[str, int], delimiter: str) -> None:
        self._source = source
        self._width = width
        self._picked = picked
        self._delimiter = delimiter

    def is_sound(self) -> bool:
        """Return whether every line after the header is a whole record by itself."""
        pattern = build_record_pattern(self._width, self._delimiter)
        lines = pl.scan_lines(self._source, glob=False).slice(1)
        bad = lines.select((~pl.col("line").str.contains(pattern)).any())
        return not bad.collect(engine="streaming").item()

    def read_sound(self) -> RawFrame:
        """Read a file that ``is_sound``."""
        return RawFrame(number_rows(self._read_cells(self._source, skip=1)), build_rejected([]))

    def read_unsound(self) -> RawFrame:
        """Read the records of a file that is not, and set the other lines aside."""
        lines = pl.read_lines(self._source, glob=False).get_column("line").slice(1)
        records = find_records(lines, width=self._width, delimiter=self._delimiter)
        texts = records.whole.get_column("text")
        cells = pl.DataFrame(schema=dict.fromkeys(self._picked, pl.String()))
        if not texts.is_empty():
            cells = self._read_cells(texts.str.join("\n").item().encode(), skip=0)
        rejected = [
            (row, self._describe(text, number), text)
            for row, number, text in records.broken.iter_rows()
        ]
        rows = cells.select(records.whole.get_column("row"), *cells.columns)
        return RawFrame(rows, build_rejected(rejected))

    def _describe(self, text: str, number: int) -> str:
        return describe_broken(text, number, width=self._width, delimiter=self._delimiter)

    def _read_cells(self, source: Source, *, skip: int) -> pl.DataFrame:
        names = [str(position) for position in range(self._width)]
        cells = pl.scan_csv(
            source,
            has_header=False,
            skip_lines=skip,
            separator=self._delimiter,
            schema=dict.fromkeys(names, pl.String()),
            glob=False,
        )
        return cells.select(
            **{ours: pl.col(names[position]) for ours, position in self._picked.items()}
        ).collect(engine="streaming")

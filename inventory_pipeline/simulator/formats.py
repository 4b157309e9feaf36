"""Formats: rows of plain values to the bytes of a file, the same on every machine."""

import io
import json
from collections.abc import Iterable, Sequence

import polars as pl

from inventory_pipeline.simulator.tables import Cell, render_csv

QUANTITY = "quantity"


def render_rows(kind: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return the rows as ``csv``, ``ndjson`` or ``parquet``."""
    if kind == "ndjson":
        return b"".join(_render_line(header, row) for row in rows)
    if kind == "parquet":
        return _render_parquet(header, list(rows))
    return render_csv(header, rows)


def _render_line(header: Sequence[str], row: Sequence[Cell]) -> bytes:
    cells = dict(zip(header, row, strict=True))
    return json.dumps(cells, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _render_parquet(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    columns = {
        name: pl.Series(
            name,
            [row[place] if name == QUANTITY else _read_text(row[place]) for row in rows],
            dtype=pl.Int64 if name == QUANTITY else pl.String,
        )
        for place, name in enumerate(header)
    }
    buffer = io.BytesIO()
    pl.DataFrame(columns).write_parquet(buffer, compression="uncompressed")
    return buffer.getvalue()


def _read_text(cell: Cell) -> str | None:
    return None if cell in (None, "") else str(cell)

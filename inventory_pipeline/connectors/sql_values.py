"""SQL values: what a database driver hands over → exact text, a chunk of rows → a page. Pure."""

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import polars as pl

from inventory_pipeline.connectors.tables import render_instant
from inventory_pipeline.errors import SourceContractError


def build_page_body(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """Return a Parquet file of text columns that says exactly what the rows say.

    Raises:
        SourceContractError: a name twice, or a value that is no single value.
    """
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    series = [_build_series(name, cells) for name, cells in zip(names, columns, strict=True)]
    body = io.BytesIO()
    pl.DataFrame(series).write_parquet(body)
    return body.getvalue()


def _build_series(name: str, cells: Sequence[Any]) -> pl.Series:
    try:
        return pl.Series(name, [render_cell(cell) for cell in cells], dtype=pl.String)
    except TypeError as error:
        raise SourceContractError(f"the column {name!r} has {error}; cast it to text") from None


def render_cell(value: Any) -> str | None:
    """Write a value as text: decimals digit for digit, instants in UTC, times without a zone naive.

    Raises:
        TypeError: the value is no single value (bytes, a list, JSON).
    """
    if value is None or isinstance(value, str):
        return value
    for kind, render in _RENDERERS:
        if isinstance(value, kind):
            return render(value)
    raise TypeError(f"a value of type {type(value).__name__}")


def _render_datetime(value: datetime) -> str:
    return value.isoformat() if value.tzinfo is None else render_instant(value)


# bool is an int and datetime is a date: the narrower kind stands first.
_RENDERERS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: "true" if value else "false"),
    (int, str),
    (Decimal, lambda value: format(value, "f")),
    (datetime, _render_datetime),
    (float, repr),
    (date, date.isoformat),
    (time, time.isoformat),
    (UUID, str),
)

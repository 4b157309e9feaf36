"""SQL values: what a database driver hands over → exact text, a chunk of rows → a page. Pure."""

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from types import NoneType
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
    for name in names:
        if list(names).count(name) > 1:
            raise SourceContractError(f"the column {name!r} stands twice; wanted every name once")
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    series = [_build_series(name, cells) for name, cells in zip(names, columns, strict=True)]
    body = io.BytesIO()
    pl.DataFrame(series).write_parquet(body)
    return body.getvalue()


def _build_series(name: str, cells: Sequence[Any]) -> pl.Series:
    kinds = set(map(type, cells)) - {NoneType, str}
    if kinds:
        try:
            renderers = {NoneType: _keep, str: _keep, **{k: _find_renderer(k) for k in kinds}}
        except TypeError as error:
            raise SourceContractError(f"the column {name!r} has {error}; cast it to text") from None
        cells = [renderers[type(cell)](cell) for cell in cells]
    return pl.Series(name, cells, dtype=pl.String)


def render_cell(value: Any) -> str | None:
    """Write a value as text: decimals digit for digit, instants in UTC, times without a zone naive.

    Raises:
        TypeError: the value is no single value (bytes, a list, JSON).
    """
    return _find_renderer(type(value))(value)


def _find_renderer(kind: type) -> Callable[[Any], str | None]:
    for known, render in _RENDERERS:
        if issubclass(kind, known):
            return render
    raise TypeError(f"a value of type {kind.__name__}")


def _keep(value: str | None) -> str | None:
    return value


def _render_datetime(value: datetime) -> str:
    return value.isoformat() if value.tzinfo is None else render_instant(value)


# bool is an int and datetime is a date: the narrower kind stands first.
_RENDERERS: tuple[tuple[type, Callable[[Any], str | None]], ...] = (
    (NoneType, _keep),
    (str, str),
    (bool, lambda value: "true" if value else "false"),
    (int, str),
    (Decimal, lambda value: format(value, "f")),
    (datetime, _render_datetime),
    (float, repr),
    (date, date.isoformat),
    (time, time.isoformat),
    (UUID, str),
)

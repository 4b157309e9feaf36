"""Parquet pages as text rows: exact text of what is typed, whole numbers kept as such. Pure."""

import io
from collections.abc import Mapping

import polars as pl

from inventory_pipeline.connectors.numbering import number_names
from inventory_pipeline.connectors.tables import (
    QUANTITY,
    Plan,
    build_rejected,
    fill_fixed,
    number_rows,
)
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.frames import INSTANT
from inventory_pipeline.model.ports import Page, RawFrame

# Names of few things in many rows; from so many rows on their texts are worth numbering.
CODED = ("item_id", "location_id", "fact", "unit", "bin")
CODED_FROM = 1 << 16


def parse_parquet(page: Page, plan: Plan, *, max_rows: int) -> RawFrame:
    """Read one Parquet page: only the wanted columns, every cell as exact text.

    ``quantity`` stays Int64 where the file has whole numbers, an instant with a zone becomes
    Datetime(us, UTC), a time without one is ISO text for the zone rule of ``ingest``. Names in
    many rows are Categorical, each column with categories of its own.

    Raises:
        SourceContractError: no Parquet, a column missing or of a type that has no text, more
            than ``max_rows`` rows.
    """
    source = page.path or io.BytesIO(page.body)
    try:
        table = pl.scan_parquet(source, glob=False, hive_partitioning=False)
        schema = table.collect_schema()
        sources = plan.find_sources(schema.names())
        cells = _build_cells(sources, schema)
        _refuse_flood(table.select(pl.len()).collect().item(), max_rows)
        coded = CODED if plan.feed == "counts" else ()
        frame = pl.DataFrame(
            [_read_column(table, n, cell, is_coded=n in coded) for n, cell in cells.items()]
        )
    except pl.exceptions.PolarsError as error:
        raise SourceContractError(
            f"not readable as Parquet: {str(error).splitlines()[0]}"
        ) from None
    return RawFrame(fill_fixed(number_rows(frame), plan, page), build_rejected([]))


def _read_column(table: pl.LazyFrame, ours: str, cell: pl.Expr, *, is_coded: bool) -> pl.Series:
    """Read one column alone: what decoding it takes is given back before the next one."""
    column = table.select(cell.alias(ours)).collect(engine="streaming").to_series()
    return number_names(column) if is_coded and column.len() >= CODED_FROM else column


def _refuse_flood(rows: int, max_rows: int) -> None:
    if rows > max_rows:
        raise SourceContractError(
            f"the file says it has {rows} rows, wanted at most {max_rows}; "
            "raise max_rows if that is right"
        )


def _build_cells(
    sources: Mapping[str, str], schema: Mapping[str, pl.DataType]
) -> dict[str, pl.Expr]:
    return {ours: _build_cell(ours, it, schema[it]) for ours, it in sources.items()}


def _build_cell(ours: str, theirs: str, kind: pl.DataType) -> pl.Expr:
    cell = pl.col(theirs)
    if kind.is_integer() and ours == QUANTITY:
        return cell.cast(pl.Int64)
    if isinstance(kind, pl.Datetime):
        if kind.time_zone is None:
            return cell.dt.to_string("iso:strict")
        return cell.dt.convert_time_zone("UTC").cast(INSTANT)
    if kind.is_nested() or isinstance(kind, pl.Duration | pl.Object):
        raise SourceContractError(
            f"the column {theirs!r} is {kind}; wanted a single value such as text or a number"
        )
    return cell.cast(pl.String)

"""Sheets: one JSON page as cells of text, read value by value. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from inventory_pipeline.connectors.json_columns import Cell, RowPlan
from inventory_pipeline.connectors.json_paths import ABSENT, Path, Problem, describe_no_list
from inventory_pipeline.connectors.json_strict import load_strictly
from inventory_pipeline.errors import SourceContractError

MAX_ROWS = 1_000_000
_PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")

Rejection = tuple[int, str, str]


@dataclass(frozen=True)
class Sheet:
    """The rows of one page as the source wrote them.

    Attributes:
        cells: ``row`` (Int64, 1-based in the page) and a String column for every planned cell.
        rejected: (row, reason, raw) of elements that are no row.
        seen: planned cells that stood in at least one row, be it as null.
        height: how many rows the page holds, rejected ones included.
    """

    cells: pl.DataFrame
    rejected: list[Rejection]
    seen: frozenset[str]
    height: int


def read_slowly(text: str, plan: RowPlan) -> Sheet:
    """Read a page value by value; any JSON at all.

    Raises:
        SourceContractError: no strict JSON, no list where rows should be, too many rows.
    """
    document = load_strictly(text)
    if type(plan.rows.find_items(document)) is not list:
        raise SourceContractError(describe_no_list(plan.rows))
    return read_chains(list(enumerate(plan.rows.walk(document), start=1)), plan)


def read_chains(chains: Sequence[tuple[int, list[Any]]], plan: RowPlan) -> Sheet:
    """Read rows given as (row, chain of elements from the top down to the row)."""
    if len(chains) > MAX_ROWS:
        raise SourceContractError(
            f"one answer holds {len(chains):,} rows, at most {MAX_ROWS:,} are taken; ask for pages"
        )
    numbers: list[int] = []
    texts: dict[str, list[str | None]] = {name: [] for name in plan.cells}
    rejected: list[Rejection] = []
    seen: set[str] = set()
    for number, chain in chains:
        try:
            cells = _read_row(chain, plan)
        except _NoRowError as error:
            rejected.append((number, str(error), render_raw(chain)))
            continue
        numbers.append(number)
        for name, text in cells.items():
            if text is not ABSENT:
                seen.add(name)
            texts[name].append(None if text is ABSENT else text)
    return Sheet(build_cells(numbers, texts), rejected, frozenset(seen), len(chains))


def build_cells(numbers: Sequence[int], texts: Mapping[str, Sequence[str | None]]) -> pl.DataFrame:
    """Return the cells as a frame.

    Raises:
        SourceContractError: a text is no Unicode.
    """
    try:
        columns = {name: pl.Series(name, list(t), pl.String) for name, t in texts.items()}
    except UnicodeEncodeError:
        raise SourceContractError(
            "a text of the answer holds half a character (a lone surrogate); it is no Unicode"
        ) from None
    return pl.DataFrame({"row": pl.Series("row", list(numbers), pl.Int64), **columns})


def render_raw(chain: Sequence[Any]) -> str:
    """Write the innermost element there is, for the quarantine."""
    elements = [element for element in chain if not isinstance(element, Problem)]
    return json.dumps(elements[-1])


class _NoRowError(ValueError):
    """The element is no row; the text says why."""


def _read_row(chain: list[Any], plan: RowPlan) -> dict[str, Any]:
    last = chain[-1]
    if isinstance(last, Problem):
        raise _NoRowError(str(last))
    row = Path(plan.rows.tail).find(last) if plan.rows.tail else last
    if type(row) is not dict:
        raise _NoRowError("the element is no object")
    return {
        name: _read_cell(Path(place.keys).find(chain[place.level]), plan.specs[name])
        for name, place in plan.cells.items()
    }


def _read_cell(value: Any, spec: Cell) -> Any:
    kind = type(value)
    if kind is str or value is None or value is ABSENT:
        return value
    if kind is bool:
        return "true" if value else "false"
    if spec.as_ == "date_parts" and kind is dict:
        return _join_parts(value, spec)
    raise _NoRowError(f"{spec.path} is {'a list' if kind is list else 'an object'}, wanted a value")


def _join_parts(parts: dict[str, Any], spec: Cell) -> str:
    try:
        numbers = [int(parts.get(name, 0)) for name in _PARTS]
        return datetime(*numbers).isoformat()  # type: ignore[arg-type]  # noqa: DTZ001
    except (TypeError, ValueError):
        raise _NoRowError(f"{spec.path} is no object of year, month, day ...") from None

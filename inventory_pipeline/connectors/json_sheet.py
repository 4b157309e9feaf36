"""Sheets: one JSON page as cells of text, read value by value. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from inventory_pipeline.connectors.json_columns import Cell, RowPlan
from inventory_pipeline.connectors.json_paths import ABSENT, Path, Problem
from inventory_pipeline.errors import SourceContractError

MAX_ROWS = 1_000_000
MAX_NAME = 100
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
        names: paths of the values of one row, to tell what a missing one may be called now.
    """

    cells: pl.DataFrame
    rejected: list[Rejection]
    seen: frozenset[str]
    height: int
    names: tuple[str, ...] = ()

    def find_digest(self) -> int:
        """Return a number that pages with the same rows share, in whatever order they stand."""
        texts = self.cells.drop("row")
        rows = texts.hash_rows().sum() if texts.width else self.height
        return hash((rows, self.height, tuple(raw for _, _, raw in self.rejected)))


def read_chains(chains: Sequence[tuple[int, list[Any]]], plan: RowPlan) -> Sheet:
    """Read rows given as (row, chain of elements from the top down to the row).

    Raises:
        SourceContractError: too many rows, or a text that is no Unicode.
    """
    if len(chains) > MAX_ROWS:
        raise SourceContractError(
            f"one answer holds {len(chains):,} rows, at most {MAX_ROWS:,} are taken; ask for pages"
        )
    numbers: list[int] = []
    texts: dict[str, list[Any]] = {name: [] for name in plan.cells}
    rejected: list[Rejection] = []
    for number, chain in chains:
        try:
            cells = read_row(chain, plan)
        except NoRowError as error:
            rejected.append((number, str(error), _render_raw(chain)))
            continue
        numbers.append(number)
        for name, text in cells.items():
            texts[name].append(text)
    seen = frozenset(name for name, column in texts.items() if any(t is not ABSENT for t in column))
    found = {name: [None if t is ABSENT else t for t in column] for name, column in texts.items()}
    names = find_names(chains[0][1][-1], plan) if chains else ()
    return Sheet(build_cells(numbers, found), rejected, seen, len(chains), names)


def find_names(element: Any, plan: RowPlan) -> tuple[str, ...]:
    """Return the paths of the plain values of one row, as a column would write them."""
    return tuple(_walk_names(Path(plan.rows.tail).find(element), ""))


def _walk_names(value: Any, prefix: str) -> Iterator[str]:
    if type(value) is not dict:
        yield prefix
        return
    for key, child in value.items():
        if len(prefix) < MAX_NAME:
            yield from _walk_names(child, f"{prefix}.{key}" if prefix else key)


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


def _render_raw(chain: Sequence[Any]) -> str:
    """Write the innermost element there is, for the quarantine."""
    return json.dumps([element for element in chain if not isinstance(element, Problem)][-1])


class NoRowError(ValueError):
    """The element is no row; the text says why."""


def read_row(chain: list[Any], plan: RowPlan) -> dict[str, Any]:
    """Return the text of every planned cell: a str, None for null, or ABSENT.

    Raises:
        NoRowError: the last element of the chain is no row.
    """
    last = chain[-1]
    if isinstance(last, Problem):
        raise NoRowError(str(last))
    row = Path(plan.rows.tail).find(last) if plan.rows.tail else last
    if type(row) is not dict:
        raise NoRowError("the element is no object")
    cells = {}
    for name, place in plan.cells.items():
        value = place.find(chain)
        # Nearly every value is a text already: numbers came as text.
        cells[name] = value if type(value) is str else _read_cell(value, plan.specs[name])
    return cells


def _read_cell(value: Any, spec: Cell) -> Any:
    kind = type(value)
    if value is None or value is ABSENT:
        return value
    if kind is bool:
        return "true" if value else "false"
    if spec.as_ == "date_parts" and kind is dict:
        return _join_parts(value, spec)
    raise NoRowError(f"{spec.path} is {'a list' if kind is list else 'an object'}, wanted a value")


def _join_parts(parts: dict[str, Any], spec: Cell) -> str:
    numbers = [str(parts.get(name, 0)) for name in _PARTS]
    if not all(text.isascii() and text.isdigit() for text in numbers):
        raise NoRowError(f"{spec.path} holds no whole numbers as year, month, day ...")
    try:
        return datetime(*map(int, numbers)).isoformat()  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        raise NoRowError(f"{spec.path} is no date: {'-'.join(numbers[:3])[:40]}") from None

"""Sheets: one JSON page as cells of text, read value by value. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from inventory_pipeline.connectors.json_columns import Cell, RowPlan
from inventory_pipeline.connectors.json_paths import ABSENT, Absent, Keys, Path, Problem
from inventory_pipeline.errors import SourceContractError

MAX_ROWS = 1_000_000
MAX_NAME = 100
_PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")

_PLAIN = {str, type(None), Absent}

Rejection = tuple[int, str, str]
Chain = Sequence[Any]


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
        return self.find_digests([self.height])[0]

    def find_digests(self, heights: Sequence[int]) -> list[int]:
        """Return the digest of each of the pages that stand here under each other."""
        ends = np.cumsum(heights)
        texts = self.cells.drop("row")
        rows = texts.hash_rows() if texts.width else pl.ones(self.cells.height, eager=True)
        # Sums wrap around on purpose: differences of running ones are exact all the same.
        running = np.zeros(rows.len() + 1, np.uint64)
        np.cumsum(rows.to_numpy(), dtype=np.uint64, out=running[1:])
        cuts = np.searchsorted(self.cells["row"].to_numpy(), ends, side="right")
        sums = np.diff(running[cuts], prepend=np.uint64(0))
        raws: list[list[str]] = [[] for _ in heights]
        for row, _, raw in self.rejected:
            raws[int(np.searchsorted(ends, row))].append(raw)
        return [
            hash((int(total), height, tuple(raw)))
            for total, height, raw in zip(sums, heights, raws, strict=True)
        ]


def read_chains(numbers: Sequence[int], chains: Sequence[Chain], plan: RowPlan) -> Sheet:
    """Read rows given as chains of elements, from the top of the answer down to the row.

    Raises:
        SourceContractError: too many rows, or a text that is no Unicode.
    """
    if len(chains) > MAX_ROWS:
        raise SourceContractError(
            f"one answer holds {len(chains):,} rows, at most {MAX_ROWS:,} are taken; ask for pages"
        )
    columns, problems = read_cells(chains, plan)
    rejected = [
        (numbers[index], problem, _render_raw(chains[index]))
        for index, problem in sorted(problems.items())
    ]
    if problems:
        numbers = _leave_out(numbers, problems)
        columns = {name: _leave_out(column, problems) for name, column in columns.items()}
    seen = frozenset(n for n, column in columns.items() if set(map(type, column)) - {Absent})
    names = find_names(chains[0][-1], plan) if chains else ()
    return Sheet(build_cells(numbers, columns), rejected, seen, len(chains), names)


def read_cells(
    chains: Sequence[Chain], plan: RowPlan
) -> tuple[dict[str, list[Any]], dict[int, str]]:
    """Return every planned cell of every row (a str, None for null, or ABSENT).

    Returns:
        The cells by column, and what is wrong with a row by its index.
    """
    problems = {}
    for index, chain in enumerate(chains):
        problem = _find_problem(chain[-1], plan.rows.tail)
        if problem:
            problems[index] = problem
    columns = {}
    for name, place in plan.cells.items():
        column = place.find_all(chains)
        if set(map(type, column)) - _PLAIN:
            column = _read_column(column, plan.specs[name], problems)
        columns[name] = column
    return columns, problems


def build_cells(numbers: Sequence[int], columns: Mapping[str, Sequence[Any]]) -> pl.DataFrame:
    """Return the cells as a frame.

    Raises:
        SourceContractError: a text is no Unicode.
    """
    try:
        texts = {
            name: pl.Series(name, [None if t is ABSENT else t for t in column], pl.String)
            for name, column in columns.items()
        }
    except UnicodeEncodeError:
        raise SourceContractError(
            "a text of the answer holds half a character (a lone surrogate); it is no Unicode"
        ) from None
    return pl.DataFrame({"row": pl.Series("row", numbers, pl.Int64), **texts})


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


def _render_raw(chain: Chain) -> str:
    """Write the innermost element there is, for the quarantine."""
    return json.dumps([element for element in chain if not isinstance(element, Problem)][-1])


def _leave_out(values: Sequence[Any], problems: Mapping[int, str]) -> list[Any]:
    return [value for index, value in enumerate(values) if index not in problems]


def _find_problem(last: Any, tail: Keys) -> str | None:
    if isinstance(last, Problem):
        return str(last)
    row = Path(tail).find(last) if tail else last
    return None if type(row) is dict else "the element is no object"


def _read_column(column: list[Any], spec: Cell, problems: dict[int, str]) -> list[Any]:
    """Write every value as text; what is no single value is a problem of its row."""
    texts = []
    for index, value in enumerate(column):
        text = value
        if type(value) is bool:
            text = "true" if value else "false"
        elif type(value) in (dict, list):
            text, problem = _read_object(value, spec)
            if problem:
                problems.setdefault(index, problem)
        texts.append(text)
    return texts


def _read_object(value: Any, spec: Cell) -> tuple[str | None, str | None]:
    """Return the text of an object or list, or what is wrong with it."""
    if spec.as_ != "date_parts" or type(value) is list:
        kind = "a list" if type(value) is list else "an object"
        return None, f"{spec.path} is {kind}, wanted a value"
    numbers = [str(value.get(name, 0)) for name in _PARTS]
    if not all(text.isascii() and text.isdigit() for text in numbers):
        return None, f"{spec.path} holds no whole numbers as year, month, day ..."
    try:
        moment = datetime(*map(int, numbers))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None, f"{spec.path} is no date: {'-'.join(numbers[:3])[:40]}"
    return moment.isoformat(), None

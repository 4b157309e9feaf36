"""Lists for people: a table of the journal, newest needs first, or JSON for machines."""

from collections.abc import Callable, Sequence
from typing import Any

from inventory_pipeline.cli import console as terminal
from inventory_pipeline.wiring.export import load_table
from inventory_pipeline.wiring.house import House

Row = dict[str, Any]


def load_rows(house: House, table: str, *, keep: Callable[[Row], bool]) -> list[Row]:
    """Return the rows of a table that somebody asked for."""
    return [row for row in load_table(house, table).to_dicts() if keep(row)]


def print_rows(
    rows: Sequence[Row],
    columns: Sequence[str],
    *,
    limit: int,
    as_json: bool,
    nothing: str,
    then: str,
) -> None:
    """Print rows: all of them for machines, the first ``limit`` for people."""
    if as_json:
        terminal.print_json(list(rows))
        return
    out = terminal.build_console()
    if not rows:
        terminal.print_line(out, nothing)
        return
    shown = [[_cell(row[column], column) for column in columns] for row in rows[:limit]]
    terminal.print_table(out, [column.removesuffix("_units") for column in columns], shown)
    if len(rows) > limit:
        terminal.print_line(out, f"and {len(rows) - limit} more; --limit {len(rows)} shows them")
    terminal.print_line(out, f"next: {then}")


def _cell(value: Any, column: str) -> str:
    if value is None:
        return "-"
    return value.strftime("%m-%d %H:%MZ") if column.endswith("_at") else str(value)

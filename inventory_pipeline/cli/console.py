"""What commands share: tables and JSON on the terminal, and the right exit code."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Never

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from inventory_pipeline.cli.text import clean

_WIDTH_OF_A_FILE = 200


def build_console(*, is_error: bool = False) -> Console:
    """Return a console that takes text as it is: no markup, no guessing at numbers."""
    stream = sys.stderr if is_error else sys.stdout
    return Console(
        file=stream,
        markup=False,
        highlight=False,
        emoji=False,
        width=None if stream.isatty() else _WIDTH_OF_A_FILE,
    )


def print_table(
    console: Console,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    styles: Sequence[str] = (),
) -> None:
    """Print rows under headings; ``styles`` gives a style for each row."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for index, row in enumerate(rows):
        style = styles[index] if index < len(styles) else ""
        table.add_row(*(Text(clean(cell)) for cell in row), style=style)
    console.print(table)


def print_line(console: Console, text: str, *, style: str = "") -> None:
    """Print one line, however long."""
    console.print(Text(clean(text)), style=style, soft_wrap=True)


def print_json(value: Any) -> None:
    """Print a value for machines."""
    click.echo(json.dumps(value, indent=2, default=_encode, ensure_ascii=False))


def _encode(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return value.total_seconds()
    raise TypeError(f"{type(value).__name__} has no JSON form here")


def finish(*, needs_person: bool) -> Never:
    """End the command: 1 if something needs a person, else 0."""
    raise click.exceptions.Exit(1 if needs_person else 0)

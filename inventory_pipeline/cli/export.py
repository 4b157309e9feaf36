"""``export``: a table of the contract as CSV, JSON or Parquet."""

import sys
from pathlib import Path

import click

from inventory_pipeline.cli.house import open_house
from inventory_pipeline.errors import UsageError
from inventory_pipeline.model.hours import compute_key, parse_hour
from inventory_pipeline.wiring.export import load_table, render_table


@click.command("export")
@click.argument("table")
@click.option("--hour", metavar="HOUR", help="One hour only.")
@click.option("--from", "start", metavar="HOUR", help="First hour.")
@click.option("--to", "end", metavar="HOUR", help="Last hour.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "json", "parquet"]),
    default="csv",
    show_default=True,
)
@click.option("--output", metavar="FILE", help="Write here instead of to the terminal.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    table: str,
    hour: str | None,
    start: str | None,
    end: str | None,
    form: str,
    output: str | None,
) -> None:
    """Write TABLE of the contract: snapshots, comparisons, findings, cycles ..."""
    house = open_house(ctx)
    first, last = hour or start, hour or end
    low = parse_hour(first) if first else None
    high = parse_hour(last) if last else None
    if low and high and high < low:
        raise UsageError(f"the range ends ({compute_key(high)}) before it begins")
    content = render_table(load_table(house, table, low=low, high=high), form=form)
    if output:
        Path(output).write_bytes(content)
    else:
        sys.stdout.buffer.write(content)

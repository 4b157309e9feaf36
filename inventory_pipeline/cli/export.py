"""``export``: a table of the contract as CSV, JSON or Parquet."""

from pathlib import Path

import click


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
    from inventory_pipeline.config.load import find_config_path  # noqa: PLC0415
    from inventory_pipeline.model.hours import parse_hour  # noqa: PLC0415
    from inventory_pipeline.wiring.export import load_table, render_table  # noqa: PLC0415
    from inventory_pipeline.wiring.house import build_house  # noqa: PLC0415

    house = build_house(Path(find_config_path(ctx.find_root().obj)))
    low = parse_hour(hour or start) if hour or start else None
    high = parse_hour(hour or end) if hour or end else None
    content = render_table(load_table(house, table, low=low, high=high), form=form)
    if output:
        Path(output).write_bytes(content)
    else:
        click.get_binary_stream("stdout").write(content)

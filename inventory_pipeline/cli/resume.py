"""``resume``: let corrections go on that were stopped."""

import click

from inventory_pipeline.cli import console as terminal
from inventory_pipeline.cli.house import open_house
from inventory_pipeline.errors import UsageError
from inventory_pipeline.wiring import outbox


@click.command("resume")
@click.argument("scope", default="all", metavar="[SYSTEM]")
@click.option("--by", required=True, metavar="NAME", help="Who has looked.")
@click.pass_context
def command(ctx: click.Context, *, scope: str, by: str) -> None:
    """Release what stopped corrections: of one system, or of everything (``all``)."""
    if not outbox.resume(open_house(ctx), scope, by=by):
        raise UsageError(f"nothing is stopped for {scope!r}")
    terminal.print_line(terminal.build_console(), f"{scope}: corrections go on")

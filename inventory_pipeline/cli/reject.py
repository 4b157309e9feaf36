"""``reject``: a person's no to one proposal."""

import click

from inventory_pipeline.cli import console as terminal
from inventory_pipeline.cli.house import open_house
from inventory_pipeline.wiring import outbox


@click.command("reject")
@click.argument("proposal_id", metavar="ID")
@click.option("--by", required=True, metavar="NAME", help="Who decides.")
@click.option("--reason", required=True, metavar="TEXT", help="Why not.")
@click.pass_context
def command(ctx: click.Context, *, proposal_id: str, by: str, reason: str) -> None:
    """Refuse a proposal; the finding stays until the numbers agree."""
    outbox.reject(open_house(ctx), proposal_id, by=by, reason=reason)
    terminal.print_line(terminal.build_console(), f"{proposal_id}: rejected")

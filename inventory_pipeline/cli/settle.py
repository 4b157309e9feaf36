"""``settle``: a person's word about a receipt that nobody else can settle."""

from typing import cast

import click

from inventory_pipeline.cli import console as terminal
from inventory_pipeline.cli.house import open_house
from inventory_pipeline.correct.handover import Verdict
from inventory_pipeline.wiring import outbox


@click.command("settle")
@click.argument("receipt_id", metavar="RECEIPT")
@click.argument("verdict", type=click.Choice(["landed", "again", "drop"]))
@click.option("--by", required=True, metavar="NAME", help="Who has looked.")
@click.option("--reason", required=True, metavar="TEXT", help="What was seen at the receiver.")
@click.pass_context
def command(ctx: click.Context, *, receipt_id: str, verdict: str, by: str, reason: str) -> None:
    """Say what became of a receipt: landed, again (it has not: send it once more), or drop."""
    state = outbox.settle(
        open_house(ctx), receipt_id, cast("Verdict", verdict), by=by, reason=reason
    )
    terminal.print_line(terminal.build_console(), f"{receipt_id}: {state}")

"""``change``: tell mirrors of a sale, a restock, a return or a manual fix at once."""

from typing import cast

import click

from inventory_pipeline.cli import console as terminal
from inventory_pipeline.cli.house import open_house
from inventory_pipeline.correct.changing import SIGNS, Told
from inventory_pipeline.correct.receipts import ChangeKind
from inventory_pipeline.wiring.changing import change


@click.command("change")
@click.argument("kind", type=click.Choice(sorted(SIGNS)))
@click.argument("sku", metavar="SKU")
@click.option("--location", required=True, metavar="L", help="Where.")
@click.option("--units", required=True, type=int, metavar="N", help="Eaches.")
@click.option("--by", required=True, metavar="NAME", help="Who tells of it.")
@click.option("--reference", default="", metavar="ID", help="Told twice, it is one change.")
@click.option("--to", "systems", multiple=True, metavar="SYSTEM", help="Who shall hear of it.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    kind: str,
    sku: str,
    location: str,
    units: int,
    by: str,
    reference: str,
    systems: tuple[str, ...],
) -> None:
    """Queue a change for every system that hears of it from here."""
    told = Told(cast("ChangeKind", kind), sku, location, units, by, reference, systems)
    receipts = change(open_house(ctx), told)
    out = terminal.build_console()
    if not receipts:
        terminal.print_line(out, f"{reference} was told before; nothing is added")
        return
    terminal.print_line(out, f"{len(receipts)} receipts are queued: {', '.join(receipts)}")
    terminal.print_line(out, "next: inventory-pipeline deliver --once")

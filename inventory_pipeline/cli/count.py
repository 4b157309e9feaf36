"""``count``: what somebody counted in a bin; it closes the loop of a drift walk."""

import click

from inventory_pipeline.cli import console as terminal
from inventory_pipeline.cli.house import open_house
from inventory_pipeline.correct.walk import CODES
from inventory_pipeline.model.hours import parse_instant
from inventory_pipeline.wiring import counting


@click.command("count")
@click.argument("task_id", metavar="TASK")
@click.option("--units", required=True, type=int, metavar="N", help="How many eaches lie there.")
@click.option("--by", required=True, metavar="NAME", help="Who counted.")
@click.option("--reason", "code", default="", metavar="CODE", help=f"One of: {', '.join(CODES)}.")
@click.option("--at", "as_of", metavar="INSTANT", help="When it was counted; default: now.")
@click.pass_context
def command(
    ctx: click.Context, *, task_id: str, units: int, by: str, code: str, as_of: str | None
) -> None:
    """Take a count: the owner's record is written once, and every mirror hears of it."""
    at = parse_instant(as_of) if as_of else None
    done = counting.count(open_house(ctx), task_id, units=units, by=by, code=code, as_of=at)
    out = terminal.build_console()
    if done.message:
        terminal.print_line(out, f"{task_id}: {done.message}")
    else:
        terminal.print_line(
            out, f"{task_id}: {done.state}; {done.receipts} receipts are queued; it closes when "
            "the next check sees the owner show the number"
        )  # fmt: skip
    terminal.finish(needs_person=bool(done.message))

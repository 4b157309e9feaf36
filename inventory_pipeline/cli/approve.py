"""``approve``: a person's yes to one proposal."""

import click

from inventory_pipeline.cli import console as terminal
from inventory_pipeline.cli.house import open_house
from inventory_pipeline.wiring import outbox


@click.command("approve")
@click.argument("proposal_id", metavar="ID")
@click.option("--by", required=True, metavar="NAME", help="Who decides.")
@click.pass_context
def command(ctx: click.Context, *, proposal_id: str, by: str) -> None:
    """Turn a proposal into a correction that the worker delivers."""
    done = outbox.approve(open_house(ctx), proposal_id, by=by)
    out = terminal.build_console()
    if done.wants:
        terminal.print_line(out, f"{proposal_id}: {by} said yes; it wants {done.wants}")
    elif done.task_id:
        terminal.print_line(out, f"{proposal_id}: approved; task {done.task_id} sets it by hand")
    else:
        terminal.print_line(out, f"{proposal_id}: approved; receipt {done.receipt_id} is queued")
        terminal.print_line(out, "next: inventory-pipeline deliver --once")
    terminal.finish(needs_person=bool(done.wants or done.task_id))

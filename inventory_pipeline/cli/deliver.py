"""``deliver``: the outbox worker; one pass, or a pass a minute."""

import time

import click

from inventory_pipeline.cli import console as terminal
from inventory_pipeline.cli.house import open_house
from inventory_pipeline.correct.deliver import Delivered
from inventory_pipeline.wiring import outbox

EVERY_SECONDS = 60.0


@click.command("deliver")
@click.option("--once", is_flag=True, help="One pass; for cron. Without it: a pass a minute.")
@click.pass_context
def command(ctx: click.Context, *, once: bool) -> None:
    """Deliver what is due. Safe beside Dagster's worker and beside itself."""
    house = open_house(ctx)
    while True:
        began = time.monotonic()
        done = outbox.deliver(house)
        _print(done)
        if once:
            terminal.finish(needs_person=done.needs_a_person)
        time.sleep(max(0.0, EVERY_SECONDS - (time.monotonic() - began)))


def _print(done: Delivered) -> None:
    out = terminal.build_console()
    told = [f"{done.tally[name]} {word}" for name, word in _WORDS.items() if done.tally[name]]
    terminal.print_line(out, ", ".join(told) or "nothing was due")
    for system, reason in sorted(done.left.items()):
        terminal.print_line(out, f"{system} is left alone until the next pass: {reason}")
    for system in sorted(done.busy):
        terminal.print_line(out, f"{system}: another worker is at it")
    for system in sorted(done.unwritable):
        terminal.print_line(out, f"{system} has receipts and cannot be written to")


_WORDS = {
    "confirmed": "confirmed",
    "again": "waiting",
    "uncertain": "uncertain",
    "superseded": "superseded",
    "dead": "dead",
    "for_people": "for a person to settle",
}

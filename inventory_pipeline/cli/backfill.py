"""``backfill``: recompute stored hours."""

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from inventory_pipeline.cli import console as terminal
from inventory_pipeline.cli.house import open_house, read_hour
from inventory_pipeline.report.words import render_count
from inventory_pipeline.wiring.backfill import backfill, find_stored_hours


@click.command("backfill")
@click.option("--from", "start", metavar="HOUR", help="First hour; default: the first landed.")
@click.option("--to", "end", metavar="HOUR", help="Last hour; default: the last landed.")
@click.option("--json", "as_json", is_flag=True, help="Print the result for machines.")
@click.pass_context
def command(ctx: click.Context, start: str | None, end: str | None, as_json: bool) -> None:
    """Recompute stored hours from landing: 0 fetches, 0 mails, 0 receipts."""
    house = open_house(ctx)
    hours = find_stored_hours(
        house,
        read_hour(house, start, "--from") if start else None,
        read_hour(house, end, "--to") if end else None,
    )
    with Progress(
        TextColumn("backfill"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=terminal.build_console(is_error=True),
        transient=True,
    ) as progress:
        task = progress.add_task("hours", total=len(hours))
        done = backfill(house, hours, tell=lambda _result: progress.advance(task))
    if as_json:
        terminal.print_json(done.__dict__)
    else:
        out = terminal.build_console()
        terminal.print_line(
            out,
            f"{render_count(done.hours, 'hour')} computed again, {done.missed} of them missed; "
            "nothing was fetched, mailed or proposed",
        )
    terminal.finish(needs_person=done.majors > 0 or done.missed > 0)

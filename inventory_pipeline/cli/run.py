"""``run``: one hour, front door to back."""

from dataclasses import asdict
from datetime import datetime

import click
from rich.progress import Progress, SpinnerColumn, TextColumn

from inventory_pipeline.cli import console as terminal
from inventory_pipeline.cli.house import open_house, read_hour
from inventory_pipeline.model.hours import HOUR, compute_key, floor_hour
from inventory_pipeline.wiring.hourly import HourResult, run_hour
from inventory_pipeline.wiring.linking import link


@click.command("run")
@click.option(
    "--hour", metavar="HOUR", help="Such as 2026-04-06T10:00Z; default: the hour just closed."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result for machines.")
@click.pass_context
def command(ctx: click.Context, hour: str | None, as_json: bool) -> None:
    """Reconcile one hour: ingest, compare, propose. Running it twice changes nothing."""
    house = open_house(ctx)
    newest = floor_hour(house.clock.now()) - HOUR
    hour_at = newest if hour is None else read_hour(house, hour, "--hour")
    errors = terminal.build_console(is_error=True)
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), console=errors, transient=True
    ) as progress:
        task = progress.add_task("starting")
        result = run_hour(house, hour_at, tell=lambda step: progress.update(task, description=step))
        progress.update(task, description="link later hours")
        linked = link(house)
    if as_json:
        terminal.print_json(describe(result))
    else:
        _print(result, hour_at)
        if linked:
            terminal.print_line(
                terminal.build_console(),
                f"hours computed again, because they rest on one that changed: {len(linked)}",
            )
    terminal.finish(needs_person=result.needs_a_person)


def describe(result: HourResult) -> dict[str, object]:
    """Return the result of an hour as plain data."""
    data = asdict(result)
    return {"feeds": list(data["feeds"]), "cycle": data["cycle"]}


def _print(result: HourResult, hour_at: datetime) -> None:

    out = terminal.build_console()
    cycle = result.cycle
    terminal.print_table(
        out,
        ("system", "feed", "status", "rows", "keys", "quarantined", "as of", "reason"),
        [
            (
                f.system, f.feed, f.status, f.rows, f.keys, f.quarantined,
                compute_key(f.source_at) if f.source_at else "-", f.reason,
            )
            for f in result.feeds
        ],
    )  # fmt: skip
    rate = f"{cycle.drift_rate:.2%}" if cycle.drift_rate is not None else "-"
    terminal.print_line(
        out,
        f"{compute_key(hour_at)} {cycle.status}: {cycle.compared} compared, "
        f"{cycle.matched} matched, {cycle.in_flight} in flight, "
        f"{cycle.drifting_skus} of {cycle.active_skus} active SKUs drifting ({rate}), "
        f"{cycle.majors} major",
    )
    if cycle.majors:
        terminal.print_line(out, "next: inventory-pipeline findings")

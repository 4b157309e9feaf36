"""``audit``: the quarter's item end to end, and what is overdue for review."""

from typing import Any

import click

from inventory_pipeline.cli import console as terminal
from inventory_pipeline.cli.house import open_house
from inventory_pipeline.cli.trace import print_trace, render_trace
from inventory_pipeline.model.hours import compute_key
from inventory_pipeline.wiring.audit import HOLDS, Audit, audit


@click.command("audit")
@click.option("--quarter", metavar="QUARTER", help="Such as 2026Q4; default: this one.")
@click.option("--json", "as_json", is_flag=True, help="Print for machines.")
@click.pass_context
def command(ctx: click.Context, *, quarter: str | None, as_json: bool) -> None:
    """Take the item drawn for a quarter through every system, at the newest stored hour.

    Ends with 1 if a number is off or not known, or if a review is overdue.
    """
    found = audit(open_house(ctx), quarter=quarter)
    if as_json:
        terminal.print_json(_render_json(found))
    else:
        _print(found)
    terminal.finish(needs_person=found.needs_a_person)


def _render_json(found: Audit) -> dict[str, Any]:
    """Return the audit as data; the places are those of ``trace --json``."""
    journey, first = found.journey, found.first_off
    return {
        "quarter": found.quarter,
        "sku": journey.sku,
        "hour_at": journey.hour_at,
        "verdict": found.verdict,
        "first_off": first and {"location_id": first.location_id, "system": first.system,
                                "fact": first.fact, "delta_units": first.delta},
        "authority": [check.because for check in journey.authority],
        "places": [render_trace(each, journey) for each in journey.traces],
        "overdue": list(found.overdue),
    }  # fmt: skip


def _print(found: Audit) -> None:
    out = terminal.build_console()
    journey = found.journey
    head = f"{found.quarter}: {journey.sku} at {compute_key(journey.hour_at)} {found.verdict}"
    terminal.print_line(out, head, style="bold" if found.verdict == HOLDS else "bold red")
    for check in journey.authority:
        terminal.print_line(out, f"stops at authority: {check.because}", style="red")
    for each in journey.traces:
        print_trace(each, journey)
    for text in found.overdue:
        terminal.print_line(out, f"overdue: {text}", style="yellow")
    if not found.overdue:
        terminal.print_line(out, "no review is overdue")

"""``trace``: one item end to end; the first system that is off is where to look."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from inventory_pipeline.cli import console as terminal
from inventory_pipeline.cli.house import open_house
from inventory_pipeline.diagnose.checklist import Checklist
from inventory_pipeline.diagnose.trace import Reading, Trace
from inventory_pipeline.model.hours import compute_key, parse_hour
from inventory_pipeline.wiring.trace import Journey, trace

_COLUMNS = ("system", "role", "fact", "shows", "expected", "gap", "as of", "status", "")


@click.command("trace")
@click.argument("sku")
@click.option("--hour", metavar="HOUR", help="As known at this hour; default: the newest.")
@click.option("--json", "as_json", is_flag=True, help="Print for machines.")
@click.pass_context
def command(ctx: click.Context, *, sku: str, hour: str | None, as_json: bool) -> None:
    """Follow one item from its owner through every system; name the first that is off."""
    journey = trace(open_house(ctx), sku, hour_at=parse_hour(hour) if hour else None)
    if as_json:
        terminal.print_json(_render_json(journey))
    else:
        _print(journey)
    terminal.finish(needs_person=journey.needs_a_person)


def _render_json(journey: Journey) -> dict[str, Any]:
    """Return the journey as data: every place with its readings, and where it fails first."""
    return {
        "sku": journey.sku,
        "hour_at": journey.hour_at,
        "authority": [asdict(check) for check in journey.authority],
        "places": [render_trace(each, journey) for each in journey.traces],
        "checklists": [{**asdict(each), "died_at": each.died_at} for each in journey.checklists],
    }


def render_trace(each: Trace, journey: Journey) -> dict[str, Any]:
    """Return one place of a journey as data."""
    return {
        "location_id": each.location_id,
        "agrees": each.agrees,
        "failure_point": each.failure.system if each.failure else None,
        "failure_delta_units": each.failure.delta if each.failure else None,
        "downstream": [reading.system for reading in each.downstream],
        "look_at": journey.find_suspect(each),
        "because": journey.explain(each),
        "readings": [asdict(reading) for reading in each.readings],
    }


def _print(journey: Journey) -> None:
    out = terminal.build_console()
    terminal.print_line(out, f"{journey.sku} at {compute_key(journey.hour_at)}", style="bold")
    for check in journey.authority:
        terminal.print_line(out, f"stops at authority: {check.because}", style="red")
    for each in journey.traces:
        print_trace(each, journey)
        if sentence := journey.explain(each):
            terminal.print_line(out, sentence)
    for checklist in journey.checklists:
        _print_checklist(checklist)


def print_trace(each: Trace, journey: Journey) -> None:
    """Print one place: every system's number, and the first that is off."""
    out = terminal.build_console()
    terminal.print_line(out, each.location_id or "everywhere", style="bold")
    terminal.print_table(out, _COLUMNS, [_list_cells(reading, each) for reading in each.readings])
    terminal.print_line(out, render_finding(each, journey.find_suspect(each)))


def render_finding(each: Trace, suspect: str) -> str:
    """Say in one line where the item first goes wrong."""
    failure = each.failure
    if failure is None:
        unknown = [reading.system for reading in each.readings if not reading.is_known]
        lacking = f"; not known: {', '.join(unknown)}" if unknown else ""
        return f"every number that is known agrees{lacking}"
    gap = "" if failure.delta is None else f", gap {failure.delta:+d}"
    line = f"first off: {failure.system} ({failure.status}{gap})"
    if suspect == "middleware":
        line += "; the books agree, so go straight to the middleware"
    elif suspect:
        line += f"; look at the {suspect}"
    behind = [f"{r.system} {_sign(r.delta)}" for r in each.downstream]
    return f"{line}; downstream: {', '.join(behind)}" if behind else line


def _list_cells(reading: Reading, each: Trace) -> list[str]:
    return [
        reading.system, reading.role, reading.fact, _show(reading.units), _show(reading.expected),
        _sign(reading.delta), _show(reading.as_of), reading.status,
        "<- first off" if reading is each.failure else "",
    ]  # fmt: skip


def _print_checklist(checklist: Checklist) -> None:
    out = terminal.build_console()
    place = f" at {checklist.location_id}" if checklist.location_id else ""
    terminal.print_line(out, f"{checklist.channel} shows none{place}: four layers", style="bold")
    rows = [(layer.layer, layer.status, layer.because) for layer in checklist.layers]
    terminal.print_table(out, ("layer", "", "because"), rows)
    ended = f"died at: {checklist.died_at}" if checklist.died_at else "no layer is known to fail"
    terminal.print_line(out, ended)


def _sign(delta: int | None) -> str:
    return "-" if delta is None else f"{delta:+d}" if delta else "0"


def _show(value: int | datetime | None) -> str:
    if value is None:
        return "-"
    return value.strftime("%Y-%m-%d %H:%MZ") if isinstance(value, datetime) else str(value)

"""``explain``: everything known about one item."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from inventory_pipeline.cli import console as terminal
from inventory_pipeline.cli.diagnosis import print_diagnoses, read_json
from inventory_pipeline.cli.house import open_house
from inventory_pipeline.model.hours import compute_key, parse_hour
from inventory_pipeline.wiring.explain import explain
from inventory_pipeline.wiring.rewording import reword_rows

_SECTIONS = (
    ("facts", "Owner", ("fact", "location_id", "owner", "owner_units", "source_at")),
    (
        "comparisons",
        "Mirrors",
        (
            "mirror", "fact", "location_id", "observed_units", "expected_units",
            "raw_delta_units", "in_flight_units", "lag_units", "delta_units", "status",
            "severity", "source_at", "qualifiers",
        ),
    ),
    (
        "findings",
        "Findings",
        (
            "finding_id", "class", "mirror", "severity", "delta_units", "state", "streak",
            "recurrence", "first_seen_at", "details",
        ),
    ),
    ("bins", "Bins", ("system", "location_id", "bin", "units")),
    (
        "positions",
        "Last count and what moved since",
        (
            "system", "location_id", "count_id", "counted_at", "counted_units", "moved_units",
            "position_units",
        ),
    ),
    (
        "movements",
        "Last movements",
        ("moved_at", "system", "kind", "units", "movement_id", "reference_id"),
    ),
    ("history", "Hour by hour", ("hour_at", "mirror", "class", "severity", "delta_units", "state")),
    (
        "proposals",
        "Proposals",
        ("proposal_id", "system", "before_units", "target_units", "decision", "reason"),
    ),
    (
        "receipts",
        "Receipts",
        ("receipt_id", "system", "operation", "units", "state", "attempts", "evidence"),
    ),
    ("tasks", "Count tasks", ("task_id", "bin", "state", "recorded_units", "reason")),
)  # fmt: skip


@click.command("explain")
@click.argument("sku")
@click.option("--location", metavar="L", help="One location only.")
@click.option("--hour", metavar="HOUR", help="As known at this hour; default: the newest.")
@click.option("--json", "as_json", is_flag=True, help="Print for machines.")
@click.pass_context
def command(
    ctx: click.Context, *, sku: str, location: str | None, hour: str | None, as_json: bool
) -> None:
    """Show everything known about one item: owner, mirrors, gap, findings, movements."""
    house = open_house(ctx)
    found = explain(house, sku, location=location, hour_at=parse_hour(hour) if hour else None)
    if as_json:
        terminal.print_json({**asdict(found), "diagnoses": list(map(read_json, found.diagnoses))})
        terminal.finish(needs_person=found.needs_a_person)
    out = terminal.build_console()
    terminal.print_line(out, f"{sku} at {compute_key(found.hour_at)}", style="bold")
    for name, title, columns in _SECTIONS:
        rows = getattr(found, name)
        if rows:
            terminal.print_line(out, title, style="bold")
            terminal.print_table(
                out, [c.removesuffix("_units") for c in columns], [_cells(r, columns) for r in rows]
            )
        if name == "findings":
            print_diagnoses(out, reword_rows(house, found.diagnoses))
    terminal.finish(needs_person=found.needs_a_person)


def _cells(row: dict[str, Any], columns: tuple[str, ...]) -> list[str]:
    return [_cell(row[column], column) for column in columns]


def _cell(value: Any, column: str) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%MZ")
    if "delta" in column and isinstance(value, int) and value:
        return f"{value:+d}"
    return "" if value == "{}" else str(value)

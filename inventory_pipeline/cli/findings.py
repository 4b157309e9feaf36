"""``findings``: what disagrees, gravest first."""

from datetime import datetime
from typing import Any

import click

from inventory_pipeline.cli import console as terminal
from inventory_pipeline.cli.house import open_house
from inventory_pipeline.model.hours import parse_hour
from inventory_pipeline.wiring.export import load_table
from inventory_pipeline.wiring.house import House

_COLUMNS = (
    "severity", "class", "sku", "location_id", "mirror", "owner_units", "expected_units",
    "observed_units", "delta_units", "cause", "streak", "recurrence", "first_seen_at",
    "finding_id",
)  # fmt: skip
_STYLES = {"major": "red", "notable": "yellow", "minor": "", "none": "dim"}
_RANK = {"major": 0, "notable": 1, "minor": 2, "none": 3}


@click.command("findings")
@click.option("--all", "everything", is_flag=True, help="Also what is cleared or a plain stockout.")
@click.option("--hour", metavar="HOUR", help="As judged in this hour.")
@click.option("--limit", type=int, default=50, show_default=True, help="At most so many lines.")
@click.option("--json", "as_json", is_flag=True, help="Print for machines.")
@click.pass_context
def command(
    ctx: click.Context, *, everything: bool, hour: str | None, limit: int, as_json: bool
) -> None:
    """List open findings, gravest first."""
    house = open_house(ctx)
    at = parse_hour(hour) if hour else None
    rows = load_table(house, "findings", low=at, high=at).to_dicts()
    if not everything:
        rows = [r for r in rows if r["state"] == "open" and r["severity"] != "none"]
    rows.sort(key=_rank)
    causes = load_causes(house, at or max((r["last_seen_at"] for r in rows), default=None))
    rows = [{**row, "cause": causes.get(row["finding_id"], "")} for row in rows]
    if as_json:
        terminal.print_json(rows)
    else:
        _print(rows, limit)
    terminal.finish(needs_person=any(_is_grave(row) for row in rows))


def load_causes(house: House, at: datetime | None) -> dict[str, str]:
    """Return finding → its cause, as it was judged in an hour; every open one is, each hour."""
    if at is None:
        return {}
    told = load_table(house, "diagnoses", low=at, high=at)
    return dict(told.select("finding_id", "cause").iter_rows())


def _is_grave(row: dict[str, Any]) -> bool:
    return bool(row["state"] == "open" and row["severity"] == "major")


def _rank(row: dict[str, Any]) -> tuple[Any, ...]:
    money = -(row["money_at_risk"] or 0)
    # Between equal bands the oversell direction comes first.
    over = 0 if (row["delta_units"] or 0) > 0 else 1
    return (_RANK[row["severity"]], over, money, row["sku"], row["mirror"], row["finding_id"])


def _print(rows: list[dict[str, Any]], limit: int) -> None:
    out = terminal.build_console()
    if not rows:
        terminal.print_line(out, "no open finding")
        return
    shown = rows[:limit]
    terminal.print_table(
        out,
        [column.removesuffix("_units") for column in _COLUMNS],
        [[_cell(row[column], column) for column in _COLUMNS] for row in shown],
        styles=[_STYLES[row["severity"]] for row in shown],
    )
    if len(rows) > limit:
        terminal.print_line(out, f"and {len(rows) - limit} more; --limit {len(rows)} shows them")
    terminal.print_line(out, "next: inventory-pipeline explain SKU")


def _cell(value: Any, column: str) -> str:
    if value is None:
        return "-"
    if column == "delta_units":
        return f"{value:+d}"
    return value.strftime("%m-%d %H:%MZ") if column.endswith("_at") else str(value)

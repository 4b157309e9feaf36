"""``tasks``: bins to count and numbers to set by hand, what they may cost first."""

import click

from inventory_pipeline.cli import console as terminal
from inventory_pipeline.cli.house import open_house
from inventory_pipeline.cli.lists import load_rows, print_rows

# Blind: who counts does not see what is recorded.
_COLUMNS = ("task_id", "state", "kind", "location_id", "bin", "sku", "created_at")
_RECORDED = ("recorded_units", "counted_units", "counted_by", "code", "reason")


@click.command("tasks")
@click.option("--all", "everything", is_flag=True, help="Also what is closed.")
@click.option("--records", is_flag=True, help="Also what is recorded: not for who counts.")
@click.option("--limit", type=int, default=50, show_default=True, help="At most so many lines.")
@click.option("--json", "as_json", is_flag=True, help="Print for machines.")
@click.pass_context
def command(
    ctx: click.Context, *, everything: bool, records: bool, limit: int, as_json: bool
) -> None:
    """List the drift walk: where to count next."""
    house = open_house(ctx)
    rows = load_rows(
        house, "tasks", keep=lambda row: everything or as_json or row["state"] != "closed"
    )
    rows.sort(key=lambda row: (-(row["expected_loss"] or 0), row["bin"], row["task_id"]))
    print_rows(
        rows, (*_COLUMNS, *_RECORDED) if records else _COLUMNS,
        limit=limit, as_json=as_json,
        nothing="nothing to count", then="inventory-pipeline count TASK --units N --by NAME",
    )  # fmt: skip
    terminal.finish(needs_person=any(row["state"] != "closed" for row in rows))

"""``receipts``: what is on its way to other systems, and what arrived."""

import click

from inventory_pipeline.cli import console as terminal
from inventory_pipeline.cli.house import open_house
from inventory_pipeline.cli.lists import load_rows, print_rows

_COLUMNS = (
    "receipt_id", "state", "waits_for", "system", "fact", "sku", "location_id", "operation",
    "units", "attempts", "created_at", "confirmed_at", "evidence",
)  # fmt: skip
OVER = ("confirmed", "superseded")


@click.command("receipts")
@click.option("--open", "open_only", is_flag=True, help="Only what is not over.")
@click.option("--limit", type=int, default=50, show_default=True, help="At most so many lines.")
@click.option("--json", "as_json", is_flag=True, help="Print for machines.")
@click.pass_context
def command(ctx: click.Context, *, open_only: bool, limit: int, as_json: bool) -> None:
    """List the outbox, oldest first."""
    house = open_house(ctx)
    rows = load_rows(house, "receipts", keep=lambda row: not open_only or row["state"] not in OVER)
    rows.sort(key=lambda row: (row["state"] in OVER, row["created_at"], row["receipt_id"]))
    print_rows(
        rows, _COLUMNS,
        limit=limit, as_json=as_json,
        nothing="nothing is on its way", then="inventory-pipeline deliver --once",
    )  # fmt: skip
    terminal.finish(needs_person=any(row["waits_for"] == "person" for row in rows))

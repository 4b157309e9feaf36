"""``proposals``: corrections that findings ask for, and what was decided about them."""

import click

from inventory_pipeline.cli import console as terminal
from inventory_pipeline.cli.house import open_house
from inventory_pipeline.cli.lists import load_rows, print_rows

_COLUMNS = (
    "proposal_id", "decision", "system", "fact", "sku", "location_id", "before_units",
    "target_units", "cause", "decided_by", "reason",
)  # fmt: skip
OPEN = ("flagged", "suspended")


@click.command("proposals")
@click.option("--all", "everything", is_flag=True, help="Also what was decided or replaced.")
@click.option("--limit", type=int, default=50, show_default=True, help="At most so many lines.")
@click.option("--json", "as_json", is_flag=True, help="Print for machines.")
@click.pass_context
def command(ctx: click.Context, *, everything: bool, limit: int, as_json: bool) -> None:
    """List corrections that wait for a decision."""
    house = open_house(ctx)
    rows = load_rows(
        house, "proposals", keep=lambda row: everything or row["decision"] != "superseded"
    )
    if not everything and not as_json:
        rows = [row for row in rows if row["decision"] in OPEN]
    print_rows(
        rows, _COLUMNS,
        limit=limit, as_json=as_json,
        nothing="nothing waits for a decision",
        then="inventory-pipeline approve ID --by NAME, or reject ID --by NAME --reason TEXT",
    )  # fmt: skip
    terminal.finish(needs_person=any(row["decision"] in OPEN for row in rows))

"""``report``: one day's summary on the terminal and as files; ``--send`` mails it, once."""

import click

from inventory_pipeline.cli import console as terminal


@click.command("report")
@click.option("--date", "day", metavar="DAY", help="Such as 2026-04-06; default: yesterday.")
@click.option("--send", is_flag=True, help="Mail it; a day's mail goes out once.")
@click.option("--html", metavar="FILE", help="Write the page into FILE too.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary for machines.")
@click.pass_context
def command(
    ctx: click.Context, *, day: str | None, send: bool, html: str | None, as_json: bool
) -> None:
    """Write the daily summary. 0: ALL CLEAR; 1: ATTENTION or INCOMPLETE; 2: it could not be."""
    from inventory_pipeline.cli.report_text import tell_day  # noqa: PLC0415
    from inventory_pipeline.config.outline import find_config_path  # noqa: PLC0415
    from inventory_pipeline.wiring.house import build_house  # noqa: PLC0415

    house = build_house(find_config_path(ctx.find_root().obj))
    summary = tell_day(house, day, send=send, html=html, as_json=as_json)
    terminal.finish(needs_person=summary.status != "ALL CLEAR")

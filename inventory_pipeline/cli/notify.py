"""``notify``: tell people now of what should not wait for the daily summary, once."""

from typing import TYPE_CHECKING

import click

from inventory_pipeline.cli import console as terminal

if TYPE_CHECKING:
    from inventory_pipeline.report.notices import Told


@click.command("notify")
@click.option("--hour", metavar="HOUR", help="Speak only if this is the newest hour there is.")
@click.pass_context
def command(ctx: click.Context, hour: str | None) -> None:
    """Mail new major findings of the newest hour, each once. For cron, where Dagster is not.

    0: nothing new; 1: people were told of something; 2: the mail did not go out.
    """
    from inventory_pipeline.config.outline import find_config_path  # noqa: PLC0415
    from inventory_pipeline.model.hours import parse_hour  # noqa: PLC0415
    from inventory_pipeline.report.notices import notify  # noqa: PLC0415
    from inventory_pipeline.wiring.daily import open_mailer  # noqa: PLC0415
    from inventory_pipeline.wiring.house import build_house  # noqa: PLC0415

    house = build_house(find_config_path(ctx.find_root().obj))
    told = notify(house, open_mailer(house), hour_at=parse_hour(hour) if hour else None)
    terminal.print_line(terminal.build_console(), _describe(told))
    terminal.finish(needs_person=told.findings > 0)


def _describe(told: "Told") -> str:
    from inventory_pipeline.model.hours import compute_key  # noqa: PLC0415

    if told.hour_at is None:
        return "nothing to tell: no hour was ever checked here"
    hour = compute_key(told.hour_at)
    if told.delivery is None:
        return f"nothing new to tell in the newest hour, {hour}"
    where = told.delivery.place or f"sent before as #N{told.delivery.slot.sequence}"
    return f"told of {told.findings} findings of {hour}: {where}"

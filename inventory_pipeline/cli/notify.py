"""``notify``: tell people now of what should not wait for the daily summary, once."""

from pathlib import Path

import click

from inventory_pipeline.cli import console as terminal
from inventory_pipeline.config.load import find_config_path
from inventory_pipeline.connectors.mail import build_mailer
from inventory_pipeline.model.hours import compute_key, parse_hour
from inventory_pipeline.report.notices import Told, notify
from inventory_pipeline.wiring.house import build_house


@click.command("notify")
@click.option("--hour", metavar="HOUR", help="Speak only if this is the newest hour there is.")
@click.pass_context
def command(ctx: click.Context, hour: str | None) -> None:
    """Mail new major findings of the newest hour, each once. For cron, where Dagster is not.

    0: nothing new; 1: people were told of something; 2: the mail did not go out.
    """
    house = build_house(Path(find_config_path(ctx.find_root().obj)))
    mailer = build_mailer(
        house.settings.mail, storage=house.storage, root=house.root, clock=house.clock
    )
    told = notify(house, mailer, hour_at=parse_hour(hour) if hour else None)
    terminal.print_line(terminal.build_console(), _describe(told))
    terminal.finish(needs_person=told.findings > 0)


def _describe(told: Told) -> str:
    if told.hour_at is None:
        return "nothing to tell: no hour was ever checked here"
    hour = compute_key(told.hour_at)
    if told.delivery is None:
        return f"nothing new to tell in the newest hour, {hour}"
    where = told.delivery.place or f"sent before as #N{told.delivery.slot.sequence}"
    return f"told of {told.findings} findings of {hour}: {where}"

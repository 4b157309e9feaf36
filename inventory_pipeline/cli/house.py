"""From a command's context to the house it works in."""

from datetime import datetime

import click

from inventory_pipeline.config.outline import find_config_path
from inventory_pipeline.errors import UsageError
from inventory_pipeline.model.hours import compute_key, floor_hour, parse_hour
from inventory_pipeline.wiring.house import House, build_house


def open_house(ctx: click.Context) -> House:
    """Return the house of the configuration that the command line names.

    Raises:
        ConfigError: the file is missing or wrong.
    """
    return build_house(find_config_path(ctx.find_root().obj))


def read_hour(house: House, text: str, option: str) -> datetime:
    """Return the hour an option names.

    Raises:
        UsageError: it is none, or has not begun: stored, it would stay the newest one.
    """
    hour_at, newest = parse_hour(text), floor_hour(house.clock.now())
    if hour_at > newest:
        raise UsageError(
            f"{option} {compute_key(hour_at)} has not begun; the newest is {compute_key(newest)}"
        )
    return hour_at

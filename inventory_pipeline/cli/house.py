"""From a command's context to the house it works in."""

import click

from inventory_pipeline.config.outline import find_config_path
from inventory_pipeline.wiring.house import House, build_house


def open_house(ctx: click.Context) -> House:
    """Return the house of the configuration that the command line names.

    Raises:
        ConfigError: the file is missing or wrong.
    """
    return build_house(find_config_path(ctx.find_root().obj))

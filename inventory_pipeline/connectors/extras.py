"""Extras: packages that only some connectors need, and nobody else installs."""

import importlib
from typing import Any

from inventory_pipeline.errors import ConfigError


def load_extra(module: str, *, extra: str) -> Any:
    """Return a module of an optional dependency.

    Raises:
        ConfigError: it is not installed; the text names the command that installs it.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"the package {error.name} is not installed; "
            f"run: pip install 'inventory-pipeline[{extra}]'"
        ) from None

"""Front gate for Dagster: the one module that workspace.yaml and pyproject.toml name."""

from pathlib import Path

import dagster as dg

from inventory_pipeline.config.outline import DEFAULT_NAME, find_config_path
from inventory_pipeline.defs.build import build_definitions
from inventory_pipeline.errors import InventoryPipelineError
from inventory_pipeline.wiring.house import build_house

DEMO = Path(__file__).parents[1] / "data" / "demo" / "inventory.yaml"


def find_gate() -> Path:
    """Return the file to open with: $INVENTORY_CONFIG, ./inventory.yaml, else the demo shop."""
    path = find_config_path(None)
    is_absent = path == Path(DEFAULT_NAME) and not path.exists()
    return DEMO if is_absent and DEMO.exists() else path


def open_gate() -> dg.Definitions:
    """Return the definitions of the configured house.

    Raises:
        ConfigError: the file is wrong; the web UI shows its words, not the way to them.
    """
    try:
        return build_definitions(build_house(find_gate()))
    except InventoryPipelineError as error:
        raise error.with_traceback(None) from None


defs = open_gate()

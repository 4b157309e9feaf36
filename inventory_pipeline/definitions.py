"""Front gate for Dagster: the one module that workspace.yaml and pyproject.toml name."""

from pathlib import Path

from inventory_pipeline.config.load import DEFAULT_NAME, find_config_path
from inventory_pipeline.defs.build import build_definitions
from inventory_pipeline.wiring.house import build_house

DEMO = Path(__file__).parents[1] / "data" / "demo" / "inventory.yaml"


def find_gate() -> Path:
    """Return the file to open with: $INVENTORY_CONFIG, ./inventory.yaml, else the demo shop."""
    path = find_config_path(None)
    is_absent = path == Path(DEFAULT_NAME) and not path.exists()
    return DEMO if is_absent and DEMO.exists() else path


defs = build_definitions(build_house(find_gate()))

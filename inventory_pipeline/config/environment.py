"""What else is read of the environment, so that nothing outside this package reads it."""

import os
from pathlib import Path

DAGSTER_HOME = "DAGSTER_HOME"


def find_dagster_home() -> Path | None:
    """Return the folder where Dagster keeps its runs, if the environment names one."""
    text = os.environ.get(DAGSTER_HOME, "").strip()
    return Path(text) if text else None

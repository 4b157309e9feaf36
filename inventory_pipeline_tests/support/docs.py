"""Documentation: the examples on its pages, so that tests run what people copy."""

import re
from pathlib import Path

CONNECTOR_PAGES = Path(__file__).parents[2] / "docs" / "connectors"


def read_examples(page: str) -> list[str]:
    """Return every YAML block of one page about a connector."""
    text = (CONNECTOR_PAGES / page).read_text(encoding="utf-8")
    return re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)

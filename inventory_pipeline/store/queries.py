"""SQL lives in files: one statement each, in ``<room>/sql/<verb_noun>.sql``."""

from functools import cache
from importlib import resources


@cache
def load_query(room: str, name: str) -> str:
    """Return the text of ``inventory_pipeline/<room>/sql/<name>.sql``."""
    place = resources.files(f"inventory_pipeline.{room}").joinpath("sql", f"{name}.sql")
    return place.read_text(encoding="utf-8")

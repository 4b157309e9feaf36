"""dlt, pages as Arrow tables, into DuckDB."""

from pathlib import Path

import pyarrow as pa
from dlt_levels import fetch_pages, load


def reconcile(folder: Path) -> int:
    """Return how many levels stand in the database."""
    return load(folder, (pa.Table.from_pylist(page) for page in fetch_pages(folder)))

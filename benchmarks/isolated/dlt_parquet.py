"""dlt, pages as dicts, by Parquet files into DuckDB."""

from pathlib import Path

from dlt_levels import fetch_pages, load


def reconcile(folder: Path) -> int:
    """Return how many levels stand in the database."""
    return load(folder, fetch_pages(folder), loader_file_format="parquet")

"""What the two ways of dlt share: the pages, and one pipeline in a folder of its own."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import dlt
import requests

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"


def fetch_pages(folder: Path) -> Iterator[list[dict[str, object]]]:
    """Yield the levels page by page."""
    url = (folder / "address").read_text(encoding="utf-8")
    page = 1
    with requests.Session() as session:
        while rows := session.get(f"{url}/levels?page={page}", timeout=60).json()["items"]:
            yield rows
            page += 1


def load(folder: Path, pages: Iterable[object], **options: str) -> int:
    """Run the pipeline; return how many levels stand in the database."""
    with tempfile.TemporaryDirectory() as home:
        pipeline = dlt.pipeline(
            "levels",
            pipelines_dir=home,
            dataset_name="bench",
            destination=dlt.destinations.duckdb(f"{home}/levels.duckdb"),
        )
        pipeline.run(pages, table_name="levels", **options)
        with pipeline.sql_client() as client:
            return int(client.execute_sql("select count(*) from levels")[0][0])

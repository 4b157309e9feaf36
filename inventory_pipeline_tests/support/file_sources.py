"""File sources: dropped files in every format, and the fetch → landed pages → frame walk."""

import csv
import json
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from inventory_pipeline.connectors.file_options import FilesOptions
from inventory_pipeline.connectors.files import FilesConnector
from inventory_pipeline.model.ports import Connector, FetchContext, Fetched, Page
from inventory_pipeline_tests.support.xlsx_files import write_xlsx

HOUR_AT = datetime(2026, 4, 6, 10, tzinfo=UTC)
FETCHED_AT = datetime(2026, 4, 6, 10, 5, tzinfo=UTC)
SLUG = "2026-04-06T10"
COLUMNS = ("item_id", "location_id", "fact", "quantity", "as_of")
Rows = Sequence[Sequence[str]]


def write_csv(path: Path, columns: Sequence[str], rows: Rows) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns, *rows])


def write_ndjson(path: Path, columns: Sequence[str], rows: Rows) -> None:
    """Write one object a line; no row at all is an empty line, since an empty file is refused."""
    lines = [json.dumps(dict(zip(columns, row, strict=True))) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_parquet(path: Path, columns: Sequence[str], rows: Rows) -> None:
    schema = dict.fromkeys(columns, pl.String())
    pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row").write_parquet(path)


WRITERS = {
    "csv": write_csv,
    "ndjson": write_ndjson,
    "parquet": write_parquet,
    "xlsx": write_xlsx,
}


def build_files(root: Path, **options: object) -> FilesConnector:
    """Return a ``files`` connector that does not wait for its files to settle."""
    checked = FilesOptions.model_validate({"settle": "0s", **options})
    return FilesConnector(system="shelf", options=checked, root=str(root))


def land(
    connector: Connector,
    feed: str,
    folder: Path,
    *,
    hour_at: datetime = HOUR_AT,
    read_until: datetime | None = None,
) -> tuple[Fetched, list[Page]]:
    """Fetch one hour as the landing does: files given by path are moved into ``folder``."""
    staging, landed = folder / "staging", []
    staging.mkdir(parents=True, exist_ok=True)

    def sink(page: Page) -> None:
        path = None
        if page.path is not None:
            path = str(folder / f"page-{len(landed)}.{page.kind}")
            shutil.move(page.path, path)
        landed.append(Page(page.body, page.kind, path, page.hour_at, page.fetched_at))

    context = FetchContext(hour_at, lambda: FETCHED_AT, read_until, str(staging))
    fetched = connector.fetch(feed, context, sink)
    assert list(staging.iterdir()) == []
    return fetched, landed

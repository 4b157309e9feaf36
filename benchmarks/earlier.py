"""What an hour before left behind: the key book, as the product has it in every hour but its first.

One item in a thousand is new since. Made in a process of its own, so that making it costs no
candidate memory: ``python -m benchmarks.earlier FOLDER``.
"""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import polars as pl

from benchmarks.work import FIRST_HOUR, slug
from inventory_pipeline.config.load import load_settings
from inventory_pipeline.ingest.keys import KeyBook, save_fresh
from inventory_pipeline.store.warehouse import open_warehouse

NEW_ITEM = r"^HP-\d{4}500"
WAIT = timedelta(seconds=5)


def find_earlier(folder: Path) -> Path:
    """Return the warehouse that the hour before left; it is made where there is none yet."""
    path = folder / "earlier" / "warehouse.duckdb"
    if not path.exists():
        command = [sys.executable, "-m", "benchmarks.earlier", str(folder)]
        subprocess.run(command, check=True, cwd=Path(__file__).parents[1])
    return path


def main() -> None:
    """Number every key but the new items', system by system as the ingest step does."""
    folder, book = Path(sys.argv[1]), KeyBook()
    for system in load_settings(folder / "inventory.yaml").settings.systems:
        export = pl.read_parquet(folder / "exports" / f"{system}-{slug(FIRST_HOUR)}.parquet")
        is_new = pl.col("item_id").str.contains(NEW_ITEM)
        book.encode_readings(
            export.filter(~is_new).select("location_id", "fact", sku="item_id").unique()
        )
    path = folder / "earlier" / "warehouse.duckdb"
    draft = path.with_name("draft.duckdb")
    with open_warehouse(draft, wait=WAIT) as warehouse, warehouse.transaction():
        save_fresh(warehouse, book)
    draft.rename(path)


if __name__ == "__main__":
    main()

"""A small shop in a folder: exports as readable tables, the real command line as the door."""

import io
import os
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from inventory_pipeline.cli.main import run_command
from inventory_pipeline.model.hours import compute_slug, parse_hour
from inventory_pipeline.model.wording import word

COUNTS = "item_id location_id fact quantity as_of"
MOVEMENTS = "movement_id kind item_id location_id quantity moved_at"


def table(text: str) -> pl.DataFrame:
    """Read a small table of words divided by spaces; ``-`` is empty."""
    lines = [line.split() for line in text.strip().splitlines() if line.strip()]
    columns, rows = lines[0], lines[1:]
    return pl.DataFrame(
        {c: [None if r[i] == "-" else r[i] for r in rows] for i, c in enumerate(columns)},
        schema=dict.fromkeys(columns, pl.String),
    )


class Shop:
    """One installation in a folder, worked through its front door."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "inventory.yaml"

    def configure(self, text: str) -> None:
        self.config.write_text(text, encoding="utf-8")

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return _let_rest(path)

    def drop(self, system: str, feed: str, hour: str, rows: pl.DataFrame | str) -> Path:
        """Write one export; an ``as_of`` column of ``10:00`` means that time of the hour's day."""
        frame = table(rows) if isinstance(rows, str) else rows
        day = parse_hour(hour).strftime("%Y-%m-%d")
        times = [c for c in frame.columns if c.endswith("_at") or c == "as_of"]
        frame = frame.with_columns(
            pl.when(pl.col(c).str.contains(r"^\d\d:\d\d(:\d\d)?$"))
            .then(word("{}T{}:00Z", pl.lit(day), pl.col(c).str.slice(0, 5)))
            .otherwise(pl.col(c))
            .alias(c)
            for c in times
        )
        path = self.folder / f"exports/{system}/{feed}-{compute_slug(parse_hour(hour))}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.write_csv(path)
        return _let_rest(path)

    def do(self, *words: str) -> int:
        """Run one command; return its exit code."""
        return run_command(["--config", str(self.config), *words])

    def run(self, hour: str) -> int:
        return self.do("run", "--hour", hour)

    def export(self, name: str, *words: str) -> list[dict[str, Any]]:
        """Return a table of the contract as dictionaries with typed cells."""
        path = self.folder / f"{name}.parquet"
        code = self.do("export", name, "--format", "parquet", "--output", str(path), *words)
        assert code == 0, f"export {name} ended with {code}"
        return pl.read_parquet(io.BytesIO(path.read_bytes())).to_dicts()

    def find(self, name: str, *words: str, **wanted: Any) -> list[dict[str, Any]]:
        """Return the rows of a table whose cells equal ``wanted``."""
        rows = self.export(name, *words)
        return [r for r in rows if all(r[key] == value for key, value in wanted.items())]

    def one(self, name: str, *words: str, **wanted: Any) -> dict[str, Any]:
        """Return the only row that fits."""
        rows = self.find(name, *words, **wanted)
        assert len(rows) == 1, f"{name} {wanted}: {len(rows)} rows: {rows}"
        return rows[0]


def _let_rest(path: Path) -> Path:
    """Date a file a minute back: nobody waits to see whether it is still being written."""
    then = time.time() - 60
    os.utime(path, (then, then))
    return path


def at(text: str) -> datetime:
    """Return an hour as the tables hold it."""
    return parse_hour(text)


def files_system(name: str, role: str, *feeds: str, **keys: str) -> str:
    """Return the YAML of one system that drops files; ``keys`` are written as they are."""
    options = ", ".join(f'{f}: "exports/{name}/{f}-{{hour}}.csv"' for f in ("counts", *feeds))
    more = "".join(f", {key}: {value}" for key, value in keys.items())
    return f"  {name}: {{role: {role}, connector: files, options: {{{options}}}{more}}}\n"

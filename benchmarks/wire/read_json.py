"""The fastest known way by hand: requests, raw bytes into files, DuckDB reads them."""

import tempfile
from pathlib import Path

import duckdb
import requests

READ = """
create table levels as
select unnest(items, recursive := true)
from read_json('{folder}/page-*.json', maximum_object_size = 200000000)
"""


def reconcile(folder: Path) -> int:
    """Return how many levels stand in the database."""
    url = (folder / "address").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as home, requests.Session() as session:
        page = 0
        while True:
            page += 1
            body = session.get(f"{url}/levels?page={page}", timeout=60).content
            if body.startswith(b'{"items": []'):
                break
            Path(home, f"page-{page:05d}.json").write_bytes(body)
        with duckdb.connect(f"{home}/levels.duckdb") as connection:
            connection.execute(READ.format(folder=home))
            connection.execute("checkpoint")
            return int(connection.execute("select count(*) from levels").fetchone()[0])

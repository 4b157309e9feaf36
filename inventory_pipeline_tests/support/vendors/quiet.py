"""The two that hand over as they are: a drop of CSV files on a web server, and a database."""

import csv
import hashlib
import io
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from inventory_pipeline.model.ports import Connector
from inventory_pipeline_tests.support.far_files import NAME, build_far, write_secret
from inventory_pipeline_tests.support.file_sources import COLUMNS, FETCHED_AT
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.sql_sources import build_sql
from inventory_pipeline_tests.support.stand_in import Asked, Reply
from inventory_pipeline_tests.support.vendors.vendor import Level

TOKEN = "drop-token-not-for-logs"
_WRITTEN = format_datetime(FETCHED_AT - timedelta(hours=1), usegmt=True)


def _list(levels: Sequence[Level]) -> list[tuple[Any, ...]]:
    usual = "2026-04-06T10:00:00Z"
    return [
        (level.item_id, level.location_id, "on_hand", level.quantities["on_hand"],
         level.as_of or usual)
        for level in levels
    ]  # fmt: skip


class FilesVendor:
    """Somebody who drops one CSV an hour where it is fetched over HTTP."""

    name = "files"
    quantity = fact = "on_hand"
    has_time = True
    page = 2

    def answer(self, levels: Sequence[Level], asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Reply(b"who are you?", 401)
        told = io.StringIO(newline="")
        csv.writer(told).writerows([COLUMNS, *_list(levels)])
        body = told.getvalue().encode()
        tag = f'"{hashlib.sha256(body).hexdigest()}"'
        return Reply(
            body, headers={"Content-Type": "text/csv", "ETag": tag, "Last-Modified": _WRITTEN}
        )

    def is_page(self, asked: Asked) -> bool:
        return asked.path == f"/drop/{NAME}"

    def build(self, url: str, folder: Path, clock: Clockwork, **options: Any) -> Connector:
        badge = {"kind": "bearer", "token": write_secret(folder, TOKEN, "token")}
        server = {"kind": "http", "base_url": f"{url}/drop", "auth": badge, **options}
        return build_far(folder, server, clock)


@runtime_checkable
class Unasked(Protocol):
    """One that nothing is asked of over HTTP.

    Attributes:
        cases: names of what can go wrong with it.
    """

    name: str
    quantity: str
    fact: str
    has_time: bool
    page: int
    cases: frozenset[str]

    def fill(self, levels: Sequence[Level], folder: Path) -> Connector:
        """Put the levels where the connector reads them, and return it."""


class SqlVendor:
    """A database with one table of counts."""

    name = "sql"
    quantity = fact = "on_hand"
    has_time = True
    page = 2
    cases = frozenset(
        ("nothing wrong", "empty page", "two numbers for one", "unknown item", "null quantity",
         "fraction", "negative", "time without a zone")
    )  # fmt: skip

    def fill(self, levels: Sequence[Level], folder: Path) -> Connector:
        with closing(sqlite3.connect(folder / "erp.db")) as db, db:
            db.execute(f"create table stock ({', '.join(COLUMNS)})")
            db.executemany("insert into stock values (?, ?, ?, ?, ?)", _list(levels))
        return build_sql(folder, "select * from stock", url="sqlite:///erp.db")

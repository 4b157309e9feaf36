"""The contract of every connector: the same assertions over each way in.

A source is a context manager that serves rows (texts in the given columns of ``counts``) and
yields a connector on them. A connector of somebody else's, found by its entry point alone,
is held to the same.
"""

import json
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from inventory_pipeline.errors import ConfigError, SourceContractError
from inventory_pipeline.model.frames import QUARANTINE
from inventory_pipeline.model.ports import Connector
from inventory_pipeline_tests.support.far_files import build_far, name_s3, name_sftp
from inventory_pipeline_tests.support.file_sources import COLUMNS, WRITERS, build_files, land
from inventory_pipeline_tests.support.http_sources import serve_graphql, serve_rest
from inventory_pipeline_tests.support.sftp_server import serving_sftp
from inventory_pipeline_tests.support.shopify.sources import serve_levels
from inventory_pipeline_tests.support.sql_sources import build_postgres, build_sql
from inventory_pipeline_tests.support.stand_in import Asked, Reply, StandIn
from inventory_pipeline_tests.support.vendors.table import VENDORS
from inventory_pipeline_tests.support.vendors.vendor import Level, Vendor, serving_vendor

GROUP = "inventory_pipeline.connectors"
GUIDE = Path(__file__).parents[3] / "docs" / "connectors" / "add-your-own.md"
ROWS = [
    ("00123", "L1", "on_hand", "5", "2026-04-06T10:00:00Z"),
    ("1e5", "L1", "on_hand", "-1", "2026-04-06T10:00:00+02:00"),
    ("E12", "L2", "on_hand", "1.50", "2026-04-06 10:00:00"),
    ("Ж=cmd()", "<script>", "available", "available", "yesterday"),
    ('6" pipe, 1\nred', "L2", "available", " 7 ", "2026-04-06T10:00:00Z"),
]
# A shop gives whole numbers, two facts a level, as of the moment they were fetched.
WHOLE_ROWS = [
    (item, place, fact, quantity, "2026-04-06T10:05:00Z")
    for item, place, available, on_hand in [
        ("00123", "L1", "5", "7"),
        ("1e5", "L1", "-1", "0"),
        ("Ж=cmd()", "<script>", "0", "0"),
        ('6" pipe, 1\nred', "L2", "7", "19"),
    ]
    for fact, quantity in (("available", available), ("on_hand", on_hand))
]
# Where a vendor's own door makes its names of places itself.
PLACES = {"shipbob": "1", "bigcommerce": "1"}
# NetSuite leaves out what is null: a field that is gone looks like numbers that are.
LEAVES_NULLS_OUT = ("netsuite",)


@dataclass
class Shop:
    """Where the sources of one test live."""

    root: Path
    request: pytest.FixtureRequest


@contextmanager
def drop_file(shop: Shop, columns, rows, suffix: str) -> Iterator[Connector]:
    WRITERS[suffix](shop.root / f"counts.{suffix}", columns, rows)
    yield build_files(shop.root, counts=f"counts.{suffix}")


@contextmanager
def drop_far(shop: Shop, columns, rows) -> Iterator[Connector]:
    folder = shop.root / "far" / "out"
    folder.mkdir(parents=True, exist_ok=True)
    WRITERS["csv"](folder / "counts.csv", columns, rows)
    with serving_sftp(shop.root / "far") as server:
        yield build_far(shop.root, name_sftp(server, shop.root), counts="counts.csv")


@contextmanager
def put_object(shop: Shop, columns, rows) -> Iterator[Connector]:
    s3 = shop.request.getfixturevalue("s3")
    WRITERS["csv"](shop.root / "counts.csv", columns, rows)
    s3.put("out/counts.csv", (shop.root / "counts.csv").read_bytes())
    yield build_far(shop.root, name_s3(s3, shop.root), counts="counts.csv")


@contextmanager
def publish(shop: Shop, columns, rows) -> Iterator[Connector]:
    WRITERS["csv"](shop.root / "counts.csv", columns, rows)
    reply = Reply((shop.root / "counts.csv").read_bytes(), headers={"Content-Type": "text/csv"})
    with StandIn(lambda _asked: reply) as web:
        yield build_far(shop.root, {"kind": "http", "base_url": web.url}, counts="counts.csv")


@contextmanager
def fill_sqlite(shop: Shop, columns, rows) -> Iterator[Connector]:
    named = ", ".join(f'"{name}"' for name in columns)
    with closing(sqlite3.connect(shop.root / "erp.db")) as db, db:
        db.execute("drop table if exists stock")
        db.execute(f"create table stock ({named})")
        db.executemany(f"insert into stock values ({', '.join('?' * len(columns))})", rows)
    yield build_sql(shop.root, "select * from stock", url="sqlite:///erp.db")


@contextmanager
def fill_postgres(shop: Shop, columns, rows) -> Iterator[Connector]:
    cluster = shop.request.getfixturevalue("postgres")
    named = ", ".join(f'"{name}" text' for name in columns)
    with cluster.connect() as db:
        db.execute("drop table if exists stock")
        db.execute(f"create table stock ({named})")
        for row in rows:
            db.execute(f"insert into stock values ({', '.join(['%s'] * len(columns))})", row)
    yield build_postgres(shop.root, cluster, "select * from stock")


@contextmanager
def serve(shop: Shop, columns, rows, server) -> Iterator[Connector]:
    with server([dict(zip(columns, row, strict=True)) for row in rows]) as connector:
        yield connector


@contextmanager
def open_shopify(shop: Shop, columns, rows) -> Iterator[Connector]:
    with serve_levels(shop.root, [dict(zip(columns, r, strict=True)) for r in rows]) as connector:
        yield connector


def list_rows(vendor: Vendor) -> list[tuple[str, ...]]:
    """Return what a vendor's door makes of whole numbers that it gives as of the fetch."""
    place = PLACES.get(vendor.name, "L1")
    stock = [("00123", "5"), ("1e5", "-1"), ('6" pipe, 1\nred', "7"), ("Ж=cmd()", "0")]
    return [(item, place, vendor.fact, units, "2026-04-06T10:05:00Z") for item, units in stock]


@contextmanager
def ask_vendor(vendor: Vendor, shop: Shop, columns, rows) -> Iterator[Connector]:
    """Serve whole numbers as a vendor does; without our column its own field has another name."""
    named = [dict(zip(columns, row, strict=True)) for row in rows]
    field = "quantity" if "quantity" in columns else "quantty"
    levels = [Level(row["item_id"], "L1", {vendor.quantity: int(row[field])}) for row in named]
    spoil = None if field == "quantity" else partial(misspell, vendor)
    folder = Path(tempfile.mkdtemp(dir=shop.root))
    with serving_vendor(vendor, levels, folder, spoil=spoil) as served:
        yield served.connector


def misspell(vendor: Vendor, _asked: Asked, good: Reply) -> Reply:
    theirs = "quantity" if vendor.name == "square" else vendor.quantity
    bad = theirs[:-2] + theirs[-1]
    return replace(good, body=good.body.replace(f'"{theirs}"'.encode(), f'"{bad}"'.encode()))


@contextmanager
def install_acme(shop: Shop, columns, rows) -> Iterator[Connector]:
    """Install the connector of the guide as a package of its own, and find it by its name."""
    site = shop.root / "site-packages"
    if not site.exists():
        code = re.search(r"<!-- acme\.py.*?```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
        points = re.search(
            r"```toml\n\[project\.entry-points.*?\n(.*?)```", GUIDE.read_text(), re.DOTALL
        )
        info = site / "acme-1.0.dist-info"
        info.mkdir(parents=True)
        (site / "acme.py").write_text(code[1])
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[{GROUP}]\n{points[1].replace(chr(34), '')}")
        shop.request.getfixturevalue("monkeypatch").syspath_prepend(site)
    (point,) = entry_points(group=GROUP, name="acme")
    theirs = {"item_id": "code", "quantity": "pieces", "as_of": "counted"}
    stock = [{theirs.get(n, n): text for n, text in zip(columns, row, strict=True)} for row in rows]
    (shop.root / "stock.json").write_text(json.dumps({"stock": stock, "complete": True}))
    connector = point.load()
    options = connector.options_model.model_validate({"path": "stock.json"})
    yield connector(system="acme", options=options, root=str(shop.root))


SOURCES: dict[str, Any] = {
    "files-csv": lambda *given: drop_file(*given, "csv"),
    "files-ndjson": lambda *given: drop_file(*given, "ndjson"),
    "files-parquet": lambda *given: drop_file(*given, "parquet"),
    "files-xlsx": lambda *given: drop_file(*given, "xlsx"),
    "files-sftp": drop_far,
    "files-s3": put_object,
    "files-http": publish,
    "sql-sqlite": fill_sqlite,
    "sql-postgres": fill_postgres,
    "rest": lambda *given: serve(*given, serve_rest),
    "graphql": lambda *given: serve(*given, serve_graphql),
    "shopify": open_shopify,
    "somebody-elses": install_acme,
}
OTHERS = [vendor for vendor in VENDORS if vendor.name not in (*SOURCES, "files")]
SOURCES |= {vendor.name: partial(ask_vendor, vendor) for vendor in OTHERS}
ROWS_OF = {"shopify": WHOLE_ROWS, **{vendor.name: list_rows(vendor) for vendor in OTHERS}}


@pytest.fixture(params=list(SOURCES))
def kind(request):
    return request.param


@pytest.fixture
def given(kind):
    """The rows a source serves where a test names no others."""
    return ROWS_OF.get(kind, ROWS)


@pytest.fixture
def source(request, tmp_path, kind, given):
    shop = Shop(tmp_path, request)
    return lambda columns=COLUMNS, rows=given: SOURCES[kind](shop, columns, rows)


def read(connector, tmp_path):
    return connector.parse("counts", land(connector, "counts", tmp_path / "landing")[1])


def test_a_fetch_gives_pages_and_says_how_it_knows_the_end(source, tmp_path):
    with source() as connector:
        fetched, pages = land(connector, "counts", tmp_path / "landing")
    assert pages
    assert fetched.is_complete
    assert fetched.end_marker
    assert all(page.kind for page in pages)
    assert all(page.hour_at and page.fetched_at for page in pages)


def test_a_parse_needs_nothing_but_the_pages_and_can_be_repeated(source, given, tmp_path):
    with source() as connector:
        _, pages = land(connector, "counts", tmp_path / "landing")
    first, again = connector.parse("counts", pages), connector.parse("counts", iter(pages))
    assert_frame_equal(first.rows, again.rows)
    assert_frame_equal(first.rejected, again.rejected)
    assert first.rows.height == len(given)


def test_text_stays_the_text_it_was(source, given, tmp_path):
    with source() as connector:
        part = read(connector, tmp_path)
    assert part.rows.select(COLUMNS).rows() == given
    assert part.rows.select(COLUMNS).dtypes == [pl.String] * len(COLUMNS)
    assert part.rejected.is_empty()
    assert dict(part.rejected.schema) == dict(QUARANTINE)


def test_rows_are_numbered_from_one(source, tmp_path):
    with source() as connector:
        rows = read(connector, tmp_path).rows
    assert rows.schema["row"] == pl.Int64
    assert rows["row"].is_unique().all()
    assert rows["row"][0] == 1
    assert rows["row"].is_sorted()


def test_the_order_of_columns_does_not_matter(source, given, tmp_path):
    with source() as connector:
        usual = read(connector, tmp_path / "usual").rows
    with source(COLUMNS[::-1], [row[::-1] for row in given]) as connector:
        turned = read(connector, tmp_path / "turned").rows
    assert_frame_equal(usual, turned, check_column_order=False)


RENAMED = [name.replace("quantity", "quantty") for name in COLUMNS]


@pytest.mark.parametrize("kind", [k for k in SOURCES if k not in LEAVES_NULLS_OUT], indirect=True)
def test_a_missing_column_is_named_with_the_nearest_there_is(source, given, tmp_path):
    with source(RENAMED) as connector, pytest.raises(SourceContractError) as caught:
        read(connector, tmp_path)
    said = str(caught.value)
    assert re.search(r"'[\w.]*(quantity|on_?hand)'|'pieces'", said, re.IGNORECASE)
    assert re.search(r"nearest[^.;]*'([\w.]*quant(ty|iy)|[\w.]*on_?had)'", said, re.IGNORECASE)
    assert "counts" in said
    theirs = [(item, quantity, as_of) for item, _, _, quantity, as_of in given]
    assert not any(cell in said for row in theirs for cell in row if len(cell) > 4)


@pytest.mark.parametrize("kind", LEAVES_NULLS_OUT, indirect=True)
def test_where_nulls_are_left_out_a_missing_column_is_no_number_at_all(source, tmp_path):
    with source(RENAMED) as connector:
        rows = read(connector, tmp_path).rows
    assert rows["quantity"].null_count() == rows.height > 0


def test_no_rows_are_an_empty_frame_and_no_error(source, tmp_path):
    with source(rows=[]) as connector:
        part = read(connector, tmp_path)
    assert part.rows.height == 0
    assert {"row", *COLUMNS} <= set(part.rows.columns)
    assert part.rejected.is_empty()


def test_an_unknown_feed_is_refused_and_the_known_ones_named(source, tmp_path):
    with source() as connector:
        for ask in (
            lambda: connector.parse("conts", []),
            lambda: land(connector, "conts", tmp_path),
        ):
            with pytest.raises(ConfigError, match="counts"):
                ask()


def test_counts_come_first_and_the_port_is_kept(source):
    with source() as connector:
        assert connector.find_feeds()[0] == "counts"
        assert isinstance(connector, Connector)
        assert connector.reads_past in (True, False)


def test_what_is_landed_twice_is_the_same(source, tmp_path):
    with source() as connector:
        _, first = land(connector, "counts", tmp_path / "first")
        _, again = land(connector, "counts", tmp_path / "again")
    assert [take_bytes(page) for page in first] == [take_bytes(page) for page in again]


def take_bytes(page):
    return page.body if page.path is None else Path(page.path).read_bytes()


def test_every_connector_we_ship_is_found_by_its_name():
    found = {point.name: point.load() for point in entry_points(group=GROUP)}
    assert set(found) >= {"files", "rest", "graphql", "sql", "shopify", "tryton"}
    for connector in found.values():
        assert connector.options_model.model_json_schema()["type"] == "object"

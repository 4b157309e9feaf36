"""Tryton 8.0: a live ERP that nobody here wrote, on its own PostgreSQL, with real stock in it.

It is installed from the package index into a folder of its own outside the project (kept
between runs), runs as a separate process on the loopback, and is gone with the test.
"""

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from inventory_pipeline_tests.integration.peers.adventureworks import Line, sum_stock
from inventory_pipeline_tests.support.postgres import Cluster

PACKAGES = ("trytond==8.0.*", "trytond-stock==8.0.*", "proteus==8.0.*", "psycopg[binary,pool]")
SEED = Path(__file__).with_name("tryton_seed.py")
DATABASE = "adventureworks"
READER = "stock_reader"
START_SECONDS = 60


@dataclass(frozen=True)
class Tryton:
    """A running Tryton and what a connector needs to read it.

    Attributes:
        url: address of the REST interface of the database, without a slash at the end.
        key: bearer token of a user application; a secret.
        storage: id of the storage zone, above every location of the stock list.
        reader_password: password of the database role ``READER``, which may only read.
        server: its process, to be killed and started again.
    """

    url: str
    key: str
    company: int
    storage: int
    cluster: Cluster
    reader_password: str
    server: "Server"


class Server:
    """The process that serves the database."""

    def __init__(self, programs: Path, config: Path, *, log: Path, url: str) -> None:
        self._words = [programs / "trytond", "-c", config, "-d", DATABASE]
        self._log, self._url = log, url
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(self._words, stdout=output, stderr=output)
        _wait_until_ready(self._url)

    def kill(self) -> None:
        """End it as a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(START_SECONDS)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(START_SECONDS)


def find_cache() -> Path:
    """Return the folder that keeps what was installed between runs."""
    cache = os.environ.get("INVENTORY_PEERS_CACHE") or str(
        Path(tempfile.gettempdir(), f"inventory-peers-{os.getuid()}")
    )
    Path(cache).mkdir(mode=0o700, parents=True, exist_ok=True)
    return Path(cache)


def install_tryton() -> Path:
    """Return the folder of Tryton's programs, installed on the first call."""
    folder = find_cache() / "tryton-8.0"
    if not (folder / "installed").exists():
        run([sys.executable, "-m", "venv", "--clear", folder])
        run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", *PACKAGES])
        (folder / "installed").touch()
    return folder / "bin"


@contextmanager
def running_tryton(
    cluster: Cluster,
    stock: list[Line],
    *,
    many: Mapping[str, int] | None = None,
    copies: Sequence[str] = (),
) -> Iterator[Tryton]:
    """Create a database with ``stock`` in it and serve it.

    Args:
        many: as many items, copies of the first line instead of ``stock``: sku → units.
        copies: names of further databases with the same in them.
    """
    programs = install_tryton()
    reader_password = secrets.token_urlsafe(12)
    with tempfile.TemporaryDirectory(prefix="inventory-tryton-") as name:
        folder, port = Path(name), find_port()
        config = _write_config(folder, cluster, port)
        keys = _create_database(programs, folder, config, cluster, stock)
        _create_reader(cluster, reader_password)
        if many:
            _multiply(cluster, many)
        _copy_database(cluster, copies)
        url = f"http://127.0.0.1:{port}/{DATABASE}/rest"
        server = Server(programs, config, log=folder / "log", url=url)
        try:
            server.start()
            yield Tryton(
                url, keys["key"], keys["company"], keys["storage"], cluster, reader_password, server
            )
        finally:
            server.stop()


def _write_config(folder: Path, cluster: Cluster, port: int) -> Path:
    config = folder / "trytond.conf"
    config.touch(mode=0o600)
    config.write_text(
        "[database]\n"
        f"uri = postgresql://postgres:{cluster.password}@127.0.0.1:{cluster.port}\n"
        f"path = {folder}\n"
        "[web]\n"
        f"listen = 127.0.0.1:{port}\n"
    )
    return config


def _create_database(
    programs: Path, folder: Path, config: Path, cluster: Cluster, stock: list[Line]
) -> dict[str, object]:
    with cluster.connect() as db:
        db.execute(f"drop database if exists {DATABASE}")
        db.execute(f"create database {DATABASE}")
    secret = folder / "admin"
    secret.touch(mode=0o600)
    secret.write_text(secrets.token_urlsafe(12))
    environment = {**os.environ, "TRYTONPASSFILE": str(secret)}
    admin = [programs / "trytond-admin", "-c", config, "-d", DATABASE]
    run([*admin, "--all", "--email", "admin@example.com", "-l", "en"], env=environment)
    run([*admin, "-u", "stock", "--activate-dependencies"], env=environment)
    # Importing Tryton chooses the kind of database, so the seed must know the file before that.
    environment = {**os.environ, "TRYTOND_CONFIG": str(config)}
    words = [programs / "python", SEED, config, DATABASE]
    seeded = run(words, env=environment, input=_render_stock(stock))
    keys: dict[str, object] = json.loads(seeded)
    return keys


# Table → the column that names the product or its template, and what differs in a copy.
_OF_A_PRODUCT = {
    "product_template": ("id", {"id": "1000 + n"}),
    "product_product": (
        "template",
        {"id": "1000 + n", "template": "1000 + n", "code": "sku", "suffix_code": "sku"},
    ),
    "product_list_price": ("template", {"id": "1000 + n", "template": "1000 + n"}),
    "product_cost_price": ("product", {"id": "1000 + n", "product": "1000 + n"}),
    "product_cost_price_method": ("template", {"id": "1000 + n", "template": "1000 + n"}),
    "stock_move": (
        "product",
        {
            "id": "1000 + n",
            "product": "1000 + n",
            "quantity": "units",
            "internal_quantity": "units",
        },
    ),
}


def _multiply(cluster: Cluster, many: Mapping[str, int]) -> None:
    """Copy the rows that Tryton wrote of its one product; through its API that takes minutes."""
    with cluster.connect(DATABASE) as db:
        db.execute("create temporary table many (n int, sku text, units int)")
        with db.cursor().copy("copy many from stdin") as rows:
            for number, (sku, units) in enumerate(many.items()):
                rows.write_row((number, sku, units))
        for table, (key, changed) in _OF_A_PRODUCT.items():
            columns = [
                name
                for (name,) in db.execute(
                    "select column_name from information_schema.columns where table_name = %s",
                    (table,),
                )
            ]
            if not columns:
                continue
            values = ", ".join(changed.get(name, f't."{name}"') for name in columns)
            named = ", ".join(f'"{name}"' for name in columns)
            db.execute(
                f"insert into {table} ({named}) select {values} "
                f'from {table} t, many where t."{key}" = (select min(id) from product_template)'
            )
            db.execute(
                "select setval(pg_get_serial_sequence(%s, 'id'), %s)", (table, 1000 + len(many))
            )
        db.execute("update product_product set active = false where id < 1000")
        db.execute("update product_template set active = false where id < 1000")


def _copy_database(cluster: Cluster, names: Sequence[str]) -> None:
    """Copy before anybody serves it: a template may have no connection."""
    with cluster.connect() as db:
        for name in names:
            db.execute(f"drop database if exists {name}")
            db.execute(f"create database {name} template {DATABASE}")


def _render_stock(stock: list[Line]) -> str:
    names = {line.code: line.name for line in stock}
    places = {line.location: line.location_name for line in stock}
    return json.dumps(
        [
            {
                "code": code,
                "name": names[code],
                "location": location,
                "location_name": places[location],
                "quantity": units,
            }
            for (code, location), units in sum_stock(stock).items()
        ]
    )


def _create_reader(cluster: Cluster, password: str) -> None:
    with cluster.connect(DATABASE) as db:
        db.execute(f"drop role if exists {READER}")
        db.execute(f"create role {READER} login password '{password}'")
        db.execute(f"grant select on all tables in schema public to {READER}")


def _wait_until_ready(url: str) -> None:
    """Wait for any answer; without a key it is 401."""
    for _ in range(START_SECONDS * 5):
        try:
            urllib.request.urlopen(f"{url}/model/product.product", timeout=5)
        except urllib.error.HTTPError as answer:
            answer.close()
            return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"Tryton did not answer within {START_SECONDS} s")


def find_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(
    words: Sequence[object],
    *,
    env: dict[str, str] | None = None,
    input: str | None = None,  # noqa: A002
) -> str:
    """Run a program to its end and return what it says; if it fails, say why."""
    words = [str(word) for word in words]
    done = subprocess.run(words, env=env, input=input, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{Path(words[0]).name} failed:\n{done.stderr[-2000:]}")
    return done.stdout

"""Vendure 3.7: a live storefront that nobody here wrote, on sqlite.

It is installed from the package index of npm into a folder of its own outside the project
(kept between runs), runs as a separate process on the loopback, and is gone with the test.
"""

import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inventory_pipeline_tests.integration.peers.tryton import find_cache, find_port, run

# Newest releases name packages that the index lacks; of that day all are there.
BEFORE = "2026-10-15"
# From version 12 on better-sqlite3 wants Node 22.
PACKAGES = ("@vendure/core@3.7.3", "better-sqlite3@11")
SERVER = Path(__file__).with_name("vendure_server.js")
OLDEST_NODE = 20
START_SECONDS = 120


@dataclass
class Vendure:
    """A running Vendure and what a connector needs to read and write it.

    Attributes:
        url: address of the admin API.
        password: of the user ``superadmin``; a secret.
        token: of a session of that user, for ``Authorization: Bearer``; a secret.
        variants: sku → id.
        places: name → id of every stock location.
    """

    url: str
    password: str
    start: Sequence[object]
    log: Path
    token: str = ""
    variants: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def database(self) -> Path:
        """The shop's file."""
        return Path(str(self.start[-1]))

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start_server(self) -> None:
        """Start the process, wait until it answers, and log in."""
        environment = {
            **os.environ,
            "VENDURE_PASSWORD": self.password,
            "VENDURE_DISABLE_TELEMETRY": "true",
        }
        words = [str(word) for word in self.start]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(words, stdout=output, stderr=output, env=environment)
        self.token = self._log_in()

    def kill_server(self) -> None:
        """End it as a power cut does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(START_SECONDS)

    def stop_server(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill_server()

    def ask(self, query: str, **variables: Any) -> Any:
        """Ask the admin API and return the data; its errors are ours."""
        return self.ask_whole(query, **variables)[0]

    def ask_whole(self, query: str, **variables: Any) -> tuple[Any, Any]:
        """Return the data of the answer and its headers."""
        request = urllib.request.Request(
            self.url,
            data=json.dumps({"query": query, "variables": variables}).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                said, headers = json.load(answer), answer.headers
        except urllib.error.HTTPError as error:
            with error:
                raise RuntimeError(f"HTTP {error.code}: {error.read()[:2000]!r}") from None
        if said.get("errors"):
            raise RuntimeError(str(said["errors"])[:2000])
        return said["data"], headers

    def _log_in(self) -> str:
        document = (
            'mutation($p: String!) { login(username: "superadmin", password: $p) { __typename } }'
        )
        for _ in range(START_SECONDS * 4):
            assert self.process is not None
            if self.process.poll() is not None:
                raise RuntimeError(f"Vendure ended:\n{self.log.read_text()[-2000:]}")
            try:
                return str(self.ask_whole(document, p=self.password)[1]["vendure-auth-token"])
            except urllib.error.URLError:
                time.sleep(0.25)
        raise TimeoutError(f"Vendure did not answer within {START_SECONDS} s")


def find_missing() -> str:
    """Return why Vendure cannot be installed here, or nothing."""
    missing = [name for name in ("node", "npm", "make", "g++") if shutil.which(name) is None]
    if not missing and int(run(["node", "--version"]).lstrip("v").split(".")[0]) < OLDEST_NODE:
        missing = [f"Node {OLDEST_NODE}"]
    # Debian 12 has Node 18, which is too old; the others are packages of that name.
    needs = f"Vendure needs Node {OLDEST_NODE} or newer with npm, make and g++"
    return f"no {', '.join(missing)} on this machine; {needs}" if missing else ""


def install_vendure() -> Path:
    """Return the folder with Vendure's packages, installed on the first call."""
    folder = find_cache() / "vendure-3.7.3"
    folder.mkdir(exist_ok=True)
    if not (folder / "installed").exists():
        words = ["npm", "install", "--no-audit", "--no-fund", f"--before={BEFORE}", "--prefix"]
        run([*words, folder, *PACKAGES])
        (folder / "installed").touch()
    return folder


@contextmanager
def running_vendure(stock: dict[str, dict[str, int]]) -> Iterator[Vendure]:
    """Serve a new shop with ``stock``: sku → name of a stock location → units on hand."""
    packages = install_vendure()
    with tempfile.TemporaryDirectory(prefix="inventory-vendure-") as name:
        folder, port = Path(name), find_port()
        start = ["node", SERVER, packages, port, folder / "shop.sqlite"]
        shop = Vendure(
            f"http://127.0.0.1:{port}/admin-api",
            secrets.token_urlsafe(12),
            start,
            folder / "log",
        )
        try:
            shop.start_server()
            fill_shop(shop, stock)
            yield shop
        finally:
            shop.stop_server()


def fill_shop(shop: Vendure, stock: dict[str, dict[str, int]]) -> None:
    """Create what a shop needs before it can have a product, then the products."""
    zone = shop.ask(_ZONE)["createZone"]["id"]
    channel = shop.ask("{ activeChannel { id } }")["activeChannel"]["id"]
    shop.ask(
        _CHANNEL, input={"id": channel, "defaultTaxZoneId": zone, "defaultShippingZoneId": zone}
    )
    category = shop.ask(_TAX_CATEGORY)["createTaxCategory"]["id"]
    rate = {"name": "none", "enabled": True, "value": 0, "categoryId": category, "zoneId": zone}
    shop.ask(_TAX_RATE, input=rate)
    for place in sorted({place for levels in stock.values() for place in levels}):
        made = shop.ask(_PLACE, input={"name": place})["createStockLocation"]
        shop.places[place] = made["id"]
    for sku, levels in stock.items():
        shop.variants[sku] = _create_variant(shop, sku, levels)


def _create_variant(shop: Vendure, sku: str, levels: dict[str, int]) -> str:
    name = {"languageCode": "en", "name": sku, "slug": sku.lower(), "description": ""}
    product = shop.ask(_PRODUCT, input={"translations": [name]})["createProduct"]["id"]
    variant = {
        "productId": product,
        "sku": sku,
        "price": 500,
        "trackInventory": "TRUE",
        "translations": [{"languageCode": "en", "name": sku}],
        "stockLevels": [
            {"stockLocationId": shop.places[place], "stockOnHand": units}
            for place, units in levels.items()
        ],
    }
    return str(shop.ask(_VARIANT, input=[variant])["createProductVariants"][0]["id"])


def multiply(shop: Vendure, stock: dict[str, int]) -> None:
    """Let a stopped shop have as many variants as ``stock`` says, copies of its first one.

    Through its API that takes minutes; the rows are those that the API wrote.
    """
    [(first_sku, first)] = list(shop.variants.items())[:1]
    [place] = shop.places.values()
    with closing(sqlite3.connect(shop.database)) as base, base:
        base.execute("delete from stock_level where stockLocationId <> ?", (place,))
        for number, (sku, units) in enumerate(stock.items(), start=1000):
            for table, key in _OF_A_VARIANT.items():
                _copy_rows(base, table, key, first, str(number))
            base.execute("update product_variant set sku = ? where id = ?", (sku, number))
            base.execute(
                "update stock_level set stockOnHand = ? where productVariantId = ?", (units, number)
            )
            shop.variants[sku] = str(number)
        base.execute("update product_variant set deletedAt = updatedAt where id = ?", (first,))
    del shop.variants[first_sku]


def _copy_rows(base: sqlite3.Connection, table: str, key: str, old: str, new: str) -> None:
    names = [row[1] for row in base.execute(f"pragma table_info({table})")]
    rest = ", ".join(f'"{name}"' for name in names if name not in ("id", key))
    base.execute(
        f'insert into {table} ("{key}", {rest}) select ?, {rest} from {table} where "{key}" = ?',
        (new, old),
    )


# Table → the column that names the variant; what a variant is made of, in the order of creation.
_OF_A_VARIANT = {
    "product_variant": "id",
    "product_variant_translation": "baseId",
    "product_variant_price": "variantId",
    "product_variant_channels_channel": "productVariantId",
    "stock_level": "productVariantId",
}
_ZONE = 'mutation { createZone(input: {name: "world"}) { id } }'
_CHANNEL = """
mutation($input: UpdateChannelInput!) { updateChannel(input: $input) { __typename } }
"""
_TAX_CATEGORY = 'mutation { createTaxCategory(input: {name: "all", isDefault: true}) { id } }'
_TAX_RATE = "mutation($input: CreateTaxRateInput!) { createTaxRate(input: $input) { id } }"
_PLACE = "mutation($input: CreateStockLocationInput!) { createStockLocation(input: $input) { id } }"
_PRODUCT = "mutation($input: CreateProductInput!) { createProduct(input: $input) { id } }"
_VARIANT = """
mutation($input: [CreateProductVariantInput!]!) { createProductVariants(input: $input) { id } }
"""

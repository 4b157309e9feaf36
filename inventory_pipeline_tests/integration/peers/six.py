"""Six systems that others wrote, each with the same five thousand items, and what is done to them.

Tryton is the 3PL, which owns what lies there, and, in a second database, the ERP; Vendure sells;
PostgreSQL is the till; OpenSSH hands over a supplier's files and an S3 server a marketplace's.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from inventory_pipeline.connectors.tryton import TrytonConnector, TrytonOptions
from inventory_pipeline.model.delivery import Line as Sent
from inventory_pipeline.model.hours import compute_slug, floor_hour
from inventory_pipeline.wiring.hourly import run_hour
from inventory_pipeline.wiring.house import House, build_house
from inventory_pipeline_tests.integration.peers.adventureworks import Line
from inventory_pipeline_tests.integration.peers.sshd import Sshd, running_sshd
from inventory_pipeline_tests.integration.peers.test_tryton_writer import find_id
from inventory_pipeline_tests.integration.peers.test_vendure import SET
from inventory_pipeline_tests.integration.peers.tryton import Tryton, running_tryton
from inventory_pipeline_tests.integration.peers.vendure import Vendure, multiply, running_vendure
from inventory_pipeline_tests.support.certificates import Authority
from inventory_pipeline_tests.support.docs import read_examples
from inventory_pipeline_tests.support.postgres import Cluster, running_postgres
from inventory_pipeline_tests.support.s3_server import (
    KEY,
    REGION,
    S3,
    SECRET,
    make_bucket,
    serving_moto,
)
from inventory_pipeline_tests.support.shop import Shop
from inventory_pipeline_tests.support.smtp_server import PASSWORD, USER, Postmaster, serve

STOCK = {f"S-{number:05d}": 20 + number % 40 for number in range(5000)}
HOURS = 24
TILL_PASSWORD = "till-password-not-for-logs"
_TILL_QUERY = (
    "select sku as item_id, store as location_id, 'on_hand' as fact, pieces as quantity, "
    "now() as as_of from till_stock"
)
_HEAD = "item_id,location_id,fact,quantity,as_of"


@dataclass
class Later:
    """A clock that is put forward from hour to hour, so that a day is over in minutes."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


@dataclass
class Six:
    """The systems, the installation between them, and the numbers the files tell.

    Attributes:
        supplies, offers: what the supplier's and the marketplace's files hold.
    """

    shop: Shop
    house: House
    clock: Later
    tryton: Tryton
    vendure: Vendure
    cluster: Cluster
    sshd: Sshd
    s3: S3
    postmaster: Postmaster
    begin: datetime
    supplies: dict[str, object] = field(default_factory=lambda: dict(STOCK))
    offers: dict[str, object] = field(default_factory=lambda: dict(STOCK))

    def find_hour(self, number: int) -> datetime:
        return self.begin + timedelta(hours=number)

    def run(self, number: int) -> None:
        """Check one hour, five minutes after it is over."""
        self.clock.moment = self.find_hour(number + 1) + timedelta(minutes=5)
        run_hour(self.house, self.find_hour(number))

    def drop_files(
        self, number: int, *, is_cut: bool = False, has_offer: bool = True, more: str = ""
    ) -> None:
        """Let the supplier and the marketplace drop their files of one hour."""
        hour_at = self.find_hour(number)
        body = write_counts(self.supplies, hour_at)
        name = f"stock-{compute_slug(hour_at)}.csv"
        digest = hashlib.sha256(body).hexdigest()
        self.sshd.put(name, body[: len(body) // 2] if is_cut else body)
        self.sshd.put(f"{name}.sha256", f"{digest}  {name}\n".encode())
        self.sshd.put(f"{name}.done", b"")
        if has_offer:
            key = f"offers/dt={compute_slug(hour_at)}/counts.csv"
            self.s3.put(key, write_counts(self.offers, hour_at) + more.encode())

    def count(self, database: str, sku: str, units: int) -> None:
        """Count in one of the two Trytons, as a person there would."""
        writer = build_tryton(self.tryton, database, self.shop.folder).build_writer()
        assert writer is not None
        key = f"{database}-{sku}-{units}"
        line = Sent(key, sku, "MAIN", "on_hand", "set", units, None, "https://x.example/1", "count")
        answer = writer.send([line], key, writer.encode([line], key))
        assert answer.lines[key].outcome == "confirmed", answer

    def sell_wrongly(self, units: Mapping[str, int]) -> None:
        """Let the storefront show other numbers."""
        [place] = self.vendure.places.values()
        wish = [
            {
                "id": self.vendure.variants[sku],
                "stockLevels": [{"stockLocationId": place, "stockOnHand": number}],
            }
            for sku, number in units.items()
        ]
        self.vendure.ask(SET, input=wish)

    def ring_up(self, units: Mapping[str, int]) -> None:
        """Let the till show other numbers."""
        with self.cluster.connect() as db:
            for sku, number in units.items():
                db.execute("update till_stock set pieces = %s where sku = %s", (number, sku))

    def set_till_password(self, password: str) -> None:
        with self.cluster.connect() as db:
            db.execute(f"alter role till password '{password}'")


def write_counts(numbers: Mapping[str, object], hour_at: datetime) -> bytes:
    at = (hour_at + timedelta(minutes=55)).isoformat()
    rows = (f"{sku},MAIN,on_hand,{number},{at}" for sku, number in numbers.items())
    return "\n".join([_HEAD, *rows, ""]).encode()


@contextmanager
def six_systems(folder: Path) -> Iterator[Six]:
    """Start all of them with the same numbers in them, and stop them after."""
    first = [Line("FIRST", "First", "MAIN", "Main", "x", 1)]
    with ExitStack() as opened:
        cluster = opened.enter_context(running_postgres())
        tryton = opened.enter_context(
            running_tryton(cluster, first, many=STOCK, copies=["threepl"])
        )
        vendure = opened.enter_context(running_vendure({"FIRST": {"main": 1}}))
        vendure.stop_server()
        multiply(vendure, STOCK)
        vendure.start_server()
        _fill_till(cluster)
        sshd = opened.enter_context(running_sshd())
        s3 = make_bucket(opened.enter_context(serving_moto()), "marketplace")
        authority, postmaster = Authority(folder), Postmaster()
        port = opened.enter_context(
            serve(postmaster, starttls=authority.build_context(), needs_login=True)
        )
        shop, begin = Shop(folder), floor_hour(datetime.now(UTC))
        _write_folder(shop, tryton, vendure)
        shop.configure(_render(tryton, vendure, cluster, sshd, s3, authority.ca_file.name, port))
        clock = Later(begin)
        house = build_house(shop.config, clock=clock)
        yield Six(shop, house, clock, tryton, vendure, cluster, sshd, s3, postmaster, begin)


def _fill_till(cluster: Cluster) -> None:
    with cluster.connect() as db:
        db.execute(
            "create table till_stock (sku text, store text, pieces int, counted_at timestamptz)"
        )
        with db.cursor().copy(
            "copy till_stock (sku, store, pieces, counted_at) from stdin"
        ) as copy:
            for sku, units in STOCK.items():
                copy.write_row((sku, "MAIN", units, datetime.now(UTC)))
        db.execute(f"create role till login password '{TILL_PASSWORD}'")
        db.execute("grant select on till_stock to till")


def _write_folder(shop: Shop, tryton: Tryton, vendure: Vendure) -> None:
    shop.write("key", tryton.key)
    shop.write("till-password", TILL_PASSWORD)
    shop.write("shop-password", vendure.password)
    shop.write("mail-password", PASSWORD)
    shop.write("s3-key", KEY)
    shop.write("s3-secret", SECRET)
    [place] = vendure.places.values()
    shop.write("locations.csv", f"location_id,system,their_location_id\nMAIN,storefront,{place}\n")


def build_tryton(tryton: Tryton, database: str, root: Path) -> TrytonConnector:
    """Return the connector on one of the two databases."""
    options = TrytonOptions.model_validate(_describe_tryton(tryton, database))
    return TrytonConnector(system=database, options=options, root=str(root))


def _describe_tryton(tryton: Tryton, database: str) -> dict[str, object]:
    url, first = tryton.url.removesuffix("/rest").rsplit("/", 1)
    return {
        "url": url,
        "database": first if database == "erp" else database,
        "key": {"file": "key"},
        "company": tryton.company,
        "locations": {"MAIN": int(find_id(tryton, "stock.location", "MAIN"))},
        "page_size": 1000,
    }


def _describe_vendure(vendure: Vendure) -> dict[str, object]:
    """Return the options of the page, naming items by their SKU, since nothing is written."""
    options = yaml.safe_load(read_examples("vendure.md")[0])["systems"]["storefront"]["options"]
    variables = options["auth"]["request"]["body"]["variables"]
    variables["p"] = {"secret": {"file": "shop-password"}}
    counts = options["feeds"]["counts"]
    counts["columns"]["item_id"] = "$.data.productVariants.items[].sku"
    counts["columns"]["as_of"] = {"constant": "{fetched_at}"}
    counts["facts"] = {"on_hand": "stockOnHand"}
    return {**options, "base_url": vendure.url}


def _describe_files(server: dict[str, object], counts: str, **more: object) -> dict[str, object]:
    return {"server": server, "counts": counts, **more}


def _render(
    tryton: Tryton, vendure: Vendure, cluster: Cluster, sshd: Sshd, s3: S3, ca_file: str, port: int
) -> str:
    sftp: dict[str, object] = {
        "kind": "sftp", "host": "127.0.0.1", "port": sshd.port, "user": sshd.user,
        "key": {"file": str(sshd.user_key)}, "host_key": sshd.fingerprint, "folder": sshd.folder,
    }  # fmt: skip
    bucket: dict[str, object] = {
        "kind": "s3", "bucket": s3.bucket, "prefix": "offers", "region": REGION, "endpoint": s3.url,
        "access_key": {"file": "s3-key"}, "secret_key": {"file": "s3-secret"},
    }  # fmt: skip
    till = {
        "drivername": "postgresql", "host": "127.0.0.1", "port": cluster.port,
        "database": "postgres", "username": "till", "password": {"file": "till-password"},
        "arguments": {"sslmode": "disable"},
        "feeds": {"counts": {"query": _TILL_QUERY}},
    }  # fmt: skip
    systems = {
        "threepl": ("threepl", "tryton", _describe_tryton(tryton, "threepl")),
        "erp": ("erp", "tryton", _describe_tryton(tryton, "erp")),
        "storefront": ("storefront", "graphql", _describe_vendure(vendure)),
        "till": ("pos", "sql", till),
        "supplier": (
            "dropship", "files",
            _describe_files(sftp, "stock-{hour}.csv", done=True, digest="sha256", archive="read"),
        ),
        "marketplace": ("marketplace", "files", _describe_files(bucket, "dt={hour}/counts.csv")),
    }  # fmt: skip
    return yaml.safe_dump(
        {
            "business": {"name": "Six"},
            "systems": {
                name: {
                    "role": role, "connector": connector, "options": options,
                    # The systems live in our hour, the clock of the house in that of the day.
                    "max_age": "48h", "time_zone": "UTC", "numbers": {"decimal": "."},
                }
                for name, (role, connector, options) in systems.items()
            },
            "catalog": {"locations": "locations.csv"},
            "facts": {"on_hand": {"owner": "threepl"}},
            "mirrors": [
                {"system": name, "fact": "on_hand", "expects": "on_hand"}
                for name in systems
                if name != "threepl"
            ],
            "mail": {
                "to": ["ops@example.com"],
                "from": "pipeline@example.com",
                "smtp": {
                    "port": port, "tls": "starttls", "ca_file": ca_file, "username": USER,
                    "password": {"file": "mail-password"},
                },
            },
        },
        sort_keys=False,
    )  # fmt: skip

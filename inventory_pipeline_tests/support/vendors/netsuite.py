"""A stand-in for NetSuite: tokens for signed statements, SuiteQL, inventory adjustments.

Tokens: docs.oracle.com, NetSuite Help Center, section_162755359851 and section_162790605110.
SuiteQL over REST (numbers as texts, nulls left out, count, hasMore, totalResults, 1,000 rows a
page, 100,000 in all, bound parameters): section_157909186990 and section_156414087576. Errors:
section_156570709583. Upsert by external id, and lists that are appended to or replaced:
section_156335203191, section_1545295601, section_1545297048.

The queries are really executed, on tables of the names and keys that InventoryBalance,
Transaction, TransactionLine and InventoryAssignment have; SQLite stands for Oracle.
"""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from inventory_pipeline.connectors.netsuite.connector import NetsuiteConnector
from inventory_pipeline.connectors.netsuite.options import NetsuiteOptions
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.stand_in import Asked, Reply, answer_json
from inventory_pipeline_tests.support.vendors.vendor import Level

CLIENT, CERTIFICATE = "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "certificate-1"
TOKEN = "eyJraWQiOiJzLlNZU1RFTS4yMDI2"
REST = "/services/rest"
MOST_ROWS, CEILING = 1_000, 100_000
SIGNED = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_TABLES = """
create table item (id integer, itemid text, stockunit integer);
create table location (id integer, name text);
create table unitstypeuom (internalid integer, conversionrate text);
create table inventorybalance (copy integer, item integer, location integer, binnumber integer,
  inventorystatus integer, quantityonhand, quantityavailable);
create table "transaction" (id integer, type text, tranid text, posting text, createddate text,
  lastmodifieddate text);
create table transactionline ("transaction" integer, id integer, item integer, location integer,
  quantity, createdfrom integer, isinventoryaffecting text);
create table inventoryassignment ("transaction" integer, transactionline integer, quantity);
"""


@cache
def make_key() -> ec.EllipticCurvePrivateKey:
    """Return the private key of the certificate."""
    return ec.generate_private_key(ec.SECP256R1())


def write_key() -> str:
    """Return it as the file a user has."""
    return (
        make_key()
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )


class FakeNetsuite:
    """One account.

    Attributes:
        tokens: the tokens that are taken.
        handed: statements that tokens were handed out for.
        queries: every SuiteQL query that was asked.
        adjustments: external id → the lines of that adjustment.
    """

    def __init__(self) -> None:
        # A request is answered in a thread of its own.
        self.base = sqlite3.connect(":memory:", check_same_thread=False)
        self.base.executescript(_TABLES)
        self.base.create_function("NVL", 2, lambda value, other: other if value is None else value)
        self.base.create_function("TO_CHAR", 2, lambda value, _format: value.replace(" ", "T"))
        self.base.create_function("BUILTIN_DF", 1, self._show_location)
        self.base.create_aggregate("SUM", 1, _Sum)
        self.tokens = {TOKEN}
        self.handed: list[dict[str, Any]] = []
        self.queries: list[str] = []
        self.adjustments: dict[str, list[dict[str, Any]]] = {}

    def add(self, table: str, **values: Any) -> None:
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join("?" * len(values))
        self.base.execute(f'insert into "{table}" ({names}) values ({marks})', [*values.values()])

    def add_balance(self, item: int, location: int, on_hand: Any, **values: Any) -> None:
        others = {"quantityavailable": on_hand, "copy": 0, **values}
        self.add("inventorybalance", item=item, location=location, quantityonhand=on_hand, **others)

    def add_move(self, number: int, kind: str, *lines: tuple[Any, ...], **values: Any) -> None:
        """Add a transaction; a line is item, location, quantity, and what it was created from."""
        told = {
            "tranid": f"{kind}-{number}", "posting": "T",
            "createddate": "2026-04-06 02:30:00", "lastmodifieddate": "2026-04-06 02:31:00",
        }  # fmt: skip
        self.add("transaction", id=number, type=kind, **{**told, **values})
        for line, (item, location, quantity, *source) in enumerate(lines):
            self.add(
                "transactionline", transaction=number, id=line, item=item, location=location,
                quantity=quantity, createdfrom=source[0] if source else None,
                isinventoryaffecting="T",
            )  # fmt: skip

    def answer(self, asked: Asked) -> Reply:
        path = asked.path.removeprefix(REST)
        if path == "/auth/oauth2/v1/token":
            return self._hand_out_token(asked)
        if asked.headers.get("authorization", "") not in {f"Bearer {t}" for t in self.tokens}:
            return say_no(401, "INVALID_LOGIN", "Invalid login attempt. For more details, see ...")
        if path == "/query/v1/suiteql" and asked.headers.get("prefer") == "transient":
            return self._query(asked)
        match = re.fullmatch("/record/v1/inventoryAdjustment/eid:([^/]+)", unquote(path))
        if match and asked.method == "PUT":
            return self._adjust(match[1], asked)
        return say_no(404, "NONEXISTENT_ID", "Record does not exist.")

    def find_stock(self, item: int, location: int) -> Any:
        query = "select SUM(quantityonhand) from inventorybalance where item = ? and location = ?"
        return self.base.execute(query, (item, location)).fetchone()[0]

    def _hand_out_token(self, asked: Asked) -> Reply:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        address = f"http://{asked.headers['host']}{asked.path}"
        try:
            claims = jwt.decode(
                form["client_assertion"], make_key().public_key(), algorithms=["ES256"],
                audience=address, issuer=CLIENT, options={"verify_exp": False, "verify_iat": False},
            )  # fmt: skip
        except jwt.InvalidTokenError:
            return answer_json({"error": "invalid_request"}, status=400)
        head = jwt.get_unverified_header(form["client_assertion"])
        is_right = (
            form["grant_type"] == "client_credentials"
            and form["client_assertion_type"] == SIGNED
            and head == {"typ": "JWT", "alg": "ES256", "kid": CERTIFICATE}
            and "rest_webservices" in claims["scope"]
            and 0 < claims["exp"] - claims["iat"] < 3600
        )
        if not is_right:
            return answer_json({"error": "invalid_grant"}, status=400)
        self.handed.append(claims)
        token = max(self.tokens, default=TOKEN)
        return answer_json({"access_token": token, "expires_in": "3600", "token_type": "bearer"})

    def _query(self, asked: Asked) -> Reply:
        query = asked.json["q"]
        self.queries.append(query)
        limit, offset = int(asked.first("limit", "1000")), int(asked.first("offset", "0"))
        if limit > MOST_ROWS or offset % limit:
            return say_no(400, "INVALID_PARAMETER", "The limit or offset is invalid.")
        try:
            # Oracle takes a text for the number it is compared with.
            given = [int(x) if x.isdigit() else x for x in asked.json.get("params", [])]
            cursor = self.base.execute(self._translate(query), given)
        except sqlite3.Error as error:
            return say_no(400, "INVALID_PARAMETER", f"Invalid search query. {error}")
        names = [column[0] for column in cursor.description]
        rows = cursor.fetchall()[:CEILING]
        page = rows[offset : offset + limit]
        items = [
            {"links": [], **{n: _show(v) for n, v in zip(names, row, strict=True) if v is not None}}
            for row in page
        ]
        return answer_json(
            {
                "links": [],
                "count": len(page),
                "hasMore": offset + len(page) < len(rows),
                "items": items,
                "offset": offset,
                "totalResults": len(rows),
            }
        )

    def _translate(self, query: str) -> str:
        """Return the same for SQLite: two functions of another name, and one of its keywords."""
        query = query.replace("BUILTIN.DF(", "BUILTIN_DF(")
        query = query.replace("TO_DATE(?, 'YYYY-MM-DD')", "date(?)")
        query = re.sub(r"\btransaction\b", '"transaction"', query)
        return query.replace("GROUP BY ib.item", "GROUP BY ib.copy, ib.item")

    def _show_location(self, number: int | None) -> str | None:
        row = self.base.execute("select name from location where id = ?", (number,)).fetchone()
        return row[0] if row else None

    def _adjust(self, key: str, asked: Asked) -> Reply:
        if not re.fullmatch("[A-Za-z0-9_-]+", key):
            return say_no(400, "INVALID_ID", "The external ID is invalid.")
        lines = asked.json["inventory"]["items"]
        known = {row[0] for row in self.base.execute("select id from item")}
        for number, line in enumerate(lines):
            if int(line["item"]["id"]) not in known:
                said = f"Invalid Field Value {line['item']['id']} for the following field: item"
                return say_no(400, "INVALID_CONTENT", said, f"inventory.items[{number}].item")
        before = self.adjustments.get(key, [])
        # Lines of a list without keys are appended, unless the list is to be replaced.
        after = lines if "inventory" in asked.first("replace").split(",") else [*before, *lines]
        for line, sign in [(x, -1) for x in before] + [(x, 1) for x in after]:
            self.add_balance(
                int(line["item"]["id"]), int(line["location"]["id"]), sign * line["adjustQtyBy"]
            )
        self.adjustments[key] = after
        location = f"http://{asked.headers['host']}{REST}/record/v1/inventoryAdjustment/647"
        return Reply(status=204, headers={"Location": location})


class _Sum:
    """An exact sum; what is no number stays what it is."""

    def __init__(self) -> None:
        self.parts: list[Any] = []

    def step(self, value: Any) -> None:
        if value is not None:
            self.parts.append(value)

    def finalize(self) -> str | None:
        try:
            return str(sum(Decimal(str(part)) for part in self.parts)) if self.parts else None
        except InvalidOperation:
            return str(self.parts[0])


def _show(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


def say_no(status: int, code: str, detail: str, path: str = "") -> Reply:
    """Return an error as NetSuite words it."""
    told = {"detail": detail, "o:errorCode": code, **({"o:errorPath": path} if path else {})}
    return Reply(
        json.dumps(
            {"type": "https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html", "title": "No",
             "status": status, "o:errorDetails": [told]}
        ).encode(),
        status=status,
        headers={"Content-Type": "application/vnd.oracle.resource+json; type=error"},
    )  # fmt: skip


LIMITED = say_no(
    429, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded. Request blocked."
)


def build_netsuite(url: str, folder: Path, clock: Clockwork, **options: Any) -> NetsuiteConnector:
    """Return a connector on a stand-in."""
    (folder / "netsuite.pem").write_text(write_key())
    given = {
        "account": "1234567_SB1", "base_url": url, "client_id": CLIENT,
        "certificate_id": CERTIFICATE, "key": {"file": "netsuite.pem"}, "algorithm": "ES256",
        **options,
    }  # fmt: skip
    return NetsuiteConnector(
        system="erp",
        options=NetsuiteOptions.model_validate(given),
        root=str(folder),
        world=clock.build_world(),
    )


class NetsuiteVendor:
    """NetSuite for the suite that runs over all vendors."""

    name = "netsuite"
    quantity = "quantityonhand"
    fact = "on_hand"
    has_time = False
    page = 100

    def answer(self, levels: Sequence[Level], asked: Asked) -> Reply:
        return self._fill(levels).answer(asked)

    def is_page(self, asked: Asked) -> bool:
        return asked.path == f"{REST}/query/v1/suiteql"

    def build(self, url: str, folder: Path, clock: Clockwork, **options: Any) -> NetsuiteConnector:
        given = {
            "locate_by": "name", "page_size": self.page, "facts": {self.fact: self.quantity},
            **options,
        }  # fmt: skip
        return build_netsuite(url, folder, clock, **given)

    def _fill(self, levels: Sequence[Level]) -> FakeNetsuite:
        """Return an account with these levels; one that is given twice stands in two rows."""
        account = FakeNetsuite()
        items = _number(level.item_id for level in levels)
        places = _number(level.location_id for level in levels)
        for name, number in items.items():
            account.add("item", id=number, itemid=name)
        for name, number in places.items():
            account.add("location", id=number, name=name)
        copies: Counter[tuple[str, str]] = Counter()
        for level in levels:
            key = (level.item_id, level.location_id)
            copies[key] += 1
            on_hand = level.quantities.get(self.quantity)
            account.add_balance(
                items[level.item_id], places[level.location_id], on_hand, copy=copies[key]
            )
        return account


def _number(names: Any) -> dict[str, int]:
    return {name: number for number, name in enumerate(sorted(set(names)), start=1)}

"""Amazon's Selling Partner API: one seller, his FBA stock, his ledger, his listings.

It answers as the models in ``amazon_models`` say (amzn/selling-partner-api-models). Beyond them:

- a token that ended is 403 ``Unauthorized``, one for the next page that ended is 400
  ``InvalidInput`` "Next token is invalid or expired" (issue 4946 there);
- the ledger is a tab separated file (developer-docs.amazon.com/sp-api/docs/report-type-values-fba);
- what a listing submits is what it offers only some minutes later (issue 5327 there).
"""

import base64
import gzip
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

from inventory_pipeline.connectors.amazon.connector import AmazonConnector
from inventory_pipeline.connectors.amazon.options import AmazonOptions
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.stand_in import Asked, Reply, answer_json
from inventory_pipeline_tests.support.vendors.vendor import Level

SECRET, REFRESH = "amazon-secret-not-for-logs", "Atzr|refresh-not-for-logs"
ACCESS = "Atza|access-not-for-logs"
US, CANADA = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"
SELLER = "A3EXAMPLE"
SUMMARIES = "/fba/inventory/v1/summaries"
REPORTS, DOCUMENTS = "/reports/2021-06-30/reports", "/reports/2021-06-30/documents"
LISTINGS = f"/listings/2021-08-01/items/{SELLER}/"
TOKEN_SECONDS = 30.0
LEDGER_COLUMNS = (
    "Date", "FNSKU", "ASIN", "MSKU", "Title", "Event Type", "Reference ID", "Quantity",
    "Fulfillment Center", "Disposition", "Reason", "Country", "Reconciled Quantity",
    "Unreconciled Quantity", "Date and Time",
)  # fmt: skip


@dataclass
class Amazon:
    """One seller account.

    Attributes:
        stock: marketplace → levels; ``quantities`` by the names of the model.
        statuses: what a report is at each look, the last one for ever.
        ledger: the document; ``document_url`` is where it lies.
        listings: SKU → channel → what is offered; ``submitted`` waits to become that.
    """

    stock: dict[str, Sequence[Level]] = field(default_factory=dict)
    page: int = 2
    now: Callable[[], float] = time.monotonic
    statuses: list[str] = field(default_factory=lambda: ["DONE"])
    reports: dict[str, dict[str, Any]] = field(default_factory=dict)
    ledger: bytes = b""
    is_packed: bool = True
    document_url: str = "https://tortuga-prod-na.s3.amazonaws.com/d"
    created_at: str = "2026-04-06T10:05:00+00:00"
    listings: dict[str, dict[str, int | None]] = field(default_factory=dict)
    submitted: dict[str, int] = field(default_factory=dict)
    handed_out: int = 0
    has_ended: set[str] = field(default_factory=set)

    def answer(self, asked: Asked) -> Reply:
        """Answer one request."""
        if asked.path == "/auth/o2/token":
            return self._hand_out(asked)
        shown = asked.headers.get("x-amz-access-token", "")
        if not shown.startswith(ACCESS) or shown in self.has_ended:
            return _say_no(403, "Unauthorized", "Access to requested resource is denied.")
        if asked.path == SUMMARIES:
            return self._summarise(asked)
        if asked.path.startswith((REPORTS, DOCUMENTS)):
            return self._report(asked)
        return self._list(asked)

    def carry_out(self) -> None:
        """Let what was submitted be offered."""
        for sku, units in self.submitted.items():
            self.listings[sku]["DEFAULT"] = units
        self.submitted.clear()

    def _hand_out(self, asked: Asked) -> Reply:
        form = parse_qs(asked.body.decode())
        wanted = {"refresh_token": [REFRESH], "client_secret": [SECRET]}
        if form.get("grant_type") != ["refresh_token"] or not wanted.items() <= form.items():
            return answer_json({"error": "invalid_grant"}, status=400)
        self.handed_out += 1
        token = f"{ACCESS}-{self.handed_out}"
        return answer_json(
            {"access_token": token, "token_type": "bearer", "expires_in": 3600,
             "refresh_token": REFRESH}
        )  # fmt: skip

    def _summarise(self, asked: Asked) -> Reply:
        marketplace = asked.first("granularityId")
        if marketplace not in self.stock or asked.first("marketplaceIds") != marketplace:
            return _say_no(400, "InvalidInput", "Invalid Input")
        start = 0
        if token := asked.first("nextToken"):
            made_at, start = json.loads(base64.b64decode(token.removeprefix("+/&=")))
            if self.now() - made_at > TOKEN_SECONDS:
                return _say_no(400, "InvalidInput", "Next token is invalid or expired")
        levels = self.stock[marketplace]
        rows = [_describe(level) for level in levels[start : start + self.page]]
        granularity = {"granularityType": "Marketplace", "granularityId": marketplace}
        answer: dict[str, Any] = {
            "payload": {"granularity": granularity, "inventorySummaries": rows}
        }
        if start + self.page < len(levels):
            token = base64.b64encode(json.dumps([self.now(), start + self.page]).encode())
            # Begins with what a URL must not hold as it is.
            answer["pagination"] = {"nextToken": f"+/&={token.decode()}"}
        return answer_json(answer, headers={"x-amzn-RateLimit-Limit": "2.0"})

    def _report(self, asked: Asked) -> Reply:
        name = unquote(asked.path.rpartition("/")[2])
        if asked.path.startswith(DOCUMENTS):
            packing = {"compressionAlgorithm": "GZIP"} if self.is_packed else {}
            return answer_json({"reportDocumentId": name, "url": self.document_url, **packing})
        if asked.method == "POST":
            name = f"R{len(self.reports) + 1}"
            self.reports[name] = {
                "reportId": name, "createdTime": self.created_at, "processingStatus": "IN_QUEUE",
                **asked.json,
            }  # fmt: skip
            return answer_json({"reportId": name}, status=202)
        if asked.path == REPORTS:
            return answer_json({"reports": list(self.reports.values())})
        return answer_json(self._look_at(self.reports[name]))

    def _look_at(self, report: dict[str, Any]) -> dict[str, Any]:
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        report["processingStatus"] = status
        if status == "DONE":
            report["reportDocumentId"] = "amzn1.spdoc.1.4.na.1"
        return report

    def _list(self, asked: Asked) -> Reply:
        sku = unquote(asked.path.removeprefix(LISTINGS))
        if sku not in self.listings:
            return _say_no(404, "NOT_FOUND", "SKU not found")
        if asked.method == "GET":
            offers = [
                {"fulfillmentChannelCode": channel, **({} if n is None else {"quantity": n})}
                for channel, n in self.listings[sku].items()
            ]
            return answer_json({"sku": sku, "fulfillmentAvailability": offers})
        [patch] = asked.json["patches"]
        [value] = patch["value"]
        issues = []
        if value["quantity"] > 1_000:
            said = "The quantity is above what is allowed."
            issue = {"code": "90220", "message": said, "severity": "ERROR", "categories": []}
            issues.append(issue)
        else:
            self.submitted[sku] = value["quantity"]
        status = "INVALID" if issues else "ACCEPTED"
        answer = {"sku": sku, "status": status, "submissionId": "s-1", "issues": issues}
        return answer_json(answer)


def _describe(level: Level) -> dict[str, Any]:
    """Return a summary; the label stands where it was given, else it is the item's own."""
    given = dict(level.quantities)
    label = given.pop("fnSku", f"X00{level.item_id}")
    details: dict[str, Any] = {
        "fulfillableQuantity": 0, "inboundWorkingQuantity": 0, "inboundShippedQuantity": 0,
        "inboundReceivingQuantity": 0, "reservedQuantity": {}, "researchingQuantity": {},
        "unfulfillableQuantity": {},
    }  # fmt: skip
    total = given.pop("totalQuantity", 0)
    for name, value in given.items():
        details[name] = value
    return {
        "asin": "B000EXAMPLE", "fnSku": label, "sellerSku": level.item_id,
        "condition": "NewItem", "inventoryDetails": details,
        "lastUpdatedTime": level.as_of or "2026-04-06T09:00:00Z", "productName": "A mug",
        "totalQuantity": total, "stores": [],
    }  # fmt: skip


def _say_no(status: int, code: str, message: str) -> Reply:
    error = {"code": code, "message": message, "details": ""}
    return answer_json({"errors": [error]}, status=status)


def write_ledger(*rows: dict[str, str], pack: bool = True, quote: bool = True) -> bytes:
    """Return a ledger document: the named cells of each row, the others as Amazon leaves them."""
    usual = {"Date": "04/06/2026", "FNSKU": "X001", "Country": "US", "Disposition": "SELLABLE"}
    lines = [
        LEDGER_COLUMNS,
        *([{**usual, **row}.get(c, "") for c in LEDGER_COLUMNS] for row in rows),
    ]
    mark = '"' if quote else ""
    text = "".join("\t".join(f"{mark}{cell}{mark}" for cell in line) + "\n" for line in lines)
    return gzip.compress(text.encode()) if pack else text.encode()


def build_amazon(
    url: str, folder: Path, *, clock: Clockwork | None = None, **options: Any
) -> AmazonConnector:
    """Return the connector on a stand-in, with secrets in files."""
    for name, text in {"secret": SECRET, "refresh": REFRESH}.items():
        (folder / name).write_text(text)
    checked = AmazonOptions.model_validate(
        {
            "base_url": url,
            "token_url": f"{url}/auth/o2/token",
            "client_id": "amzn1.application-oa2-client.0",
            "client_secret": {"file": str(folder / "secret")},
            "refresh_token": {"file": str(folder / "refresh")},
            "marketplaces": {US: "L1"},
            **options,
        }
    )
    world = (clock or Clockwork()).build_world()
    return AmazonConnector(system="amazon", options=checked, root=str(folder), world=world)


class AmazonVendor:
    """FBA of one marketplace."""

    name = "amazon"
    quantity, fact = "fulfillableQuantity", "available"
    has_time = False
    # Amazon decides how large a page is; ours are small.
    page = 2

    def answer(self, levels: Sequence[Level], asked: Asked) -> Reply:
        # A token of an earlier page still lives: all of this takes no 30 seconds.
        return Amazon({US: levels}, page=self.page, now=lambda: 0.0).answer(asked)

    def is_page(self, asked: Asked) -> bool:
        return asked.path == SUMMARIES

    def build(self, url: str, folder: Path, clock: Clockwork, **options: Any) -> AmazonConnector:
        return build_amazon(url, folder, clock=clock, **options)

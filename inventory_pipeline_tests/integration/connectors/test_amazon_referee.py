"""The client most sellers use beside ours, on one stand-in: both see and say the same."""

from types import SimpleNamespace

from sp_api.api import Inventories, ListingsItems, Reports
from sp_api.auth import AccessTokenClient

from inventory_pipeline.model.delivery import Line
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.stand_in import Asked, Reply, StandIn
from inventory_pipeline_tests.support.vendors.amazon import (
    LISTINGS,
    REFRESH,
    SECRET,
    SELLER,
    SUMMARIES,
    US,
    Amazon,
    build_amazon,
    write_ledger,
)
from inventory_pipeline_tests.support.vendors.vendor import Level

CREDENTIALS = {
    "refresh_token": REFRESH,
    "lwa_app_id": "amzn1.application-oa2-client.0",
    "lwa_client_secret": SECRET,
}


def build_client(kind, server):
    """Return the other client, on 127.0.0.1 instead of a marketplace."""
    tokens = type(
        "Tokens", (AccessTokenClient,), {"scheme": "http://", "host": f"127.0.0.1:{server.port}"}
    )
    here = SimpleNamespace(endpoint=server.url, marketplace_id=US, region="here")
    return kind(marketplace=here, credentials=CREDENTIALS, auth_token_client_class=tokens)


def test_both_read_the_same_numbers_page_by_page(tmp_path):
    levels = [Level(f"SKU {n}", US, {"fulfillableQuantity": n}) for n in range(5)]
    with StandIn(Amazon({US: levels}).answer) as server:
        ours = build_amazon(server.url, tmp_path)
        _, pages = land(ours, "counts", tmp_path)
        rows = ours.parse("counts", pages).rows.select("item_id", "quantity").rows()
        mine = [asked.query for asked in server.asked if asked.path == SUMMARIES]
        server.asked.clear()
        theirs, token = [], {}
        with build_client(Inventories, server) as client:
            while token is not None:
                answer = client.get_inventory_summary_marketplace(
                    details="true", marketplaceIds=US, **token
                )
                theirs += [
                    (one["sellerSku"], str(one["inventoryDetails"]["fulfillableQuantity"]))
                    for one in answer.payload["inventorySummaries"]
                ]
                token = {"nextToken": answer.next_token} if answer.next_token else None
        asked = [one.query for one in server.asked if one.path == SUMMARIES]
    assert theirs == rows
    assert [query.keys() for query in asked] == [query.keys() for query in mine]


def test_both_fetch_the_same_ledger(tmp_path):
    amazon = Amazon({US: []})
    amazon.ledger = write_ledger({"MSKU": "Müller", "Event Type": "Shipments", "Quantity": "-1"})

    def plan(asked: Asked) -> Reply:
        if asked.path == "/d":
            return Reply(amazon.ledger, headers={"Content-Type": "text/plain;charset=UTF-8"})
        return amazon.answer(asked)

    with StandIn(plan) as server:
        amazon.document_url = f"{server.url}/d"
        given = {"ledger": {}, "document_hosts": ["127.0.0.1"]}
        ours = build_amazon(server.url, tmp_path, **given)
        _, pages = land(ours, "movements", tmp_path)
        with build_client(Reports, server) as client:
            document = client.get_report_document("amzn1.spdoc.1.4.na.1", download=True)
    [item] = ours.parse("movements", pages).rows["item_id"]
    assert item == "Müller"
    assert '"Müller"' in document.payload["document"]


def test_both_say_the_same_patch(tmp_path):
    write = {"seller_id": SELLER, "marketplace": US, "location": "MAIN"}
    amazon = Amazon({US: []}, listings={"A/B 1": {"DEFAULT": 10}})
    line = Line("r1", "A/B 1", "MAIN", "available", "set", 7, 10, "urn:receipt:r1", "correction")
    with StandIn(amazon.answer) as server:
        writer = build_amazon(server.url, tmp_path, write=write).build_writer()
        writer.send([line], "k1", writer.encode([line], "k1"))
        value = {"fulfillment_channel_code": "DEFAULT", "quantity": 7}
        patch = {
            "op": "merge",
            "path": "/attributes/fulfillment_availability",
            "value": [value],
        }
        with build_client(ListingsItems, server) as client:
            answer = client.patch_listings_item(
                SELLER, "A/B 1", marketplaceIds=[US],
                body={"productType": "PRODUCT", "patches": [patch]},
            )  # fmt: skip
        mine, theirs = [asked for asked in server.asked if asked.method == "PATCH"]
    assert answer.payload["status"] == "ACCEPTED"
    assert mine.path == f"{LISTINGS}A%2FB%201"
    assert (mine.path, mine.query, mine.json) == (theirs.path, theirs.query, theirs.json)

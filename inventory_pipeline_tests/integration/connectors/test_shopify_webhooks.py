"""Delivered webhooks as the shop's own log of its levels."""

import base64
import hashlib
import hmac
import json
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inventory_pipeline.errors import (
    SourceContractError,
    SourceRefusedError,
    SourceUnavailableError,
)
from inventory_pipeline.ingest.counts import SourceWords
from inventory_pipeline.ingest.events import compute_level_changes
from inventory_pipeline.ingest.identity import load_catalog
from inventory_pipeline.model.ports import Page
from inventory_pipeline_tests.support.docs import CONNECTOR_PAGES
from inventory_pipeline_tests.support.file_sources import FETCHED_AT, HOUR_AT, land
from inventory_pipeline_tests.support.shopify.shop import Shop
from inventory_pipeline_tests.support.shopify.sources import open_shop

SECRET, SHOP = "hook-secret-not-for-logs", "harbor.myshopify.com"
CHANGED_AT = "2026-04-06T05:15:00-04:00"


@pytest.fixture
def shop():
    made = Shop()
    made.shelf.add("A", 5, 7)
    made.shelf.add("B", 3)
    return made


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "hooks"
    made.mkdir()
    (tmp_path / "hook-secret").write_text(SECRET)
    return made


def write_body(item=1001, place=1, available=4, **more):
    """Return a body as the vendor's page on the topic shows it."""
    return json.dumps(
        {
            "inventory_item_id": item,
            "location_id": place,
            "available": available,
            "updated_at": CHANGED_AT,
            "admin_graphql_api_id": f"gid://shopify/InventoryLevel/{place}?inventory_item_id={item}",
            **more,
        }
    )


def sign(body: str, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body.encode(), hashlib.sha256)).decode()


def deliver(folder: Path, name: str, body: str | None = None, *, at=HOUR_AT, **headers) -> Path:
    """Put a delivery into the folder as a cloud function is given it."""
    body = write_body() if body is None else body
    given = {
        "X-Shopify-Topic": "inventory_levels/update",
        "X-Shopify-Hmac-Sha256": sign(body),
        "X-Shopify-Shop-Domain": SHOP,
        "X-Shopify-Event-Id": f"event-{name}",
        "X-Shopify-Webhook-Id": f"webhook-{name}",
        "User-Agent": "Shopify-Captain-Hook",
        **{key.replace("_", "-"): value for key, value in headers.items()},
    }
    event = {"headers": given, "body": body, "isBase64Encoded": False, "sourceIp": "192.0.2.7"}
    path = folder / f"{name}.json"
    path.write_text(json.dumps(event))
    touch(path, at)
    return path


def touch(path: Path, at: datetime) -> None:
    os.utime(path, (at.timestamp(), at.timestamp()))


def read(tmp_path, shop, **options):
    """Return what a fetch said, its rows, and what was refused."""
    asked = options.pop("webhooks", {})
    webhooks = {"folder": "hooks", "secret": {"file": "hook-secret"}, **asked}
    with open_shop(tmp_path, shop, webhooks=webhooks, **options) as opened:
        fetched, pages = land(opened.connector, "levels", tmp_path / "landing")
        part = opened.connector.parse("levels", pages)
    return fetched, part.rows.drop("row").rows(), part.rejected, pages


def test_a_change_is_what_available_was_set_to(tmp_path, shop, folder):
    deliver(folder, "1")
    fetched, rows, rejected, _ = read(tmp_path, shop)
    assert rows == [("event-1/1001/1", "A", "1", "available", "set", "4", CHANGED_AT)]
    assert rejected.is_empty()
    assert fetched.is_complete
    assert fetched.end_marker == "1 files in hooks since 2026-04-06T04:00Z"
    assert fetched.notes == ()


def test_ingest_takes_it_in(tmp_path, shop, folder):
    deliver(folder, "1")
    webhooks = {"folder": "hooks", "secret": {"file": "hook-secret"}}
    with open_shop(tmp_path, shop, webhooks=webhooks) as opened:
        assert opened.connector.find_feeds() == ["counts", "levels"]
        _, pages = land(opened.connector, "levels", tmp_path / "landing")
        rows = opened.connector.parse("levels", pages).rows
    words = SourceWords("storefront", None, "", "", {}, FETCHED_AT + timedelta(minutes=5))
    catalog = load_catalog(Path(), items=None, locations=None, identities=None)
    taken = compute_level_changes(rows, catalog, words)
    assert taken.quarantine.is_empty()
    assert taken.rows["changed_at"][0] == datetime(2026, 4, 6, 9, 15, tzinfo=UTC)


def test_items_and_places_go_by_the_names_that_counts_have(tmp_path, shop, folder):
    deliver(folder, "1", write_body(item=1002))
    _, rows, _, _ = read(tmp_path, shop, locate_by="name")
    assert rows[0][1:3] == ("B", "L1")
    _, rows, _, _ = read(tmp_path, shop, identify_by="inventory_item_id")
    assert rows[0][1:3] == ("1002", "1")


def test_by_numbers_nobody_is_asked(tmp_path, shop, folder):
    deliver(folder, "1")
    webhooks = {"folder": "hooks", "secret": {"file": "hook-secret"}}
    by_number = {"identify_by": "inventory_item_id", "locate_by": "id"}
    with open_shop(tmp_path, shop, webhooks=webhooks, **by_number) as opened:
        land(opened.connector, "levels", tmp_path / "landing")
        assert opened.server.asked == []


@pytest.mark.parametrize(
    "change",
    [
        {"X_Shopify_Hmac_Sha256": sign(write_body(), "another secret")},
        {"X_Shopify_Hmac_Sha256": sign(write_body(available=5))},
        {"X_Shopify_Hmac_Sha256": ""},
        {"X_Shopify_Hmac_Sha256": "ümlaut"},
        {"X_Shopify_Hmac_Sha256": hmac.new(SECRET.encode(), b"x", hashlib.sha256).hexdigest()},
    ],
)
def test_what_is_not_signed_by_the_shop_is_never_trusted(tmp_path, shop, folder, change):
    deliver(folder, "1", **change)
    deliver(folder, "2", write_body(item=1002))
    _, rows, rejected, pages = read(tmp_path, shop)
    assert [cells[1] for cells in rows] == ["B"]
    assert rejected["reason"].to_list() == ["the signature is not the shop's; it is not trusted"]
    assert json.loads(rejected["raw"][0])["event_id"] == "event-1"
    assert b"1001" not in pages[1].body


def test_the_signature_is_over_the_bytes_and_not_over_what_they_mean(tmp_path, shop, folder):
    body = write_body()
    deliver(folder, "1", f" {body}", X_Shopify_Hmac_Sha256=sign(body))
    deliver(folder, "2", f" {body}")
    _, rows, rejected, _ = read(tmp_path, shop)
    assert [cells[0] for cells in rows] == ["event-2/1001/1"]
    assert rejected.height == 1


def test_a_body_in_base64_is_unpacked_first(tmp_path, shop, folder):
    path = deliver(folder, "1")
    event = json.loads(path.read_text())
    event |= {"body": base64.b64encode(event["body"].encode()).decode(), "isBase64Encoded": True}
    path.write_text(json.dumps(event))
    touch(path, HOUR_AT)
    _, rows, _, _ = read(tmp_path, shop)
    assert len(rows) == 1


def test_names_of_headers_have_no_case(tmp_path, shop, folder):
    path = deliver(folder, "1")
    event = json.loads(path.read_text())
    event["headers"] = {name.lower(): value for name, value in event["headers"].items()}
    path.write_text(json.dumps(event))
    touch(path, HOUR_AT)
    _, rows, _, _ = read(tmp_path, shop)
    assert rows[0][0] == "event-1/1001/1"


def test_what_came_again_is_dropped(tmp_path, shop, folder):
    deliver(folder, "1")
    deliver(folder, "2", X_Shopify_Event_Id="event-1")
    deliver(folder, "3", X_Shopify_Webhook_Id="webhook-1")
    deliver(folder, "4")
    fetched, rows, _, _ = read(tmp_path, shop)
    assert [cells[0] for cells in rows] == ["event-1/1001/1", "event-4/1001/1"]
    assert fetched.notes == ("deliveries that came again: 2",)


def test_one_event_may_change_several_levels(tmp_path, shop, folder):
    for number, body in enumerate([write_body(), write_body(place=2), write_body(item=1002)]):
        deliver(folder, str(number), body, X_Shopify_Event_Id="one order")
    _, rows, _, _ = read(tmp_path, shop)
    assert [cells[0] for cells in rows] == [
        "one order/1001/1",
        "one order/1001/2",
        "one order/1002/1",
    ]


def test_a_delivery_without_an_id_is_named_by_its_body(tmp_path, shop, folder):
    for name in ("1", "2"):
        deliver(folder, name, X_Shopify_Event_Id="", X_Shopify_Webhook_Id="")
    fetched, rows, _, _ = read(tmp_path, shop)
    digest = hashlib.sha256(write_body().encode()).hexdigest()[:32]
    assert [cells[0] for cells in rows] == [f"{digest}/1001/1"]
    assert fetched.notes == ("deliveries that came again: 1",)


def test_a_late_delivery_is_kept(tmp_path, shop, folder):
    deliver(folder, "1", write_body(updated_at="2026-04-04T01:00:00Z"))
    _, rows, _, _ = read(tmp_path, shop)
    assert rows[0][-1] == "2026-04-04T01:00:00Z"


def test_files_of_long_ago_are_not_read_again(tmp_path, shop, folder):
    deliver(folder, "new")
    deliver(folder, "old", at=HOUR_AT - timedelta(hours=2))
    _, rows, _, _ = read(tmp_path, shop)
    assert len(rows) == 2
    _, rows, _, _ = read(tmp_path, shop, webhooks={"overlap": "1h"})
    assert [cells[0] for cells in rows] == ["event-new/1001/1"]


def test_other_topics_are_counted_and_not_kept(tmp_path, shop, folder):
    body = '{"email": "ada@example.com", "id": 7}'
    deliver(folder, "1", body, X_Shopify_Topic="orders/create")
    deliver(folder, "2")
    fetched, rows, rejected, pages = read(tmp_path, shop)
    assert len(rows) == 1
    assert rejected.is_empty()
    assert fetched.notes == ("deliveries of another topic: 1",)
    landed = b"".join(page.body for page in pages)
    assert b"ada@" not in landed
    assert b"192.0.2.7" not in landed
    assert SECRET.encode() not in landed


def test_another_shops_delivery_is_none_of_ours(tmp_path, shop, folder):
    deliver(folder, "1", X_Shopify_Shop_Domain="another.myshopify.com")
    _, rows, rejected, _ = read(tmp_path, shop)
    assert rows == []
    assert rejected["reason"].to_list() == ["it is for another shop than harbor.myshopify.com"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is no delivery: the answer is not whole JSON"),
        (b"[1]", "the file is no delivery: the answer has no 'headers'"),
        (b'{"headers": {}, "body": {"available": 1}}', "body is no text; it is the exact body"),
        (b'{"headers": [], "body": ""}', "headers is no object"),
        (b'{"headers": {}, "body": "*", "isBase64Encoded": true}', "the file is no delivery"),
        (b'{"headers": {}, "body": "\\ud800"}', "the file is no delivery"),
        (b"\xff", "not UTF-8"),
        (b" " * ((1 << 20) + 1), "the file is larger than 1 MiB"),
    ],
)
def test_a_file_that_is_no_delivery_takes_no_other_with_it(tmp_path, shop, folder, content, reason):
    path = folder / "broken.json"
    path.write_bytes(content)
    touch(path, HOUR_AT)
    deliver(folder, "1")
    _, rows, rejected, _ = read(tmp_path, shop)
    assert len(rows) == 1
    assert reason in rejected["reason"][0]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("[]", "the answer has no 'inventory_item_id'"),
        ('{"inventory_item_id": "x", "location_id": 1, "available": 1}', "by its number"),
        (write_body(item=4711), "the shop has no inventory item 4711 any more"),
    ],
)
def test_a_trusted_body_that_names_nothing_is_set_aside(tmp_path, shop, folder, body, reason):
    deliver(folder, "1", body)
    _, rows, rejected, _ = read(tmp_path, shop)
    assert rows == []
    assert reason in rejected["reason"][0]


def test_what_is_not_counted_is_left_out_with_a_note(tmp_path, shop, folder):
    wrap = shop.shelf.add("WRAP", 1, tracked=False)
    deliver(folder, "1", write_body(item=wrap.number, available=None))
    deliver(folder, "2", write_body(place=2))
    deliver(folder, "3")
    fetched, rows, rejected, _ = read(tmp_path, shop, locations=["1"])
    assert len(rows) == 1
    assert rejected.is_empty()
    assert fetched.notes == (
        "changes left out because their items are not tracked: 1",
        "changes left out because their location is not configured: 1",
    )


def test_a_twin_is_nobodys_change_and_a_place_that_is_gone_is_none(tmp_path, shop, folder):
    shop.shelf.add("A", 1)
    deliver(folder, "1")
    deliver(folder, "2", write_body(item=1002, place=99))
    _, rows, rejected, _ = read(tmp_path, shop, locate_by="name")
    assert rows == []
    assert rejected["reason"][0].startswith("other inventory items carry this SKU, too (1)")
    assert rejected["reason"][1] == "the shop has no location 99 any more"


def test_no_number_stays_none(tmp_path, shop, folder):
    deliver(folder, "1", write_body(available=None))
    _, rows, _, _ = read(tmp_path, shop)
    assert rows[0][5] is None


def test_a_link_is_not_followed_and_hidden_files_are_not_seen(tmp_path, shop, folder):
    real = deliver(tmp_path, "elsewhere")
    (folder / "link.json").symlink_to(real)
    os.utime(folder / "link.json", (HOUR_AT.timestamp(),) * 2, follow_symlinks=False)
    deliver(folder, ".half-written")
    (folder / "notes.txt").write_text("not mine")
    _, rows, rejected, _ = read(tmp_path, shop)
    assert rows == []
    assert rejected["reason"].to_list() == ["the file is no plain file that may be read"]


def test_a_folder_that_is_not_there_is_missing(tmp_path, shop, folder):
    folder.rmdir()
    with pytest.raises(SourceUnavailableError, match=r"levels: the folder .*hooks cannot be read"):
        read(tmp_path, shop)


def test_a_secret_that_is_not_there_refuses_this_system_alone(tmp_path, shop, folder):
    (tmp_path / "hook-secret").unlink()
    with pytest.raises(SourceRefusedError, match=r"levels: the secret file .* cannot be read"):
        read(tmp_path, shop)


def test_the_apps_secret_is_what_the_shop_signs_with(tmp_path, shop, folder):
    (tmp_path / "secret").write_text("s3cr3t")
    deliver(folder, "1", X_Shopify_Hmac_Sha256=sign(write_body(), "s3cr3t"))
    app = {"client_id": "app", "client_secret": {"file": "secret"}}
    _, rows, _, _ = read(tmp_path, shop, webhooks={"secret": None}, **app)
    assert len(rows) == 1


def test_a_secret_that_changes_later_condemns_nothing_of_the_past(tmp_path, shop, folder):
    deliver(folder, "1")
    _, rows, _, pages = read(tmp_path, shop)
    (tmp_path / "hook-secret").write_text("another")
    webhooks = {"folder": "hooks", "secret": {"file": "hook-secret"}}
    with open_shop(tmp_path, shop, webhooks=webhooks) as opened:
        again = opened.connector.parse("levels", pages)
    assert again.rows.drop("row").rows() == rows


def test_many_deliveries_are_landed_on_several_pages(tmp_path, shop, folder):
    for number in range(12):
        deliver(folder, str(number), write_body(available=number) + " " * 900_000)
    _, rows, _, pages = read(tmp_path, shop)
    assert sorted(int(cells[5]) for cells in rows) == list(range(12))
    assert [page.kind for page in pages] == ["json", "ndjson", "ndjson"]


def test_a_landed_line_that_is_no_delivery_is_refused(tmp_path, shop, folder):
    webhooks = {"folder": "hooks", "secret": {"file": "hook-secret"}}
    pages = [
        Page(b'{"items": null, "places": null}', "json"),
        Page(b'{"file": "1.json", "colour": "red"}\n', "ndjson"),
    ]
    with (
        open_shop(tmp_path, shop, webhooks=webhooks) as opened,
        pytest.raises(SourceContractError, match="a line of the landed page is no delivery"),
    ):
        opened.connector.parse("levels", pages)


def test_the_receiver_of_the_documentation_drops_what_is_read(tmp_path, shop, monkeypatch):
    """What people copy works: it gets a request and the hour after tells of it."""
    text = (CONNECTOR_PAGES / "shopify.md").read_text(encoding="utf-8")
    [code] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    receiver = {}
    exec(code, receiver)
    (tmp_path / "hooks" / "storefront").mkdir(parents=True)
    (tmp_path / "hook-secret").write_text(SECRET)
    event = json.loads(deliver(tmp_path, "request").read_text())
    monkeypatch.chdir(tmp_path)
    assert receiver["handler"](event, None) == {"statusCode": 200}
    [path] = (tmp_path / "hooks" / "storefront").iterdir()
    touch(path, HOUR_AT)
    _, rows, _, _ = read(tmp_path, shop, webhooks={"folder": "hooks/storefront"})
    assert [cells[0] for cells in rows] == ["event-request/1001/1"]

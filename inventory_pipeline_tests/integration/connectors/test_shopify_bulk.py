"""Counts of a large shop: the shop writes them into a file, which is fetched from elsewhere."""

import gzip
import json
import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from inventory_pipeline.errors import (
    SourceContractError,
    SourceRefusedError,
    SourceUnavailableError,
)
from inventory_pipeline.ingest.fetch import fetch_feed
from inventory_pipeline.ingest.landing import Landing
from inventory_pipeline.model.ports import Page
from inventory_pipeline_tests.support.file_sources import FETCHED_AT, HOUR_AT, land
from inventory_pipeline_tests.support.report_house import StoppedClock
from inventory_pipeline_tests.support.shopify.bulks import BEGUN_AT, SIGNATURE
from inventory_pipeline_tests.support.shopify.shop import TOKEN, Shop
from inventory_pipeline_tests.support.shopify.sources import open_shop
from inventory_pipeline_tests.support.stand_in import Reply, StandIn, Toxic


@pytest.fixture
def shop():
    made = Shop()
    made.shelf.add("A", 5, 7, committed=2)
    made.shelf.add("B", 0)
    return made


def read(tmp_path, shop, **options):
    """Return what a fetch said, and the rows and rejected lines of its file."""
    with open_shop(tmp_path, shop, **{"bulk": "always", **options}) as opened:
        fetched, pages = land(opened.connector, "counts", tmp_path / "landing")
        part = opened.connector.parse("counts", pages)
    return fetched, part.rows, part.rejected


def test_a_file_says_what_pages_say_as_of_when_it_was_begun(tmp_path, shop):
    _, paged, _ = read(tmp_path, shop, bulk="never")
    fetched, rows, rejected = read(tmp_path, shop)
    assert fetched.is_complete
    assert not fetched.is_suspect
    assert fetched.notes == ()
    assert fetched.end_marker == "gid://shopify/BulkOperation/1 is COMPLETED with 5 objects"
    assert fetched.source_at == datetime(2026, 4, 6, 10, 1, tzinfo=UTC)
    assert rejected.is_empty()
    assert rows.drop("as_of").equals(paged.drop("as_of"))
    assert set(rows["as_of"]) == {BEGUN_AT}


def test_the_file_travels_by_path_and_its_signed_link_stays_behind(tmp_path, shop):
    with open_shop(tmp_path, shop, bulk="always") as opened:
        _, pages = land(opened.connector, "counts", tmp_path / "landing")
    head, file = pages
    assert (head.kind, head.path) == ("headers", None)
    assert (file.kind, file.body) == ("ndjson", b"")
    landed = head.body + (tmp_path / "landing" / "page-1.ndjson").read_bytes()
    assert shop.bulks.render_file() in landed
    assert SIGNATURE.encode() not in landed


def test_what_the_landing_gives_back_is_what_was_fetched(tmp_path, shop, caplog):
    caplog.set_level("DEBUG")
    landing = Landing(tmp_path / "landing")
    with open_shop(tmp_path, shop, bulk="always") as opened:
        landed = fetch_feed(
            opened.connector, landing,
            system="storefront", feed="counts", hour_at=HOUR_AT, clock=StoppedClock(FETCHED_AT),
        )  # fmt: skip
        rows = opened.connector.parse("counts", landed.read_pages()).rows
    assert landed.manifest.is_complete
    assert landed.manifest.source_at == "2026-04-06T10:01:00+00:00"
    assert rows.height == 6
    for word in (SIGNATURE, TOKEN):
        assert word not in caplog.text
        assert [p for p in landing.root.rglob("*.*") if word.encode() in p.read_bytes()] == []


@pytest.mark.parametrize(("bulk_from", "is_file"), [(2, True), (3, False)])
def test_auto_asks_how_large_the_shop_is(tmp_path, shop, bulk_from, is_file):
    read(tmp_path, shop, bulk="auto", bulk_from=bulk_from)
    assert bool(shop.bulks.begun) is is_file


def test_lines_may_stand_in_any_order(tmp_path, shop):
    _, wanted, _ = read(tmp_path, shop)
    shop.bulks.spoil = lambda lines: random.Random(7).sample(lines, len(lines))
    _, rows, _ = read(tmp_path, shop)
    names = ["item_id", "location_id", "fact", "quantity"]
    assert rows.select(names).sort(names).equals(wanted.select(names).sort(names))


def test_what_is_not_to_be_counted_is_left_out_with_a_note(tmp_path, shop):
    shop.shelf.add("UNTRACKED", 9, tracked=False)
    asleep = shop.shelf.add("C", 1, 2)
    asleep.levels["gid://shopify/Location/2"].is_active = False
    fetched, rows, _ = read(tmp_path, shop, locations=["2"])
    assert rows["item_id"].unique().to_list() == ["A"]
    assert fetched.notes == (
        "items left out because they are not tracked: 1",
        "levels left out because they are not active: 1",
    )
    assert not fetched.is_suspect


def test_twins_and_broken_sums_are_set_aside_as_on_pages(tmp_path, shop):
    shop.shelf.add("TWIN", 5)
    shop.shelf.add("TWIN", 5)
    shop.shelf.add(None, 5)
    shop.shelf.add("D", 5).levels["gid://shopify/Location/1"].lies_by = 1
    _, rows, rejected = read(tmp_path, shop)
    assert set(rows["item_id"]) == {"A", "B"}
    assert [reason[:31] for reason in rejected["reason"]] == [
        "2 inventory items carry this SK", "2 inventory items carry this SK",
        "the inventory item 1005 has no ", "on_hand is 6, and available + c",
    ]  # fmt: skip


def test_it_waits_as_long_as_the_shop_writes(tmp_path, shop):
    shop.bulks.statuses = ["CREATED"] + ["RUNNING"] * 8 + ["COMPLETED"]
    with open_shop(tmp_path, shop, bulk="always", timeouts={"feed": "10m"}) as opened:
        fetched, _ = land(opened.connector, "counts", tmp_path / "landing")
    assert fetched.is_complete
    assert opened.clock.slept == [1, 1.5, 2.25, 3.375, 5.0625, 7.59375, 11.390625, 15, 15]


def test_it_does_not_wait_longer_than_a_feed_may_take_and_says_stop(tmp_path, shop):
    shop.bulks.statuses = ["RUNNING"]
    with pytest.raises(
        SourceUnavailableError, match=r"is RUNNING; no time is left, raise timeouts"
    ):
        read(tmp_path, shop)
    assert shop.bulks.canceled == ["gid://shopify/BulkOperation/1"]


@pytest.mark.parametrize("status", ["FAILED", "CANCELED", "EXPIRED"])
def test_what_a_failed_operation_leaves_behind_is_not_taken(tmp_path, shop, status):
    shop.bulks.statuses = ["RUNNING", status]
    with pytest.raises(SourceContractError, match=f"ended as {status}; what it leaves behind"):
        read(tmp_path, shop)


@pytest.mark.parametrize("code", ["INTERNAL_SERVER_ERROR", "TIMEOUT"])
def test_completed_with_an_error_is_a_part(tmp_path, shop, code):
    shop.bulks.change = lambda shown: shown | {"errorCode": code}
    with pytest.raises(SourceContractError, match=f"ended as COMPLETED {code}; .* is a part"):
        read(tmp_path, shop)


def test_a_scope_that_is_missing_is_a_matter_for_a_person(tmp_path, shop):
    shop.bulks.change = lambda shown: shown | {"status": "FAILED", "errorCode": "ACCESS_DENIED"}
    with pytest.raises(SourceRefusedError, match="ACCESS_DENIED: a scope is missing"):
        read(tmp_path, shop)


def test_no_file_though_objects_are_counted_is_suspect(tmp_path, shop):
    shop.bulks.change = lambda shown: shown | {"url": None}
    fetched, rows, _ = read(tmp_path, shop)
    assert (fetched.is_complete, fetched.is_suspect) == (False, True)
    assert fetched.notes[0] == "the shop counts 5 objects and names no file"
    assert rows.is_empty()


def test_no_file_where_there_is_nothing_is_empty_and_not_all_gone(tmp_path):
    fetched, rows, rejected = read(tmp_path, Shop())
    assert fetched.is_complete
    assert fetched.is_suspect
    assert fetched.notes == ("no rows; empty is never read as all gone",)
    assert rows.is_empty()
    assert rejected.is_empty()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda lines: lines[:-1], "the file holds 4 lines and 2 items, the shop counts 5 and 2"),
        (lambda lines: [*lines, lines[1]], "holds 6 lines and 2 items"),
        (lambda lines: lines[1:], "holds 4 lines and 1 items"),
        (lambda lines: [lines[0], *lines[:-1]], "holds 5 lines and 3 items"),
    ],
)
def test_a_file_with_other_lines_than_counted_is_not_whole(tmp_path, shop, spoil, said):
    shop.bulks.spoil = spoil
    fetched, _, _ = read(tmp_path, shop)
    assert (fetched.is_complete, fetched.is_suspect) == (False, True)
    assert said in fetched.end_marker
    assert said in fetched.notes[0]


@pytest.mark.parametrize("code", ["OPERATION_IN_PROGRESS", "LIMIT_REACHED"])
def test_other_operations_are_waited_for(tmp_path, shop, code):
    shop.bulks.busy = [code] * 3
    shop.bulks.statuses = ["COMPLETED"]
    with open_shop(tmp_path, shop, bulk="always") as opened:
        fetched, _ = land(opened.connector, "counts", tmp_path / "landing")
    assert fetched.is_complete
    assert opened.clock.slept == [1, 1.5, 2.25]


def test_other_operations_are_not_waited_for_for_ever(tmp_path, shop):
    shop.bulks.busy = ["LIMIT_REACHED"] * 100
    with pytest.raises(SourceUnavailableError, match="other bulk operations of this app"):
        read(tmp_path, shop)
    assert shop.bulks.begun == 0


def test_a_query_the_shop_does_not_take_is_said(tmp_path, shop):
    shop.bulks.busy = ["INVALID"]
    with pytest.raises(SourceContractError, match=r"does not begin .*: INVALID try later, friend"):
        read(tmp_path, shop)


def test_the_result_of_another_operation_is_never_ours(tmp_path, shop):
    shop.bulks.change = lambda shown: shown | {"id": "gid://shopify/BulkOperation/77"}
    with pytest.raises(SourceContractError, match=r"shows no operation .*/1, which it began"):
        read(tmp_path, shop)


# --- the way to the storage ------------------------------------------------------------------


def serve_storage(shop, *replies):
    """Serve the file on a host of its own, after some other answers."""

    def plan(asked):
        return left.pop(0) if left else shop.serve_file(asked)

    left = list(replies)
    return StandIn(plan)


def read_from(tmp_path, shop, storage, **options):
    shop.bulks.storage = options.pop("link", storage.url)
    fetched, rows, _ = read(tmp_path, shop, **options)
    return fetched, rows


def test_the_token_is_never_sent_to_the_storage(tmp_path, shop):
    with serve_storage(shop) as storage:
        _, rows = read_from(tmp_path, shop, storage)
    assert rows.height == 6
    [asked] = storage.asked
    assert asked.method == "GET"
    assert TOKEN not in str(asked)
    assert sorted(asked.headers) == [
        "accept",
        "accept-encoding",
        "connection",
        "host",
        "user-agent",
    ]


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("http://localhost:1", r"lies on localhost; bulk_hosts allows 127\.0\.0\.1"),
        ("https://evil.example", r"lies on evil\.example"),
        ("https://127.0.0.1.evil.example", r"lies on 127\.0\.0\.1\.evil\.example"),
        ("http://127.0.0.1@evil.example", "no user or password"),
        ("file:///etc/passwd", "wanted a URL"),
        ("http://[::ffff:127.0.0.1]", "lies on ::ffff:"),
    ],
)
def test_a_link_that_leads_elsewhere_is_not_followed(tmp_path, shop, link, said):
    with serve_storage(shop) as storage, pytest.raises(SourceRefusedError, match=said) as caught:
        read_from(tmp_path, shop, storage, link=link)
    assert storage.asked == []
    assert SIGNATURE not in str(caught.value)


def test_a_link_that_is_not_encrypted_is_not_followed(tmp_path, shop):
    with serve_storage(shop) as storage, pytest.raises(SourceRefusedError, match="not encrypted"):
        read_from(
            tmp_path, shop, storage, link="http://storage.googleapis.com",
            bulk_hosts=["*.googleapis.com"], allow_plain_http=True,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("reply", "kind", "said"),
    [
        (
            Reply(b"", 302, {"Location": "https://evil.example/"}),
            SourceRefusedError,
            "redirects to",
        ),
        (Reply(b"<Error/>", 403), SourceRefusedError, "HTTP 403: the link to the file is not"),
        (Reply(b"<Error/>", 404), SourceContractError, "HTTP 404: the link to the file is not"),
        (Reply(b"", 206), SourceContractError, "HTTP 206; wanted the whole file"),
        (Reply(b"<html>log in</html>"), SourceContractError, "holds no JSON lines"),
    ],
)
def test_an_answer_that_is_no_file_is_refused(tmp_path, shop, reply, kind, said):
    with serve_storage(shop, reply) as storage, pytest.raises(kind, match=said) as caught:
        read_from(tmp_path, shop, storage)
    assert SIGNATURE not in str(caught.value)


def test_a_file_that_breaks_off_is_fetched_again_from_its_beginning(tmp_path, shop):
    shop.bulks.begin(shop.shelf)
    whole = Reply(shop.bulks.render_file())
    broken = [
        replace(whole, toxic=Toxic(limit_bytes=300)),
        replace(whole, toxic=Toxic(reset_after=200)),
        Reply(b"", 503),
    ]
    with serve_storage(shop, *broken) as storage:
        fetched, rows = read_from(tmp_path, shop, storage)
    assert len(storage.asked) == 4
    assert fetched.is_complete
    assert rows.height == 6


def test_a_packed_file_is_unpacked_on_its_way(tmp_path, shop):
    shop.bulks.begin(shop.shelf)
    packed = Reply(gzip.compress(shop.bulks.render_file()), headers={"Content-Encoding": "gzip"})
    with serve_storage(shop, packed) as storage:
        fetched, rows = read_from(tmp_path, shop, storage)
    assert fetched.is_complete
    assert rows.height == 6


def test_a_file_that_is_too_large_is_refused(tmp_path, shop):
    huge = Reply(b"{}\n" * (1 << 19))
    with (
        serve_storage(shop, huge) as storage,
        pytest.raises(SourceContractError, match="larger than 1 MiB"),
    ):
        read_from(tmp_path, shop, storage, max_megabytes=1)


def test_a_file_that_drips_ends_with_the_time_of_the_feed(tmp_path, shop):
    shop.bulks.begin(shop.shelf)
    drip = Reply(shop.bulks.render_file(), toxic=Toxic(slice_bytes=1, slice_seconds=0.05))
    short = {"connect": "5s", "read": "5s", "answer": "20s", "feed": "5s"}
    with (
        serve_storage(shop, drip, drip) as storage,
        pytest.raises(SourceUnavailableError, match=r"not all came within 5 s"),
    ):
        read_from(tmp_path, shop, storage, timeouts=short, retries=0)
    assert list((tmp_path / "landing" / "staging").iterdir()) == []


# --- lines no machine of today writes ---------------------------------------------------------


def parse(tmp_path, lines, **options):
    """Return the frames of a file with the given lines."""
    path = tmp_path / "file.ndjson"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    head = b"Operation: gid://shopify/BulkOperation/1\r\nBegun: 2026-04-06T10:01:00Z\r\n"
    pages = [Page(head, "headers"), Page(b"", "ndjson", str(path))]
    with open_shop(tmp_path, Shop(), **options) as opened:
        return opened.connector.parse("counts", pages)


def write_level(shop, number=1):
    shop.bulks.begin(shop.shelf)
    return json.loads(shop.bulks.lines[number])


def test_escapes_are_read_whatever_line_they_stand_in(tmp_path):
    shop = Shop()
    shop.shelf.add_place('Größe "7"/8 & Co')
    for sku in ("A/B", 'quote "', "Größe", "back\\slash", "tab\t"):
        shop.shelf.add(sku, 1)
    shop.bulks.begin(shop.shelf)
    escaped = [json.dumps(json.loads(line), separators=(",", ":")) for line in shop.bulks.lines]
    for lines in (shop.bulks.lines, escaped):
        rows = parse(tmp_path, lines, locate_by="name").rows.filter(fact="available")
        assert rows["item_id"].to_list() == ["A/B", 'quote "', "Größe", "back\\slash", "tab\t"]
        assert set(rows["location_id"]) == {'Größe "7"/8 & Co'}


def test_another_order_of_keys_is_read_all_the_same(tmp_path, shop):
    shop.bulks.begin(shop.shelf)
    wanted = parse(tmp_path, shop.bulks.lines).rows
    turned = [
        json.dumps(dict(reversed(json.loads(line).items())), indent=None)
        for line in shop.bulks.lines
    ]
    assert parse(tmp_path, turned).rows.equals(wanted)


@pytest.mark.parametrize(
    ("quantity", "reason"),
    [
        (1.5, "a quantity of the level is no whole number"),
        (None, "the level shows no 'available'"),
        (10**30, "a quantity of the level is no whole number"),
        ("many", "a quantity of the level is no whole number"),
    ],
)
def test_a_number_that_is_none_is_set_aside(tmp_path, shop, quantity, reason):
    level = write_level(shop)
    level["quantities"][0]["quantity"] = quantity
    part = parse(tmp_path, [shop.bulks.lines[0], json.dumps(level), *shop.bulks.lines[2:]])
    assert part.rejected["reason"].to_list() == [reason]
    assert part.rows.height == 4


def test_a_quantity_that_is_not_shown_is_named(tmp_path, shop):
    level = write_level(shop)
    del level["quantities"][6]
    part = parse(tmp_path, [shop.bulks.lines[0], json.dumps(level)])
    assert part.rejected["reason"].to_list() == ["the level shows no 'on_hand'"]


def test_a_level_without_its_item_is_nobodys(tmp_path, shop):
    shop.bulks.begin(shop.shelf)
    part = parse(tmp_path, shop.bulks.lines[1:])
    assert set(part.rejected["reason"]) == {"no inventory item of that id came with it"}
    assert json.loads(part.rejected["raw"][0])["inventory_item_id"] == "1001"
    assert set(part.rows["item_id"]) == {"B"}


def test_an_item_with_two_names_is_nobodys(tmp_path, shop):
    shop.bulks.begin(shop.shelf)
    other = shop.bulks.lines[0].replace('"A"', '"A2"')
    part = parse(tmp_path, [*shop.bulks.lines, other, shop.bulks.lines[0]])
    assert set(part.rejected["reason"]) == {"its inventory item came twice, with two SKUs"}
    assert set(part.rows["item_id"]) == {"B"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"id":"gid:\\/\\/shop', "line 2 of the bulk file: the answer is not whole JSON"),
        ("", "line 2 of the bulk file: the answer is not whole JSON"),
        ("[1]", "line 2 of the bulk file: the answer has no 'id'"),
        ('{"id":"gid://shopify/InventoryItem/1","sku":"A"}', "has no 'tracked'"),
        ('{"__parentId":"7","id":"x"}', "no gid"),
        ('{"id":"gid://shopify/InventoryItem/1","sku":"\\ud800","tracked":true}', "no Unicode"),
    ],
)
def test_a_line_that_is_none_condemns_the_file(tmp_path, shop, line, said):
    shop.bulks.begin(shop.shelf)
    with pytest.raises(SourceContractError, match=said):
        parse(tmp_path, [shop.bulks.lines[0], line])


def test_a_landed_head_that_says_nothing_is_refused(tmp_path):
    with (
        open_shop(tmp_path, Shop()) as opened,
        pytest.raises(SourceContractError, match="does not say when the operation began"),
    ):
        opened.connector.parse("counts", [Page(b"Date: today\r\n", "headers")])

"""Counts of a large ShipHero account: written into one file, which is fetched from elsewhere."""

import re
from datetime import UTC, datetime

import pytest

from inventory_pipeline.errors import (
    SourceContractError,
    SourceRefusedError,
    SourceUnavailableError,
)
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.vendors.cases import CASES, run_case
from inventory_pipeline_tests.support.vendors.shiphero import ACCESS, ShipheroVendor
from inventory_pipeline_tests.support.vendors.shiphero_snapshots import BEGUN_AT, FILES, SIGNATURE
from inventory_pipeline_tests.support.vendors.vendor import Level, serving_vendor

HERE = {"hosts": ["127.0.0.1"]}


@pytest.fixture
def vendor():
    return ShipheroVendor()


def level(item="A", place="L1", on_hand=5, **more):
    return Level(item, place, {"on_hand": on_hand, **more})


LEVELS = [level(on_hand=30, allocated=12, available=18), level("B", "L2", -2), level("A", "L2", 0)]


def read(vendor, levels, folder, **options):
    with serving_vendor(vendor, levels, folder, **{"snapshot": HERE, **options}) as served:
        fetched, pages = land(served.connector, "counts", folder / "landing")
        part = served.connector.parse("counts", pages)
    return fetched, part.rows, part.rejected, served


@pytest.mark.parametrize("is_new", [True, False])
def test_a_file_says_what_pages_say_as_of_when_it_was_asked_for(tmp_path, vendor, is_new):
    vendor.snapshots.is_new = is_new
    facts = {"on_hand": "on_hand", "held": "reserve_inventory", "free": "available"}
    levels = [level(on_hand=30, available=18, reserve_inventory=4), *LEVELS[1:]]
    _, paged, _, _ = read(vendor, levels, tmp_path, snapshot=None, facts=facts)
    fetched, rows, rejected, _ = read(vendor, levels, tmp_path, facts=facts)
    names = ["item_id", "location_id", "fact", "quantity"]
    assert rows.select(names).sort(names).equals(paged.select(names).sort(names))
    assert set(rows["as_of"]) == {BEGUN_AT}
    assert rejected.is_empty()
    assert (fetched.is_complete, fetched.is_suspect, fetched.notes) == (True, False, ())
    assert fetched.end_marker == "snapshot 5e70d2131 ended in success with 3 levels"
    assert fetched.source_at == datetime(2026, 4, 6, 10, 1, tzinfo=UTC)


def test_the_file_travels_by_path_and_its_signed_link_stays_behind(tmp_path, vendor, caplog):
    caplog.set_level("DEBUG")
    with serving_vendor(vendor, LEVELS, tmp_path, snapshot=HERE) as served:
        _, [head, file] = land(served.connector, "counts", tmp_path / "landing")
    assert (head.kind, file.kind, file.body) == ("headers", "json", b"")
    landed = head.body + (tmp_path / "landing" / "page-1.json").read_bytes()
    assert vendor.snapshots.render(LEVELS) in landed
    for word in (SIGNATURE, ACCESS):
        assert word.encode() not in landed
        assert word not in caplog.text


def test_what_came_as_a_file_is_read_when_pages_are_asked_for_again(tmp_path, vendor):
    with serving_vendor(vendor, LEVELS, tmp_path, snapshot=HERE) as served:
        _, pages = land(served.connector, "counts", tmp_path / "landing")
    with serving_vendor(vendor, LEVELS, tmp_path, snapshot=None) as served:
        assert served.connector.parse("counts", pages).rows.height == 3


def test_each_named_warehouse_is_a_snapshot_of_its_own(tmp_path, vendor):
    fetched, rows, _, _ = read(
        vendor, LEVELS, tmp_path, warehouses=["L2", "L1"], customer_account="Q1"
    )
    assert vendor.snapshots.asked == [
        {"warehouse_id": "L2", "customer_account_id": "Q1"},
        {"warehouse_id": "L1", "customer_account_id": "Q1"},
    ]
    assert rows.select("item_id", "location_id").rows() == [("B", "L2"), ("A", "L2"), ("A", "L1")]
    assert fetched.end_marker.startswith("L2: snapshot")


def test_it_is_looked_at_less_and_less_often(tmp_path, vendor):
    vendor.snapshots.statuses = [*["processing"] * 8, "success"]
    *_, served = read(vendor, LEVELS, tmp_path, timeouts={"feed": "5m"})
    assert served.clock.slept == [2.0, 3.0, 4.5, 6.75, 10.125, 15.0, 15.0, 15.0, 15.0]


def test_one_that_does_not_end_is_told_to_stop(tmp_path, vendor):
    vendor.snapshots.statuses = ["processing"]
    with pytest.raises(SourceUnavailableError, match=r"is not done; no time is left, raise timeou"):
        read(vendor, LEVELS, tmp_path, timeouts={"feed": "60s"})
    [told] = vendor.snapshots.stopped
    assert told["snapshot_id"] == "5e70d2131"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": "InventorySnapshotStatus.error"}, "ended as error; what it leaves behind is a"),
        ({"status": "aborted"}, "ended as aborted"),
        ({"error": "out of space"}, "ended as success out of space"),
        ({"snapshot_url": None}, "is done and names no file"),
        ({"snapshot_id": "other"}, "shows no snapshot 5e70d2131, which it began"),
        ({"created_at": "2026-04-06T10:01:00"}, "created_at of the snapshot is no instant"),
    ],
)
def test_only_one_of_ours_that_ended_well_is_taken(tmp_path, vendor, change, said):
    vendor.snapshots.change = lambda shown: {**shown, **change}
    vendor.snapshots.statuses = ["success"]
    with pytest.raises(SourceContractError, match=re.escape(said)):
        read(vendor, LEVELS, tmp_path)


def test_a_host_that_is_not_allowed_is_named_and_not_asked(tmp_path, vendor):
    with serving_vendor(vendor, LEVELS, tmp_path, snapshot={}) as served:
        said = r"the file lies on 127.0.0.1; snapshot: \{hosts: ...\} allows no host"
        with pytest.raises(SourceRefusedError, match=said):
            land(served.connector, "counts", tmp_path / "landing")
    assert not [asked for asked in served.server.asked if asked.path.startswith(FILES)]


def test_nothing_is_no_snapshot(tmp_path, vendor):
    fetched, rows, *_ = read(vendor, [], tmp_path)
    assert rows.is_empty()
    assert fetched.is_suspect


def test_what_is_sold_ahead_is_a_known_difference(tmp_path, vendor):
    fetched, *_ = read(vendor, [level(sell_ahead=3), level("B")], tmp_path)
    [note] = fetched.notes
    assert note.startswith("1 levels sell ahead")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda body: body[:-2], "not whole JSON: wanted ',' at character"),
        (lambda body: body + b"{}", "not whole JSON: wanted the end"),
        (lambda body: body.replace(b"products", b"produts", 1), "no 'products' where one should"),
        (lambda body: body.replace(b'"on_hand"', b'"onhand"'), "nearest seen is 'onhand'"),
        (lambda body: body.replace(b"snapshot_started_at", b"snapshot_id"), "'snapshot_id' twice"),
        (lambda body: body.replace(b": 30,", b": NaN,"), "has NaN where a number is wanted"),
        (lambda _body: b"[]", "wanted '{' at character 0 of 2"),
        (lambda _body: b'{"products": {"A": {"warehouse_products": {"L1": 5}}}}', "are no levels"),
        (lambda _body: b"<html>", "wanted '{'"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused(tmp_path, vendor, spoil, said):
    vendor.snapshots.spoil = spoil
    with pytest.raises(SourceContractError, match=re.escape(said)):
        read(vendor, LEVELS, tmp_path)


def test_a_quantity_that_is_no_single_value_is_set_aside(tmp_path, vendor):
    vendor.snapshots.spoil = lambda body: body.replace(b": 30,", b": [30],")
    _, rows, rejected, _ = read(vendor, LEVELS, tmp_path)
    assert rows["quantity"].to_list() == ["0", "-2"]
    assert rejected["reason"].to_list() == ["on_hand is no number"]


class FileVendor(ShipheroVendor):
    """The same account, asked for one file."""

    def is_page(self, asked):
        return asked.path.startswith(FILES)

    def build(self, url, folder, clock, **options):
        return super().build(url, folder, clock, **{"snapshot": HERE, **options})


# One file has no second page; its level stands once, whoever says two numbers of it.
OTHERWISE = {"time without a zone": None, "two numbers for one": None}
ONE_PAGE = ("lost page", "the same page for ever", "order that changes")


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.name not in (*OTHERWISE, *ONE_PAGE)], ids=lambda case: case.name
)
def test_it_comes_to_what_it_may(case, tmp_path):
    assert run_case(FileVendor(), case, tmp_path) in case.wanted

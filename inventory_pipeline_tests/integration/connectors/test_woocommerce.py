"""The woocommerce connector on a stand-in: products, variations, orders, refunds."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from inventory_pipeline.connectors.woocommerce.connector import WoocommerceConnector
from inventory_pipeline.errors import SourceContractError, SourceRefusedError
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.vendors.vendor import Level, serving_vendor
from inventory_pipeline_tests.support.vendors.woocommerce import (
    WoocommerceVendor,
    build_error,
    build_item,
    build_line,
    build_order,
    build_refund,
    build_variation,
)


@pytest.fixture
def vendor():
    return WoocommerceVendor()


def read(vendor, folder, feed="counts", levels=(), spoil=None, **options):
    """Return what a fetch said, the rows and rejected lines of its pages, and the server."""
    folder.mkdir(exist_ok=True)
    with serving_vendor(vendor, levels, folder, spoil=spoil, **options) as served:
        fetched, pages = land(served.connector, feed, folder / "landing")
        part = served.connector.parse(feed, pages)
    return fetched, part.rows, part.rejected, served


def find_movements(vendor, folder, **options):
    _, rows, rejected, _ = read(vendor, folder, "movements", **options)
    assert rejected.is_empty()
    return rows.select("movement_id", "kind", "item_id", "quantity", "moved_at").rows()


def test_products_and_variations_are_rows_of_the_one_place(tmp_path, vendor):
    vendor.items = [build_item(7, "A", 5), build_variation(91, "B-red", -2)]
    fetched, rows, rejected, served = read(vendor, tmp_path, location="web")
    assert rows.rows() == [
        (1, "A", "web", "available", "5", "2026-04-06T10:05:00Z"),
        (2, "B-red", "web", "available", "-2", "2026-04-06T10:05:00Z"),
    ]
    assert rejected.is_empty()
    assert (fetched.is_complete, fetched.is_suspect, fetched.notes) == (True, False, ())
    assert [asked.path.rpartition("/")[2] for asked in served.server.asked] == [
        "products",
        "variations",
    ]


def test_what_is_not_managed_is_left_out_and_noted(tmp_path, vendor):
    vendor.items = [
        build_item(7, "A", 5),
        build_item(8, "B", None, manage_stock=False),
        build_item(90, "C", 20, type="variable"),
        build_variation(91, "C-red", 20, manage_stock="parent"),
        build_variation(92, "C-blue", 3),
        build_variation(93, "C-old", None, manage_stock=False),
    ]
    fetched, rows, rejected, _ = read(vendor, tmp_path)
    assert dict(rows.select("item_id", "quantity").rows()) == {"A": "5", "C": "20", "C-blue": "3"}
    assert rejected.is_empty()
    assert fetched.notes == (
        "products: rows left out because manage_stock is 'false': 1",
        "variations: rows left out because manage_stock is 'parent': 1",
        "variations: rows left out because manage_stock is 'false': 1",
    )
    assert not fetched.is_suspect


def test_missing_is_not_zero(tmp_path, vendor):
    vendor.items = [build_item(7, "A", None), build_item(8, "B", 1.5)]
    _, rows, _, _ = read(vendor, tmp_path)
    assert rows["quantity"].to_list() == [None, "1.5"]


def test_a_shop_without_variations_is_whole_and_one_without_products_is_not(tmp_path, vendor):
    fetched, rows, _, _ = read(vendor, tmp_path)
    assert rows.is_empty()
    assert fetched.is_suspect
    assert fetched.notes == ("products: no rows; empty is never read as all gone",)


def test_pages_end_at_the_total_of_the_header(tmp_path, vendor):
    levels = [Level(f"S{number}", "L1", {"stock_quantity": number}) for number in range(7)]
    fetched, rows, _, served = read(vendor, tmp_path, levels=levels)
    assert rows["quantity"].to_list() == [str(number) for number in range(7)]
    assert fetched.is_complete
    assert [asked.first("page") for asked in served.pages] == ["1", "2", "3"]
    asked = served.pages[0]
    assert (asked.first("orderby"), asked.first("order")) == ("id", "asc")
    assert asked.first("_fields") == "id,sku,type,parent_id,manage_stock,stock_quantity"


def test_an_item_without_a_sku_is_set_aside_or_called_by_its_number(tmp_path, vendor):
    vendor.items = [build_item(7, "A", 5), build_item(8, "", 3)]
    _, rows, _, _ = read(vendor, tmp_path / "a")
    assert rows["item_id"].to_list() == ["A", ""]
    _, rows, _, _ = read(vendor, tmp_path / "b", identify_by="id")
    assert rows["item_id"].to_list() == ["7", "8"]


def test_an_older_shop_has_no_list_of_variations(tmp_path, vendor):
    vendor.items = [build_item(7, "A", 5)]
    answer = vendor.answer

    def older(levels, asked):
        if asked.path.endswith("/variations"):
            return build_error("rest_no_route", 404)
        return answer(levels, asked)

    vendor.answer = older
    with pytest.raises(SourceContractError, match="variations: HTTP 404"):
        read(vendor, tmp_path / "a")
    _, rows, _, _ = read(vendor, tmp_path / "b", variations=False)
    assert rows["item_id"].to_list() == ["A"]


def test_a_wrong_key_is_refused(tmp_path, vendor):
    with serving_vendor(vendor, [], tmp_path) as served:
        (tmp_path / "secret").write_text("other")
        with pytest.raises(SourceRefusedError, match="401"):
            land(served.connector, "counts", tmp_path / "landing")


def test_a_total_that_is_not_said_is_no_whole_answer(tmp_path, vendor):
    def spoil(_asked, good):
        return replace(good, headers={"Content-Type": "application/json"})

    levels = [Level("A", "L1", {"stock_quantity": 4})]
    with pytest.raises(SourceContractError, match="X-WP-Total"):
        read(vendor, tmp_path, levels=levels, spoil=spoil)


def test_an_order_takes_stock_when_it_is_placed(tmp_path, vendor):
    vendor.orders = [
        build_order(1, "processing", build_line(11, 2), build_line(12, 1, "B")),
        build_order(2, "on-hold", build_line(21, 3)),
    ]
    at = "2026-04-06T10:00:00Z"
    assert find_movements(vendor, tmp_path) == [
        ("1:11:order_placed", "order_placed", "A", "2", at),
        ("1:12:order_placed", "order_placed", "B", "1", at),
        ("2:21:order_placed", "order_placed", "A", "3", at),
    ]


def test_what_became_of_an_order_is_told_besides(tmp_path, vendor):
    done = {"date_completed_gmt": "2026-04-06T10:30:00"}
    vendor.orders = [
        build_order(1, "completed", build_line(11, 2), **done),
        build_order(2, "cancelled", build_line(21, 3)),
        build_order(3, "refunded", build_line(31, 1)),
    ]
    assert [row[1:] for row in find_movements(vendor, tmp_path)] == [
        ("order_placed", "A", "2", "2026-04-06T10:00:00Z"),
        ("shipment", "A", "2", "2026-04-06T10:30:00Z"),
        ("order_placed", "A", "3", "2026-04-06T10:00:00Z"),
        ("order_cancelled", "A", "3", "2026-04-06T10:20:00Z"),
        ("order_placed", "A", "1", "2026-04-06T10:00:00Z"),
    ]


def test_orders_that_take_nothing_are_left_out_and_noted(tmp_path, vendor):
    vendor.orders = [
        build_order(1, "pending", build_line(11, 2)),
        build_order(2, "failed", build_line(21, 2)),
        build_order(3, "ready-for-pickup", build_line(31, 2)),
        build_order(4, "packed", build_line(41, 2)),
        build_order(5, "sent", build_line(51, 2)),
    ]
    fetched, rows, _, _ = read(
        vendor, tmp_path, "movements", statuses={"packed": "placed", "sent": "shipped"}
    )
    assert rows.select("movement_id", "moved_at").rows() == [
        ("4:41:order_placed", "2026-04-06T10:00:00Z"),
        ("5:51:order_placed", "2026-04-06T10:00:00Z"),
        ("5:51:shipment", "2026-04-06T10:20:00Z"),
    ]
    assert fetched.notes == (
        "orders: orders that take no stock (failed): 1",
        "orders: orders that take no stock (pending): 1",
        "orders: orders with the status 'ready-for-pickup', which means nothing here: 1",
    )


def test_a_refund_is_told_with_the_order_it_belongs_to(tmp_path, vendor):
    vendor.refunds = [
        build_refund(70, 1, build_line(71, -2), build_line(72, 0)),
        build_refund(80, 2),
    ]
    fetched, rows, _, _ = read(vendor, tmp_path, "movements")
    [row] = rows.rows(named=True)
    assert {name: value for name, value in row.items() if value is not None} == {
        "row": 1, "movement_id": "refund:70:71", "kind": "return_initiated", "item_id": "A",
        "location_id": "L1", "quantity": "2", "moved_at": "2026-04-06T10:40:00Z",
        "reference_id": "1",
    }  # fmt: skip
    assert fetched.notes == ("refunds: refunds of money alone: 1",)


def test_a_shop_that_puts_every_refund_back_says_so(tmp_path, vendor):
    vendor.refunds = [build_refund(70, 1, build_line(71, -2))]
    [row] = find_movements(vendor, tmp_path, refund_kind="return_received")
    assert row[1:4] == ("return_received", "A", "2")


def test_lines_are_called_by_their_variation_where_items_are_called_by_number(tmp_path, vendor):
    lines = [build_line(11, 2, variation_id=91), build_line(12, 1)]
    vendor.orders = [build_order(1, "processing", *lines)]
    rows = find_movements(vendor, tmp_path, identify_by="id")
    assert [row[2] for row in rows] == ["91", "7"]


def test_a_line_without_an_item_goes_on_without_one(tmp_path, vendor):
    vendor.orders = [build_order(1, "processing", build_line(11, 2, None), build_line(12, 1.5))]
    assert [row[2:4] for row in find_movements(vendor, tmp_path)] == [(None, "2"), ("A", "1.5")]


def test_nobody_who_ordered_is_landed(tmp_path, vendor):
    vendor.orders = [build_order(1, "processing", build_line(11, 2))]
    with serving_vendor(vendor, [], tmp_path) as served:
        _, pages = land(served.connector, "movements", tmp_path / "landing")
        assert all(b"example.com" not in page.body for page in pages)


def test_window_gap_between_polls(tmp_path, vendor):
    vendor.orders = [
        build_order(1, "processing", build_line(11, 2), date_modified_gmt="2026-04-06T09:30:00"),
        build_order(2, "processing", build_line(21, 2), date_modified_gmt="2026-04-06T08:30:00"),
    ]
    _, rows, _, served = read(vendor, tmp_path, "movements")
    assert rows["movement_id"].to_list() == ["1:11:order_placed"]
    asked = [(one.first("modified_after"), one.first("after")) for one in served.server.asked]
    assert asked == [("2026-04-06T09:00:00Z", ""), ("", "2026-04-06T09:00:00Z")]


def test_counts_alone(tmp_path, vendor):
    with serving_vendor(vendor, [], tmp_path, history=False) as served:
        assert list(served.connector.find_feeds()) == ["counts"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"facts": {"available": "stock"}}, "'stock' has no declared meaning"),
        ({"facts": {}}, "at least 1"),
        ({"statuses": {"packed": "shipment"}}, "statuses.packed"),
        ({"write": {"consumer_key": {"env": "KEY"}}}, "or neither of them"),
        ({"page_size": 101}, "100"),
        ({"url": "http://shop.example.com"}, "https"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, said):
    usual = {
        "url": "https://shop.example.com", "consumer_key": {"env": "KEY"},
        "consumer_secret": {"env": "SECRET"},
    }  # fmt: skip
    with pytest.raises(ValidationError, match=said):
        WoocommerceConnector.options_model.model_validate({**usual, **options})

"""The shiphero connector on a stand-in: tokens, credits, counts, changes that join up."""

import pytest
from pydantic import ValidationError

from inventory_pipeline.connectors.shiphero.connector import ShipheroConnector
from inventory_pipeline.errors import (
    SourceContractError,
    SourceRefusedError,
    SourceUnavailableError,
)
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.stand_in import answer_json
from inventory_pipeline_tests.support.vendors.shiphero import (
    ACCESS,
    REFRESH_PATH,
    ShipheroVendor,
    build_change,
    build_errors,
)
from inventory_pipeline_tests.support.vendors.vendor import Level, serving_vendor


@pytest.fixture
def vendor():
    return ShipheroVendor()


def level(item="A", place="L1", on_hand=5, **more):
    return Level(item, place, {"on_hand": on_hand, **more})


def read(vendor, levels, folder, feed="counts", spoil=None, **options):
    """Return what a fetch said, the rows and rejected lines of its pages, and the server."""
    with serving_vendor(vendor, levels, folder, spoil=spoil, **options) as served:
        fetched, pages = land(served.connector, feed, folder / "landing")
        part = served.connector.parse(feed, pages)
    return fetched, part.rows, part.rejected, served


def read_changes(vendor, folder, *changes, **options):
    vendor.changes = list(changes)
    return read(vendor, [], folder, "movements", **options)


def find_movements(vendor, folder, *changes, **options):
    rows = read_changes(vendor, folder, *changes, **options)[1]
    return rows.select("kind", "quantity").rows()


def spoil_first(reply):
    """Return what answers the first page otherwise, and the next ones as they should be."""
    left = [reply]
    return lambda _asked, good: left.pop() if left else good


def test_every_level_is_a_row_a_fact(tmp_path, vendor):
    levels = [level(on_hand=30, allocated=12, available=18), level("B", "L2", -2)]
    fetched, rows, rejected, _ = read(
        vendor, levels, tmp_path, facts={"on_hand": "on_hand", "available": "available"}
    )
    assert rows.rows() == [
        (1, "A", "L1", "on_hand", "30", "2026-04-06T10:05:00Z"),
        (1, "A", "L1", "available", "18", "2026-04-06T10:05:00Z"),
        (2, "B", "L2", "on_hand", "-2", "2026-04-06T10:05:00Z"),
        (2, "B", "L2", "available", "0", "2026-04-06T10:05:00Z"),
    ]
    assert rejected.is_empty()
    assert (fetched.is_complete, fetched.is_suspect, fetched.notes) == (True, False, ())


def test_committed_not_subtracted_twice(tmp_path, vendor):
    levels = [level(on_hand=30, allocated=12, available=18, reserve_inventory=4)]
    facts = {"on_hand": "on_hand", "available": "available", "held": "reserve_inventory"}
    _, rows, _, _ = read(vendor, levels, tmp_path, facts=facts)
    assert rows["quantity"].to_list() == ["30", "18", "4"]


def test_missing_is_not_zero(tmp_path, vendor):
    _, rows, _, _ = read(vendor, [level(on_hand=None), level("B", on_hand=1.5)], tmp_path)
    assert rows["quantity"].to_list() == [None, "1.5"]


def test_pages_end_where_the_vendor_says_so(tmp_path, vendor):
    levels = [level(f"S{number}", on_hand=number) for number in range(7)]
    fetched, rows, _, served = read(vendor, levels, tmp_path)
    assert rows["quantity"].to_list() == [str(number) for number in range(7)]
    assert fetched.is_complete
    assert [asked.json["variables"]["after"] for asked in served.pages] == [None, "3", "6"]


def test_only_what_is_read_is_asked_for(tmp_path, vendor):
    *_, served = read(vendor, [level()], tmp_path, facts={"on_hand": "on_hand"})
    assert "node { id sku warehouse_id on_hand sell_ahead }" in served.pages[0].json["query"]


def test_warehouses_that_are_named_are_read_one_by_one(tmp_path, vendor):
    levels = [level("A", "L1"), level("A", "L2"), level("A", "L3")]
    fetched, rows, _, served = read(
        vendor, levels, tmp_path, warehouses=["L3", "L1"], customer_account="Q1"
    )
    assert rows["location_id"].to_list() == ["L3", "L1"]
    assert fetched.end_marker.startswith("L3: ")
    told = [asked.json["variables"] for asked in served.pages]
    assert [(one["warehouse"], one["account"]) for one in told] == [("L3", "Q1"), ("L1", "Q1")]


def test_what_is_sold_ahead_is_a_known_difference(tmp_path, vendor):
    levels = [level(sell_ahead=3), level("B", sell_ahead=0), level("C", sell_ahead=None)]
    fetched, *_ = read(vendor, levels, tmp_path)
    [note] = fetched.notes
    assert note.startswith("1 levels sell ahead: a store shows that much more than available")
    assert not fetched.is_suspect


def test_what_is_sold_ahead_and_read_is_no_news(tmp_path, vendor):
    facts = {"on_hand": "on_hand", "ahead": "sell_ahead"}
    fetched, rows, _, _ = read(vendor, [level(sell_ahead=3)], tmp_path, facts=facts)
    assert rows["quantity"].to_list() == ["5", "3"]
    assert fetched.notes == ()


def test_the_refresh_token_is_exchanged_once(tmp_path, vendor):
    with serving_vendor(vendor, [level()], tmp_path) as served:
        for run in ("first", "second"):
            land(served.connector, "counts", tmp_path / run)
        asked = [one.path for one in served.server.asked]
    assert asked.count(REFRESH_PATH) == 1
    assert served.pages[0].headers["authorization"] == f"Bearer {ACCESS}"


def test_a_wrong_refresh_token_is_refused(tmp_path, vendor):
    with serving_vendor(vendor, [level()], tmp_path) as served:
        (tmp_path / "token").write_text("other")
        with pytest.raises(SourceRefusedError, match=r"logging in: HTTP 401: the credentials"):
            land(served.connector, "counts", tmp_path / "landing")


def test_top_level_graphql_error_is_failure_even_on_http_200(tmp_path, vendor):
    reply = build_errors("warehouse_products", 3, "Invalid value for argument")
    with pytest.raises(SourceContractError, match="the answer holds errors: 3 'Invalid value"):
        read(vendor, [level()], tmp_path, spoil=lambda *_: reply)


def test_a_scope_that_is_missing_is_named(tmp_path, vendor):
    reply = build_errors("warehouse_products", 7, "Missing required scope(s): view:products")
    with pytest.raises(SourceRefusedError, match=r"Missing required scope\(s\): view:products"):
        read(vendor, [level()], tmp_path, spoil=lambda *_: reply)


@pytest.mark.parametrize(
    ("message", "more", "slept"),
    [
        ("There are not enough credits", {"time_remaining": "12 seconds"}, 12),
        ("Not enough credits. In 31 seconds you will have enough credits", {}, 31),
    ],
)
def test_credits_that_are_used_up_are_waited_for(tmp_path, vendor, message, more, slept):
    reply = build_errors("warehouse_products", 30, message, **more)
    fetched, rows, _, served = read(vendor, [level()], tmp_path, spoil=spoil_first(reply))
    assert rows.height == 1
    assert fetched.is_complete
    assert slept <= sum(served.clock.slept) < slept * 1.5


def test_credits_that_come_too_late_are_another_hours_business(tmp_path, vendor):
    reply = build_errors("warehouse_products", 30, "no credits", time_remaining="3600 seconds")
    with pytest.raises(SourceUnavailableError, match="asks to wait 3,600 s"):
        read(vendor, [level()], tmp_path, spoil=lambda *_: reply)


def test_half_an_answer_is_none(tmp_path, vendor):
    whole = {"data": {"warehouse_products": {"data": {"edges": []}}}}
    with pytest.raises(SourceContractError, match="hasNextPage"):
        read(vendor, [level()], tmp_path, spoil=lambda *_: answer_json(whole))


def test_a_change_is_a_movement_of_the_warehouse(tmp_path, vendor):
    change = build_change(1, 10, -2, reason="Recount by Ann", at="2026-04-06T10:06:22")
    fetched, rows, _, _ = read_changes(vendor, tmp_path, change)
    assert fetched.is_complete
    assert fetched.notes == ()
    [row] = rows.rows(named=True)
    assert {name: value for name, value in row.items() if value is not None} == {
        "row": 1, "movement_id": "C1", "kind": "adjustment", "item_id": "A",
        "location_id": "L1", "quantity": "-2", "moved_at": "2026-04-06T10:06:22",
    }  # fmt: skip


def test_reasons_have_the_kinds_that_are_named_and_no_other(tmp_path, vendor):
    kinds = {"shipped": "shipment", "received": "receipt"}
    changes = [
        build_change(1, 10, -2, reason="Order 7 SHIPPED"),
        build_change(2, 8, 5, reason="PO 9 received"),
        build_change(3, 13, 1, reason="unshipped again"),
        build_change(4, 14, -1, reason=None),
    ]
    assert find_movements(vendor, tmp_path, *changes, kinds=kinds) == [
        ("shipment", "2"),
        ("receipt", "5"),
        ("adjustment", "1"),
        ("adjustment", "-1"),
    ]


def test_a_cycle_count_sets_what_it_found(tmp_path, vendor):
    changes = [
        build_change(1, 10, -2, cycle_counted=True),
        build_change(2, 8, 0, cycle_counted=True),
    ]
    assert find_movements(vendor, tmp_path, *changes) == [("count", "8"), ("count", "8")]


def test_what_changes_nothing_is_left_out_and_noted(tmp_path, vendor):
    fetched, rows, _, _ = read_changes(
        vendor, tmp_path, build_change(1, 10, 0), build_change(2, 10, 1)
    )
    assert rows.height == 1
    assert fetched.notes == ("changes that change no number: 1",)


def test_a_break_in_the_chain_is_told(tmp_path, vendor):
    changes = [
        build_change(1, 10, -2, at="2026-04-06T10:00:00"),
        build_change(2, 9, 1, at="2026-04-06T10:10:00"),
        build_change(3, 10, 5, at="2026-04-06T10:20:00"),
        build_change(4, 10, -5, at="2026-04-06T10:30:00"),
        build_change(5, 50, 1, sku="B"),
    ]
    fetched, rows, _, _ = read_changes(vendor, tmp_path, *changes)
    assert rows.height == 5
    [note] = fetched.notes
    assert note == (
        "changes are missing in the history: A at L1: 8 were left, 9 stood there before "
        "2026-04-06T10:10:00 (and 1 more)"
    )


def test_changes_of_one_moment_join_up_in_the_order_in_which_they_do(tmp_path, vendor):
    changes = [
        build_change(3, 4, 6),
        build_change(1, 10, -2),
        build_change(2, 8, -4),
        build_change(4, 10, 1, at="2026-04-06T10:01:00"),
        build_change(5, 10, 1, sku="B"),
        build_change(6, 99, 1, warehouse_id="L2"),
    ]
    fetched, *_ = read_changes(vendor, tmp_path, *changes)
    assert fetched.notes == ()


def test_a_chain_with_a_number_that_is_none_is_not_judged(tmp_path, vendor):
    changes = [build_change(1, None, 2), build_change(2, 10, 1.5), build_change(3, 10, 1)]
    fetched, rows, _, _ = read_changes(vendor, tmp_path, *changes)
    assert rows["quantity"].to_list() == ["2", "1.5", "1"]
    assert fetched.notes == ()


def test_a_change_that_lacks_something_is_set_aside(tmp_path, vendor):
    vendor.changes = [build_change(1, 10, 1), build_change(2, 11, 1)]

    def spoil(_asked, _good):
        raise AssertionError("no levels are asked for")

    with serving_vendor(vendor, [], tmp_path, spoil=spoil) as served:
        _, pages = land(served.connector, "movements", tmp_path / "landing")
        cut = [
            page.__class__(page.body.replace(b'"cycle_counted"', b'"counted"', 1), page.kind)
            for page in pages
        ]
        part = served.connector.parse("movements", cut)
    assert part.rows["movement_id"].to_list() == ["C2"]
    assert "no 'cycle_counted'" in part.rejected["reason"][0]


def test_window_gap_between_polls(tmp_path, vendor):
    late = build_change(1, 10, 1, at="2026-04-06T09:30:00")
    _, rows, _, served = read_changes(vendor, tmp_path, late)
    assert rows.height == 1
    told = served.server.asked[-1].json["variables"]
    assert (told["from"], told["to"]) == ("2026-04-06T09:00:00", "2026-04-06T11:00:00")


def test_counts_alone(tmp_path, vendor):
    with serving_vendor(vendor, [], tmp_path, history=False) as served:
        assert list(served.connector.find_feeds()) == ["counts"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"facts": {"on_hand": "in_tote"}}, "'in_tote' has no declared meaning"),
        ({"kinds": {"Sold": "sale"}}, "kinds.Sold: 'sale' is none of"),
        ({"facts": {"a": "available"}, "write": {}}, "only on_hand can be set"),
        ({"write": {"reason": "no receipt"}}, "reason"),
        ({"page_size": 500}, "100"),
        ({"base_url": "http://public-api.shiphero.com/graphql"}, "https"),
    ],
)
def test_options_that_make_no_sense_are_refused(tmp_path, options, said):
    with pytest.raises(ValidationError, match=said):
        ShipheroConnector.options_model.model_validate(
            {"refresh_token": {"env": "TOKEN"}, **options}
        )

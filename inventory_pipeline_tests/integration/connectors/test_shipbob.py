"""The shipbob connector on a stand-in: levels, history, scopes, patience."""

import pytest
from pydantic import ValidationError

from inventory_pipeline.connectors.shipbob.connector import ShipbobConnector
from inventory_pipeline.errors import (
    SourceContractError,
    SourceRefusedError,
    SourceUnavailableError,
)
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.stand_in import Reply
from inventory_pipeline_tests.support.vendors.shipbob import (
    ShipbobVendor,
    build_event,
    build_side,
)
from inventory_pipeline_tests.support.vendors.vendor import Level, serving_vendor

BOTH = {"on_hand": "on_hand_quantity", "available": "fulfillable_quantity"}


@pytest.fixture
def vendor():
    return ShipbobVendor()


def level(item="A", place="8", on_hand=5, committed=0):
    return Level(
        item,
        place,
        {
            "on_hand_quantity": on_hand,
            "committed_quantity": committed,
            "fulfillable_quantity": on_hand - committed,
        },
    )


def read(vendor, levels, folder, feed="counts", spoil=None, **options):
    """Return what a fetch said, the rows and rejected lines of its pages, and the server."""
    with serving_vendor(vendor, levels, folder, spoil=spoil, **options) as served:
        fetched, pages = land(served.connector, feed, folder / "landing")
        part = served.connector.parse(feed, pages)
    return fetched, part.rows, part.rejected, served


def read_history(vendor, folder, **options):
    return read(vendor, [], folder, "movements", **{"facilities": [8], **options})


def test_every_center_of_an_item_gives_a_row_a_fact(tmp_path, vendor):
    levels = [level("A", "8", 5, 2), level("A", "9", 7), level("B", "8", 0)]
    fetched, rows, rejected, _ = read(vendor, levels, tmp_path, facts=BOTH)
    assert rows.rows() == [
        (1, "A", "8", "on_hand", "5", "2026-04-06T10:05:00Z"),
        (1, "A", "8", "available", "3", "2026-04-06T10:05:00Z"),
        (2, "A", "9", "on_hand", "7", "2026-04-06T10:05:00Z"),
        (2, "A", "9", "available", "7", "2026-04-06T10:05:00Z"),
        (3, "B", "8", "on_hand", "0", "2026-04-06T10:05:00Z"),
        (3, "B", "8", "available", "0", "2026-04-06T10:05:00Z"),
    ]
    assert rejected.is_empty()
    assert fetched.is_complete
    assert not fetched.is_suspect
    assert fetched.notes == ()


def test_committed_not_subtracted_twice(tmp_path, vendor):
    """ALAppExtensions #27413: what is fulfillable has lost the committed units already."""
    _, rows, _, _ = read(vendor, [level("A", "8", 10, 4)], tmp_path, facts=BOTH)
    assert dict(rows.select("fact", "quantity").rows()) == {"on_hand": "10", "available": "6"}


def test_pages_are_followed_to_the_one_that_names_no_next(tmp_path, vendor):
    levels = [level(f"S{number}", "8", number) for number in range(8)]
    fetched, rows, _, served = read(vendor, levels, tmp_path)
    assert rows["quantity"].to_list() == [str(number) for number in range(8)]
    assert fetched.end_marker == "page 3 names no next page"
    assert len(served.pages) == 3


def test_missing_is_not_zero(tmp_path, vendor):
    """A center that an item has no level at is no row, and a null stays one."""
    _, rows, _, _ = read(vendor, [Level("A", "8", {"on_hand_quantity": None})], tmp_path)
    assert rows.select("location_id", "quantity").rows() == [("8", None)]


def test_items_go_by_their_number_where_they_have_no_sku(tmp_path, vendor):
    _, rows, _, _ = read(vendor, [level()], tmp_path, identify_by="inventory_id")
    assert rows["item_id"].to_list() == ["1"]


@pytest.mark.parametrize("version", ["2026-01", "2026-07"])
def test_the_version_is_the_one_asked_for(tmp_path, vendor, version):
    *_, served = read(vendor, [level()], tmp_path, version=version)
    assert {asked.path.split("/")[1] for asked in served.server.asked} == {version}


def test_a_token_without_the_right_to_read_stock_is_refused_by_name(tmp_path, vendor):
    vendor.scopes = ["channels_read", "orders_read"]
    with pytest.raises(SourceRefusedError, match="lacks the scope inventory_read; it has channels"):
        read(vendor, [level()], tmp_path)


def test_a_token_that_may_write_is_noted_once(tmp_path, vendor):
    vendor.scopes += ["orders_write", "inventory_write"]
    fetched, *_ = read(vendor, [level()], tmp_path)
    [note] = fetched.notes
    assert note.startswith("the token may inventory_write, orders_write; this system only reads")
    assert not fetched.is_suspect
    fetched, *_ = read_history(vendor, tmp_path, facilities=[8, 9])
    assert [note.split(":")[0] for note in fetched.notes] == ["8"]


def test_a_token_whose_scopes_cannot_be_seen_reads_all_the_same(tmp_path, vendor):
    vendor.scopes = None
    fetched, rows, _, _ = read(vendor, [level()], tmp_path)
    assert rows.height == 1
    assert "cannot be seen" in fetched.notes[0]


def test_a_wrong_token_is_refused(tmp_path, vendor):
    with serving_vendor(vendor, [level()], tmp_path) as served:
        (tmp_path / "token").write_text("other")
        with pytest.raises(SourceRefusedError, match="401"):
            land(served.connector, "counts", tmp_path / "landing")


def test_no_more_than_150_questions_a_minute(tmp_path, vendor):
    levels = [level(f"S{number}") for number in range(9)]
    *_, served = read(vendor, levels, tmp_path, page_size=1)
    # The scopes, then nine pages; real time counts, too.
    assert sum(served.clock.slept) == pytest.approx(9 / 2.5, abs=0.5)


def test_its_own_header_says_how_long_to_stay_away(tmp_path, vendor):
    body = b'{"statusCode": 429, "message": "Rate limit is exceeded. Try again in 25 seconds."}'
    headers = {"x-retry-after": "25", "x-remaining-calls": "0", "Content-Type": "application/json"}
    left = [Reply(body, status=429, headers=headers)]

    def spoil(_asked, reply):
        return left.pop() if left else reply

    fetched, rows, _, served = read(vendor, [level()], tmp_path, spoil=spoil)
    assert rows.height == 1
    assert fetched.is_complete
    assert 25 in [round(seconds) for seconds in served.clock.slept]


def test_limited_for_longer_than_a_feed_may_take_is_missing(tmp_path, vendor):
    answer = Reply(b"{}", status=429, headers={"x-retry-after": "7200"})
    with pytest.raises(SourceUnavailableError, match="asks to wait 7,200 s"):
        read(vendor, [level()], tmp_path, spoil=lambda *_: answer)


def test_a_next_page_elsewhere_is_not_asked_for(tmp_path, vendor):
    def spoil(_asked, reply):
        away = b'"next": "https://evil.example/2026-07/inventory-level/locations"'
        return Reply(reply.body.replace(b'"next": null', away), headers=reply.headers)

    with pytest.raises(SourceRefusedError, match=r"evil\.example"):
        read(vendor, [level()], tmp_path, spoil=spoil)


def test_without_centers_there_is_no_history(tmp_path, vendor):
    with serving_vendor(vendor, [], tmp_path) as served:
        assert served.connector.find_feeds() == ["counts"]
        assert not hasattr(served.connector, "build_writer")


def test_a_stow_is_a_receipt_of_what_reached_the_shelf(tmp_path, vendor):
    vendor.events = [build_event(7, "ReceivingStow", build_side(3), build_side(-3))]
    fetched, rows, _, _ = read_history(vendor, tmp_path)
    assert fetched.is_complete
    [row] = rows.rows(named=True)
    assert {name: value for name, value in row.items() if value is not None} == {
        "row": 1, "movement_id": "7@8", "kind": "receipt", "item_id": "A", "location_id": "8",
        "quantity": "3", "moved_at": "2026-04-06T10:06:22.4716033", "sequence": "7",
    }  # fmt: skip


def test_a_pick_is_a_shipment_of_its_order(tmp_path, vendor):
    vendor.events = [
        build_event(8, "OrderPicked", build_side(2), build_side(-2), shipbob_order_id=123)
    ]
    _, rows, _, _ = read_history(vendor, tmp_path)
    assert rows.select("kind", "quantity", "reference_id").rows() == [("shipment", "2", "123")]


def test_an_adjustment_counts_both_of_its_sides(tmp_path, vendor):
    vendor.events = [
        build_event(1, "InventoryAdjusted", build_side(4)),
        build_event(2, "InventoryAdjusted", None, build_side(-3)),
        build_event(3, "AttributeUpdated", build_side(5), build_side(-5)),
        build_event(4, "InventoryAdjusted", build_side(9), build_side(-2)),
    ]
    fetched, rows, _, _ = read_history(vendor, tmp_path)
    assert rows.select("movement_id", "kind", "quantity").rows() == [
        ("1@8", "adjustment", "4"),
        ("2@8", "adjustment", "-3"),
        ("4@8", "adjustment", "7"),
    ]
    assert fetched.notes == ("8: events that change no number (AttributeUpdated): 1",)


def test_a_move_to_another_center_is_a_transfer_told_by_both(tmp_path, vendor):
    vendor.events = [
        build_event(5, "InventoryFacilityUpdated", build_side(6, 9), build_side(-6, 8))
    ]
    _, rows, _, _ = read_history(vendor, tmp_path, facilities=[8, 9])
    told = rows.select(
        "movement_id", "kind", "location_id", "quantity", "reference_id", "destination_id"
    )
    assert told.unique().sort("movement_id").rows() == [
        ("5@8", "transfer_out", "8", "6", "5", "9"),
        ("5@9", "transfer_in", "9", "6", "5", None),
    ]


def test_the_history_of_a_center_is_read_to_its_end(tmp_path, vendor):
    vendor.events = [build_event(n, "InventoryAdjusted", build_side(n)) for n in range(1, 6)]
    fetched, rows, _, served = read_history(vendor, tmp_path)
    assert rows["quantity"].to_list() == ["1", "2", "3", "4", "5"]
    assert fetched.end_marker == "8: page 4 names no further cursor"
    assert [asked.json["cursor"] for asked in served.server.asked if asked.body] == [
        None, 2, 4, 5,
    ]  # fmt: skip


def test_window_gap_between_polls(tmp_path, vendor):
    """What is booked late lies in the hour before, which is asked for again."""
    late = build_event(1, "InventoryAdjusted", build_side(1))
    vendor.events = [late | {"event_datetime": "2026-04-06T09:59:59.9"}]
    _, rows, _, served = read_history(vendor, tmp_path)
    assert rows.height == 1
    told = served.server.asked[-1].json
    assert (told["start_date"], told["end_date"]) == (
        "2026-04-06T09:00:00Z",
        "2026-04-06T11:00:00Z",
    )
    _, rows, _, _ = read_history(vendor, tmp_path, overlap="0s")
    assert rows.is_empty()


def test_a_category_nobody_knows_is_kept_apart(tmp_path, vendor):
    vendor.events = [
        build_event(1, "Teleported", build_side(1)),
        build_event(2, "OrderPicked", None, build_side(-1)),
    ]
    _, rows, rejected, _ = read_history(vendor, tmp_path)
    assert rows["movement_id"].to_list() == ["2@8"]
    assert rejected["reason"].to_list() == [
        "event_category is 'Teleported', which has no kind: kinds: names one"
    ]


def test_a_kind_of_ones_own_holds_while_its_sign_fits(tmp_path, vendor):
    vendor.events = [
        build_event(1, "InventoryRestocked", build_side(2)),
        build_event(2, "InventoryAdjusted", None, build_side(-2)),
        build_event(3, "InventoryAdjusted", build_side(2)),
    ]
    kinds = {"InventoryRestocked": "return_received", "InventoryAdjusted": "write_off"}
    _, rows, _, _ = read_history(vendor, tmp_path, kinds=kinds)
    assert rows.select("kind", "quantity").rows() == [
        ("return_received", "2"),
        ("write_off", "2"),
        ("adjustment", "2"),
    ]


def test_an_event_without_its_side_is_odd_and_all_of_them_are_an_error(tmp_path, vendor):
    broken = build_event(1, "OrderPicked", build_side(1))
    vendor.events = [broken, build_event(2, "OrderPicked", None, build_side(-1))]
    _, rows, rejected, _ = read_history(vendor, tmp_path)
    assert rows.height == 1
    assert rejected["reason"].to_list() == ["OrderPicked has no decrement"]
    vendor.events = [broken]
    with pytest.raises(SourceContractError, match="no row can be read: OrderPicked has no decrem"):
        read_history(vendor, tmp_path)


@pytest.mark.parametrize("change", [None, "1.5", 2.5])
def test_a_change_that_is_no_whole_number_stays_as_it_is(tmp_path, vendor, change):
    vendor.events = [build_event(1, "InventoryAdjusted", build_side(change), build_side(-1))]
    _, rows, _, _ = read_history(vendor, tmp_path)
    assert rows["quantity"].to_list() == [None if change is None else str(change)]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"facts": {"available": "total_sellable"}}, "'total_sellable' has no declared meaning"),
        ({"kinds": {"Stolen": "write_off"}}, "'Stolen' is no event; known: ReceivingStow"),
        ({"kinds": {"OrderPicked": "sold"}}, "kinds.OrderPicked: 'sold' is none of order_placed"),
        ({"base_url": "http://api.shipbob.com"}, "is not encrypted"),
        ({"version": "1.0"}, "2026-01"),
    ],
)
def test_options_that_cannot_be_are_refused(options, said):
    with pytest.raises(ValidationError, match=said):
        ShipbobConnector.options_model.model_validate({"token": {"env": "TOKEN"}, **options})

"""Orders, parcels and refunds of a stand-in shop as movements."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from inventory_pipeline.errors import SourceContractError, SourceRefusedError
from inventory_pipeline.ingest.counts import SourceWords
from inventory_pipeline.ingest.events import compute_movements
from inventory_pipeline.ingest.identity import load_catalog
from inventory_pipeline_tests.support.file_sources import FETCHED_AT, HOUR_AT, land
from inventory_pipeline_tests.support.shopify.orders import PLACED_AT, REFUNDED_AT, SENT_AT
from inventory_pipeline_tests.support.shopify.shop import Shop
from inventory_pipeline_tests.support.shopify.sources import open_shop

SCOPES = [
    "read_inventory", "read_locations", "read_products", "read_orders", "read_fulfillments",
    "read_merchant_managed_fulfillment_orders",
]  # fmt: skip
MAIN, OTHER = "gid://shopify/Location/1", "gid://shopify/Location/2"
CANCELLED_AT = "2026-04-06T09:40:00Z"


@pytest.fixture
def shop():
    made = Shop(scopes=list(SCOPES))
    made.shelf.add("A", 5, 7)
    made.shelf.add("B", 3)
    return made


@pytest.fixture
def items(shop):
    return list(shop.shelf.items.values())


def place(shop, *lines, at=MAIN, **more):
    """Return an order of (item, units) that is to be sent from one place, and its lines."""
    order = shop.book.place(**more)
    added = [order.add_line(item, units) for item, units in lines]
    if at is not None:
        order.promise(at, *added)
    return order, *added


def read(tmp_path, shop, asked=None, **options):
    """Return what a fetch said, its rows as texts, and what was refused."""
    with open_shop(tmp_path, shop, movements=asked or {}, **options) as opened:
        fetched, pages = land(opened.connector, "movements", tmp_path / "landing")
        part = opened.connector.parse("movements", pages)
    check_taken_in(part.rows)
    names = ["movement_id", "kind", "item_id", "location_id", "quantity", "moved_at"]
    return fetched, part.rows.select(names).rows(), part.rejected


def check_taken_in(rows):
    """Every row is a movement to ingest, and no id stands for two of them."""
    words = SourceWords("storefront", None, "", "", {}, FETCHED_AT + timedelta(minutes=5))
    catalog = load_catalog(Path(), items=None, locations=None, identities=None)
    taken = compute_movements(rows, catalog, words)
    assert taken.quarantine.is_empty()
    assert taken.rows.height == rows.height


def find_on_hand(rows):
    """Return what the rows do to what lies there and to what may be sold."""
    here = {"shipment": -1, "return_received": 1}
    free = {"order_placed": -1, "order_cancelled": 1, "return_received": 1}
    return (
        sum(here.get(kind, 0) * int(units) for _, kind, _, _, units, _ in rows),
        sum(free.get(kind, 0) * int(units) for _, kind, _, _, units, _ in rows),
    )


def test_an_order_is_placed_where_it_is_to_be_sent_from_and_sent_where_it_was(
    tmp_path, shop, items
):
    order, a, _ = place(shop, (items[0], 2), (items[1], 1))
    order.send(OTHER, a)
    fetched, rows, rejected = read(tmp_path, shop)
    assert fetched.is_complete
    assert not fetched.is_suspect
    assert fetched.notes == ()
    assert rejected.is_empty()
    assert rows == [
        ("LineItem/501/placed", "order_placed", "A", "1", "2", PLACED_AT),
        ("LineItem/502/placed", "order_placed", "B", "1", "1", PLACED_AT),
        ("FulfillmentLineItem/507", "shipment", "A", "2", "2", SENT_AT),
    ]


def test_every_movement_names_its_order(tmp_path, shop, items):
    order, a = place(shop, (items[0], 2))
    order.send(MAIN, a)
    for asked, name in (({}, "1"), ({"order_by": "name"}, "#1001")):
        with open_shop(tmp_path, shop, movements=asked) as opened:
            _, pages = land(opened.connector, "movements", tmp_path / "landing")
            rows = opened.connector.parse("movements", pages).rows
        assert set(rows["reference_id"]) == {name}


def test_the_feed_is_there_only_if_it_is_wanted(tmp_path, shop):
    with open_shop(tmp_path, shop) as opened:
        assert opened.connector.find_feeds() == ["counts"]
    with open_shop(tmp_path, shop, movements={}) as opened:
        assert opened.connector.find_feeds() == ["counts", "movements"]


def test_what_came_back_and_was_put_back_is_a_return(tmp_path, shop, items):
    order, a = place(shop, (items[0], 3))
    order.send(MAIN, a)
    order.refund("RETURN", OTHER, a, 2)
    _, rows, _ = read(tmp_path, shop)
    assert rows[2] == ("RefundLineItem/506", "return_received", "A", "2", "2", REFUNDED_AT)
    assert find_on_hand(rows) == (-1, -1)


def test_what_was_never_sent_and_is_refunded_is_cancelled(tmp_path, shop, items):
    order, a = place(shop, (items[0], 3))
    order.refund("CANCEL", MAIN, a, 1)
    _, rows, _ = read(tmp_path, shop)
    assert rows[1] == ("RefundLineItem/504", "order_cancelled", "A", "1", "1", REFUNDED_AT)
    assert find_on_hand(rows) == (0, -2)


def test_money_alone_moves_no_stock(tmp_path, shop, items):
    order, a = place(shop, (items[0], 3))
    order.send(MAIN, a)
    order.refund("NO_RESTOCK", None, a, 2)
    order.refund("RETURN", MAIN, a, 1, restocked=False)
    fetched, rows, rejected = read(tmp_path, shop)
    assert [kind for _, kind, *_ in rows] == ["order_placed", "shipment"]
    assert fetched.notes == ("refunded lines of which nothing was put back: 2",)
    assert rejected.is_empty()


def test_a_refund_of_the_old_kind_is_set_aside(tmp_path, shop, items):
    order, a = place(shop, (items[0], 3))
    order.refund("LEGACY_RESTOCK", MAIN, a, 1)
    _, rows, rejected = read(tmp_path, shop)
    assert len(rows) == 1
    assert "restockType is 'LEGACY_RESTOCK'; nobody knows" in rejected["reason"][0]


def test_an_order_that_is_cancelled_gives_back_what_is_left_of_it(tmp_path, shop, items):
    order, a, _ = place(shop, (items[0], 5), (items[1], 1), cancelled_at=CANCELLED_AT)
    order.send(MAIN, a, units=1)
    order.refund("CANCEL", MAIN, a, 1)
    _, rows, _ = read(tmp_path, shop)
    assert rows[-2:] == [
        ("LineItem/501/cancelled", "order_cancelled", "A", "1", "3", CANCELLED_AT),
        ("LineItem/502/cancelled", "order_cancelled", "B", "1", "1", CANCELLED_AT),
    ]
    assert find_on_hand(rows) == (-1, -1)


@pytest.mark.parametrize("way", ["CANCEL", "NO_RESTOCK"])
@pytest.mark.parametrize("at", [CANCELLED_AT, "2026-04-06T09:40:03Z"])
def test_the_refund_that_comes_with_the_end_of_an_order_is_not_told_twice(
    tmp_path, shop, items, way, at
):
    order, a = place(shop, (items[0], 2), cancelled_at=CANCELLED_AT)
    before = read(tmp_path, shop)[1]
    order.refund(way, MAIN, a, 2, at=at)
    after = read(tmp_path, shop)[1]
    assert before == after
    assert find_on_hand(after) == (0, 0)


def test_a_parcel_that_is_called_back_lies_there_again_and_is_still_ordered(tmp_path, shop, items):
    order, a = place(shop, (items[0], 2))
    order.send(MAIN, a, status="CANCELLED", updatedAt="2026-04-06T09:50:00Z")
    _, rows, _ = read(tmp_path, shop)
    assert rows[1:] == [
        ("FulfillmentLineItem/505", "shipment", "A", "1", "2", SENT_AT),
        ("FulfillmentLineItem/505/back", "return_received", "A", "1", "2", "2026-04-06T09:50:00Z"),
        ("FulfillmentLineItem/505/again", "order_placed", "A", "1", "2", "2026-04-06T09:50:00Z"),
    ]
    assert find_on_hand(rows) == (0, -2)


@pytest.mark.parametrize("status", ["PENDING", "OPEN", "ERROR", "FAILURE"])
def test_a_parcel_that_is_not_sent_is_none(tmp_path, shop, items, status):
    order, a = place(shop, (items[0], 2))
    order.send(MAIN, a, status=status)
    fetched, rows, _ = read(tmp_path, shop)
    assert len(rows) == 1
    assert fetched.notes == ("lines of parcels that are not sent: 1",)


def test_what_is_not_counted_does_not_move(tmp_path, shop):
    untracked = shop.shelf.add("GIFT WRAP", 9, tracked=False)
    order, wrap, gone = place(shop, (untracked, 1), (None, 2))
    order.send(MAIN, wrap, gone)
    fetched, rows, rejected = read(tmp_path, shop)
    assert rows == []
    assert rejected.is_empty()
    assert fetched.notes == (
        "lines left out because their items are not tracked: 1",
        "lines left out because their variant is gone, or they never had one: 1",
    )


def test_a_sku_that_two_items_carry_is_nobodys_movement(tmp_path, shop, items):
    shop.shelf.add("A", 1)
    nameless = shop.shelf.add(None, 1)
    place(shop, (items[0], 1), (nameless, 1), (items[1], 1))
    _, rows, rejected = read(tmp_path, shop)
    assert [item for _, _, item, *_ in rows] == ["B"]
    twin, nameless = rejected["reason"]
    assert twin.startswith("other inventory items carry this SKU, too (1); give each its own")
    assert nameless == "the inventory item 1004 has no SKU"
    _, rows, _ = read(tmp_path, shop, identify_by="inventory_item_id", locate_by="name")
    assert [cells[2:4] for cells in rows] == [("1001", "L1"), ("1004", "L1"), ("1002", "L1")]


# --- where an order is taken from -------------------------------------------------------------


def test_a_token_that_sees_no_promises_needs_a_place_to_be_named(tmp_path, shop, items):
    place(shop, (items[0], 1))
    shop.scopes.remove("read_merchant_managed_fulfillment_orders")
    with pytest.raises(SourceRefusedError, match="does not say where an order is sent from; grant"):
        read(tmp_path, shop)
    _, rows, _ = read(tmp_path, shop, {"location": "7"})
    assert [cells[3] for cells in rows] == ["7"]


def test_a_promise_weighs_more_than_the_named_place(tmp_path, shop, items):
    place(shop, (items[0], 1))
    place(shop, (items[0], 1), at=None)
    _, rows, _ = read(tmp_path, shop, {"location": "7"})
    assert [cells[3] for cells in rows] == ["1", "7"]


def test_a_line_without_any_place_is_set_aside(tmp_path, shop, items):
    order, a = place(shop, (items[0], 1), at=None)
    order.send(None, a)
    _, rows, rejected = read(tmp_path, shop)
    assert rows == []
    assert rejected["reason"].str.starts_with("the shop names no location for it; say").all()
    assert json.loads(rejected["raw"][1])["movement_id"] == "FulfillmentLineItem/503"


def test_a_line_promised_at_two_places_is_told_at_the_one_with_most_of_it(tmp_path, shop, items):
    order, a = place(shop, (items[0], 5), at=None)
    order.promise(MAIN, a, units=2)
    order.promise(OTHER, a, units=3)
    fetched, rows, _ = read(tmp_path, shop)
    assert [cells[3:5] for cells in rows] == [("2", "5")]
    assert fetched.notes == (
        "lines promised at several locations, told at the one with most of it: 1",
    )


def test_other_places_are_left_out_with_a_note(tmp_path, shop, items):
    order, a = place(shop, (items[0], 5))
    order.send(OTHER, a)
    fetched, rows, _ = read(tmp_path, shop, locations=["1"])
    assert [kind for _, kind, *_ in rows] == ["order_placed"]
    assert fetched.notes == ("movements left out because their location is not configured: 1",)


def test_an_edited_order_is_noted(tmp_path, shop, items):
    place(shop, (items[0], 1), is_edited=True)
    fetched, _, _ = read(tmp_path, shop)
    assert fetched.notes[0].startswith("orders that were edited; units added to a line")


# --- scopes, pages, time ----------------------------------------------------------------------


@pytest.mark.parametrize("scope", ["read_orders", "read_fulfillments"])
def test_a_scope_that_is_missing_is_named(tmp_path, shop, scope):
    shop.scopes.remove(scope)
    with pytest.raises(SourceRefusedError, match=f"movements: the token lacks {scope}"):
        read(tmp_path, shop)


def test_counts_need_no_scope_of_orders(tmp_path, shop):
    shop.scopes = ["read_inventory", "read_locations", "read_products"]
    with open_shop(tmp_path, shop, movements={}) as opened:
        fetched, _ = land(opened.connector, "counts", tmp_path / "landing")
    assert fetched.is_complete


@pytest.mark.parametrize(
    ("asked", "since"),
    [({}, "2026-04-06T04:00:00Z"), ({"overlap": "90m"}, "2026-04-06T08:30:00Z")],
)
def test_window_gap_between_polls(tmp_path, shop, asked, since):
    """Each hour reads a while back, so that no change falls between two of them."""
    with open_shop(tmp_path, shop, movements=asked) as opened:
        land(opened.connector, "movements", tmp_path / "landing", hour_at=HOUR_AT)
        [body] = [one.json for one in opened.server.asked if b"orders(" in one.body]
    assert body["variables"]["filter"] == f"updated_at:>='{since}'"


def test_all_pages_come_and_an_order_without_a_change_does_not(tmp_path, shop, items):
    for number in range(10):
        place(shop, (items[0], number + 1), updated_at=f"2026-04-06T09:{number:02d}:00Z")
    place(shop, (items[0], 99), updated_at="2026-04-05T09:00:00Z")
    fetched, rows, _ = read(tmp_path, shop)
    assert fetched.end_marker == "data.orders.pageInfo.hasNextPage is false on page 4"
    assert [int(units) for *_, units, _ in rows] == list(range(1, 11))


def test_an_order_that_changes_while_pages_are_turned_is_told_once(tmp_path, shop, items):
    orders = [
        place(shop, (items[0], 1), updated_at=f"2026-04-06T09:0{number}:00Z") for number in range(6)
    ]

    def send_first(answer):
        if "orders" in answer["data"] and not orders[0][0].parcels:
            orders[0][0].send(MAIN, orders[0][1])
        return answer

    shop.spoil = send_first
    fetched, rows, _ = read(tmp_path, shop, {"page_size": 2})
    assert fetched.is_complete
    assert not fetched.is_suspect
    assert sorted(kind for _, kind, *_ in rows) == ["order_placed"] * 6 + ["shipment"]


def test_long_orders_are_read_to_their_end(tmp_path, shop, items):
    order = shop.book.place()
    lines = [order.add_line(items[0], 1) for _ in range(300)]
    order.promise(MAIN, *lines)
    for start in range(0, 300, 60):
        order.send(MAIN, *lines[start : start + 60])
    for line in lines[:7]:
        order.refund("RETURN", MAIN, line, 1)
    fetched, rows, rejected = read(tmp_path, shop, {"lines": 4, "parcels": 2})
    assert fetched.is_complete
    assert rejected.is_empty()
    kinds = [kind for _, kind, *_ in rows]
    assert [kinds.count(k) for k in ("order_placed", "shipment", "return_received")] == [
        300, 300, 7,
    ]  # fmt: skip
    assert {cells[3] for cells in rows} == {"1"}


def test_what_was_landed_with_other_sizes_is_read_the_same(tmp_path, shop, items):
    order, a = place(shop, (items[0], 9))
    for _ in range(3):
        order.send(MAIN, a, units=1)
    frames = []
    with open_shop(tmp_path, shop, movements={"parcels": 5}) as opened:
        _, pages = land(opened.connector, "movements", tmp_path / "landing")
        frames.append(opened.connector.parse("movements", pages).rows)
    with open_shop(tmp_path, shop, movements={"parcels": 2}) as opened:
        frames.append(opened.connector.parse("movements", pages).rows)
    assert frames[0].height == 4
    assert frames[0].equals(frames[1])


def test_more_parcels_than_are_read_set_their_order_aside(tmp_path, shop, items):
    order, a = place(shop, (items[0], 200))
    for _ in range(101):
        order.send(MAIN, a, units=1)
    place(shop, (items[1], 1))
    _, rows, rejected = read(tmp_path, shop)
    assert [item for _, _, item, *_ in rows] == ["B"]
    assert rejected["reason"].to_list() == ["the order has more parcels or refunds than are read"]


def test_the_same_order_gives_the_same_ids_whenever_it_is_read(tmp_path, shop, items):
    order, a = place(shop, (items[0], 2))
    first = read(tmp_path, shop)[1]
    order.send(MAIN, a)
    order.refund("RETURN", MAIN, a, 1)
    second = read(tmp_path, shop)[1]
    assert second[: len(first)] == first
    assert len({cells[0] for cells in second}) == len(second) == 3


def test_a_refunded_line_without_an_id_is_named_by_what_it_says(tmp_path, shop, items):
    order, a = place(shop, (items[0], 3))
    order.send(MAIN, a)
    order.refund("RETURN", MAIN, a, 2, id=None)
    _, rows, _ = read(tmp_path, shop)
    assert rows[-1][0] == "Refund/507/LineItem/501/RETURN/Location/1"


def test_no_order_is_no_doubt(tmp_path, shop):
    fetched, rows, _ = read(tmp_path, shop)
    assert fetched.is_complete
    assert not fetched.is_suspect
    assert rows == []


def test_orders_in_a_circle_are_suspect(tmp_path, shop, items):
    for _ in range(4):
        place(shop, (items[0], 1))

    def turn(answer):
        if "orders" in answer["data"]:
            answer["data"]["orders"]["pageInfo"] = {"hasNextPage": True, "endCursor": "2026"}
        return answer

    shop.spoil = turn
    fetched, _, _ = read(tmp_path, shop, {"page_size": 2})
    assert (fetched.is_complete, fetched.is_suspect) == (False, True)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"cancelledAt": "2026', '"cancelledAt": "never 2026', "no instant with a zone"),
        ('"status":', '"state":', "no 'status' where one should be; nearest seen is 'state'"),
    ],
)
def test_an_order_of_another_shape_is_refused(tmp_path, shop, items, old, new, said):
    order, a = place(shop, (items[0], 1), cancelled_at=CANCELLED_AT)
    order.send(MAIN, a)
    order.refund("CANCEL", MAIN, a, 1)
    shop.spoil = lambda answer: json.loads(json.dumps(answer).replace(old, new))
    with pytest.raises(SourceContractError, match=said):
        read(tmp_path, shop)


def test_a_number_that_is_none_is_not_reckoned_with(tmp_path, shop, items):
    place(shop, (items[0], 2), cancelled_at=CANCELLED_AT)
    shop.spoil = lambda answer: json.loads(
        json.dumps(answer).replace('"quantity": 2', '"quantity": 1.5')
    )
    with open_shop(tmp_path, shop, movements={}) as opened:
        _, pages = land(opened.connector, "movements", tmp_path / "landing")
        part = opened.connector.parse("movements", pages)
    assert part.rows["quantity"].to_list() == ["1.5"]
    assert part.rejected["reason"].to_list() == ["a quantity of the order is no whole number"]


def test_nothing_is_asked_that_tells_of_a_person(tmp_path, shop, items):
    place(shop, (items[0], 1))
    with open_shop(tmp_path, shop, movements={}) as opened:
        land(opened.connector, "movements", tmp_path / "landing")
        asked = " ".join(one.body.decode() for one in opened.server.asked)
    for word in ("customer", "email", "phone", "ddress", "note", "firstName", "staff"):
        assert word not in asked

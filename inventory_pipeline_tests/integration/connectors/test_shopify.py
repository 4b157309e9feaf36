"""The shopify connector on a stand-in shop: a real server that executes its documents.

Here the stand-in holds them against a small schema of our own. Whether they fit the schemas
the vendor publishes is asked in peers/test_shopify_schemas.py, which needs npm.
"""

import json

import pytest

from inventory_pipeline.connectors.shopify.options import VERSIONS, ShopifyOptions
from inventory_pipeline.errors import (
    SourceContractError,
    SourceRefusedError,
    SourceUnavailableError,
)
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.shopify.shop import Bucket, Shop
from inventory_pipeline_tests.support.shopify.sources import open_shop

APP = {"client_id": "app", "client_secret": {"file": "secret"}}


@pytest.fixture
def shop():
    return Shop()


def read(tmp_path, shop, **options):
    """Return what a fetch said, and the rows and rejected lines of its pages."""
    with open_shop(tmp_path, shop, **options) as opened:
        fetched, pages = land(opened.connector, "counts", tmp_path / "landing")
        part = opened.connector.parse("counts", pages)
    return fetched, part.rows, part.rejected


def test_every_level_gives_a_row_a_fact_as_of_the_fetch(tmp_path, shop):
    shop.shelf.add("A", 5, 7, committed=2)
    fetched, rows, _ = read(tmp_path, shop)
    assert fetched.is_complete
    assert not fetched.is_suspect
    assert fetched.notes == ()
    assert rows.rows() == [
        (1, "A", "1", "available", "5", "2026-04-06T10:05:00Z"),
        (2, "A", "1", "on_hand", "7", "2026-04-06T10:05:00Z"),
        (3, "A", "2", "available", "7", "2026-04-06T10:05:00Z"),
        (4, "A", "2", "on_hand", "9", "2026-04-06T10:05:00Z"),
    ]


def test_other_facts_and_names_are_a_matter_of_options(tmp_path, shop):
    item = shop.shelf.add("A", 5, committed=2)
    names = {"facts": {"committed": "committed"}, "identify_by": "inventory_item_id"}
    _, rows, _ = read(tmp_path, shop, **names, locate_by="name")
    assert rows.drop("row", "as_of").rows() == [(str(item.number), "L1", "committed", "2")]


def test_all_pages_come_and_the_last_one_says_so(tmp_path, shop):
    for number in range(25):
        shop.shelf.add(f"S{number}", number)
    fetched, rows, _ = read(tmp_path, shop, page_size=10)
    assert rows["item_id"].n_unique() == 25
    assert fetched.end_marker == "data.inventoryItems.pageInfo.hasNextPage is false on page 3"


def test_items_without_any_level_are_no_circle(tmp_path, shop):
    for number in range(6):
        shop.shelf.add(f"S{number}")
    fetched, rows, _ = read(tmp_path, shop, page_size=2)
    assert fetched.is_complete
    assert rows.is_empty()


def test_an_item_with_more_levels_than_its_page_shows_is_read_alone_and_once(tmp_path, shop):
    shop.shelf.add("MANY", *range(12))
    shop.shelf.add("FEW", 3)
    fetched, rows, _ = read(tmp_path, shop, levels=5, facts={"available": "available"})
    assert fetched.is_complete
    many = rows.filter(item_id="MANY")
    assert sorted(many["location_id"], key=int) == [str(n) for n in range(1, 13)]
    assert many["quantity"].to_list() == [str(n) for n in range(12)]
    assert rows.filter(item_id="FEW").height == 1


def test_pages_in_a_circle_are_suspect(tmp_path, shop):
    for number in range(4):
        shop.shelf.add(f"S{number}", 1)

    def turn(answer):
        info = answer["data"].get("inventoryItems", {}).get("pageInfo", {})
        info |= {"hasNextPage": True, "endCursor": "2"} if info else {}
        return answer

    shop.spoil = turn
    fetched, _, _ = read(tmp_path, shop, page_size=2)
    assert not fetched.is_complete
    assert fetched.is_suspect


def test_levels_in_a_circle_are_suspect(tmp_path, shop):
    shop.shelf.add("MANY", *range(3))

    def turn(answer):
        levels = (answer["data"].get("inventoryItem") or {}).get("inventoryLevels", {})
        if levels:
            levels["pageInfo"] = {"hasNextPage": True, "endCursor": "0"}
        return answer

    shop.spoil = turn
    fetched, _, _ = read(tmp_path, shop, levels=2)
    assert not fetched.is_complete
    assert fetched.is_suspect
    assert "the levels of gid://shopify/InventoryItem/1001" in fetched.end_marker


def test_untracked_inactive_and_foreign_levels_are_left_out_with_a_note(tmp_path, shop):
    shop.shelf.add("UNTRACKED", 9, 9, tracked=False)
    asleep = shop.shelf.add("A", 5, 6)
    asleep.levels["gid://shopify/Location/1"].is_active = False
    shop.shelf.add("B", 1, 2)
    fetched, rows, rejected = read(tmp_path, shop, locations=["1"])
    assert rows["item_id"].unique().to_list() == ["B"]
    assert rejected.is_empty()
    assert fetched.notes == (
        "items left out because they are not tracked: 1",
        "levels left out because they are not active: 1",
        "levels left out because their location is not configured: 2",
    )
    assert not fetched.is_suspect


def test_a_sku_that_two_items_carry_is_nobodys_number(tmp_path, shop):
    shop.shelf.add("TWIN", 5)
    shop.shelf.add("TWIN", 5)
    shop.shelf.add("twin", 1)
    _, rows, rejected = read(tmp_path, shop)
    assert rows["item_id"].unique().to_list() == ["twin"]
    assert rejected["row"].to_list() == [1, 3]
    assert "2 inventory items carry this SKU: 1001, 1002" in rejected["reason"][0]
    assert json.loads(rejected["raw"][0])["sku"] == "TWIN"


def test_twins_are_apart_where_items_go_by_their_id(tmp_path, shop):
    shop.shelf.add("TWIN", 5)
    shop.shelf.add("TWIN", 5)
    _, rows, rejected = read(tmp_path, shop, identify_by="inventory_item_id")
    assert rows.height == 4
    assert rejected.is_empty()


@pytest.mark.parametrize("sku", [None, ""])
def test_an_item_without_a_sku_has_no_name(tmp_path, shop, sku):
    shop.shelf.add(sku, 5)
    _, rows, rejected = read(tmp_path, shop)
    assert rows.is_empty()
    assert rejected["reason"].to_list() == ["the inventory item 1001 has no SKU"]


def test_missing_is_not_zero(tmp_path, shop):
    """An item nowhere, a level that is off and a number that is null make no row, and no zero."""
    shop.shelf.add("NOWHERE")
    shop.shelf.add("OFF", 5).levels["gid://shopify/Location/1"].is_active = False
    shop.shelf.add("NULL", 77)
    shop.shelf.add("ZERO", 0)
    shop.spoil = lambda answer: json.loads(
        json.dumps(answer).replace('"quantity": 77', '"quantity": null')
    )
    _, rows, rejected = read(tmp_path, shop)
    assert rows.select("item_id", "quantity").unique().rows() == [("ZERO", "0")]
    assert rejected["reason"].to_list() == ["the level shows no 'available'"]


@pytest.mark.parametrize("count", [None, "many"])
def test_a_shop_that_does_not_say_how_large_it_is_is_refused(tmp_path, shop, count):
    def say(answer):
        if "productVariantsCount" in answer["data"]:
            answer["data"]["productVariantsCount"]["count"] = count
        return answer

    shop.spoil = say
    with pytest.raises(
        SourceContractError, match=r"productVariantsCount\.count is no whole number"
    ):
        read(tmp_path, shop)


def test_on_hand_that_is_not_the_sum_of_its_parts_is_no_number(tmp_path, shop):
    item = shop.shelf.add("A", 5, committed=2)
    item.levels["gid://shopify/Location/1"].lies_by = 1
    shop.shelf.add("B", 1)
    _, rows, rejected = read(tmp_path, shop)
    assert rows["item_id"].unique().to_list() == ["B"]
    assert rejected["reason"][0].startswith("on_hand is 8, and available + committed")


def test_a_shop_where_on_hand_means_something_else_is_refused(tmp_path, shop):
    def add_part(answer):
        for name in answer["data"].get("inventoryProperties", {}).get("quantityNames", []):
            name["comprises"] += ["in_repair"] if name["name"] == "on_hand" else []
        return answer

    shop.spoil = add_part
    with pytest.raises(SourceContractError, match=r"comprises available, committed, .*in_repair"):
        read(tmp_path, shop)


def test_a_quantity_the_shop_does_not_know_is_named(tmp_path, shop):
    def forget(answer):
        properties = answer["data"].get("inventoryProperties", {"quantityNames": []})
        properties["quantityNames"] = [
            name for name in properties["quantityNames"] if name["name"] != "incoming"
        ]
        return answer

    shop.spoil = forget
    with pytest.raises(SourceContractError, match="no quantity 'incoming'; it has available"):
        read(tmp_path, shop, facts={"incoming": "incoming"})


def test_all_eight_quantities_are_facts_for_the_asking(tmp_path, shop):
    parts = {"committed": 2, "reserved": 3, "damaged": 4, "safety_stock": 5, "quality_control": 6}
    shop.shelf.add("A", 1, **parts, incoming=9)
    names = ["available", *parts, "incoming", "on_hand"]
    _, rows, rejected = read(tmp_path, shop, facts={name: name for name in names})
    assert rejected.is_empty()
    found = dict(zip(rows["fact"], rows["quantity"], strict=True))
    assert found == {
        "available": "1", **{name: str(units) for name, units in parts.items()},
        "incoming": "9", "on_hand": "21",
    }  # fmt: skip


@pytest.mark.parametrize("scope", ["read_inventory", "read_locations", "read_products"])
def test_a_scope_that_is_missing_is_named_before_anything_is_read(tmp_path, shop, scope):
    shop.scopes.remove(scope)
    with pytest.raises(SourceRefusedError, match=f"the token lacks {scope}; release"):
        read(tmp_path, shop)


def test_who_may_write_levels_may_read_them(tmp_path, shop):
    shop.scopes = ["write_inventory", "read_locations", "read_products"]
    shop.shelf.add("A", 5)
    _, rows, _ = read(tmp_path, shop)
    assert rows.height == 2


def test_a_token_that_may_write_where_we_only_read_is_noted(tmp_path, shop):
    shop.scopes += ["write_inventory", "write_orders"]
    fetched, _, _ = read(tmp_path, shop)
    assert (
        "the token may write_inventory, write_orders; this system only reads" in fetched.notes[-1]
    )
    fetched, _, _ = read(tmp_path, shop, write={})
    assert "the token may write_orders; this system needs only" in fetched.notes[-1]
    assert fetched.is_complete


def test_throttling_is_waited_for_as_long_as_the_shop_needs(tmp_path, shop):
    shop.shelf.add("A", 5)
    with open_shop(tmp_path, shop, timeouts={"feed": "60s"}) as opened:
        shop.bucket = Bucket(left=0, rate=2, clock=opened.clock.read)
        fetched, _ = land(opened.connector, "counts", tmp_path / "landing")
    assert fetched.is_complete
    # Ten points at two a second; what was waited for real counts, too.
    assert opened.clock.slept[0] == pytest.approx(5, abs=0.5)


def test_a_page_that_holds_data_beside_errors_is_no_page(tmp_path, shop):
    shop.shelf.add("A", 5)
    shop.spoil = lambda answer: answer | {"errors": [{"message": "a node is missing"}]}
    with pytest.raises(SourceContractError, match="a node is missing"):
        read(tmp_path, shop)


def test_a_token_is_fetched_and_fetched_again_when_it_is_not_taken_any_more(tmp_path, shop):
    shop.shelf.add("A", 5)
    (tmp_path / "secret").write_text("s3cr3t")
    with open_shop(tmp_path, shop, **APP) as opened:
        land(opened.connector, "counts", tmp_path / "first")
        land(opened.connector, "counts", tmp_path / "again")
        assert shop.tokens_given == 1
        shop.tokens.clear()
        land(opened.connector, "counts", tmp_path / "third")
        assert shop.tokens_given == 2
        opened.clock.sleep(86_399)
        land(opened.connector, "counts", tmp_path / "next day")
    assert shop.tokens_given == 3
    assert {asked.headers.get("authorization") for asked in opened.server.asked} == {None}


def test_a_wrong_token_is_refused(tmp_path, shop):
    shop.tokens.clear()
    with pytest.raises(SourceRefusedError, match="401"):
        read(tmp_path, shop)


def test_a_shop_that_is_not_there_is_missing(tmp_path, shop):
    with open_shop(tmp_path, shop) as opened:
        pass
    with pytest.raises(SourceUnavailableError, match="cannot be reached"):
        land(opened.connector, "counts", tmp_path / "landing")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_version_is_the_one_asked_for(tmp_path, shop, version):
    with open_shop(tmp_path, shop, version=version) as opened:
        land(opened.connector, "counts", tmp_path / "landing")
    assert {asked.path for asked in opened.server.asked} == {f"/admin/api/{version}/graphql.json"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"version": "2025-10"}, "'2026-04', '2026-07' or '2026-10'"),
        ({"shop": "https://harbor.myshopify.com"}, "the host alone"),
        ({"shop": "harbor.example.com"}, "the host alone"),
        ({"token": None}, "give token, or client_id and client_secret"),
        ({"client_id": "a"}, "go together"),
        (APP, "not both"),
        ({"base_url": "http://gateway.example.com"}, "not encrypted"),
        ({"levels": 251}, "less than or equal to 250"),
        ({"write": {"client_id": "a"}}, "go together"),
        ({"facts": {"available": "sellable"}}, "'sellable' has no declared meaning"),
        ({"bulk": "sometimes"}, "'auto', 'always' or 'never'"),
        ({"bulk_hosts": ["https://storage.googleapis.com"]}, "is no host"),
        ({"webhooks": {"folder": "hooks"}}, "webhooks.secret is missing"),
        ({"movements": {"page_size": 0}}, "greater than or equal to 1"),
    ],
)
def test_options_that_cannot_work_say_so(options, said):
    usual = {"shop": "harbor.myshopify.com", "token": {"env": "SHOP_TOKEN"}}
    with pytest.raises(ValueError, match=said):
        ShopifyOptions.model_validate(usual | options)

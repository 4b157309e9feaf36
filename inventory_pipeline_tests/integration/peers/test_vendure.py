"""A live Vendure: read by configuration alone, and what setting a number there does."""

from dataclasses import dataclass

import pytest
import yaml

from inventory_pipeline.connectors.graphql import GraphqlConnector, GraphqlOptions
from inventory_pipeline.errors import SourceContractError, SourceRefusedError
from inventory_pipeline_tests.support.docs import read_examples
from inventory_pipeline_tests.support.file_sources import land

pytestmark = [pytest.mark.peer, pytest.mark.slow]

# What the `write:` options of a shop say, word for word.
SET = """
mutation($input: [UpdateProductVariantInput!]!) {
  updateProductVariants(input: $input) { __typename id stockLevels { stockLocationId stockOnHand } }
}
"""
READ = """
query($id: String!) {
  productVariants(options: {filter: {id: {eq: $id}}}) {
    totalItems
    items { id stockLevels { stockLocationId stockOnHand } }
  }
}
"""


@dataclass
class Shop:
    """One running shop, the connector that reads it, and where its pages land."""

    vendure: object
    folder: object

    def read(self, options=None):
        example = read_examples("vendure.md")[0]
        settings = yaml.safe_load(example)["systems"]["storefront"]["options"]
        settings |= {"base_url": self.vendure.url, **(options or {})}
        checked = GraphqlOptions.model_validate(settings)
        connector = GraphqlConnector(system="shop", options=checked, root=str(self.folder))
        fetched, pages = land(connector, "counts", self.folder)
        assert fetched.is_complete, fetched
        return connector.parse("counts", pages).rows

    def count(self, fact="on_hand"):
        names = {number: name for name, number in self.vendure.places.items()}
        skus = {number: sku for sku, number in self.vendure.variants.items()}
        return {
            (skus[row["item_id"]], names[row["location_id"]]): row["quantity"]
            for row in self.read().iter_rows(named=True)
            if row["fact"] == fact and row["location_id"] in names
        }

    def set(self, sku, place, units):
        level = {"stockLocationId": self.vendure.places[place], "stockOnHand": units}
        wish = [{"id": self.vendure.variants[sku], "stockLevels": [level]}]
        return self.vendure.ask(SET, input=wish)["updateProductVariants"]

    def ask_for(self, sku):
        return self.vendure.ask(READ, id=self.vendure.variants[sku])["productVariants"]["items"][0]


@pytest.fixture
def shop(vendure, tmp_path, monkeypatch):
    monkeypatch.setenv("SHOP_PASSWORD", vendure.password)
    yield Shop(vendure, tmp_path)
    for sku, place, units in (("A-1", "main", 400), ("A-1", "cellar", 7), ("A-2", "main", 90)):
        Shop(vendure, tmp_path).set(sku, place, units)


def test_the_counts_are_read_by_configuration_alone(shop):
    assert shop.count() == {
        ("A-1", "main"): "400",
        ("A-1", "cellar"): "7",
        ("A-2", "main"): "90",
        ("A-2", "cellar"): "0",
    }
    assert set(shop.count("committed").values()) == {"0"}


def test_a_key_of_the_shop_reads_as_well(shop, monkeypatch):
    made = shop.vendure.ask(
        "mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey } }",
        input={"roleIds": ["1"], "translations": [{"languageCode": "en", "name": "reader"}]},
    )
    monkeypatch.setenv("SHOP_KEY", made["createApiKey"]["apiKey"])
    auth = {"kind": "header", "name": "vendure-api-key", "value": {"env": "SHOP_KEY"}}
    assert shop.read({"auth": auth}).height == shop.read().height == 12


def test_a_wrong_password_needs_a_person(shop, monkeypatch):
    monkeypatch.setenv("SHOP_PASSWORD", "hunter2hunter2")
    with pytest.raises(SourceRefusedError) as caught:
        shop.read()
    assert "hunter2" not in repr(caught.value)


def test_a_number_that_is_set_is_read_back_and_leaves_the_others_alone(shop):
    [answered] = shop.set("A-1", "main", 410)
    level = {"stockLocationId": shop.vendure.places["main"], "stockOnHand": 410}
    assert level in answered["stockLevels"]
    assert level in shop.ask_for("A-1")["stockLevels"]
    assert shop.count()["A-1", "main"] == "410"
    assert shop.count()["A-1", "cellar"] == "7"


def test_setting_the_same_number_twice_is_one_movement(shop):
    shop.set("A-1", "main", 411)
    before = count_adjustments(shop)
    shop.set("A-1", "main", 411)
    assert count_adjustments(shop) == before


def count_adjustments(shop):
    document = """
    query($id: ID!) {
      productVariant(id: $id) { stockMovements(options: {type: ADJUSTMENT}) { totalItems } }
    }
    """
    found = shop.vendure.ask(document, id=shop.vendure.variants["A-1"])
    return found["productVariant"]["stockMovements"]["totalItems"]


def test_what_the_shop_says_no_to(shop):
    with pytest.raises(RuntimeError, match="ENTITY_NOT_FOUND"):
        shop.vendure.ask(SET, input=[{"id": "999", "stockLevels": []}])
    wish = {"stockLocationId": "999", "stockOnHand": 1}
    with pytest.raises(RuntimeError, match="FOREIGN KEY constraint failed"):
        shop.vendure.ask(SET, input=[{"id": "1", "stockLevels": [wish]}])
    assert shop.vendure.ask(READ, id="999")["productVariants"] == {"totalItems": 0, "items": []}
    assert shop.count()["A-1", "main"] == "400"


def test_the_shop_takes_a_number_below_zero(shop):
    shop.set("A-2", "main", -5)
    assert shop.count()["A-2", "main"] == "-5"


def test_too_many_at_once_is_refused_with_its_own_words(shop):
    feeds = {
        "counts": dict(
            yaml.safe_load(read_examples("vendure.md")[0])["systems"]["storefront"]["options"][
                "feeds"
            ]["counts"]
        )
    }
    feeds["counts"]["paging"] = {"kind": "offset", "size": 1001}
    with pytest.raises(SourceContractError, match="Cannot take more than 1000"):
        shop.read({"feeds": feeds})


def test_a_power_cut_keeps_what_was_answered(shop):
    shop.set("A-1", "main", 412)
    shop.vendure.kill_server()
    shop.vendure.start_server()
    assert shop.count()["A-1", "main"] == "412"

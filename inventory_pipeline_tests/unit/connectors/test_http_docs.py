"""The pages about the HTTP connectors say what the code does."""

import re
from pathlib import Path

import pytest
import yaml

from inventory_pipeline.config.systems import System
from inventory_pipeline.connectors import http_options, paging
from inventory_pipeline.connectors.files import FilesConnector
from inventory_pipeline.connectors.files_writer import FilesWrite
from inventory_pipeline.connectors.graphql import GraphqlConnector, GraphqlFeed, GraphqlOptions
from inventory_pipeline.connectors.graphql_write_options import (
    GraphqlAction,
    GraphqlRead,
    GraphqlWrite,
)
from inventory_pipeline.connectors.json_columns import Cell
from inventory_pipeline.connectors.rest import RestConnector, RestFeed, RestOptions
from inventory_pipeline.connectors.rest_writer import RestRead, RestWrite
from inventory_pipeline.connectors.shopify.connector import ShopifyConnector
from inventory_pipeline.connectors.shopify.options import Movements, ShopifyOptions, Webhooks
from inventory_pipeline.connectors.sql import SqlConnector
from inventory_pipeline.connectors.sql_write_options import SqlWrite
from inventory_pipeline.connectors.templates import NAMES

DOCS = Path(__file__).parents[3] / "docs" / "connectors"
CONNECTORS = {"rest": RestConnector, "graphql": GraphqlConnector, "shopify": ShopifyConnector}


@pytest.mark.parametrize("page", ["rest.md", "graphql.md", "shopify.md"])
def test_every_example_is_a_configuration_that_is_taken(page):
    examples = re.findall(r"```yaml\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)
    assert len(examples) >= 2
    for example in examples:
        for name, settings in yaml.safe_load(example)["systems"].items():
            system = System.model_validate(settings)
            connector = CONNECTORS[system.connector]
            options = connector.options_model.model_validate(system.options)
            assert connector(system=name, options=options, root=".").find_feeds()[0] == "counts"


@pytest.mark.parametrize(
    ("page", "models"),
    [
        ("rest.md", [RestOptions, RestFeed, Cell]),
        ("graphql.md", [GraphqlOptions, GraphqlFeed]),
        ("shopify.md", [ShopifyOptions, Movements, Webhooks]),
    ],
)
def test_every_option_stands_on_its_page(page, models):
    text = (DOCS / page).read_text()
    for model in models:
        names = [field.alias or name for name, field in model.model_fields.items()]
        assert [name for name in names if not re.search(rf"`[^`]*\b{name}\b[^`]*`", text)] == []


def test_every_way_to_page_to_be_known_and_to_fill_in_stands_on_the_page():
    text = (DOCS / "rest.md").read_text()
    kinds = [
        model.model_fields["kind"].annotation.__args__[0]
        for module in (paging, http_options)
        for model in vars(module).values()
        if isinstance(model, type) and "kind" in getattr(model, "model_fields", {})
    ]
    assert len(kinds) == 15
    assert [kind for kind in kinds if f"`{kind}`" not in text and f"kind: {kind}" not in text] == []
    assert [name for name in NAMES if f"`{{{name}}}`" not in text] == []


def test_every_example_of_writing_gives_a_writer():
    text = (DOCS / "writing.md").read_text()
    examples = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    writers = {}
    for example in examples:
        for name, settings in yaml.safe_load(example)["systems"].items():
            system = System.model_validate(settings)
            connector = {**CONNECTORS, "sql": SqlConnector, "files": FilesConnector}[
                system.connector
            ]
            options = connector.options_model.model_validate(system.options)
            made = connector(system=name, options=options, root=".").build_writer()
            writers[system.connector] = made.delivery_class
    assert writers == {"files": "B", "sql": "A", "rest": "A", "graphql": "A"}


@pytest.mark.parametrize(
    "model", [FilesWrite, SqlWrite, RestWrite, RestRead, GraphqlWrite, GraphqlAction, GraphqlRead]
)
def test_every_option_of_writing_stands_on_its_page(model):
    text = (DOCS / "writing.md").read_text()
    names = [field.alias or name for name, field in model.model_fields.items()]
    assert [name for name in names if not re.search(rf"\b{name}\b", text)] == []

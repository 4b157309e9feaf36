"""The pages of vendors' connectors: what people copy works, and nothing is left unsaid."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from inventory_pipeline.config.systems import System
from inventory_pipeline.connectors.bigcommerce import BigcommerceConnector
from inventory_pipeline.connectors.shipbob.connector import ShipbobConnector
from inventory_pipeline.connectors.shiphero.connector import ShipheroConnector
from inventory_pipeline.connectors.square.connector import SquareConnector
from inventory_pipeline.connectors.woocommerce.connector import WoocommerceConnector
from inventory_pipeline_tests.support.docs import CONNECTOR_PAGES, read_examples


@dataclass(frozen=True)
class Kind:
    """A connector, and whether its page shows how it writes."""

    connector: Any
    writes: bool = True


KINDS = {
    "shipbob": Kind(ShipbobConnector, writes=False),
    "square": Kind(SquareConnector),
    "shiphero": Kind(ShipheroConnector),
    "woocommerce": Kind(WoocommerceConnector),
    "bigcommerce": Kind(BigcommerceConnector),
}


def load_systems(name):
    for example in read_examples(f"{name}.md"):
        for called, settings in yaml.safe_load(example)["systems"].items():
            yield called, System.model_validate(settings)


@pytest.mark.parametrize("name", KINDS)
def test_every_example_is_a_configuration_that_is_taken(name):
    kind = KINDS[name]
    writers = []
    for called, system in load_systems(name):
        assert system.connector == name
        assert system.decrements_at == kind.connector.card.decrements_at
        options = kind.connector.options_model.model_validate(system.options)
        connector = kind.connector(system=called, options=options, root=".")
        assert connector.find_feeds()[0] == "counts"
        writers.append(getattr(connector, "build_writer", lambda: None)())
    assert any(writers) is kind.writes


@pytest.mark.parametrize("name", KINDS)
def test_every_option_stands_on_its_page(name):
    text = (CONNECTOR_PAGES / f"{name}.md").read_text()
    names = KINDS[name].connector.options_model.model_fields
    assert [one for one in names if not re.search(rf"`[^`]*\b{one}\b[^`]*`", text)] == []


@pytest.mark.parametrize("name", KINDS)
def test_every_quantity_and_right_stands_on_its_page(name):
    text = (CONNECTOR_PAGES / f"{name}.md").read_text()
    card = KINDS[name].connector.card
    said = [*card.quantities, *card.reads, *card.writes]
    assert [one for one in said if f"`{one}`" not in text] == []
    assert (card.delivery is not None) is KINDS[name].writes
    if card.delivery:
        assert f"class {card.delivery}" in text


@pytest.mark.parametrize("name", KINDS)
def test_the_lines_that_init_writes_are_options(name):
    connector = KINDS[name].connector
    options = connector.options_model.model_validate(yaml.safe_load(connector.card.options))
    connector.card.check_facts(options.facts)
    assert connector(system=name, options=options, root=".").find_feeds()

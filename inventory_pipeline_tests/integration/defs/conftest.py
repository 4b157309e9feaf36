"""A pair of systems under a roof, over an instance that lives in memory."""

from collections.abc import Iterator

import dagster as dg
import pytest

from inventory_pipeline_tests.support.roof import ELEVEN, TEN, Roof, configure_pair, drop_pair
from inventory_pipeline_tests.support.shop import Shop


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.fixture
def pair(shop: Shop) -> Shop:
    """Return two systems that dropped two hours; the storefront shows eight of A too few."""
    configure_pair(shop)
    for hour in (TEN, ELEVEN):
        drop_pair(shop, hour, {"A": 14, "B": 5, "C": 0}, {"A": 6})
    return shop


@pytest.fixture
def roof(pair: Shop, instance: dg.DagsterInstance) -> Roof:
    return Roof(pair, instance)

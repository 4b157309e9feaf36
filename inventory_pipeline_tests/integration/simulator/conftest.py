"""Two simulations that all tests of this folder read and none writes to."""

from datetime import UTC, datetime

import pytest

from inventory_pipeline.simulator.run import simulate
from inventory_pipeline_tests.integration.simulator.simulated import Simulated

MONDAY = datetime(2026, 4, 6, tzinfo=UTC)


@pytest.fixture(scope="session")
def quiet(tmp_path_factory) -> Simulated:
    """Four days of the shop without faults."""
    out = tmp_path_factory.mktemp("quiet")
    return Simulated(simulate(out, seed=3, profile="quiet", hours=96, start=MONDAY).parent)


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Simulated:
    """The demo, as ``make demo`` runs it."""
    out = tmp_path_factory.mktemp("demo")
    return Simulated(simulate(out, seed=7, profile="demo", hours=96, start=MONDAY).parent)


@pytest.fixture(scope="session")
def quiet_seven(tmp_path_factory) -> Simulated:
    """The first hours of the demo's shop, without the faults."""
    out = tmp_path_factory.mktemp("quiet_seven")
    return Simulated(simulate(out, seed=7, profile="quiet", hours=12, start=MONDAY).parent)

"""Systems others wrote, installed and started for the tests of this folder."""

import pytest

from inventory_pipeline_tests.integration.peers import adventureworks
from inventory_pipeline_tests.integration.peers.adventureworks import Line
from inventory_pipeline_tests.integration.peers.tryton import running_tryton
from inventory_pipeline_tests.integration.peers.vendure import find_missing, running_vendure
from inventory_pipeline_tests.support.postgres import find_programs, running_postgres


@pytest.fixture(scope="session")
def stock():
    """The published stock of AdventureWorks, one line a bin."""
    if not adventureworks.FOLDER.is_dir():
        pytest.skip(f"the AdventureWorks files are not at {adventureworks.FOLDER}")
    return adventureworks.load_stock()


@pytest.fixture(scope="session")
def tryton(stock):
    """A live Tryton 8.0 with that stock in it, on its own PostgreSQL."""
    _need_postgres()
    with running_postgres() as cluster, running_tryton(cluster, stock) as server:
        yield server


@pytest.fixture(scope="session")
def small_tryton():
    """A live Tryton with three numbers in it, to be written to and killed."""
    _need_postgres()
    stock = [
        Line("A-1", "Bolt", "AW-1", "Shop floor", "x", 400),
        Line("A-2", "Nut", "AW-1", "Shop floor", "x", 90),
        Line("A-1", "Bolt", "AW-2", "Cellar", "x", 7),
    ]
    with running_postgres() as cluster, running_tryton(cluster, stock) as server:
        yield server


@pytest.fixture(scope="session")
def vendure():
    """A live Vendure with two products in two places."""
    if missing := find_missing():
        pytest.skip(missing)
    with running_vendure({"A-1": {"main": 400, "cellar": 7}, "A-2": {"main": 90}}) as shop:
        yield shop


def _need_postgres():
    if find_programs() is None:
        pytest.skip("no PostgreSQL server on this machine; apt-get install postgresql")

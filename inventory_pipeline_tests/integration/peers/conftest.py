"""Systems others wrote, installed and started for the tests of this folder."""

import pytest

from inventory_pipeline_tests.integration.peers import adventureworks
from inventory_pipeline_tests.integration.peers.tryton import running_tryton
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
    if find_programs() is None:
        pytest.skip("no PostgreSQL server on this machine; apt-get install postgresql")
    with running_postgres() as cluster, running_tryton(cluster, stock) as server:
        yield server

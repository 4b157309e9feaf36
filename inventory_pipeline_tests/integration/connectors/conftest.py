"""Real systems that several tests of connectors share."""

import pytest

from inventory_pipeline_tests.support.postgres import find_programs, running_postgres


@pytest.fixture(scope="session")
def postgres():
    """A throw-away PostgreSQL cluster; each test makes its own tables in it."""
    if find_programs() is None:
        pytest.skip("no PostgreSQL server on this machine; apt-get install postgresql")
    with running_postgres() as cluster:
        yield cluster

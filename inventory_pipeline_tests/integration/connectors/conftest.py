"""Real systems that several tests of connectors share."""

import pytest

from inventory_pipeline_tests.support.postgres import find_programs, running_postgres
from inventory_pipeline_tests.support.s3_server import make_bucket, serving_moto


@pytest.fixture(scope="session")
def postgres():
    """A throw-away PostgreSQL cluster; each test makes its own tables in it."""
    if find_programs() is None:
        pytest.skip("no PostgreSQL server on this machine; apt-get install postgresql")
    with running_postgres() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def moto():
    """An S3 server that others wrote; each test makes its own bucket in it."""
    with serving_moto() as url:
        yield url


@pytest.fixture
def s3(moto, request):
    """An empty bucket."""
    return make_bucket(moto, f"drops-{abs(hash(request.node.nodeid))}")

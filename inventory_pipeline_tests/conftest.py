"""Fixtures every test may use."""

from pathlib import Path

import pytest
from hypothesis import settings

from inventory_pipeline_tests.support.shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Return an empty shop folder."""
    return Shop(tmp_path)


# A law is a law on a busy machine too: how long an example takes is no part of it.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

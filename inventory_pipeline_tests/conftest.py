"""Fixtures every test may use."""

from pathlib import Path

import pytest

from inventory_pipeline_tests.support.shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Return an empty shop folder."""
    return Shop(tmp_path)

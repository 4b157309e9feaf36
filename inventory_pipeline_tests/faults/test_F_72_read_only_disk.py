"""F-72: the storage cannot be written to: deliver and doctor say so, in one message each."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from inventory_pipeline_tests.support.sql_shop import SqlShop, call_unprivileged


@pytest.fixture
def shop() -> Iterator[SqlShop]:
    """Return a shop with a receipt on its way and a storage that nobody may write to."""
    # Not pytest's own folder: that one is closed to other users, and this test becomes one.
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        SqlShop(Path(folder) / "warm")
        shop = SqlShop(Path(folder) / "cold")
        shop.tell()
        for path in (*shop.storage.iterdir(), shop.storage):
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield shop
        shop.storage.chmod(0o755)


@pytest.mark.slow
def test_F_72_deliver_refuses_in_one_message_and_sends_nothing(shop: SqlShop) -> None:
    done = call_unprivileged(shop, "deliver", "--once")

    assert done.code == 2, done
    assert len(done.err.strip().splitlines()) == 1
    assert done.err.startswith("Error: ")
    assert "journal.sqlite" in done.err
    assert shop.read_stock()["S-0"] == 10


@pytest.mark.slow
def test_F_72_doctor_names_the_storage_and_its_cure(shop: SqlShop) -> None:
    done = call_unprivileged(shop, "doctor", "--json")

    assert done.code == 1, done
    assert "Permission denied" in done.out
    assert f"give this user the right to write to {shop.storage}" in done.out

"""F-73: an older copy of the journal was put back: nothing is sent, and doctor names it."""

import shutil
from pathlib import Path

import pytest

from inventory_pipeline_tests.support.sql_shop import SqlShop


@pytest.fixture
def shop(tmp_path: Path) -> SqlShop:
    """Return a shop whose journal is of yesterday, though today's receipts were delivered."""
    shop = SqlShop(tmp_path / "shop")
    shop.tell(source="M-1")
    assert shop.deliver().code == 0
    shutil.copy(shop.journal, tmp_path / "yesterday")
    shop.tell(source="M-2")
    assert shop.deliver().code == 0
    assert shop.read_stock()["S-0"] == 14
    for path in shop.storage.glob("journal.sqlite-*"):
        path.unlink()
    shutil.copy(tmp_path / "yesterday", shop.journal)
    return shop


def test_F_73_deliver_sends_nothing_from_an_older_copy(shop: SqlShop) -> None:
    done = shop.deliver()

    assert done.code == 2
    assert "an older copy was put back" in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert shop.read_stock()["S-0"] == 14


def test_F_73_doctor_names_it(shop: SqlShop) -> None:
    done = shop.call("doctor", "--json")

    assert done.code == 1
    assert "audit chain" in done.out
    assert "an older copy was put back" in done.out


def test_F_73_a_person_who_looked_may_go_on(shop: SqlShop) -> None:
    (shop.storage / "heads.log").unlink()

    assert shop.deliver().code == 0


def test_F_73_a_longer_chain_of_another_history_is_no_newer_one(shop: SqlShop) -> None:
    """Told anew on the older copy, the chain grows past the head that is kept; it differs."""
    for number in range(5):
        shop.tell("S-1", source=f"other-{number}")

    assert shop.deliver().code == 2
    assert shop.read_stock() == {"S-0": 14, "S-1": 10, "S-2": 10}

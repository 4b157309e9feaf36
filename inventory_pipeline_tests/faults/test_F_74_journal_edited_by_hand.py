"""F-74: somebody edits the journal by hand: the break is named, and sending stops."""

import sqlite3
from pathlib import Path

import pytest

from inventory_pipeline_tests.support.sql_shop import SqlShop

UNLOCK = ("drop trigger audit_no_update", "drop trigger audit_no_delete")


@pytest.fixture
def shop(tmp_path: Path) -> SqlShop:
    """Return a shop with three links in its chain and a receipt on its way."""
    shop = SqlShop(tmp_path / "shop")
    for number in range(3):
        shop.tell(f"S-{number}", source=f"M-{number}")
    return shop


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        ("update audit set details = '{}' where seq = 2", "link 2 of the audit chain"),
        ("update audit set at = '2026-01-01' where seq = 3", "link 3 of the audit chain"),
        ("update audit set digest = previous where seq = 1", "link 1 of the audit chain"),
        ("delete from audit where seq = 2", "lacks link 2"),
    ],
)
def test_F_74_an_edited_link_is_named_and_nothing_is_sent(
    shop: SqlShop, edit: str, named: str
) -> None:
    shop.edit(*UNLOCK, edit)
    done, seen = shop.deliver(), shop.call("doctor", "--json")

    assert done.code == 2
    assert named in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert set(shop.read_stock().values()) == {10}
    assert seen.code == 1
    assert named in seen.out


def test_F_74_the_journal_itself_refuses_what_a_hand_would_do(shop: SqlShop) -> None:
    for edit in (
        "update audit set details = ''", "delete from audit", "delete from receipts",
    ):  # fmt: skip
        with pytest.raises(sqlite3.IntegrityError):
            shop.edit(edit)


@pytest.mark.parametrize(
    "edit",
    [
        "update receipts set quantity = 900, sent_quantity = 900 where sku = 'S-1'",
        "update receipts set item_id = 'S-2' where sku = 'S-1'",
        "update receipts set operation = 'set', sent_operation = 'set' where sku = 'S-1'",
    ],
)
def test_F_74_a_receipt_edited_by_hand_is_named_and_nothing_is_sent(
    shop: SqlShop, edit: str
) -> None:
    shop.edit(edit)
    done, seen = shop.deliver(), shop.call("doctor", "--json")

    assert done.code == 2, done
    assert "was changed by hand" in done.err
    assert set(shop.read_stock().values()) == {10}
    assert "was changed by hand" in seen.out

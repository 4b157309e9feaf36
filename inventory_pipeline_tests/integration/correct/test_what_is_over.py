"""What is over is asked of nobody any more, and what is not over is."""

from pathlib import Path

import pytest

from inventory_pipeline_tests.faults.conftest import ELEVEN, NOON, TEN, Pair
from inventory_pipeline_tests.support.shop import files_system


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    """Return a shop whose storefront shows four too many."""
    shop = Pair(tmp_path)
    shop.configure_pair()
    show(shop, TEN, shelf=10, storefront=14)
    return shop


def show(pair: Pair, hour: str, *, shelf: int, storefront: int) -> None:
    pair.agree(hour, {"X": shelf})
    pair.say("storefront", hour, {"X": storefront})
    pair.run(hour)


def approve(pair: Pair) -> int:
    proposal_id = str(pair.one("proposals", sku="X")["proposal_id"])
    return pair.do("approve", proposal_id, "--by", "anna")


@pytest.mark.slow
def test_a_proposal_ends_with_its_gap_and_is_not_approved_afterwards(pair: Pair) -> None:
    text = pair.config.read_text()
    written = files_system("storefront", "storefront", writes="[on_hand]")
    pair.configure(text.replace(files_system("storefront", "storefront"), written))
    # A delivery that was told late: now the storefront was right all along.
    show(pair, ELEVEN, shelf=14, storefront=14)

    assert pair.one("proposals", sku="X")["decision"] == "superseded"
    assert approve(pair) == 2
    assert pair.export("receipts") == []

    show(pair, NOON, shelf=10, storefront=14)
    newest = pair.find("proposals", decision="suspended")
    assert [(row["before_units"], row["target_units"]) for row in newest] == [(14, 10)]


@pytest.mark.slow
def test_a_number_to_be_set_by_hand_is_asked_for_until_the_gap_is_gone(pair: Pair) -> None:
    assert approve(pair) == 1
    show(pair, ELEVEN, shelf=10, storefront=14)
    assert pair.one("tasks", kind="set")["state"] == "open"

    show(pair, NOON, shelf=10, storefront=10)
    assert pair.one("tasks", kind="set")["state"] == "closed"

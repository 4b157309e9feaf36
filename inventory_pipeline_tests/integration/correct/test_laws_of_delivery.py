"""Whole days of an outbox, by seed: faults, deaths, orders in between; then the laws are held.

``make laws`` tries many more. A failing seed prints itself and is written into
SEEDS_THAT_FAILED beside this file, and is tried for ever.
"""

from pathlib import Path

import pytest

from inventory_pipeline.correct import queue
from inventory_pipeline.correct.addresses import Address
from inventory_pipeline.correct.receipts import Change, Effect
from inventory_pipeline_tests.support.day import Day, open_day
from inventory_pipeline_tests.support.laws import find_broken_laws
from inventory_pipeline_tests.support.receiver import Place, Receiver
from inventory_pipeline_tests.support.seeds import (
    compute_digest_of_day,
    find_broken_by_seed,
    read_seeds,
)

SEEDS, BATCH = 180, 30
SEEDS_THAT_FAILED = read_seeds(Path(__file__).parent / "SEEDS_THAT_FAILED")


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, SEEDS, BATCH))
def test_days_of_faults_and_deaths_break_no_law(first: int) -> None:
    broken = {seed: find_broken_by_seed(seed) for seed in range(first, first + BATCH)}

    assert {seed: laws for seed, laws in broken.items() if laws} == {}


@pytest.mark.parametrize("seed", SEEDS_THAT_FAILED)
def test_a_day_that_once_broke_a_law_breaks_none(seed: int) -> None:
    assert find_broken_by_seed(seed) == []


def test_the_same_seed_leaves_the_same_bytes() -> None:
    """L13: a failing seed can be lived again, and told to somebody else."""
    for seed in range(5):
        assert compute_digest_of_day(seed) == compute_digest_of_day(seed)


def open_shop(day: Day) -> tuple[Receiver, dict[str, dict[Place, int]]]:
    shop = Receiver("A", lambda: day.true_now, levels={("S-1", "MAIN", "available"): 6})
    day.receivers, day.trouble = {"shop": shop}, 0.0
    return shop, {"shop": dict(shop.levels)}


def tell(day: Day, units: int) -> str:
    change = Change("restock", "available", "S-1", "MAIN", units, day.now, "M-1", day.now)
    effect = Effect("shop", "available", "add", units, None, Address("S-1", "MAIN"), "restock")
    [receipt] = queue.add_change(day.journal, change, [effect], now=day.now)
    day.told.append(receipt["receipt_id"])
    return str(receipt["receipt_id"])


def find_names(day: Day, opening: dict[str, dict[Place, int]]) -> set[object]:
    return {
        law[0] for law in find_broken_laws(day.journal, day.receivers, opening, day.told)
    }  # fmt: skip


def test_the_laws_would_notice_an_effect_counted_twice() -> None:
    day = open_day(0)
    shop, opening = open_shop(day)
    receipt_id = tell(day, 8)
    day.deliver()
    assert find_names(day, opening) == set()

    shop.levels["S-1", "MAIN", "available"] += 8
    shop.effects[receipt_id] += 1

    assert find_names(day, opening) == {"L1 counted twice", "L1 conservation"}


def test_the_laws_would_notice_a_receipt_that_vanished_and_one_that_is_forgotten() -> None:
    day = open_day(0)
    _, opening = open_shop(day)
    tell(day, 8)
    day.told.append("R-gone")

    assert find_names(day, opening) == {"L2 vanished", "L2 neither done nor told"}


def test_the_laws_would_notice_a_receipt_crossed_off_without_an_effect() -> None:
    day = open_day(0)
    _, opening = open_shop(day)
    tell(day, 8)
    day.journal.execute("update receipts set state = 'confirmed', evidence = ''")

    assert find_names(day, opening) == {
        "L3 confirmed without evidence", "L3 confirmed without effect"
    }  # fmt: skip


def test_the_laws_would_notice_a_turned_sign_and_an_altered_chain() -> None:
    day = open_day(0)
    _, opening = open_shop(day)
    tell(day, 8)
    day.journal.execute("update receipts set quantity = -8, sent_quantity = -8")
    day.deliver()
    day.journal.execute("drop trigger audit_no_update")
    day.journal.execute("update audit set details = '{}' where seq = 1")

    assert {"L12 sign", "L11 chain"} <= find_names(day, opening)

"""F-68, packing: SIGKILL at any statement, and two at once: a day is packed whole or not at all."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from inventory_pipeline_tests.support.packing import (
    DAYS,
    LATER,
    copy_shop,
    find_packed,
    list_rooms,
    open_shop,
    pack,
    read_tables,
    work,
)
from inventory_pipeline_tests.support.shop import Shop

# Packs old days and kills itself, without any clean-up, before its n-th statement.
SCRIPT = """
import os, signal, sys
from contextlib import contextmanager
from pathlib import Path
from inventory_pipeline.model.hours import parse_hour
from inventory_pipeline.store.warehouse import DuckWarehouse
from inventory_pipeline.wiring.house import House, build_house
from inventory_pipeline.wiring.packing import pack_old_days

left = int(sys.argv[3])

class Doomed:
    def __init__(self, warehouse):
        self.warehouse = warehouse

    def __getattr__(self, name):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return getattr(self.warehouse, name)

class DoomedHouse(House):
    @contextmanager
    def warehouse(self):
        with super().warehouse() as warehouse:
            yield Doomed(warehouse)

house = build_house(Path(sys.argv[1]))
pack_old_days(DoomedHouse(house.loaded, house.clock), parse_hour(sys.argv[2]))
"""
NEVER = 0


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Return a shop with three days run and none packed; to be copied, never changed."""
    return work(open_shop(tmp_path_factory.mktemp("packing") / "shop"))


@pytest.fixture
def shop(worked: Shop, tmp_path: Path) -> Shop:
    return copy_shop(worked, tmp_path / "shop")


def start_packing(shop: Shop, *, statements: int = NEVER) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", SCRIPT, str(shop.config), LATER, str(statements)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


@pytest.mark.slow
def test_F_68_a_packing_killed_at_any_statement_leaves_each_day_whole(
    worked: Shop, tmp_path: Path
) -> None:
    """Every fifth statement: with as many as a pack takes, each is met in one pack or another."""
    before, layouts = read_tables(worked), []
    for statements in range(1, 200, 5):
        shop = copy_shop(worked, tmp_path / str(statements))
        code = start_packing(shop, statements=statements).wait(timeout=60)
        layouts.append(find_packed(shop))
        assert read_tables(shop) == before
        if code == 0:
            break
        assert code == -signal.SIGKILL

    assert len(layouts) > 10
    assert layouts[0] == []
    assert layouts[-1] == list_rooms(*DAYS[:2])
    pack(shop)
    assert find_packed(shop) == list_rooms(*DAYS)
    assert read_tables(shop) == before


def measure_packing(shop: Shop) -> float:
    started = time.monotonic()
    assert start_packing(shop).wait(timeout=60) == 0
    return time.monotonic() - started


@pytest.mark.slow
def test_F_68_kills_of_a_packing_at_random_moments_lose_nothing(
    worked: Shop, tmp_path: Path
) -> None:
    before = read_tables(worked)
    # The first start is slower than the others; kills are spread over a usual one.
    length = min(measure_packing(copy_shop(worked, tmp_path / f"whole-{n}")) for n in range(2))
    chance, killed = random.Random(68), 0
    for number in range(15):
        shop = copy_shop(worked, tmp_path / str(number))
        process = start_packing(shop)
        time.sleep(chance.uniform(0.3, 1.0) * length)
        process.kill()
        killed += process.wait() == -signal.SIGKILL
        find_packed(shop)
        assert read_tables(shop) == before

    assert killed >= 5


@pytest.mark.slow
def test_two_packings_at_once_take_turns(shop: Shop) -> None:
    before = read_tables(shop)

    both = [start_packing(shop) for _ in range(2)]

    assert [process.wait(timeout=60) for process in both] == [0, 0]
    assert find_packed(shop) == list_rooms(*DAYS)
    assert read_tables(shop) == before

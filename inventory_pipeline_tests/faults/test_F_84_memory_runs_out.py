"""F-84: the memory limit is hit in the middle of an hour: it fails, and publishes nothing."""

import subprocess
import sys
from datetime import timedelta

import pytest

from inventory_pipeline.model.hours import compute_key, parse_hour
from inventory_pipeline_tests.support.digest import compute_digests
from inventory_pipeline_tests.support.roof import ELEVEN, TEN, configure_pair, drop_pair
from inventory_pipeline_tests.support.shop import Shop

# Runs one hour; once a named step begins, the process may not grow any more.
SCRIPT = """
import resource, sys
from pathlib import Path
from inventory_pipeline.model.hours import parse_hour
from inventory_pipeline.wiring.hourly import run_hour
from inventory_pipeline.wiring.house import build_house

def tell(step):
    if step == sys.argv[3]:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

run_hour(build_house(Path(sys.argv[1])), parse_hour(sys.argv[2]), tell=tell)
"""
ITEMS = {f"S{n:06d}": n % 50 + 1 for n in range(20_000)}


def run_short_of_memory(shop: Shop, step: str) -> int:
    command = [sys.executable, "-c", SCRIPT, str(shop.config), ELEVEN, step]
    return subprocess.run(command, check=False, capture_output=True, timeout=120).returncode


PUBLISHED = ("cycles", "comparisons", "findings")


@pytest.mark.slow
@pytest.mark.parametrize("step", ["ingest storefront", "reconcile"])
def test_F_84_the_hour_is_published_whole_or_not_at_all(shop: Shop, step: str) -> None:
    configure_pair(shop)
    for hour in (TEN, ELEVEN):
        drop_pair(shop, hour, ITEMS, {"S000007": 30})
    shop.run(TEN)
    before = read_published(shop)

    code = run_short_of_memory(shop, step)

    assert code not in {0, -9}, "it must end by itself, and say that it failed"
    after = read_published(shop)
    assert shop.run(ELEVEN) == 1
    whole = read_published(shop)
    assert after == before or (step == "reconcile" and after == whole)
    assert [row["status"] for row in shop.export("cycles")] == ["drift", "drift"]
    next_hour = compute_key(parse_hour(ELEVEN) + timedelta(hours=1))
    assert shop.run(next_hour) == 1, "and later hours go on"


def read_published(shop: Shop) -> dict[str, str]:
    digests = compute_digests(shop)
    return {table: digests[table] for table in PUBLISHED}

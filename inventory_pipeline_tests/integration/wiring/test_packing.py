"""Packing through the front door: exports, backfill and a run again are what they were."""

from pathlib import Path
from typing import Any

from inventory_pipeline.model.hours import parse_hour
from inventory_pipeline.wiring.house import build_house
from inventory_pipeline.wiring.packing import pack_old_days
from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS, Shop, files_system

HOURS = [f"2026-04-0{day}T{hour}:00Z" for day in (6, 7) for hour in ("09", "10", "11")]
LATER = "2026-04-11T09:00Z"
TABLES = ("snapshots", "facts", "comparisons", "findings", "cycles", "quarantine")


def open_shop(folder: Path) -> Shop:
    """Return a shop whose shelf has bins, and whose ERP drifts for some of the hours."""
    folder.mkdir()
    shop = Shop(folder)
    systems = files_system("shelf", "wms", "movements") + files_system("erp", "erp")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{systems}"
        "facts:\n  on_hand: {owner: shelf}\n"
        "mirrors:\n  - {system: erp, fact: on_hand, expects: on_hand}\n"
    )
    for number, hour in enumerate([*HOURS, LATER]):
        units, drift = 10 + number // 3, 2 if number in (1, 2, 4) else 0
        shop.drop(
            "shelf", "counts", hour,
            f"{COUNTS} bin\nA L1 on_hand {units} {hour} 1\nA L1 on_hand 3 {hour} 2\n"
            f"B L1 on_hand 5 {hour} 1\nC L1 on_hand ? {hour} 1",
        )  # fmt: skip
        shop.drop(
            "erp", "counts", hour,
            f"{COUNTS}\nA L1 on_hand {units + 3 + drift} {hour}\nB L1 on_hand 5 {hour}",
        )  # fmt: skip
        shop.drop("shelf", "movements", hour, f"{MOVEMENTS}\nM{number} receipt B L1 1 {hour}")
    for hour in HOURS:
        shop.run(hour)
    return shop


def read_all(shop: Shop) -> dict[str, Any]:
    """Return every table, and each hour's own view of the ones that are kept by hour."""
    whole = {table: shop.export(table) for table in TABLES}
    hours = {
        (table, hour): shop.export(table, "--hour", hour)
        for table in ("facts", "comparisons", "findings")
        for hour in HOURS
    }
    for row in [*whole["cycles"], *whole["snapshots"]]:
        row.update(seconds=0, fetched_at=None)
    return {**whole, **hours}


def pack(shop: Shop) -> int:
    return pack_old_days(build_house(shop.config), parse_hour(LATER))


def test_exports_of_packed_days_are_what_they_were(tmp_path: Path) -> None:
    shop = open_shop(tmp_path / "shop")
    before = read_all(shop)
    assert before["comparisons"]
    assert before["findings"]

    assert pack(shop) == 6

    assert read_all(shop) == before
    assert pack(shop) == 0


def test_a_packed_hour_can_be_run_again_and_backfilled(tmp_path: Path) -> None:
    packed, plain = open_shop(tmp_path / "packed"), open_shop(tmp_path / "plain")
    pack(packed)

    for shop in (packed, plain):
        shop.configure(shop.config.read_text() + "severity: {minor_up_to: 1}\n")
        shop.do("backfill", "--from", HOURS[1], "--to", HOURS[2])
        shop.run(HOURS[4])
        shop.run(LATER)

    assert read_all(packed) == read_all(plain)
    assert pack(packed) == 6
    assert read_all(packed) == read_all(plain)

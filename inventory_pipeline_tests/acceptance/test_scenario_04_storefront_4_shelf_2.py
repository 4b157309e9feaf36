"""Scenario 4: storefront 4, shelf 2 in bin 14; then 3 are ordered, 2 ship, 1 is refunded."""

import json
from pathlib import Path

import pytest

from inventory_pipeline_tests.support.shop import MOVEMENTS, Shop, files_system

TEN, ELEVEN = "2026-04-06T10:00Z", "2026-04-06T11:00Z"


@pytest.fixture
def oversold(shop: Shop) -> Shop:
    """Return a shop of 564 SKUs in which one item is advertised twice as often as it is there."""
    shelf = files_system("shelf", "wms", "movements")
    storefront = files_system("storefront", "storefront", "movements", decrements_at="order")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{shelf}{storefront}"
        "facts:\n  on_hand: {owner: shelf}\n"
        'mirrors:\n  - {system: storefront, fact: available, expects: "on_hand - committed"}\n'
    )
    write_hour(shop, TEN, shelf=2, storefront=4)
    return shop


def write_hour(shop: Shop, hour: str, *, shelf: int, storefront: int) -> None:
    time = f"{hour[:13]}:00:00Z"
    rest = [f"S{n:03d}" for n in range(563)]
    shop.drop(
        "shelf", "counts", hour,
        "item_id location_id fact quantity as_of bin\n"
         f"MUG L1 on_hand {shelf} {time} 14\n"
        + "\n".join(f"{sku} L1 on_hand 20 {time} 1" for sku in rest),
    )  # fmt: skip
    shop.drop(
        "storefront", "counts", hour,
        "item_id location_id fact quantity as_of\n"
         f"MUG L1 available {storefront} {time}\n"
        + "\n".join(f"{sku} L1 available 20 {time}" for sku in rest),
    )  # fmt: skip
    for system in ("shelf", "storefront"):
        if not (shop.folder / f"exports/{system}/movements-{hour[:13]}.csv").exists():
            shop.drop(system, "movements", hour, f"{MOVEMENTS} reference_id")


def read_exports(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted((folder / "exports").rglob("*.csv"))}


def test_two_units_of_two_are_major_whatever_their_number(oversold: Shop) -> None:
    sources = read_exports(oversold.folder)

    assert oversold.run(TEN) == 1

    [finding] = oversold.export("findings")
    assert (finding["observed_units"], finding["owner_units"]) == (4, 2)
    assert finding["delta_units"] == 2
    assert finding["owner"] == "shelf"
    assert finding["class"] == "phantom_stock"
    assert finding["severity"] == "major"
    assert oversold.one("proposals")["target_units"] == 2
    assert oversold.one("tasks")["bin"] == "14"
    assert oversold.one("cycles")["matched"] == 563
    assert read_exports(oversold.folder) == sources
    assert not (oversold.folder / "local" / "outbox").exists()


@pytest.mark.slow
def test_the_finding_keeps_its_identity_and_links_to_the_order_it_disappointed(
    oversold: Shop,
) -> None:
    oversold.run(TEN)
    [before] = oversold.export("findings")
    oversold.drop(
        "storefront", "movements", ELEVEN,
        f"{MOVEMENTS} reference_id\n"
        "M1 order_placed MUG L1 3 10:20 O-1\n"
        "M3 order_cancelled MUG L1 1 10:50 O-1",
    )  # fmt: skip
    oversold.drop(
        "shelf", "movements", ELEVEN, f"{MOVEMENTS} reference_id\nM2 shipment MUG L1 2 10:40 O-1"
    )
    write_hour(oversold, ELEVEN, shelf=0, storefront=1)

    assert oversold.run(ELEVEN) == 1

    [after] = oversold.export("findings")
    assert after["finding_id"] == before["finding_id"]
    assert (after["observed_units"], after["owner_units"], after["delta_units"]) == (1, 0, 1)
    assert after["severity"] == "major"
    assert after["streak"] == 2
    orders = json.loads(after["details"])["orders"]
    assert orders["ordered_units"] == 3
    assert orders["shipped_units"] == 2
    assert orders["refunded_units"] == 1
    assert orders["ids"] == ["O-1"]
    assert after["symptom"] == 2
    assert oversold.export("findings", "--hour", TEN)[0]["delta_units"] == 2


@pytest.mark.slow
def test_green_updates_do_not_cancel_a_finding(oversold: Shop) -> None:
    with_log = oversold.config.read_text().replace(
        'counts: "exports/storefront', 'levels: "exports/storefront/levels-{hour}.csv", '
        'counts: "exports/storefront'
    )  # fmt: skip
    oversold.configure(with_log)
    updates = "\n".join(
        f"C{n} MUG L1 available add 0 2026-04-06T09:{n % 60:02d}:00Z R{n}" for n in range(200)
    )
    oversold.drop(
        "storefront", "levels", TEN,
        f"change_id item_id location_id fact operation quantity changed_at reference_id\n{updates}",
    )  # fmt: skip

    oversold.run(TEN)

    assert oversold.one("snapshots", system="storefront", feed="levels")["keys"] == 200
    assert oversold.one("findings", sku="MUG")["severity"] == "major"

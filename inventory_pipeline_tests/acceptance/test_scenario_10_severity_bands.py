"""Scenario 10: severity by size, by consequence, and by how long a gap stays."""

import pytest

from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS, Shop, files_system

HOURS = ("2026-04-06T10:00Z", "2026-04-06T11:00Z", "2026-04-06T12:00Z")
GAPS = (0, 1, 2, 3, 5, 6)


@pytest.fixture
def pair(shop: Shop) -> Shop:
    shelf = files_system("shelf", "wms", "movements", decrements_at="shipment")
    storefront = files_system("storefront", "storefront", "movements", decrements_at="order")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{shelf}{storefront}"
        "facts:\n  on_hand: {owner: shelf}\n"
        "mirrors:\n  - {system: storefront, fact: on_hand, expects: on_hand}\n"
        "structural: {rule: rate_only}\n"
    )
    return shop


def run(shop: Shop, hour: str, numbers: dict[str, tuple[int, int]], orders: str = "") -> None:
    for place, system in enumerate(("shelf", "storefront")):
        rows = "\n".join(f"{k} L1 on_hand {v[place]} {hour[11:16]}" for k, v in numbers.items())
        shop.drop(system, "counts", hour, f"{COUNTS}\n{rows}")
    shop.drop("shelf", "movements", hour, MOVEMENTS)
    shop.drop("storefront", "movements", hour, f"{MOVEMENTS}\n{orders}")
    shop.run(hour)


def severities(shop: Shop, hour: str) -> dict[str, str]:
    return {r["sku"]: r["severity"] for r in shop.export("comparisons", "--hour", hour)}


@pytest.mark.slow
def test_size_gives_the_band_for_either_sign(pair: Shop) -> None:
    numbers = {f"UP{g}": (100, 100 + g) for g in GAPS} | {f"DN{g}": (100, 100 - g) for g in GAPS}

    run(pair, HOURS[0], numbers)

    bands = dict(zip(GAPS, ("none", "minor", "minor", "notable", "notable", "major"), strict=True))
    expected = {f"{sign}{gap}": band for sign in ("UP", "DN") for gap, band in bands.items()}
    assert severities(pair, HOURS[0]) == expected


@pytest.mark.slow
def test_a_small_gap_that_does_not_settle_rises(pair: Shop) -> None:
    run(pair, HOURS[0], {"A": (100, 99)})
    run(pair, HOURS[1], {"A": (100, 99)})

    assert severities(pair, HOURS[0]) == {"A": "minor"}
    assert severities(pair, HOURS[1]) == {"A": "notable"}


@pytest.mark.slow
def test_an_open_order_keeps_a_small_gap_in_flight(pair: Shop) -> None:
    order = "M1 order_placed A L1 1 09:50"
    run(pair, HOURS[0], {"A": (100, 99)}, order)
    run(pair, HOURS[1], {"A": (100, 99)})

    for hour in HOURS[:2]:
        [row] = pair.export("comparisons", "--hour", hour)
        assert (row["status"], row["severity"]) == ("in_flight", "none")


@pytest.mark.slow
def test_a_mirror_at_zero_with_stock_behind_it_is_major_at_once(pair: Shop) -> None:
    run(pair, HOURS[0], {"A": (12, 0), "B": (1, 0), "C": (0, 1)})

    assert set(severities(pair, HOURS[0]).values()) == {"major"}
    assert pair.one("findings", sku="A")["class"] == "false_stockout"
    assert pair.one("findings", sku="C")["class"] == "phantom_stock"


@pytest.mark.slow
def test_the_same_gap_at_every_check_is_a_consistent_delta(pair: Shop) -> None:
    for hour in HOURS:
        run(pair, hour, {"A": (100, 112), "B": (100, 104)})

    finding = pair.one("findings", sku="A")
    assert finding["is_consistent"]
    assert (finding["delta_units"], finding["streak"], finding["severity"]) == (12, 3, "major")
    assert pair.one("findings", sku="B")["severity"] == "major"
    assert not pair.find("findings", "--hour", HOURS[1], sku="A")[0]["is_consistent"]


@pytest.mark.slow
def test_a_finding_remembers_that_it_went_and_came_back(pair: Shop) -> None:
    for hour in HOURS:
        run(pair, hour, {"A": (100, 92)})
    run(pair, "2026-04-06T13:00Z", {"A": (100, 100)})
    assert pair.one("findings", sku="A")["state"] == "cleared"
    assert pair.one("findings", sku="A")["streak"] == 3

    run(pair, "2026-04-07T09:00Z", {"A": (100, 92)})

    finding = pair.one("findings", sku="A")
    assert (finding["state"], finding["streak"], finding["recurrence"]) == ("open", 1, 2)
    assert finding["first_seen_at"].hour == 10

"""Scenario 9: slow paths, what they expose, and which of them becomes a push first."""

import json
from pathlib import Path

import pytest

from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS, Shop, files_system

TEN = "2026-04-06T10:00Z"
FOUR_HOURS = "sync: {trigger: batch, every: 4h}"


def configure(shop: Shop, handoffs: str, *, conversion: str = "") -> None:
    hub = files_system("hub", "middleware", "syncs").replace(
        'counts: "exports/hub/counts-{hour}.csv", ', ""
    )
    systems = "".join(
        [
            files_system("wms", "wms", "movements"),
            files_system(
                "erp", "erp", max_age="26h", sync='{trigger: batch, every: 24h, at: "02:00"}'
            ),
            files_system("web", "storefront", "movements", sync="{trigger: poll}"),
            files_system("shop_a", "marketplace", "movements", sync="{trigger: batch, every: 4h}"),
            files_system("shop_b", "marketplace", "movements", sync="{trigger: batch, every: 4h}"),
            files_system("shop_c", "marketplace", "movements", sync="{trigger: batch, every: 4h}"),
            hub,
        ]
    )
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{systems}facts:\n  on_hand: {{owner: wms}}\n"
        "mirrors:\n  - {system: erp, fact: on_hand, expects: on_hand}\n"
        "  - {system: web, fact: on_hand, expects: on_hand}\n"
        f"handoffs:\n{handoffs}{conversion}"
    )


CHAIN = (
    "  - {path: nightly, source: wms, target: erp, carries: [receipt, shipment], "
    "responsible: integrations}\n"
    "  - {path: web_feed, source: erp, target: web, carries: [on_hand], "
    f"responsible: integrations, {FOUR_HOURS}}}\n"
    "  - {path: web_poll, source: erp, target: web, carries: [available], "
    "responsible: integrations}\n"
)


def drop_sales(shop: Shop, system: str, units: int, *, since: str = "09:00") -> None:
    """Let a system sell so many units from ``since`` to ten o'clock."""
    rows = f"{MOVEMENTS}\nM{system} order_placed F L1 {units} {since}"
    shop.drop(system, "movements", TEN, rows)


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Return a chain of a nightly batch, one of four hours and a poll, at ten o'clock."""
    shop = Shop(Path(tmp_path_factory.mktemp("slow")))
    configure(shop, CHAIN)
    shop.drop("wms", "counts", TEN, f"{COUNTS}\nF L1 on_hand 700 10:00\nG L1 on_hand 65 10:00")
    shop.drop("erp", "counts", TEN, f"{COUNTS}\nF L1 on_hand 190 06:00\nG L1 on_hand 50 06:00")
    shop.drop("web", "counts", TEN, f"{COUNTS}\nF L1 on_hand 700 10:00\nG L1 on_hand 65 10:00")
    shop.drop(
        "wms", "movements", TEN,
        f"{MOVEMENTS}\nR1 receipt F L1 500 08:00\nR2 receipt G L1 20 07:00\n"
        "S1 shipment G L1 5 09:00",
    )  # fmt: skip
    drop_sales(shop, "web", 100)
    shop.drop(
        "hub", "syncs", TEN,
        "path started_at finished_at status rows\n"
        "nightly 2026-04-05T07:50:00Z 2026-04-05T08:00:00Z ok 40\n"
        "nightly 2026-04-06T02:00:00Z 2026-04-06T02:10:00Z failed 0\n"
        "web_feed 08:00 08:05 ok 12\nweb_poll 09:24 09:25 ok 1",
    )  # fmt: skip
    shop.run(TEN)
    return shop


@pytest.mark.slow
def test_each_path_has_one_of_three_types(slow: Shop) -> None:
    found = {row["path"]: row["trigger"] for row in slow.export("handoffs")}

    assert (found["nightly"], found["web_feed"], found["web_poll"]) == ("batch", "batch", "poll")


def test_the_chain_is_28_hours_at_worst(slow: Shop) -> None:
    rows = {row["path"]: row for row in slow.export("handoffs")}

    assert rows["nightly"]["worst_lag_seconds"] == 24 * 3600
    assert rows["web_feed"]["worst_lag_seconds"] == 4 * 3600
    assert rows["web_poll"]["worst_lag_seconds"] == 0
    assert rows["web_feed"]["chain_lag_seconds"] == 28 * 3600


def test_100_units_an_hour_expose_400_in_four_hours(slow: Shop) -> None:
    row = slow.one("handoffs", path="web_feed")

    assert (row["units_per_hour"], row["exposed_units"]) == (100.0, 400)


def test_units_sold_since_the_last_poll_are_uncertain(slow: Shop) -> None:
    row = slow.one("handoffs", path="web_poll")

    assert row["uncertain_units"] == 58  # 35 minutes at 100 an hour


def test_goods_received_since_the_batch_are_lag_and_no_loss(slow: Shop) -> None:
    row = slow.one("comparisons", sku="F", mirror="erp")

    assert (row["raw_delta_units"], row["lag_units"]) == (-510, -500)
    assert slow.find("findings", sku="F", **{"class": "shrinkage"}) == []


def test_an_older_level_is_rolled_forward_by_what_moved_since(slow: Shop) -> None:
    row = slow.one("comparisons", sku="G", mirror="erp")

    assert row["observed_units"] - row["lag_units"] == 65
    assert (row["observed_units"], row["lag_units"], row["delta_units"]) == (50, -15, 0)


def test_a_batch_26_hours_ago_on_a_day_is_late_and_qualifies_its_gaps(slow: Shop) -> None:
    path = slow.one("handoffs", path="nightly")
    finding = slow.one("findings", kind="late_path")

    assert path["is_late"]
    assert (finding["class"], finding["mirror"], finding["subject"]) == ("stale", "erp", "nightly")
    gap = slow.one("comparisons", sku="F", mirror="erp")
    assert "source_stale" in gap["qualifiers"].split()
    assert "source_stale" not in slow.one("comparisons", sku="F", mirror="web")["qualifiers"]


def test_the_advice_is_a_push_and_never_a_run_once_more_or_a_new_owner(slow: Shop) -> None:
    rows = [row for row in slow.export("handoffs") if row["trigger"]]
    told = json.dumps(slow.export("findings") + rows, default=str).lower()

    assert {row["advice"] for row in rows} == {"convert_to_event"}
    assert not any(word in told for word in ("re-run", "rerun", "run it again", "new owner"))


@pytest.mark.parametrize(
    ("conversion", "order"),
    [("", ["A", "B", "C"]), ("conversion: {channel_key: revenue}\n", ["B", "A", "C"])],
)
def test_the_fastest_path_and_then_the_chosen_channel_comes_first(
    shop: Shop, conversion: str, order: list[str]
) -> None:
    channels = (("C", "2026-02-01", 5), ("B", "2020-01-01", 900), ("A", "2026-01-01", 40))
    paths = "".join(
        f"  - {{path: {name}, source: wms, target: shop_{name.lower()}, carries: [on_hand], "
        f"responsible: ops, opened_on: {day}, revenue: {revenue}}}\n"
        for name, day, revenue in channels
    )
    configure(shop, paths, conversion=conversion)
    for name, units in (("shop_a", 25), ("shop_b", 25), ("shop_c", 2)):
        drop_sales(shop, name, units)

    shop.run(TEN)

    ranked = [row for row in shop.export("handoffs") if row["conversion_rank"]]
    ranked.sort(key=lambda row: row["conversion_rank"])
    assert [row["path"] for row in ranked] == order


def test_120_an_hour_35_minutes_after_the_poll_are_70_units(shop: Shop) -> None:
    configure(shop, CHAIN)
    drop_sales(shop, "web", 120)
    shop.drop(
        "hub", "syncs", TEN,
        "path started_at finished_at status rows\nweb_poll 09:24 09:25 ok 1",
    )  # fmt: skip
    shop.drop("wms", "counts", TEN, f"{COUNTS}\nF L1 on_hand 700 10:00")

    shop.run(TEN)

    assert shop.one("handoffs", path="web_poll")["uncertain_units"] == 70

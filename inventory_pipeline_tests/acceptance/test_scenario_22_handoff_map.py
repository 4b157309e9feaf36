"""Scenario 22: five systems and nine paths; who hands what to whom, and which path is broken."""

import json
from pathlib import Path
from typing import Any

import pytest

from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS, Shop, files_system

NINE, TEN, ELEVEN = "2026-04-06T09:00Z", "2026-04-06T10:00Z", "2026-04-06T11:00Z"
EVENTS = (
    "event_id path item_id location_id operation quantity emitted_at processed_at attempt "
    "idempotency_key status reference_id"
)
PATHS = """
handoffs:
  - {path: order_capture, source: storefront, target: shelf, carries: [order_placed],
     responsible: integrations, resolution: one webhook only, resolution_status: started}
  - {path: warehouse_posting, source: shelf, target: erp, carries: [receipt, shipment],
     responsible: integrations}
  - {path: stock_push, source: shelf, target: storefront, carries: [receipt, shipment],
     responsible: integrations}
  - {path: erp_push, source: erp, target: storefront, carries: [available], responsible: finance}
  - {path: threepl_confirmation, source: threepl, target: storefront, carries: [shipment],
     responsible: integrations}
  - {path: threepl_posting, source: threepl, target: erp, carries: [shipment]}
  - {path: till_sales, source: pos, target: shelf, carries: [pos_sale], responsible: stores}
  - {path: shelf_to_pos, source: shelf, target: pos, carries: [on_hand], responsible: stores}
  - {path: returns, source: storefront, target: shelf, carries: [return_received], exists: false,
     responsible: service}
"""
NEW_PATH = (
    "  - {path: shop2, source: pos, target: storefront, carries: [order_placed], "
    "responsible: stores}\n"
)


def configure(shop: Shop, paths: str) -> None:
    systems = "".join(
        [
            files_system("shelf", "wms", "movements", "events"),
            files_system("erp", "erp"),
            files_system("storefront", "storefront"),
            files_system("threepl", "threepl", "movements"),
            files_system("pos", "pos"),
        ]
    )
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{systems}facts:\n  on_hand: {{owner: shelf}}\n"
        "mirrors:\n  - {system: erp, fact: on_hand, expects: on_hand}\n"
        "  - {system: storefront, fact: on_hand, expects: on_hand}\n"
        f"  - {{system: pos, fact: on_hand, expects: on_hand}}{paths}"
    )


def count(shop: Shop, hour: str, gaps: dict[str, dict[str, int]]) -> None:
    """Let every system count nine items of ten, but for the units it is off by."""
    skus = [f"S{n}" for n in range(9)]
    for system in ("shelf", "erp", "storefront", "pos"):
        off = gaps.get(system, {})
        rows = [f"{sku} L1 on_hand {10 + off.get(sku, 0)} {hour}" for sku in skus]
        shop.drop(system, "counts", hour, "\n".join([COUNTS, *rows]))
    shop.drop("threepl", "counts", hour, f"{COUNTS}\nT1 3PL on_hand 5 {hour}")


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Return the shop of the scenario after its hour: gaps of 9, 4 and 4 items."""
    shop = Shop(Path(tmp_path_factory.mktemp("map")))
    configure(shop, PATHS)
    count(
        shop, TEN,
        {
            "erp": {f"S{n}": 3 for n in range(9)},
            "storefront": {f"S{n}": 3 for n in range(4)},
            "pos": {f"S{n}": 7 for n in range(4)},
        },
    )  # fmt: skip
    shop.drop("shelf", "movements", TEN, MOVEMENTS)
    ships = [f"M{n} shipment T1 3PL 1 09:{n + 10} R{n}" for n in range(40)]
    shop.drop("threepl", "movements", TEN, "\n".join([f"{MOVEMENTS} reference_id", *ships]))
    times = "09:40:00Z 2026-04-06T09:40:30Z"
    events = [
        f"E1 order_capture S1 L1 add -1 2026-04-06T{times} 1 K1 done O1",
        "E2 order_capture S1 L1 add -1 2026-04-06T09:40:00Z 2026-04-06T09:41:00Z 1 K2 done O1",
        f"E3 warehouse_posting S1 L1 add 1 2026-04-06T{times} 1 K3 done R1",
        f"E4 stock_push S1 L1 add 1 2026-04-06T{times} 1 K4 done R1",
        f"E5 erp_push S1 L1 set 9 2026-04-06T{times} 1 K5 done -",
        f"E6 threepl_posting S1 L1 add -1 2026-04-06T{times} 1 K6 done R2",
        f"E7 till_sales S1 L1 add -1 2026-04-06T{times} 1 K7 done R3",
        f"E8 shelf_to_pos S1 L1 set 9 2026-04-06T{times} 1 K8 done -",
        f"E9 shop2 S1 L1 set 9 2026-04-06T{times} 1 K9 done -",
    ]
    shop.drop("shelf", "events", TEN, "\n".join([EVENTS, *events]))
    shop.run(TEN)
    return shop


def read_map(shop: Shop) -> dict[str, dict[str, Any]]:
    return {row["path"]: row for row in shop.export("handoffs")}


@pytest.mark.slow
def test_four_states_are_seen_beside_the_undeclared_path(mapped: Shop) -> None:
    states = {name: row["state"] for name, row in read_map(mapped).items()}

    assert states == {
        "order_capture": "duplicated",
        "warehouse_posting": "firing",
        "stock_push": "firing",
        "erp_push": "firing",
        "threepl_confirmation": "silent",
        "threepl_posting": "firing",
        "till_sales": "firing",
        "shelf_to_pos": "firing",
        "returns": "missing",
        "shop2": "unmapped",
    }


def test_a_path_says_how_much_how_fast_how_keyed_and_who(mapped: Shop) -> None:
    row = read_map(mapped)["order_capture"]

    assert (row["events"], row["duplicate_events"], row["key_coverage"]) == (2, 1, 1.0)
    assert (row["delay_p50_seconds"], row["delay_p99_seconds"]) == (45.0, pytest.approx(59.7))
    assert (row["source"], row["target"], row["responsible"]) == (
        "storefront", "shelf", "integrations",
    )  # fmt: skip
    assert (row["resolution"], row["resolution_status"]) == ("one webhook only", "started")


def test_what_recurs_most_comes_first_and_units_break_a_tie(mapped: Shop) -> None:
    rows = sorted(mapped.export("handoffs"), key=lambda row: row["priority"])

    assert [(row["path"], row["recurrence"], row["units"]) for row in rows[:3]] == [
        ("warehouse_posting", 9, 27),
        ("shelf_to_pos", 4, 28),
        ("stock_push", 4, 12),
    ]


def test_a_silent_path_names_the_forty_shipments_it_did_not_tell_of(mapped: Shop) -> None:
    finding = mapped.one("findings", kind="silent_path")

    assert (finding["class"], finding["subject"]) == ("handoff", "threepl_confirmation")
    assert json.loads(finding["details"])["source_movements"] == 40


def test_a_path_without_a_person_is_a_finding(mapped: Shop) -> None:
    finding = mapped.one("findings", kind="unowned_path")

    assert (finding["class"], finding["subject"]) == ("handoff", "threepl_posting")
    assert json.loads(finding["details"])["because"] == "nobody owns it"


@pytest.mark.slow
def test_a_path_nobody_declared_is_reported_and_gone_once_declared(mapped: Shop) -> None:
    assert mapped.one("findings", kind="unmapped_path", state="open")["subject"] == "shop2"

    configure(mapped, PATHS + NEW_PATH)
    mapped.do("backfill", "--from", TEN, "--to", TEN)

    assert mapped.find("findings", kind="unmapped_path", state="open") == []
    assert read_map(mapped)["shop2"]["state"] == "firing"
    configure(mapped, PATHS)
    mapped.do("backfill", "--from", TEN, "--to", TEN)


def test_check_says_which_point_of_the_template_the_map_lacks(
    mapped: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    few = "\n".join(PATHS.splitlines()[:4] + PATHS.splitlines()[6:8]) + "\n"
    configure(mapped, few)
    mapped.do("check", "--json")
    lacking = json.loads(capsys.readouterr().out)["lacking_handoffs"]
    configure(mapped, PATHS)
    mapped.do("check", "--json")
    whole = json.loads(capsys.readouterr().out)["lacking_handoffs"]

    assert [row["path"] for row in lacking] == [
        "erp_quantity_layer", "threepl_confirmation", "returns",
    ]  # fmt: skip
    assert whole == []


def test_without_any_log_nothing_is_called_silent(shop: Shop) -> None:
    shelf, web = files_system("shelf", "wms", "movements"), files_system("web", "storefront")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{shelf}{web}facts:\n  on_hand: {{owner: shelf}}\n"
        "mirrors:\n  - {system: web, fact: on_hand, expects: on_hand}\n"
        "handoffs:\n  - {path: push, source: shelf, target: web, carries: [shipment], "
        "responsible: ops}\n"
    )
    for system in ("shelf", "web"):
        shop.drop(system, "counts", TEN, f"{COUNTS}\nA L1 on_hand 3 10:00")
    shop.drop("shelf", "movements", TEN, f"{MOVEMENTS}\nM1 shipment A L1 1 09:30")
    shop.run(TEN)

    assert read_map(shop)["push"]["state"] == "unobserved"
    assert shop.find("findings", **{"class": "handoff"}) == []
    assert shop.one("cycles")["status"] == "clear"

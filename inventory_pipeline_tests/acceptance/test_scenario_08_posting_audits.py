"""Scenario 8, e to h: undocumented posting, mappings, hand edits, settings without a rule."""

import json
from typing import Any

import pytest

from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS, Shop, files_system

TEN, ELEVEN = "2026-04-06T10:00Z", "2026-04-06T11:00Z"
LEVELS = "change_id item_id location_id fact operation quantity changed_at reference_id actor"
CHANGES = "changed_at system kind subject before after actor"


def configure(
    shop: Shop, expects: str = "on_hand", *, fact: str = "on_hand", rule: str = ""
) -> None:
    wms = files_system("wms", "wms", "movements")
    erp = files_system("erp", "erp", "movements", "levels", "changes")
    hub = files_system("hub", "middleware", "events").replace(
        'counts: "exports/hub/counts-{hour}.csv", ', ""
    )
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{wms}{erp}{hub}catalog: {{items: catalog.csv}}\n"
        "facts:\n  on_hand: {owner: wms}\n"
        f'mirrors:\n  - {{system: erp, fact: {fact}, expects: "{expects}"}}\n'
    )
    shop.write("catalog.csv", "sku,safety_stock\nA,5\n")


def count(shop: Shop, hour: str, *, wms: int, erp: int, fact: str = "on_hand") -> None:
    shop.drop("wms", "counts", hour, f"{COUNTS}\nA L1 on_hand {wms} {hour}")
    shop.drop("erp", "counts", hour, f"{COUNTS}\nA L1 {fact} {erp} {hour}")


def finding(shop: Shop, hour: str, kind: str) -> dict[str, Any]:
    row = shop.one("findings", "--hour", hour, kind=kind, state="open")
    return {**row, "details": json.loads(row["details"])}


@pytest.mark.slow
@pytest.mark.parametrize("feed", ["movements", "levels"])
def test_24_received_and_12_booked_is_an_undocumented_erp_rule_of_a_half(
    shop: Shop, feed: str
) -> None:
    configure(shop)
    count(shop, TEN, wms=24, erp=12)
    shop.drop("wms", "movements", TEN, f"{MOVEMENTS} reference_id\nW1 receipt A L1 24 09:00 PO-1")
    if feed == "movements":
        told = f"{MOVEMENTS} reference_id\nE1 receipt A L1 12 09:00 PO-1"
    else:
        told = f"{LEVELS}\nE1 A L1 on_hand add 12 09:00 W1 -"
    shop.drop("erp", feed, TEN, told)

    shop.run(TEN)

    found = finding(shop, TEN, "posting_difference")
    assert (found["class"], found["mirror"], found["sku"]) == ("rule", "erp", "A")
    assert (found["owner_units"], found["observed_units"], found["delta_units"]) == (24, 12, -12)
    assert (found["details"]["because"], found["details"]["ratio"]) == (
        "undocumented_erp_rule", 0.5,
    )  # fmt: skip
    assert found["details"]["suspects"] == ["erp posting", "wms"]
    assert found["details"]["fields_that_differ"] == {"units": [24, 12]}


def test_what_is_booked_in_two_parts_or_twice_is_no_rule(shop: Shop) -> None:
    configure(shop)
    count(shop, TEN, wms=25, erp=25)
    shop.drop(
        "wms", "movements", TEN,
        f"{MOVEMENTS} reference_id\nW1 receipt A L1 24 09:00 PO-1\nW2 shipment A L1 1 09:10 O1",
    )  # fmt: skip
    shop.drop(
        "erp", "movements", TEN,
        f"{MOVEMENTS} reference_id\nE1 receipt A L1 12 09:00 PO-1\nE2 receipt A L1 12 09:30 PO-1\n"
        "E3 shipment A L1 1 09:10 O1\nE4 shipment A L1 1 09:11 O1",
    )  # fmt: skip

    shop.run(TEN)

    assert shop.find("findings", kind="posting_difference") == []


@pytest.mark.slow
def test_on_hand_mapped_to_available_to_promise_is_told_without_any_drift(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(shop, fact="atp")
    count(shop, TEN, wms=50, erp=50, fact="atp")
    shop.drop(
        "hub", "events", TEN,
        "event_id path item_id location_id operation quantity emitted_at processed_at attempt "
        "idempotency_key status mapping\n"
        "E1 atp_feed A L1 set 50 09:00 09:00 1 K1 done wms.on_hand->erp.atp",
    )  # fmt: skip

    shop.run(TEN)
    shop.do("check", "--json")

    found = shop.find("findings", kind="reserve_missing", state="open")
    assert sorted((row["class"], row["mirror"], row["subject"]) for row in found) == [
        ("rule", "", "atp_feed"), ("rule", "erp", ""),
    ]  # fmt: skip
    assert shop.find("findings", kind="gap") == []
    answer = capsys.readouterr().out
    assert "erp atp expects on_hand with nothing taken off" in answer


def test_a_declared_path_that_maps_on_hand_to_atp_is_told_too(shop: Shop) -> None:
    configure(shop)
    text = shop.config.read_text(encoding="utf-8")
    shop.configure(
        f"{text}handoffs:\n  - {{path: feed, source: wms, target: erp, carries: [receipt], "
        "responsible: ops}\n"
    )
    count(shop, TEN, wms=50, erp=50)
    shop.drop(
        "hub", "events", TEN,
        "event_id path item_id location_id operation quantity emitted_at processed_at attempt "
        "idempotency_key status mapping\n"
        "E1 feed A L1 set 50 09:00 09:00 1 K1 done wms.on_hand->erp.atp",
    )  # fmt: skip

    shop.run(TEN)

    found = finding(shop, TEN, "reserve_missing")
    assert (found["subject"], found["details"]["mapping"]) == ("feed", "wms.on_hand->erp.atp")


@pytest.mark.slow
@pytest.mark.parametrize(("edits", "is_pattern"), [(6, True), (2, False)])
def test_the_same_edit_after_each_receipt_is_a_rule_masked_by_hand(
    shop: Shop, edits: int, is_pattern: bool
) -> None:
    configure(shop)
    count(shop, TEN, wms=144, erp=144)
    days = range(1, edits + 1)
    received = [f"W{n} receipt A L1 24 2026-0{n % 3 + 1}-0{n}T08:00:00Z" for n in days]
    edited = [f"E{n} adjustment A L1 12 2026-0{n % 3 + 1}-0{n}T17:00:00Z anna" for n in days]
    shop.drop("wms", "movements", TEN, "\n".join([MOVEMENTS, *received]))
    shop.drop("erp", "movements", TEN, "\n".join([f"{MOVEMENTS} actor", *edited]))

    shop.run(TEN)

    found = shop.find("findings", kind="hand_edits", state="open")
    assert bool(found) is is_pattern
    for row in found:
        told = json.loads(row["details"])
        assert (row["class"], row["mirror"], row["sku"]) == ("rule", "erp", "A")
        assert (told["because"], told["edits"], told["units_each"]) == (
            "masked by hand edits", 6, 12,
        )  # fmt: skip
        assert told["receipts"] == 6


@pytest.mark.parametrize("expects", ["on_hand - safety_stock", "on_hand - 5"])
def test_a_safety_stock_changed_without_its_rule_is_told_before_any_gap(
    shop: Shop, expects: str
) -> None:
    configure(shop, expects)
    count(shop, TEN, wms=50, erp=45)
    shop.drop("erp", "changes", TEN, f"{CHANGES}\n09:30 erp safety_stock A 5 8 buyer")

    shop.run(TEN)

    found = finding(shop, TEN, "setting_changed")
    assert (found["class"], found["mirror"]) == ("rule", "erp")
    told = found["details"]
    assert (told["before"], told["after"], told["rule_says"]) == ("5", "8", 5)
    assert shop.find("findings", kind="gap") == []


@pytest.mark.slow
def test_the_finding_is_over_when_the_rule_says_so_too(shop: Shop) -> None:
    configure(shop, "on_hand - safety_stock")
    count(shop, TEN, wms=50, erp=45)
    shop.drop("erp", "changes", TEN, f"{CHANGES}\n09:30 erp safety_stock A 5 8 buyer")
    shop.run(TEN)
    shop.write("catalog.csv", "sku,safety_stock\nA,8\n")
    count(shop, ELEVEN, wms=50, erp=42)

    shop.run(ELEVEN)

    assert shop.find("findings", kind="setting_changed", state="open") == []

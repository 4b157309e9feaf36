"""Scenario 14: where an item first goes wrong, and whether the wiring or the people do it."""

import json
from typing import Any

import pytest

from inventory_pipeline_tests.support.command import call
from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS, Shop, files_system

TEN = "2026-04-06T10:00Z"
LEVELS = "change_id item_id location_id fact operation quantity changed_at reference_id actor"
CHANGES = "changed_at system kind subject before after actor"
FEEDS = {"wms": ("movements",), "erp": (), "storefront": ("movements",), "outlet": ()}


def configure(shop: Shop, *, owners: str = "wms", more: str = "", feeds: Any = FEEDS) -> None:
    systems = files_system("wms", "wms", *feeds["wms"])
    systems += files_system("erp", "erp", *feeds["erp"])
    systems += files_system("storefront", "storefront", *feeds["storefront"])
    systems += files_system("outlet", "marketplace", *feeds["outlet"])
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{systems}{more}"
        f"facts:\n  on_hand: {{owner: {owners}}}\n"
        "mirrors:\n"
        "  - {system: erp, fact: on_hand, expects: on_hand}\n"
        "  - {system: storefront, fact: on_hand, expects: on_hand}\n"
        "  - {system: outlet, fact: on_hand, expects: on_hand}\n"
        "handoffs:\n"
        "  - {path: stock, source: wms, target: erp, responsible: integrations}\n"
        "  - {path: shop, source: erp, target: storefront, responsible: integrations}\n"
    )


def say(shop: Shop, hour: str, **counts: dict[str, int]) -> None:
    """Let each system count its items at the hour; movements without rows where it gives them."""
    for system, units in counts.items():
        rows = [f"{sku} MAIN on_hand {n} {hour[11:13]}:55" for sku, n in units.items()]
        shop.drop(system, "counts", hour, "\n".join([COUNTS, *rows]))
        if "movements" in FEEDS[system]:
            shop.drop(system, "movements", hour, MOVEMENTS)


def follow(shop: Shop, sku: str, hour: str = TEN) -> dict[str, Any]:
    done = call("--config", shop.config, "trace", sku, "--hour", hour, "--json")
    assert done.err == ""
    assert done.code == 1
    told: dict[str, Any] = json.loads(done.out)
    return told


def read(shop: Shop, hour: str, **wanted: Any) -> dict[str, Any]:
    row = shop.one("diagnoses", "--hour", hour, **wanted)
    return {**row, "evidence": json.loads(row["evidence"])}


@pytest.fixture
def traced(shop: Shop) -> Shop:
    """847/812/830, 400/400/392 and 400/400/400 under a WMS of record."""
    configure(shop)
    say(
        shop, TEN,
        wms={"MUG": 847, "CUP": 400, "PAN": 400}, erp={"MUG": 812, "CUP": 400, "PAN": 400},
        storefront={"MUG": 830, "CUP": 392, "PAN": 400},
        outlet={"MUG": 847, "CUP": 400, "PAN": 400},
    )  # fmt: skip
    shop.run(TEN)
    return shop


@pytest.mark.slow
def test_the_erp_handoff_is_the_first_divergence_and_the_storefront_is_downstream(
    traced: Shop,
) -> None:
    [place] = follow(traced, "MUG")["places"]

    assert [(r["system"], r["units"], r["delta"]) for r in place["readings"]] == [
        ("wms", 847, 0), ("erp", 812, -35), ("storefront", 830, -17), ("outlet", 847, 0),
    ]  # fmt: skip
    assert (place["failure_point"], place["failure_delta_units"]) == ("erp", -35)
    assert place["downstream"] == ["storefront"]
    assert place["look_at"] == "handoff to erp"


@pytest.mark.slow
def test_clean_books_and_a_storefront_that_is_off_go_straight_to_the_middleware(
    traced: Shop,
) -> None:
    [place] = follow(traced, "CUP")["places"]

    assert (place["failure_point"], place["look_at"]) == ("storefront", "middleware")
    plan = read(traced, TEN, sku="CUP")["evidence"]["plan"]
    assert (plan["suspect"], plan["is_direct"]) == ("middleware", True)


@pytest.mark.slow
def test_the_steps_stand_in_their_order_each_with_pass_fail_or_no_data(traced: Shop) -> None:
    plan = read(traced, TEN, sku="MUG", mirror="erp")["evidence"]["plan"]

    assert [(s["step"], s["status"]) for s in plan["steps"]] == [
        ("authority", "pass"), ("trigger", "pass"), ("posting_rules", "fail"),
        ("middleware", "no data"),
    ]  # fmt: skip
    assert all(step["because"] for step in plan["steps"])
    assert plan["suspect"] == "posting_rules"


@pytest.mark.slow
def test_an_item_that_agrees_everywhere_needs_nobody(traced: Shop) -> None:
    done = call("--config", traced.config, "trace", "PAN")

    assert done.code == 0
    assert "every number that is known agrees" in done.out


@pytest.mark.slow
def test_trace_reads_like_a_page_for_people(traced: Shop) -> None:
    done = call("--config", traced.config, "trace", "MUG")

    assert "first off: erp (drift, gap -35); look at the handoff to erp" in done.out
    assert "downstream: storefront -17" in done.out
    unknown = call("--config", traced.config, "trace", "MUGG")
    assert unknown.code == 2
    assert "no system ever named the item 'MUGG'" in unknown.err


@pytest.mark.slow
def test_two_owners_end_the_trace_and_the_plan_at_authority(shop: Shop) -> None:
    configure(shop, owners="[wms, erp]")
    say(shop, TEN, wms={"MUG": 4}, erp={"MUG": 5}, storefront={"MUG": 5}, outlet={"MUG": 4})
    shop.run(TEN)

    told = follow(shop, "MUG")

    assert [(c["step"], c["status"]) for c in told["authority"]] == [("authority", "fail")]
    assert "on_hand has 2 owners: wms, erp" in told["authority"][0]["because"]
    assert told["places"] == []


def hours_of(day: int, *hours: int) -> list[str]:
    return [f"2026-05-{day:02d}T{hour:02d}:00Z" for hour in hours]


@pytest.mark.slow
def test_three_signs_of_the_integration_and_none_of_the_process_are_its_verdict(
    shop: Shop,
) -> None:
    hub = files_system("hub", "middleware", "events").replace(
        'counts: "exports/hub/counts-{hour}.csv", ', ""
    )
    configure(shop, more=hub)
    whole = {f"I{n}": 50 for n in range(100)}
    off = {**whole, "I1": 38, "I2": 38, "I3": 38}
    for hour in hours_of(1, 8, 9, 10, 11):
        say(shop, hour, wms=whole, erp=off, storefront=whole, outlet=whole)
        heads = "event_id path item_id location_id operation quantity emitted_at processed_at"
        late = [
            f"E{n} stock I{n} MAIN set 38 2026-04-29T08:00:00Z 2026-04-30T09:00:00Z 1 processed"
            for n in (1, 2, 3)
        ]
        rows = late if hour.endswith("T08:00Z") else []
        shop.drop("hub", "events", hour, "\n".join([f"{heads} attempt status", *rows]))
        shop.run(hour)

    told = [read(shop, hours_of(1, 11)[0], sku=sku) for sku in ("I1", "I2", "I3")]

    for row in told:
        signs = row["evidence"]["signs"]
        assert signs["integration"] == ["same_pattern", "middleware_fault", "constant_gap"]
        assert signs["process"] == []
        assert row["verdict"] == "integration"


@pytest.mark.slow
def test_gaps_at_shift_change_on_one_channel_are_the_process_and_its_remedy_only_a_mask(
    shop: Shop,
) -> None:
    feeds = {**FEEDS, "storefront": ("movements", "levels")}
    configure(shop, feeds=feeds)
    whole = {f"I{n}": 50 for n in range(40)}
    edited = dict(whole)
    heard: list[str] = []
    for day in (1, 2, 3):
        for hour in hours_of(day, 12, 13, 14, 15):
            heard = []
            if "T14" in hour:
                item, units = f"I{day}", (3, -2, 4)[day - 1]
                edited[item] += units
                heard = [f"L{day} {item} MAIN on_hand set {edited[item]} 14:20 - shift-lead"]
            say(shop, hour, wms=whole, erp=whole, storefront=edited, outlet=whole)
            shop.drop("storefront", "levels", hour, "\n".join([LEVELS, *heard]))
            shop.run(hour)

    told = read(shop, hours_of(3, 15)[0], sku="I3")

    assert told["cause"] == "manual_edit_mirror"
    assert told["verdict"] == "process"
    process = told["evidence"]["signs"]["process"]
    assert "varies_by_channel" in process
    assert told["evidence"]["is_masking"]
    assert told["evidence"]["drift_rate"] > 0.02
    assert "on its own this only masks it" in told["sentence"]


@pytest.mark.slow
def test_a_drift_that_returns_after_a_change_of_the_middleware_is_linked_with_it(
    shop: Shop,
) -> None:
    hub = files_system("hub", "middleware", "changes").replace(
        'counts: "exports/hub/counts-{hour}.csv", ', ""
    )
    configure(shop, more=hub)
    upgrade = "2026-05-03T09:30:00Z hub version connector 4.1 4.2 ops"
    for day, erp in ((1, 38), (2, 50), (3, 38)):
        for hour in hours_of(day, 8, 9, 10, 11):
            back = erp if day != 3 or hour >= "2026-05-03T10" else 50
            say(
                shop, hour, wms={"MUG": 50, "CUP": 9}, erp={"MUG": back, "CUP": 9},
                storefront={"MUG": 50, "CUP": 9}, outlet={"MUG": 50, "CUP": 9},
            )  # fmt: skip
            rows = [upgrade] if hour == "2026-05-03T10:00Z" else []
            shop.drop("hub", "changes", hour, "\n".join([CHANGES, *rows]))
            shop.run(hour)

    told = read(shop, hours_of(3, 11)[0], sku="MUG")

    after = told["evidence"]["returned_after"]
    assert (after["system"], after["kind"], after["subject"]) == ("hub", "version", "connector")
    assert "returns_after_change" in told["evidence"]["signs"]["integration"]
    assert told["verdict"] == "integration"


@pytest.mark.slow
def test_what_was_cleared_three_days_running_is_a_fault_of_the_design(shop: Shop) -> None:
    configure(shop)
    for day in (1, 2, 3):
        for hour in hours_of(day, 8, 9, 10):
            off = 38 if not hour.endswith("T08:00Z") else 50
            mug = {"MUG": 50}
            say(shop, hour, wms=mug, erp={"MUG": off}, storefront=mug, outlet=mug)
            shop.run(hour)

    finding = shop.one("findings", kind="gap", sku="MUG")
    told = read(shop, hours_of(3, 10)[0], sku="MUG")

    assert finding["recurrence"] == 3
    assert told["evidence"]["is_design_fault"]
    assert told["evidence"]["returns"] == 3
    assert told["evidence"]["responsible"] == "integrations"
    assert "came back 3 days running, which is a fault of the design" in told["sentence"]


@pytest.mark.slow
def test_an_item_out_of_stock_at_a_channel_shows_where_its_event_died(shop: Shop) -> None:
    hub = files_system("hub", "middleware", "events").replace(
        'counts: "exports/hub/counts-{hour}.csv", ', ""
    )
    configure(shop, more=hub, feeds={**FEEDS, "erp": ("movements",)})
    say(shop, TEN, wms={"MUG": 5}, erp={"MUG": 5}, storefront={"MUG": 0}, outlet={"MUG": 5})
    shop.drop(
        "storefront", "movements", TEN,
        f"{MOVEMENTS} reference_id\nS9 pos_sale MUG MAIN 5 10:05 O-9",
    )  # fmt: skip
    shop.drop("erp", "movements", TEN, MOVEMENTS)
    heads = "event_id path item_id location_id operation quantity emitted_at processed_at attempt"
    shop.drop(
        "hub", "events", TEN,
        f"{heads} status reference_id\nE9 shop MUG MAIN add -5 10:05 10:06 1 processed O-9",
    )  # fmt: skip
    shop.run(TEN)

    [checklist] = follow(shop, "MUG")["checklists"]

    assert checklist["channel"] == "storefront"
    assert [(layer["layer"], layer["status"]) for layer in checklist["layers"]] == [
        ("storefront event", "pass"), ("middleware log", "pass"), ("erp intake", "fail"),
        ("erp posting", "pass"),
    ]  # fmt: skip
    assert checklist["died_at"] == "erp intake"

"""Scenario 15: what a middleware's own log shows of late, old, lost and unkeyed messages."""

import json
from pathlib import Path
from typing import Any

import pytest

from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS, Shop, files_system

TUESDAY = "2026-04-07T13:00Z"
EVENTS = (
    "event_id path item_id location_id operation quantity emitted_at processed_at attempt "
    "idempotency_key sequence status mapping mapping_changed_at reference_id"
)
SETUP = "2025-03-01T00:00:00Z"  # 402 days before


def stamp(clock: str, day: int = 7) -> str:
    return f"2026-04-0{day}T{clock}:00Z"


def event(name: str, path: str, emitted: str, processed: str, **more: object) -> str:
    told = {
        "sku": "A", "operation": "add", "units": 1, "attempt": 1, "key": f"k-{name}",
        "sequence": "-", "status": "done", "mapping": "-", "changed": "-", "reference": "-", **more,
    }  # fmt: skip
    return (
        f"{name} {path} {told['sku']} L1 {told['operation']} {told['units']} {emitted} {processed} "
        f"{told['attempt']} {told['key']} {told['sequence']} {told['status']} {told['mapping']} "
        f"{told['changed']} {told['reference']}"
    )


def find_spaced() -> list[str]:
    """Return an event every two minutes from nine to ten, and again from 13:10."""
    times = [f"09:{n:02d}" for n in range(0, 60, 2)] + ["10:00", "13:10", "13:12", "13:14"]
    return [event(f"H{t}", "stock_feed", stamp(t), stamp(t), reference=f"W{t}") for t in times]


def find_keyed() -> list[str]:
    """Return 200 events of which 180 carry a key."""
    clock = "12:50"
    return [
        event(f"N{n}", "prices", stamp(clock), stamp(clock), key="-" if n < 20 else f"n{n}")
        for n in range(200)
    ]


def find_lossy() -> list[str]:
    """Return 100 events of which three were never processed."""
    lost = {n: {"status": "failed"} for n in (3, 50, 99)}
    return [
        event(f"L{n}", "orders", stamp("11:00"), "-" if n in lost else stamp("11:01"),
              **lost.get(n, {}))
        for n in range(100)
    ]  # fmt: skip


def configure(shop: Shop, more: str = "") -> None:
    shelf = files_system("shelf", "wms", "movements")
    web = files_system("web", "storefront")
    hub = files_system("hub", "middleware", "events").replace(
        'counts: "exports/hub/counts-{hour}.csv", ', ""
    )
    names = ("sync", "levels", "stock_feed", "prices", "orders", "shipments")
    paths = "".join(
        f"  - {{path: {name}, source: shelf, target: web, carries: [receipt, shipment], "
        "responsible: integrations}\n"
        for name in names
    )
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{shelf}{web}{hub}"
        "facts:\n  on_hand: {owner: shelf}\n"
        f"mirrors:\n  - {{system: web, fact: on_hand, expects: on_hand}}\nhandoffs:\n{paths}{more}"
    )


def drop(shop: Shop, *, late_status: str = "done") -> None:
    shop.drop("shelf", "counts", TUESDAY, f"{COUNTS}\nA L1 on_hand 40 13:30\nB L1 on_hand 40 13:30")
    web = 44 if late_status == "done" else 40
    shop.drop(
        "web", "counts", TUESDAY, f"{COUNTS}\nA L1 on_hand 40 13:30\nB L1 on_hand {web} 13:30"
    )
    missed = [f"W{n} shipment A L1 1 {stamp(f'11:{n:02d}')}" for n in range(57)]
    old = [f"V{n} shipment A L1 1 {stamp('21:30', day=5)}" for n in range(3)]  # 40 hours before
    shop.drop("shelf", "movements", TUESDAY, "\n".join([MOVEMENTS, *missed, *old]))
    events = [
        event("Q1", "sync", stamp("08:00", day=6), stamp("09:00"), attempt=2, key="-",
              mapping="stock_v1", changed=SETUP),
        event("Q2", "sync", stamp("08:00"), stamp("09:30"), mapping="stock_v1", changed=SETUP),
        event("S11", "levels", stamp("10:00"), stamp("10:01"), sku="B", operation="set", units=40,
              sequence=11),
        event("S10", "levels", stamp("09:58"), stamp("10:03"), sku="B", operation="set", units=44,
              sequence=10, attempt=2, key="-", status=late_status),
        *find_spaced(), *find_keyed(), *find_lossy(),
    ]  # fmt: skip
    shop.drop("hub", "events", TUESDAY, "\n".join([EVENTS, *events]))


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    shop = Shop(Path(tmp_path_factory.mktemp("log")))
    configure(shop, "middleware: {retention: 24h}\n")
    drop(shop)
    shop.run(TUESDAY)
    return shop


def details(shop: Shop, kind: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shop.one("findings", kind=kind, subject=path)["details"])
    return found


def audit(shop: Shop, path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shop.one("handoffs", path=path)["audit"])
    return found


def test_25_hours_are_a_suspected_drop_and_90_minutes_a_delay(log: Shop) -> None:
    finding = log.one("findings", kind="late_events", subject="sync")
    told = details(log, "late_events", "sync")

    assert (finding["class"], finding["severity"]) == ("handoff", "notable")
    assert told["because"] == "dropped and sent again when old"
    assert [(r["event_id"], r["delay_seconds"]) for r in told["suspected"]] == [("Q1", 90_000)]
    assert [(r["event_id"], r["delay_seconds"]) for r in told["delayed"]] == [("Q2", 5_400)]


def test_the_older_message_written_last_is_wrong_by_four_and_named(log: Shop) -> None:
    finding = log.one("findings", kind="disorder")
    told = json.loads(finding["details"])

    assert (finding["class"], finding["sku"], finding["mirror"]) == ("ordering", "B", "web")
    assert (finding["observed_units"], finding["expected_units"]) == (44, 40)
    assert finding["delta_units"] == 4
    assert (told["event_id"], told["sequence"], told["attempt"]) == ("S10", 10, 2)
    assert (told["has_key"], told["overwrote"]) == (False, "S11")


def test_a_retry_says_what_it_wrote_over(log: Shop) -> None:
    [retry] = audit(log, "levels")["retries"]

    assert (retry["event_id"], retry["attempt"], retry["idempotency_key"]) == ("S10", 2, "")
    assert (retry["units"], retry["before_units"]) == (44, 40)


def test_a_hole_of_190_minutes_counts_what_moved_meanwhile(log: Shop) -> None:
    [hole] = details(log, "log_hole", "stock_feed")["holes"]

    assert (hole["hole_seconds"], hole["spacing_seconds"], hole["movements"]) == (11_400, 120, 57)
    assert (hole["started_at"], hole["finished_at"]) == (stamp("10:00"), stamp("13:10"))


def test_keys_on_90_of_100_events_are_too_few(log: Shop) -> None:
    told = details(log, "key_coverage", "prices")

    assert (told["keyed"], told["events"], told["coverage"]) == (180, 200, 0.9)
    assert log.one("handoffs", path="prices")["key_coverage"] == 0.9
    assert log.find("findings", kind="key_coverage", subject="orders") == []


def test_three_of_a_hundred_were_lost(log: Shop) -> None:
    told = details(log, "lost_events", "orders")

    assert (told["emitted"], told["processed"], told["lost"]) == (100, 97, 3)
    assert [row["event_id"] for row in told["records"]] == ["L3", "L50", "L99"]


def test_a_mapping_untouched_for_400_days_is_due(log: Shop) -> None:
    told = details(log, "stale_mapping", "sync")

    assert (told["mapping"], told["days"]) == ("stock_v1", 402)


def test_what_a_deleted_log_could_have_told_stays_unknown(log: Shop) -> None:
    told = audit(log, "shipments")

    assert (told["answer"], told["unknown_movements"]) == ("unknown", 3)
    assert told["log_reaches_to"] == stamp("13:14", day=6)


def test_the_question_and_its_time_range_stand_beside_the_answer(log: Shop) -> None:
    told = audit(log, "orders")

    assert (told["path"], told["from"], told["to"]) == (
        "orders", "2026-03-31T13:00:00Z", "2026-04-07T13:30:00Z",
    )  # fmt: skip


def test_a_target_that_keeps_to_sequence_refuses_the_late_message(shop: Shop) -> None:
    configure(shop)
    drop(shop, late_status="stale")

    shop.run(TUESDAY)

    assert shop.find("findings", kind="disorder") == []
    assert shop.one("comparisons", sku="B", mirror="web")["observed_units"] == 40

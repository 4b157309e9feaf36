"""Scenario 19: a count closes the loop, through the command line."""

import json
from pathlib import Path

import pytest

from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS, Shop, files_system

TEN, ELEVEN = "2026-04-06T10:00Z", "2026-04-06T11:00Z"
BINS = f"{COUNTS} bin"
EVENTS = (
    "event_id path item_id location_id operation quantity emitted_at processed_at attempt "
    "idempotency_key status reference_id"
)
MIRRORS = ("erp", "storefront", "threepl")


@pytest.fixture
def walked(shop: Shop) -> Shop:
    """Return a shop where bin 14 is recorded as 3 and every mirror shows something else."""
    writes = {"writes": "[on_hand]"}
    systems = files_system("shelf", "wms") + "".join(
        files_system(name, role, **writes)
        for name, role in (("erp", "erp"), ("storefront", "storefront"), ("threepl", "threepl"))
    )
    mirrors = "".join(
        f"  - {{system: {name}, fact: on_hand, expects: on_hand}}\n" for name in MIRRORS
    )
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{systems}"
        f"facts:\n  on_hand: {{owner: shelf}}\nmirrors:\n{mirrors}"
    )
    drop_hour(shop, TEN, bin_14=3, mirrors=9)
    shop.run(TEN)
    return shop


def drop_hour(shop: Shop, hour: str, *, bin_14: int, mirrors: int) -> None:
    clock = hour[11:13]
    shop.drop("shelf", "counts", hour, f"{BINS}\nMUG L1 on_hand {bin_14} {clock}:55 14")
    for name in MIRRORS:
        shop.drop(name, "counts", hour, f"{COUNTS}\nMUG L1 on_hand {mirrors} {clock}:55")


def find_task(shop: Shop) -> str:
    return str(shop.one("tasks", bin="14")["task_id"])


@pytest.mark.slow
def test_a_task_names_the_bin_and_cannot_be_closed_uncounted(
    walked: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    task = walked.one("tasks", bin="14")
    assert (task["state"], task["recorded_units"], task["sku"]) == ("open", 3, "MUG")

    assert walked.do("count", task["task_id"], "--by", "anna") == 2
    assert "--units" in capsys.readouterr().err
    drop_hour(walked, ELEVEN, bin_14=3, mirrors=9)
    walked.run(ELEVEN)
    assert walked.one("tasks", bin="14")["state"] == "open"


@pytest.mark.slow
def test_a_gap_that_comes_back_asks_for_one_walk_until_it_is_counted(walked: Shop) -> None:
    for hour, mirrors in ((ELEVEN, 3), ("2026-04-06T12:00Z", 8)):
        drop_hour(walked, hour, bin_14=3, mirrors=mirrors)
        walked.run(hour)
    assert walked.one("tasks", bin="14")["state"] == "open"


@pytest.mark.slow
def test_a_count_writes_the_owner_once_and_three_receipts_leave(walked: Shop) -> None:
    task_id = find_task(walked)
    assert walked.do("count", task_id, "--units", "2", "--by", "anna", "--reason", "damage") == 1
    # One of three is more than a tenth: a second person counts, blind.
    assert walked.one("tasks", task_id=task_id)["state"] == "assigned"
    assert walked.export("receipts") == []
    assert walked.do("count", task_id, "--units", "2", "--by", "ben", "--reason", "damage") == 0

    task = walked.one("tasks", task_id=task_id)
    assert (task["state"], task["counted_units"], task["counted_by"]) == ("corrected", 2, "ben")
    receipts = walked.export("receipts")
    assert sorted(row["system"] for row in receipts) == sorted(MIRRORS)
    assert {(row["operation"], row["units"], row["before_units"]) for row in receipts} == {
        ("set", 2, 9)
    }
    [told] = (walked.folder / "local/outbox/shelf").glob("count-*.csv")
    assert f"{task_id},MUG,L1,14,3,2,2," in told.read_text()

    assert walked.do("count", task_id, "--units", "2", "--by", "cleo") == 2
    assert len(walked.export("receipts")) == 3


@pytest.mark.slow
def test_the_next_check_that_sees_the_number_verifies_and_closes(walked: Shop) -> None:
    task_id = find_task(walked)
    for name in ("anna", "ben"):
        walked.do("count", task_id, "--units", "2", "--by", name)
    walked.do("deliver", "--once")
    drop_hour(walked, ELEVEN, bin_14=2, mirrors=2)
    walked.run(ELEVEN)

    task = walked.one("tasks", task_id=task_id)
    assert task["state"] == "closed"
    assert task["verified_at"] is not None
    assert {row["state"] for row in walked.export("receipts")} == {"confirmed"}
    assert walked.find("findings", kind="gap", state="open") == []


@pytest.mark.slow
def test_an_owner_that_does_not_show_the_number_keeps_the_task_open(walked: Shop) -> None:
    task_id = find_task(walked)
    for name in ("anna", "ben"):
        walked.do("count", task_id, "--units", "2", "--by", name)
    drop_hour(walked, ELEVEN, bin_14=3, mirrors=2)
    walked.run(ELEVEN)

    assert walked.one("tasks", task_id=task_id)["state"] == "corrected"


@pytest.mark.slow
def test_two_people_who_differ_begin_again(
    walked: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    task_id = find_task(walked)
    walked.do("count", task_id, "--units", "2", "--by", "anna")
    assert walked.do("count", task_id, "--units", "2", "--by", "anna") == 2
    assert "a second person" in capsys.readouterr().err
    assert walked.do("count", task_id, "--units", "1", "--by", "ben") == 1
    assert "count again" in capsys.readouterr().out
    assert walked.one("tasks", task_id=task_id)["state"] == "open"
    assert walked.export("receipts") == []


@pytest.mark.slow
def test_under_erp_of_record_the_count_goes_to_the_erp_first(shop: Shop, tmp_path: Path) -> None:
    count_in_the_erp(shop)
    shop.do("deliver", "--once")
    [told] = (tmp_path / "outbox/erp").glob("corrections-*.csv")
    told.with_name(f"{told.name}.ack").write_text("receipt_id,outcome\n" + "".join(
        f"{row['receipt_id']},applied\n" for row in shop.find("receipts", system="erp")
    ))  # fmt: skip
    later(shop)
    shop.do("deliver", "--once")

    assert shop.one("receipts", system="erp")["state"] == "confirmed"
    assert shop.one("receipts", system="storefront")["state"] in ("created", "sent")


@pytest.mark.slow
def test_an_owner_that_gives_no_answer_is_believed_by_its_next_counts(shop: Shop) -> None:
    count_in_the_erp(shop)
    shop.do("deliver", "--once")
    assert shop.one("receipts", system="erp")["state"] == "sent"
    assert shop.one("receipts", system="storefront")["waits_for"] == "owner"

    shop.drop("erp", "counts", ELEVEN, f"{BINS}\nMUG L1 on_hand 40 11:55 14")
    shop.drop("storefront", "counts", ELEVEN, f"{COUNTS}\nMUG L1 on_hand 30 11:55")
    shop.run(ELEVEN)

    assert shop.one("receipts", system="erp")["state"] == "confirmed"
    assert shop.one("receipts", system="storefront")["state"] == "created"
    assert shop.one("tasks", bin="14")["state"] == "closed"


def test_a_count_that_bypasses_the_erp_is_symptom_3_with_the_silent_path_named(shop: Shop) -> None:
    """The WMS is counted from 46 to 40, nothing is told, and the ERP stays where it was."""
    systems = files_system("shelf", "wms", "movements", "events") + files_system("erp", "erp")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{systems}facts:\n  on_hand: {{owner: shelf}}\n"
        "mirrors:\n  - {system: erp, fact: on_hand, expects: on_hand}\n"
        "handoffs:\n  - {path: warehouse_posting, source: shelf, target: erp, carries: [count], "
        "responsible: integrations}\n"
    )
    for hour, shelf, counted in ((TEN, 46, ""), (ELEVEN, 40, "\nC-1 count MUG L1 40 11:20")):
        clock = hour[11:13]
        shop.drop("shelf", "counts", hour, f"{COUNTS}\nMUG L1 on_hand {shelf} {clock}:55")
        shop.drop("erp", "counts", hour, f"{COUNTS}\nMUG L1 on_hand 46 {clock}:55")
        shop.drop("shelf", "movements", hour, f"{MOVEMENTS}{counted}")
        shop.drop("shelf", "events", hour, EVENTS)
        shop.run(hour)

    gap = shop.one("findings", kind="gap")
    assert (gap["mirror"], gap["delta_units"], gap["symptom"]) == ("erp", 6, 3)
    assert json.loads(gap["details"])["count"]["count_id"] == "C-1"
    assert shop.one("handoffs", path="warehouse_posting")["state"] == "silent"
    verdict = shop.one("diagnoses", finding_id=gap["finding_id"])
    assert verdict["cause"] == "count_written_once"
    assert json.loads(verdict["evidence"])["responsible"] == "integrations"
    assert "a count was written to shelf and never to erp: count C-1" in verdict["sentence"]


def count_in_the_erp(shop: Shop) -> None:
    """Two people count 40 of an item that the owning ERP records as 46."""
    systems = files_system("erp", "erp", writes="[on_hand]") + files_system(
        "storefront", "storefront", writes="[on_hand]"
    )
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{systems}"
        "facts:\n  on_hand: {owner: erp}\n"
        "mirrors:\n  - {system: storefront, fact: on_hand, expects: on_hand}\n"
    )
    shop.drop("erp", "counts", TEN, f"{BINS}\nMUG L1 on_hand 46 10:55 14")
    shop.drop("storefront", "counts", TEN, f"{COUNTS}\nMUG L1 on_hand 30 10:55")
    shop.run(TEN)
    task_id = find_task(shop)
    for name in ("anna", "ben"):
        shop.do("count", task_id, "--units", "40", "--by", name)

    states = {row["system"]: (row["state"], row["waits_for"]) for row in shop.export("receipts")}
    assert states == {"erp": ("created", ""), "storefront": ("held", "owner")}


def later(shop: Shop) -> None:
    """Let the minute pass that a waiting receipt rests."""
    import sqlite3  # noqa: PLC0415

    with sqlite3.connect(shop.folder / "local/journal.sqlite") as journal:
        journal.execute("update receipts set due_at = created_at where state = 'sent'")

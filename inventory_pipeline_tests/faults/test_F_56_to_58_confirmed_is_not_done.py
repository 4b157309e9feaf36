"""F-56 to F-58: a receiver that says no, and one that says yes and does something else."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from inventory_pipeline.correct import queue
from inventory_pipeline.correct.addresses import Address
from inventory_pipeline.correct.policy import decide
from inventory_pipeline.correct.receipts import Change, Effect
from inventory_pipeline.correct.step import count_tries_of
from inventory_pipeline.store import audit
from inventory_pipeline.store.journal import open_journal, write_instant
from inventory_pipeline_tests.support import limited_shop
from inventory_pipeline_tests.support.limited_shop import LOST
from inventory_pipeline_tests.support.outbox import Office
from inventory_pipeline_tests.support.real_office import in_memory, working
from inventory_pipeline_tests.support.receiver import Receiver
from inventory_pipeline_tests.support.rulings import LIMITED, build_gap, build_situation
from inventory_pipeline_tests.support.shop import Shop

BRAKES = "select * from brakes where released_at is null"
CAPPED_BY_TRIGGER = (
    "create trigger capped after update on stock when new.qty > 11 "
    "begin update stock set qty = 11 where sku = new.sku; end"
)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_journal(tmp_path / "journal.sqlite") as journal:
        yield Office(journal)


@pytest.mark.parametrize("kind", ["rest", "graphql", "sqlite"])
def test_F_56_a_number_that_moved_supersedes_the_receipt_and_is_not_tried_again(
    tmp_path: Path, kind: str
) -> None:
    with working(kind, tmp_path, {"A1": 8}) as desk:
        receipt_id = desk.tell(units=12, operation="set", before=10)
        desk.deliver(5)

        receipt = desk.find(receipt_id)
        assert desk.target.show("A1") == 8
        # The database guards its numbers by key alone, so it is looked at first.
        attempts = 0 if kind == "sqlite" else 1
        assert (receipt["state"], receipt["attempts"]) == ("superseded", attempts)
        assert receipt["evidence"]
        assert len(desk.ask("select * from attempts")) == attempts


def test_F_56_an_addition_that_left_as_a_number_is_worked_out_anew(office: Office) -> None:
    shop = in_memory(office, "A", level=10)
    shop.operations = frozenset({"set"})
    [receipt_id] = office.tell("restock", 5)
    place = ("S-1", "MAIN", "available")

    def sell_one(point: str) -> None:
        if point == "before_send" and shop.requests == 0:
            shop.levels[place] = 9

    office.deliver(crash_at=sell_one)
    assert (office.find(receipt_id)["state"], shop.levels[place]) == ("created", 9)
    office.pass_minutes()
    office.deliver()

    receipt = office.find(receipt_id)
    assert (receipt["state"], receipt["attempts"], shop.levels[place]) == ("confirmed", 2, 14)


def refuse_as_stale(shop: Shop) -> None:
    """Let the storefront answer the correction that waits: the number is another one."""
    receipt = shop.one("receipts", state="created")
    name = f"outbox/storefront/corrections-{receipt['key']}.csv.ack"
    shop.write(name, f"receipt_id,outcome\n{receipt['receipt_id']},stale\n")
    shop.do("deliver", "--once")


@pytest.mark.slow
def test_F_56_a_correction_is_made_anew_once_and_then_a_person_looks(shop: Shop) -> None:
    limited_shop.configure(shop)
    limited_shop.live(shop, gap=4)
    refuse_as_stale(shop)
    for hour in ("2026-04-06T11:00Z", "2026-04-06T12:00Z"):
        level = {LOST: 25}
        limited_shop.drop(shop, hour, gap=0, seen={LOST: 21}, shelf=level)
        shop.run(hour)
        if shop.find("receipts", state="created"):
            refuse_as_stale(shop)

    assert [row["state"] for row in shop.export("receipts")] == ["superseded"] * 2
    [newest] = shop.find("proposals", decision="flagged", sku=LOST)
    assert "2 corrections of it were refused: a person looks" in newest["reason"]


@pytest.mark.parametrize(
    ("kind", "fault", "shown", "said"),
    [
        ("rest", "ignored", 10, "it confirmed and still shows 10: nothing was changed"),
        ("graphql", "ignored", 10, "it confirmed and still shows 10: nothing was changed"),
        ("rest", "capped", 11, "it confirmed 15 and shows 11"),
        ("graphql", "capped", 11, "it confirmed 15 and shows 11"),
    ],
)
def test_F_57_F_58_a_yes_that_was_not_done_is_seen_and_pulls_one_brake(
    tmp_path: Path, kind: str, fault: str, shown: int, said: str
) -> None:
    with working(kind, tmp_path, {"A1": 10}) as desk:
        desk.target.break_next(fault)
        receipt_id = desk.tell(units=15, operation="set", before=10)
        desk.deliver(3)

        receipt = desk.find(receipt_id)
        assert desk.target.show("A1") == shown
        assert (receipt["state"], receipt["attempts"]) == ("confirmed", 1)
        assert receipt["shown_quantity"] == shown
        assert receipt["evidence"].endswith(said)
        [brake] = desk.ask(BRAKES)
        assert (brake["scope"], brake["reason"]) == ("shop", f"{receipt_id}: {said}")
        assert len(desk.ask("select * from audit where kind = 'brake'")) == 1


def test_F_58_a_database_that_caps_a_number_is_seen(tmp_path: Path) -> None:
    with working("sqlite", tmp_path, {"A1": 10}) as desk:
        import sqlite3  # noqa: PLC0415

        with sqlite3.connect(tmp_path / "erp.db") as base:
            base.execute(CAPPED_BY_TRIGGER)
        receipt_id = desk.tell(units=15, operation="set", before=10)
        desk.deliver(2)

        assert desk.target.show("A1") == 11
        assert desk.find(receipt_id)["evidence"].endswith("it confirmed 15 and shows 11")
        assert [row["scope"] for row in desk.ask(BRAKES)] == ["shop"]


def test_F_58_a_receiver_that_clamps_at_zero_is_seen(office: Office) -> None:
    shop = in_memory(office, level=3)
    shop.draw = lambda: "clamped"
    [receipt_id] = office.tell("sale", -5, before=3)
    office.deliver()

    receipt = office.find(receipt_id)
    assert shop.levels["S-1", "MAIN", "available"] == 0
    assert receipt["shown_quantity"] == 0
    assert str(receipt["evidence"]).endswith("it confirmed -2 and shows 0")


def correct_by_itself(office: Office, number: int) -> str:
    """Queue a correction that nobody but the assistant wanted."""
    sku, proposal_id = f"S-{number}", f"P-{number}"
    office.receivers["shop"].levels[sku, "MAIN", "available"] = 6
    office.journal.insert("proposals", {
        "proposal_id": proposal_id, "hour_at": "2026-04-06T10:00:00.000000+00:00",
        "finding_id": f"F-{number}", "system": "shop", "sku": sku, "location_id": "MAIN",
        "fact": "available", "before_units": 6, "target_units": 8, "decision": "auto",
        "decided_by": "assistant", "reason": "proven",
    })  # fmt: skip
    change = Change("fix", "available", sku, "MAIN", 2, office.now, proposal_id, office.now)
    effect = Effect(
        "shop", "available", "set", 8, 6, Address(sku, "MAIN"), "correction",
        proposal_id=proposal_id,
    )  # fmt: skip
    [row] = queue.add_change(office.journal, change, [effect], now=office.now)
    return str(row["receipt_id"])


def read(office: Office, sql: str) -> list[Any]:
    return [next(iter(row.values())) for row in office.journal.query(sql)]


def test_F_57_after_one_strike_no_correction_by_itself_leaves_until_a_person_looked(
    office: Office,
) -> None:
    shop = in_memory(office)
    shop.max_lines = 1
    receipts = [correct_by_itself(office, number) for number in range(1, 5)]
    shop.draw = lambda: "ignored" if shop.requests == 1 else "none"
    for _ in range(3):
        office.deliver()
        office.pass_minutes(2)

    states = office.read_states()
    assert [states[each] for each in receipts] == ["confirmed", "created", "created", "created"]
    assert sum(shop.effects[each] for each in receipts) == 0
    assert read(office, "select count(*) from brakes") == [1]

    office.journal.execute("update brakes set released_at = 'now', released_by = 'anna'")
    office.deliver()

    assert {office.read_states()[each] for each in receipts} == {"confirmed"}
    assert sum(shop.effects[each] for each in receipts) == 3
    assert audit.find_break(office.journal) == ""


def test_F_57_what_a_brake_holds_gives_way_to_a_sale_behind_it(office: Office) -> None:
    shop = in_memory(office)
    held, alone = correct_by_itself(office, 1), correct_by_itself(office, 2)
    [sale] = office.tell("sale", -1, sku="S-1", systems=["shop"])
    queue.pull_brake(office.journal, "shop", "one strike", now=office.now)
    office.deliver()

    states = office.read_states()
    assert (states[held], states[sale], states[alone]) == ("superseded", "confirmed", "created")
    assert office.find(held)["evidence"] == "held by a brake, it gave way to a later change"
    assert shop.levels["S-1", "MAIN", "available"] == 5
    assert audit.find_break(office.journal) == ""


@pytest.mark.parametrize("scope", ["erp", "shop released"])
def test_F_57_without_a_brake_of_its_system_nothing_gives_way(office: Office, scope: str) -> None:
    shop = in_memory(office)
    first = correct_by_itself(office, 1)
    [sale] = office.tell("sale", -1, sku="S-1", systems=["shop"])
    queue.pull_brake(office.journal, scope.split(maxsplit=1)[0], "one strike", now=office.now)
    if scope.endswith("released"):
        office.journal.execute("update brakes set released_at = 'now', released_by = 'anna'")
    office.deliver()
    office.deliver()

    assert [office.read_states()[each] for each in (first, sale)] == ["confirmed", "confirmed"]
    assert shop.levels["S-1", "MAIN", "available"] == 7


@pytest.mark.parametrize(("owner", "state"), [(5, "superseded"), (None, "dead")])
def test_F_56_mirrors_do_not_wait_for_ever_for_an_owner_that_refused_the_count(
    office: Office, owner: int | None, state: str
) -> None:
    place, shop = ("S-1", "MAIN", "available"), in_memory(office, level=6)
    erp = Receiver("A", lambda: office.now, levels={} if owner is None else {place: owner})
    office.receivers["erp"] = erp
    change = Change("count", "available", "S-1", "MAIN", 4, office.now, "T-1", None)
    told = ("available", "set", 4, 6, Address("S-1", "MAIN"), "count")
    effects = [Effect("erp", *told, is_owner=True), Effect("shop", *told)]
    rows = queue.add_change(office.journal, change, effects, now=office.now)
    [later] = office.tell("sale", -1, systems=["shop"])
    office.deliver()
    office.deliver()

    states = office.read_states()
    assert [states[row["receipt_id"]] for row in rows] == [state, "superseded"]
    assert office.find(rows[1]["receipt_id"])["evidence"] == "its owner did not take the change"
    assert (states[later], shop.levels[place]) == ("confirmed", 5)
    assert erp.levels == ({} if owner is None else {place: owner})


@pytest.mark.parametrize(
    ("opened", "confirmed", "hour", "decision"),
    [
        (7, 8, 10, "flagged"),
        (7, 10, 10, "auto"),  # these counts were read before it was confirmed
        (9, 8, 10, "auto"),  # it was gone, and another one came
    ],
)
def test_F_57_a_receiver_that_cannot_be_asked_is_found_out_by_the_gap_that_stands(
    opened: int, confirmed: int, hour: int, decision: str
) -> None:
    hours = [datetime(2026, 4, 6, each, tzinfo=UTC) for each in (opened, confirmed, hour)]
    tried = {"tries": 1, "in_vain": 0, "confirmed_at": write_instant(hours[1])}
    gap = count_tries_of(build_gap(1, opened_at=hours[0]), tried, hours[2])
    [ruling] = decide([gap], build_situation(), LIMITED)

    assert ruling.decision == decision
    said = "a correction of it was confirmed, and the gap is still there"
    assert ruling.reasons == ((said,) if decision == "flagged" else ())

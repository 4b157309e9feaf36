"""F-66: everything that was ever confirmed is told and sent again: nothing happens."""

from datetime import timedelta
from pathlib import Path

from inventory_pipeline.correct import queue
from inventory_pipeline.store import audit
from inventory_pipeline.store.journal import open_journal
from inventory_pipeline_tests.support.outbox import Office
from inventory_pipeline_tests.support.real_office import in_memory, working
from inventory_pipeline_tests.support.write_targets import build_line

SKUS = [f"S-{number}" for number in range(581)]
FEW = SKUS[:60]
WHOLE = "select * from receipts order by receipt_id"


def tell_all(office: Office) -> list[str]:
    with office.journal.transaction():
        return [
            receipt_id
            for number, sku in enumerate(SKUS)
            for receipt_id in office.tell("restock", 8, sku=sku, source=f"W-{number}")
        ]


def test_F_66_581_confirmed_receipts_replayed_a_day_later_have_no_effect(tmp_path: Path) -> None:
    with open_journal(tmp_path / "journal.sqlite") as journal:
        office = Office(journal)
        shop = in_memory(office)
        shop.max_lines = 250
        shop.levels = {(sku, "MAIN", "available"): 6 for sku in SKUS}
        assert len(tell_all(office)) == 581
        office.deliver()
        rows, head = journal.query(WHOLE), audit.load_head(journal)
        assert {(row["state"], row["attempts"]) for row in rows} == {("confirmed", 1)}

        # A day later no key is remembered any more, and the worker starts as after a crash.
        office.now += timedelta(hours=30)
        assert tell_all(office) == []
        queue.recover(journal, "shop", now=office.now)
        for _ in range(3):
            office.deliver()
            office.pass_minutes()

        assert set(shop.levels.values()) == {14}
        assert (len(shop.effects), set(shop.effects.values())) == (581, {1})
        assert shop.requests == 3
        assert (journal.query(WHOLE), audit.load_head(journal)) == (rows, head)


def test_F_66_every_stored_request_sent_again_to_a_database_changes_nothing(
    tmp_path: Path,
) -> None:
    numbers = dict.fromkeys(FEW, 10)
    with working("sqlite", tmp_path, numbers) as desk:
        with desk.office.journal.transaction():
            for sku in FEW:
                desk.tell(sku)
        desk.deliver(2)
        assert {desk.target.show(sku) for sku in FEW} == {15}

        for row in desk.ask("select * from dispatches"):
            answer = desk.target.writer.send([build_line()], row["key"], row["body"])
            assert {word.outcome for word in answer.lines.values()} == {"confirmed"}

        assert {desk.target.show(sku) for sku in FEW} == {15}
        states = [row["state"] for row in desk.ask(WHOLE)]
        assert (len(states), set(states)) == (60, {"confirmed"})

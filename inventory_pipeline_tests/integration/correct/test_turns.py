"""Turns: a long queue starves no item, whatever its receipts happen to be called."""

from inventory_pipeline.correct import queue
from inventory_pipeline_tests.support.memory_journal import open_in_memory
from inventory_pipeline_tests.support.outbox import Office
from inventory_pipeline_tests.support.receiver import Receiver


def test_of_changes_made_at_once_every_item_has_its_first_turn_before_another_its_second() -> None:
    skus = [f"S-{number}" for number in range(20)]
    with open_in_memory() as journal:
        office = Office(journal)
        shop = office.receivers["shop"] = Receiver("A", lambda: office.now)
        shop.levels = {(sku, "MAIN", "available"): 0 for sku in skus}
        for _ in range(4):
            for sku in skus:
                office.tell("restock", 1, sku=sku)
        turns = []
        for _ in range(8):
            heads = queue.take_heads(journal, "shop", now=office.now, limit=10)
            turns.append({head["sequence"] for head in heads})
            journal.execute_many(
                "update receipts set state = 'confirmed' where receipt_id = :receipt_id",
                [{"receipt_id": head["receipt_id"]} for head in heads],
            )

    assert turns == [{1}, {1}, {2}, {2}, {3}, {3}, {4}, {4}]

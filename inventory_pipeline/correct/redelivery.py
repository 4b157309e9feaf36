"""Redelivery: a movement that a receiver refused goes out once more, under its own id.

What was really meant is safer than a number made up to fit: should the diagnosis be wrong, what
arrived after all is known by its id, and what came in between stays as it is.
"""

from datetime import datetime
from typing import Any

from inventory_pipeline.correct.receipts import make_key
from inventory_pipeline.store import audit
from inventory_pipeline.store.journal import Journal, write_instant
from inventory_pipeline.store.queries import load_query

Row = dict[str, Any]


def find_original(journal: Journal, proposal: Row, record: str) -> Row | None:
    """Return the dead receipt of the movement that a proposal makes up for, if we told of it.

    Args:
        record: id of the movement that proves the cause.
    """
    if not record:
        return None
    rows = journal.query(
        load_query("correct", "find_original"),
        system=proposal["system"], fact=proposal["fact"], sku=proposal["sku"],
        location_id=proposal["location_id"], cause_id=record,
        units=proposal["target_units"] - proposal["before_units"],
    )  # fmt: skip
    return rows[0] if rows else None


def send_again(
    journal: Journal, receipt: Row, proposal: Row, waits_for: str, *, now: datetime
) -> str:
    """Put a refused receipt back into the queue; a new key, since the old one's answer is kept."""
    receipt_id, proposal_id = str(receipt["receipt_id"]), proposal["proposal_id"]
    with journal.transaction():
        journal.execute(
            load_query("correct", "settle_aside"),
            receipt_id=receipt_id, state="created", is_new=1,
            key=make_key(receipt_id, receipt["generation"] + 1), at=write_instant(now),
            evidence=f"handed over again for {proposal_id}",
        )  # fmt: skip
        journal.execute(
            "update receipts set proposal_id = :proposal_id, state = :state, "
            "waits_for = :waits_for where receipt_id = :receipt_id",
            receipt_id=receipt_id, proposal_id=proposal_id,
            state="held" if waits_for else "created", waits_for=waits_for,
        )  # fmt: skip
        told = {"proposal": proposal_id, "was": receipt["state"], "refused": receipt["evidence"]}
        audit.append(journal, "redelivered", receipt_id, told, now=now)
    return receipt_id

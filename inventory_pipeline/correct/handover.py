"""Handover: a person settles a receipt that nobody else can, having looked at the receiver.

It stays in the journal with who said so and why; what was sent is never taken back.
"""

from datetime import datetime
from typing import Literal

from inventory_pipeline.correct.receipts import make_key
from inventory_pipeline.errors import UsageError
from inventory_pipeline.store import audit
from inventory_pipeline.store.journal import Journal, write_instant
from inventory_pipeline.store.queries import load_query

# landed: the receiver has it. again: it has not, send it once more. drop: nobody wants it now.
Verdict = Literal["landed", "again", "drop"]
_STATES = {"landed": "confirmed", "again": "created", "drop": "superseded"}
OPEN_TO_PEOPLE = ("uncertain", "dead")


def settle_by_hand(
    journal: Journal, receipt_id: str, verdict: Verdict, *, by: str, reason: str, now: datetime
) -> str:
    """Write down what a person found; return the receipt's new state.

    Raises:
        UsageError: there is no such receipt, it waits for nobody, or no reason was given.
    """
    with journal.transaction():
        rows = journal.query("select * from receipts where receipt_id = :id", id=receipt_id)
        if not rows:
            raise UsageError(f"there is no receipt {receipt_id!r}; 'receipts' lists them")
        receipt, state = rows[0], _STATES[verdict]
        if receipt["state"] not in OPEN_TO_PEOPLE:
            raise UsageError(
                f"{receipt_id} is {receipt['state']}; only what is uncertain or dead is settled"
            )
        if not reason.strip():
            raise UsageError("say what was seen at the receiver: --reason TEXT")
        is_new, at = int(verdict == "again"), write_instant(now)
        journal.execute(
            load_query("correct", "settle_aside"),
            receipt_id=receipt_id, state=state, is_new=is_new, at=at,
            key=make_key(receipt_id, receipt["generation"] + is_new),
            evidence=f"{by}: {reason}",
        )  # fmt: skip
        told = {"by": by, "verdict": verdict, "reason": reason, "was": receipt["state"]}
        audit.append(journal, "settled_by_hand", receipt_id, told, now=now)
    return state

"""Correction: a proposal that was decided becomes a change with its receipt, or a task.

A movement that we told of and the mirror refused is handed over again as what it was. Any other
correction sets the number that the mirror should show, and says from which number: a mirror that
has moved since refuses it, and the next check looks again.
"""

import json
from datetime import datetime
from typing import Any

from inventory_pipeline.correct import queue, redelivery
from inventory_pipeline.correct.addresses import AddressBook
from inventory_pipeline.correct.receipts import Change, Effect, make_id
from inventory_pipeline.store import audit
from inventory_pipeline.store.journal import Journal, write_instant

Row = dict[str, Any]
ASSISTANT = "assistant"


def correct(
    journal: Journal,
    proposal: Row,
    book: AddressBook,
    *,
    decided_by: str,
    now: datetime,
    waits_for: str = "",
) -> tuple[str, str]:
    """Put one decided proposal into the queue, with its decision.

    Args:
        waits_for: approval, where signatures are verified before it leaves.

    Returns:
        The receipt's id, or why there is none.
    """
    original = redelivery.find_original(journal, proposal, find_record(proposal["evidence"]))
    trouble = ""
    if original:
        receipt_id = redelivery.send_again(journal, original, proposal, waits_for, now=now)
    else:
        receipt_id, trouble = _set(journal, proposal, book, waits_for, now)
    if receipt_id:
        decision = "auto" if decided_by == ASSISTANT else "approved"
        decide(
            journal, proposal, decision,
            decided_by=decided_by, reason=proposal["reason"], now=now, receipt_id=receipt_id,
        )  # fmt: skip
    return receipt_id, trouble


def _set(
    journal: Journal, proposal: Row, book: AddressBook, waits_for: str, now: datetime
) -> tuple[str, str]:
    """Write the change and the receipt that sets the number; return its id, or why not."""
    address, trouble = book.find(proposal["system"], proposal["sku"], proposal["location_id"], now)
    if address is None:
        return "", trouble
    _, rest = address.convert(proposal["target_units"])
    if rest:
        return "", (
            f"{proposal['target_units']} eaches are no whole number of its unit of {address.eaches}"
        )
    change = Change(
        "fix", proposal["fact"], proposal["sku"], proposal["location_id"],
        proposal["target_units"] - proposal["before_units"], now, proposal["proposal_id"], now,
    )  # fmt: skip
    effect = Effect(
        proposal["system"], proposal["fact"], "set", proposal["target_units"],
        proposal["before_units"], address, "correction",
        proposal_id=proposal["proposal_id"], cause_id=find_record(proposal["evidence"]),
        waits_for=waits_for,
    )  # fmt: skip
    receipts = queue.add_change(journal, change, [effect], now=now)
    return (str(receipts[0]["receipt_id"]), "") if receipts else ("", "it was corrected before")


def decide(
    journal: Journal,
    proposal: Row,
    decision: str,
    *,
    decided_by: str,
    reason: str,
    now: datetime,
    receipt_id: str = "",
) -> None:
    """Write a decision down, with what it rested on and how it can be taken back."""
    told = {
        "before_units": proposal["before_units"],
        "target_units": proposal["target_units"],
        "digest": proposal["digest"],
        "cause": proposal["cause"],
        "evidence": json.loads(proposal["evidence"]),
        "receipt": receipt_id,
        "taken_back_by": f"a receipt that sets {proposal['before_units']}",
    }
    with journal.transaction():
        journal.execute(
            "update proposals set decision = :decision, decided_by = :by, reason = :reason, "
            "receipt_id = :receipt_id where proposal_id = :proposal_id",
            decision=decision, by=decided_by, reason=reason, receipt_id=receipt_id,
            proposal_id=proposal["proposal_id"],
        )  # fmt: skip
        journal.insert(
            "decisions",
            {
                "proposal_id": proposal["proposal_id"],
                "at": write_instant(now),
                "decision": decision,
                "decided_by": decided_by,
                "reason": reason,
                "evidence": json.dumps(told, sort_keys=True),
            },
        )
        said = {**told, "decision": decision, "by": decided_by, "reason": reason}
        audit.append(journal, "decision", proposal["proposal_id"], said, now=now)


def ask_by_hand(journal: Journal, proposal: Row, *, trouble: str, now: datetime) -> str:
    """Ask a person to set a number in a system that we cannot write to; return the task."""
    task_id = make_id("T", "set", proposal["proposal_id"])
    journal.insert(
        "tasks",
        {
            "task_id": task_id,
            "finding_id": proposal["finding_id"],
            "created_at": write_instant(now),
            "location_id": proposal["location_id"],
            "bin": "",
            "sku": proposal["sku"],
            "state": "open",
            "kind": "set",
            "fact": proposal["fact"],
            "system": proposal["system"],
            "recorded_units": proposal["before_units"],
            "reason": f"set {proposal['fact']} in {proposal['system']} from "
            f"{proposal['before_units']} to {proposal['target_units']} by hand: {trouble}",
        },
        or_ignore=True,
    )
    return task_id


def find_record(evidence: str) -> str:
    """Return the id of the record that proves the cause: what this stands for, or nothing."""
    told = json.loads(evidence or "{}")
    records = told.get("records", []) if isinstance(told, dict) else []
    return next((str(record["id"]) for record in records if record.get("id")), "")

"""The queue: changes and receipts in the journal, and every move of a receipt in it.

A receipt of one key (system, fact, item, place) leaves only when every earlier one of that key
is over; a dead one blocks its own key and nothing else.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from inventory_pipeline.correct.outbox import OVER, Step, judge_effect
from inventory_pipeline.correct.receipts import (
    Change,
    Effect,
    describe_change,
    describe_receipt,
    make_id,
    make_key,
)
from inventory_pipeline.correct.seals import compute_seal
from inventory_pipeline.store import audit
from inventory_pipeline.store.journal import Journal, write_instant
from inventory_pipeline.store.queries import load_query

Row = dict[str, Any]

GAVE_WAY = "held by a brake, it gave way to a later change"


def add_change(
    journal: Journal, change: Change, effects: Iterable[Effect], *, now: datetime
) -> list[Row]:
    """Write a change and its receipts together; a change that is there already adds nothing.

    Returns:
        The receipts that are new.
    """
    with journal.transaction():
        journal.crash_at("before_change")
        row = describe_change(change, now=now)
        if not journal.insert("changes", row, or_ignore=True):
            return []
        receipts = [_add_receipt(journal, change, effect, now=now) for effect in effects]
        seals = {receipt["receipt_id"]: compute_seal(receipt) for receipt in receipts}
        told = {"change": row, "receipts": seals}
        audit.append(journal, "change", change.change_id, told, now=now)
        journal.crash_at("after_change")
    return receipts


def _add_receipt(journal: Journal, change: Change, effect: Effect, *, now: datetime) -> Row:
    key = {
        "system": effect.system,
        "fact": effect.fact,
        "sku": change.sku,
        "location_id": change.location_id,
    }
    last = journal.query(load_query("correct", "find_last_sequence"), **key)[0]["sequence"]
    receipt = describe_receipt(change, effect, sequence=last + 1, now=now)
    if receipt["state"] == "created":
        replace_earlier(journal, receipt, now=now)
    journal.insert("receipts", receipt)
    return receipt


def replace_earlier(journal: Journal, receipt: Row, *, now: datetime) -> None:
    """A number that is set holds everything before it that has not left yet.

    Only once it may leave itself: a count that its owner refuses replaces nothing.
    """
    if receipt["operation"] != "set":
        return
    text = f"replaced by {receipt['receipt_id']}, which sets the number"
    journal.execute(
        load_query("correct", "supersede_unsent"),
        **_pick_key(receipt), sequence=receipt["sequence"], evidence=text, at=write_instant(now),
    )  # fmt: skip
    if receipt["is_owner"]:
        give_up_waiting(journal, now=now)


def _pick_key(receipt: Row) -> Row:
    return {name: receipt[name] for name in ("system", "fact", "sku", "location_id")}


def note_owner(journal: Journal, change_id: str, *, now: datetime) -> int:
    """Record that the owner has a change; its waiting receipts may leave now."""
    with journal.transaction():
        at = write_instant(now)
        journal.execute(
            "update changes set owner_at = :at where change_id = :change_id and owner_at is null",
            at=at, change_id=change_id,
        )  # fmt: skip
        waiting = journal.query(
            "select * from receipts where change_id = :change_id "
            "and state = 'held' and waits_for = 'owner' order by receipt_id",
            change_id=change_id,
        )
        for receipt in waiting:
            journal.execute(
                "update receipts set state = 'created', waits_for = '', due_at = :at "
                "where receipt_id = :receipt_id",
                at=at, receipt_id=receipt["receipt_id"],
            )  # fmt: skip
            replace_earlier(journal, receipt, now=now)
        return len(waiting)


def give_up_waiting(journal: Journal, *, now: datetime) -> int:
    """Close what waits for an owner that will never have the change; it would wait for ever."""
    return journal.execute(load_query("correct", "give_up_waiting"), at=write_instant(now))


def find_systems(journal: Journal) -> list[str]:
    """Return the systems that have anything open, the longest waiting first."""
    rows = journal.query(load_query("correct", "find_open_systems"))
    return [row["system"] for row in rows]


def take_heads(journal: Journal, system: str, *, now: datetime, limit: int) -> list[Row]:
    """Return receipts that may leave now: the first of each key, the oldest first."""
    return journal.query(
        load_query("correct", "find_heads"), system=system, now=write_instant(now), at_most=limit
    )


def keep_waiting(journal: Journal, receipts: list[Row]) -> list[Row]:
    """Return those of the receipts that may still leave."""
    ids = json.dumps([receipt["receipt_id"] for receipt in receipts])
    rows = journal.query(load_query("correct", "find_waiting"), ids=ids)
    waiting = {row["receipt_id"] for row in rows}
    return [receipt for receipt in receipts if receipt["receipt_id"] in waiting]


def give_way(journal: Journal, system: str, *, now: datetime) -> int:
    """Give up what a brake holds where somebody else's change waits behind it.

    The gap is found again by the next check; a sale that nobody is told of is not.
    """
    held = journal.query(load_query("correct", "find_giving_way"), system=system)
    for receipt in held:
        settle(journal, receipt, Step("superseded", GAVE_WAY), now=now)
        told = {"state": "superseded", "evidence": GAVE_WAY, "key": receipt["key"]}
        audit.append(journal, "receipt", receipt["receipt_id"], told, now=now)
    return len(held)


def find_unanswered(journal: Journal, system: str, *, now: datetime) -> list[Row]:
    """Return receipts that were sent and are not over, with their request, oldest first."""
    return journal.query(
        load_query("correct", "find_unanswered"), system=system, now=write_instant(now)
    )


def recover(journal: Journal, system: str, *, now: datetime) -> int:
    """Undo what a worker that is gone left half done; safe to do twice.

    Sent without an answer: nobody knows what came of it.
    """
    with journal.transaction():
        at = write_instant(now)
        return_leased(journal, system)
        lost = journal.execute(load_query("correct", "doubt_unfinished"), system=system, at=at)
        journal.execute(
            "update attempts set finished_at = :at, outcome = 'lost', "
            "evidence = 'the worker ended before an answer' "
            "where system = :system and finished_at is null",
            system=system, at=at,
        )  # fmt: skip
        return lost


def return_leased(journal: Journal, system: str) -> None:
    """Put back what was taken and not sent, as if it had never been taken.

    Its request is forgotten: the numbers it was worked out from may have moved.
    """
    with journal.transaction():
        journal.execute(load_query("correct", "drop_unsent"), system=system)
        journal.execute(
            "update receipts set state = 'created', dispatch_id = null, "
            "sent_operation = operation, sent_quantity = quantity where system = :system "
            "and state = 'leased'",
            system=system,
        )


def settle(journal: Journal, receipt: Row, step: Step, *, now: datetime) -> None:
    """Write what becomes of one receipt."""
    journal.crash_at(f"before_{step.state}")
    at = write_instant(now)
    generation = receipt["generation"] + step.is_new_generation
    journal.execute(
        load_query("correct", "settle_receipt"),
        receipt_id=receipt["receipt_id"],
        state=step.state,
        waits_for=step.waits_for,
        generation=generation,
        key=make_key(receipt["receipt_id"], generation),
        is_new=int(step.is_new_generation),
        due_at=write_instant(now + step.due_after),
        confirmed_at=at if step.state == "confirmed" else None,
        closed_at=at if step.state in OVER else None,
        evidence=step.evidence,
    )
    if step.state == "confirmed" and receipt["is_owner"]:
        note_owner(journal, receipt["change_id"], now=now)
    elif step.state in OVER and receipt["is_owner"]:
        give_up_waiting(journal, now=now)
    journal.crash_at(f"after_{step.state}")


def pause(journal: Journal, system: str, *, until: datetime, reason: str) -> None:
    """Leave a system alone for a while; failures in a row are counted."""
    journal.execute(
        "insert into pauses (system, until_at, reason, failures) "
        "values (:system, :until, :reason, 1) on conflict (system) do update set "
        "until_at = excluded.until_at, reason = excluded.reason, failures = failures + 1",
        system=system, until=write_instant(until), reason=reason,
    )  # fmt: skip


def find_pause(journal: Journal, system: str) -> Row | None:
    """Return the pause of a system, over or not."""
    rows = journal.query("select * from pauses where system = :system", system=system)
    return rows[0] if rows else None


def end_pause(journal: Journal, system: str) -> None:
    """A system that answered has no failures to its name."""
    journal.execute("delete from pauses where system = :system", system=system)


def note_shown(journal: Journal, receipt: Row, shown: int | None, *, now: datetime) -> str:
    """Keep what a receiver shows after it confirmed; where that is another number, stop.

    Returns:
        What is wrong with it, or nothing.

    One strike suspends what corrects by itself on that system, until a person lets it go on.
    """
    trouble = judge_effect(
        receipt["operation"],
        quantity=receipt["quantity"],
        before=receipt["before_quantity"],
        shown=shown,
    )
    journal.execute(
        "update receipts set shown_quantity = :shown, evidence = evidence || :trouble "
        "where receipt_id = :receipt_id",
        shown=shown,
        trouble=f"; {trouble}" if trouble else "",
        receipt_id=receipt["receipt_id"],
    )
    if trouble:
        pull_brake(journal, receipt["system"], f"{receipt['receipt_id']}: {trouble}", now=now)
    return trouble


def pull_brake(journal: Journal, scope: str, reason: str, *, now: datetime) -> None:
    """Stop what corrects by itself on a system, or everywhere (``all``), until it is released."""
    row = {"brake_id": make_id("B", scope, reason), "scope": scope, "reason": reason}
    if journal.insert("brakes", {**row, "pulled_at": write_instant(now)}, or_ignore=True):
        audit.append(journal, "brake", scope, {"reason": reason}, now=now)

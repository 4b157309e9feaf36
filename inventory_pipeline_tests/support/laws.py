"""The laws of delivery, held against a journal and what its receivers really did (A8)."""

from collections.abc import Iterator, Mapping
from typing import Any

from inventory_pipeline.model.delivery import Operation
from inventory_pipeline.store import audit
from inventory_pipeline.store.journal import Journal
from inventory_pipeline_tests.support.receiver import Place, Receiver, Took

Row = dict[str, Any]
Broken = tuple[object, ...]
Levels = Mapping[str, Mapping[Place, int]]
OVER = ("confirmed", "superseded", "dead")
MOST_BY_ITSELF = 5
REFUSED_BY_OWNER = "the owner did not take the change"
# A brake holds what only the assistant wanted, and is itself a notice to people.
RECEIPTS = """
select *, state = 'created' and exists (
    select 1 from proposals inner join brakes on brakes.scope in ('all', receipts.system)
    where proposals.proposal_id = receipts.proposal_id
    and proposals.decision = 'auto' and brakes.released_at is null
) as is_braked
from receipts order by created_at, receipt_id
"""


def find_broken_laws(
    journal: Journal, receivers: Mapping[str, Receiver], opening: Levels, told: list[str]
) -> list[Broken]:
    """Return what does not hold when everything has come to rest."""
    rows = journal.query(RECEIPTS)
    broken = [law for row in rows for law in find_broken_by(row, rows, receivers)]
    broken += find_vanished(rows, told)
    for name, receiver in receivers.items():
        broken += find_lost_units(name, receiver, opening[name], rows)
    broken += find_uncapped(journal)
    trouble = audit.find_break(journal)
    return [*broken, ("L11 chain", trouble)] if trouble else broken


def find_broken_by(
    row: Row, rows: list[Row], receivers: Mapping[str, Receiver]
) -> Iterator[Broken]:
    """L1: at most once. L3: nothing confirmed without evidence and effect. L2: done or told."""
    effects = receivers[row["system"]].effects[row["receipt_id"]]
    name = row["receipt_id"], row["system"], row["state"], row["evidence"]
    is_seen = row["evidence"].startswith(("read back", "it shows"))
    if effects > 1:
        yield "L1 counted twice", *name
    if row["state"] == "confirmed" and not (row["evidence"] and row["confirmed_at"]):
        yield "L3 confirmed without evidence", *name
    if row["state"] == "confirmed" and not effects and (row["operation"] == "add" or not is_seen):
        yield "L3 confirmed without effect", *name
    if row["state"] in ("superseded", "dead") and effects and not is_seen:
        yield "L1 given up and done", *name
    if row["state"] == "superseded" and row["operation"] == "add" and not is_replaced(row, rows):
        yield "L2 an addition was given up", *name
    if not (row["state"] in OVER or is_told(row) or is_behind(row, rows)):
        yield "L2 neither done nor told", *name


def is_told(row: Row) -> bool:
    """Return whether a person is named who must look at it."""
    return bool(row["waits_for"] == "person" or row["is_braked"])


def is_replaced(row: Row, rows: list[Row]) -> bool:
    """Return whether a later number of the same key holds what was given up."""
    if row["evidence"] == REFUSED_BY_OWNER:
        return True  # nobody has it, the owner neither
    return any(
        other["operation"] == "set"
        and other["receipt_id"] in row["evidence"]
        and other["evidence"] != REFUSED_BY_OWNER
        for other in rows
        if is_same_key(row, other) and other["sequence"] > row["sequence"]
    )


def is_behind(row: Row, rows: list[Row]) -> bool:
    """Return whether a receipt waits, however indirectly, for one that a person must look at."""
    return any(
        is_told(other) or is_behind(other, rows) for other in rows if is_in_the_way(other, row)
    )


def is_in_the_way(other: Row, row: Row) -> bool:
    if row["waits_for"] == "owner":
        return is_owner_of(other, row)
    is_open = other["state"] not in ("confirmed", "superseded")
    return is_open and is_same_key(row, other) and bool(other["sequence"] < row["sequence"])


def is_owner_of(other: Row, row: Row) -> bool:
    return bool(other["is_owner"] and other["change_id"] == row["change_id"])


def is_same_key(row: Row, other: Row) -> bool:
    names = ("system", "fact", "sku", "location_id")
    return all(row[name] == other[name] for name in names)


def find_vanished(rows: list[Row], told: list[str]) -> Iterator[Broken]:
    """L2: every receipt that was ever made is there, in one state."""
    for receipt_id in set(told) - {row["receipt_id"] for row in rows}:
        yield "L2 vanished", receipt_id
    for receipt_id in {row["receipt_id"] for row in rows} - set(told):
        yield "L2 from nowhere", receipt_id


def find_lost_units(
    name: str, receiver: Receiver, opening: Mapping[Place, int], rows: list[Row]
) -> Iterator[Broken]:
    """L1: every number is its opening, our changes and the others', each once and in order."""
    levels, newest = dict(opening), dict.fromkeys(opening, 0)
    by_id = {row["receipt_id"]: row for row in rows}
    for took in receiver.history:
        if took.before != levels[took.place]:
            yield "L1 conservation", name, took
        levels[took.place] = took.after
        if took.receipt_id:
            row = by_id[took.receipt_id]
            yield from find_misdone(row, took)
            if row["sequence"] < newest[took.place]:
                yield "L1 an older one landed later", name, took
            newest[took.place] = row["sequence"]
    if levels != receiver.levels:
        yield "L1 conservation", name, levels, receiver.levels


def find_misdone(row: Row, took: Took) -> Iterator[Broken]:
    """L1, L12: an addition adds its units, with its sign; a number that is set is that number."""
    operation: Operation = row["operation"]
    if operation == "add" and took.after - took.before != row["units"]:
        yield "L1 the order of somebody else was undone", row["receipt_id"], took
    if operation == "set" and took.after != row["units"]:
        yield "L12 another number", row["receipt_id"], took
    if operation == "add" and row["quantity"] * row["units"] <= 0:
        yield "L12 sign", row["receipt_id"], took
    if took.place[2] == "on_hand" and not row["is_owner"]:
        yield "L10 the owner was written to", row["receipt_id"], took


def find_uncapped(journal: Journal) -> Iterator[Broken]:
    """L5: nothing above the cap by itself, one a day of an item; the rest by people who may."""
    rows = journal.query(
        "select proposals.*, receipts.state, receipts.attempts, receipts.created_at "
        "from receipts join proposals using (proposal_id) order by created_at"
    )
    verified = {
        row["subject"] for row in journal.query("select * from audit")
        if row["kind"] == "approval_verified"
    }  # fmt: skip
    for row in rows:
        size = abs(row["target_units"] - row["before_units"])
        if row["decision"] == "auto" and size > MOST_BY_ITSELF:
            yield "L5 cap", row["proposal_id"], size
        if row["decision"] not in ("auto", "approved"):
            yield "L5 nobody decided", row["proposal_id"], row["decision"]
        if row["decision"] == "approved" and row["attempts"] and row["proposal_id"] not in verified:
            yield "L5 left with signatures nobody verified", row["proposal_id"]
        if row["decision"] == "approved" and "eve" in row["decided_by"]:
            yield "L5 decided by nobody who may", row["proposal_id"], row["decided_by"]

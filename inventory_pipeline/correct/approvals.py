"""Approvals: a person's word for one proposal, bound to its exact bytes, signed, and short-lived.

Nothing that can be launched from a web page approves anything: an approval is a record in the
journal, made on the command line by a person, with that person's own key where keys are kept.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from inventory_pipeline.correct import correction, queue
from inventory_pipeline.correct.addresses import AddressBook
from inventory_pipeline.correct.outbox import Step
from inventory_pipeline.correct.propose import compute_digest
from inventory_pipeline.errors import UsageError
from inventory_pipeline.store import audit
from inventory_pipeline.store.journal import Journal, read_instant, write_instant
from inventory_pipeline.store.queries import load_query

Row = dict[str, Any]
DECIDABLE = ("flagged", "suspended")


@dataclass(frozen=True)
class Rules:
    """Who may approve, and how.

    Attributes:
        people: names that may approve; empty: no keys are kept and a name is enough.
        keys: name → signing key, as far as this process may read it: a person's own machine
            knows one, the worker that delivers knows all.
        writable: (system, fact) that can be set; anything else becomes a task.
    """

    people: frozenset[str] = frozenset()
    keys: Mapping[str, str] = field(default_factory=dict)
    expires_after: timedelta = timedelta(hours=24)
    four_eyes_above: int = 50
    writable: frozenset[tuple[str, str]] = frozenset()

    def wants_two(self, proposal: Row) -> bool:
        """Return whether the change is so large that two people must agree."""
        size = abs(int(proposal["target_units"]) - int(proposal["before_units"] or 0))
        return size > self.four_eyes_above


@dataclass(frozen=True)
class Approved:
    """What became of an approval: a receipt, a task by hand, or another person is wanted."""

    proposal_id: str
    receipt_id: str = ""
    task_id: str = ""
    wants: str = ""


def approve(
    journal: Journal, proposal_id: str, book: AddressBook, rules: Rules, *, by: str, now: datetime
) -> Approved:
    """Take a person's yes; the receipt is made in the same transaction as the last yes wanted.

    Raises:
        UsageError: there is no such proposal, it was decided, it changed since, or this
            person may not approve. What was refused stands in the audit chain.
    """
    with auditing(journal, "approval_refused", proposal_id, by=by, now=now):
        return _approve(journal, proposal_id, book, rules, by=by, now=now)


def _approve(
    journal: Journal, proposal_id: str, book: AddressBook, rules: Rules, *, by: str, now: datetime
) -> Approved:
    proposal = load_proposal(journal, proposal_id)
    check_decidable(proposal)
    check_person(rules, by)
    if compute_digest(proposal) != proposal["digest"]:
        raise UsageError(f"{proposal_id} was changed since it was proposed; run the hour again")
    _write(journal, proposal, rules, by=by, now=now)
    people = find_standing(journal, proposal, now=now)
    if rules.wants_two(proposal) and len(people) < 2:
        return Approved(proposal_id, wants=f"a second person: more than {rules.four_eyes_above}")
    return _carry_out(journal, proposal, book, rules, people=people, now=now)


def _write(journal: Journal, proposal: Row, rules: Rules, *, by: str, now: datetime) -> None:
    row = {
        "proposal_id": proposal["proposal_id"],
        "approved_by": by,
        "at": write_instant(now),
        "expires_at": write_instant(now + rules.expires_after),
        "digest": proposal["digest"],
    }
    journal.execute(
        "delete from approvals where proposal_id = :proposal_id and approved_by = :by",
        proposal_id=proposal["proposal_id"], by=by,
    )  # fmt: skip
    journal.insert("approvals", {**row, "signature": sign(rules.keys.get(by, ""), row)})
    audit.append(journal, "approval", proposal["proposal_id"], row, now=now)


def sign(key: str, row: Mapping[str, Any]) -> str:
    """Return the signature of an approval; none where no keys are kept."""
    if not key:
        return ""
    names = ("proposal_id", "approved_by", "at", "expires_at", "digest")
    text = "".join(f"{len(str(row[name]))}:{row[name]}" for name in names)
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def find_standing(journal: Journal, proposal: Row, *, now: datetime) -> list[str]:
    """Return who has said yes to these very bytes, not too long ago."""
    return [row["approved_by"] for row in _load(journal, proposal, now)]


def _load(journal: Journal, proposal: Row, now: datetime) -> list[Row]:
    rows = journal.query(
        "select * from approvals where proposal_id = :proposal_id and digest = :digest "
        "order by approved_by",
        proposal_id=proposal["proposal_id"], digest=proposal["digest"],
    )  # fmt: skip
    return [row for row in rows if read_instant(row["expires_at"]) > now]


def release(journal: Journal, rules: Rules, *, now: datetime) -> int:
    """Let receipts leave whose approvals are in the hands of those who are named.

    Who delivers knows every key, so this is where a forged or altered word is found out.

    Returns:
        How many were refused.
    """
    with journal.transaction():  # another worker may be doing the same
        held = journal.query(load_query("correct", "find_unreleased"))
        return sum(not _release(journal, receipt, rules, now=now) for receipt in held)


def _release(journal: Journal, receipt: Row, rules: Rules, *, now: datetime) -> bool:
    proposal = load_proposal(journal, receipt["proposal_id"])
    trouble = find_forgery(journal, proposal, rules, now=now)
    trouble = trouble or find_difference(receipt, proposal)
    step = Step("dead", trouble, waits_for="person") if trouble else Step("created", "")
    queue.settle(journal, receipt, step, now=now)
    if not trouble:
        queue.replace_earlier(journal, receipt, now=now)
    told = {"receipt": receipt["receipt_id"], "trouble": trouble}
    kind = "approval_refused" if trouble else "approval_verified"
    audit.append(journal, kind, proposal["proposal_id"], told, now=now)
    return not trouble


def find_forgery(journal: Journal, proposal: Row, rules: Rules, *, now: datetime) -> str:
    """Return why the approvals of a proposal do not carry it, or nothing."""
    if compute_digest(proposal) != proposal["digest"]:
        return "the proposal was changed after it was approved"
    rows = _load(journal, proposal, now)
    unknown = [row["approved_by"] for row in rows if row["approved_by"] not in rules.keys]
    good = [row for row in rows if _is_signed(row, rules)]
    wanted = 2 if rules.wants_two(proposal) else 1
    if len(good) >= wanted:
        return ""
    if unknown:
        return f"nobody here knows the key of {', '.join(unknown)}"
    return f"{len(good)} valid approvals, wanted {wanted}: expired, altered, or not in their hand"


def find_difference(receipt: Row, proposal: Row) -> str:
    """Return what a receipt would do that was not approved, or nothing."""
    wanted = {name: proposal[name] for name in ("system", "fact", "sku", "location_id")}
    units, before = proposal["target_units"], proposal["before_units"]
    if receipt["operation"] == "add":  # the movement itself, handed over again
        units, before = units - before, None
    wanted |= {
        "units": units,
        "before_units": before,
        "quantity": units // receipt["eaches_per_unit"],
    }
    other = [name for name, value in wanted.items() if receipt[name] != value]
    return f"the receipt was changed after it was approved: {', '.join(other)}" if other else ""


def _is_signed(row: Row, rules: Rules) -> bool:
    key = rules.keys.get(row["approved_by"], "")
    return bool(key) and hmac.compare_digest(sign(key, row), row["signature"])


def _carry_out(
    journal: Journal,
    proposal: Row,
    book: AddressBook,
    rules: Rules,
    *,
    people: list[str],
    now: datetime,
) -> Approved:
    names = ", ".join(people)
    trouble = f"{proposal['system']} is read only"
    if (proposal["system"], proposal["fact"]) in rules.writable:
        receipt_id, trouble = correction.correct(
            journal, proposal, book,
            decided_by=names, now=now, waits_for="approval" if rules.people else "",
        )  # fmt: skip
        if receipt_id:
            return Approved(proposal["proposal_id"], receipt_id=receipt_id)
    task_id = correction.ask_by_hand(journal, proposal, trouble=trouble, now=now)
    correction.decide(
        journal, proposal, "approved", decided_by=names, reason=proposal["reason"], now=now
    )
    return Approved(proposal["proposal_id"], task_id=task_id)


def reject(journal: Journal, proposal_id: str, rules: Rules, *, by: str, reason: str,
           now: datetime) -> None:  # fmt: skip
    """Take a person's no.

    Raises:
        UsageError: there is no such proposal, it was decided, or no reason was given. What was
            refused stands in the audit chain.
    """
    with auditing(journal, "rejection_refused", proposal_id, by=by, now=now):
        proposal = load_proposal(journal, proposal_id)
        check_decidable(proposal)
        check_person(rules, by)
        if not reason.strip():
            raise UsageError("a rejection says why: --reason TEXT")
        correction.decide(journal, proposal, "rejected", decided_by=by, reason=reason, now=now)


@contextmanager
def auditing(
    journal: Journal, kind: str, subject: str, *, by: str, now: datetime
) -> Iterator[None]:
    """Do all of it or nothing; a refusal is written into the audit chain, with who asked."""
    try:
        with journal.transaction():
            yield
    except UsageError as error:
        audit.append(journal, kind, subject, {"by": by, "why": str(error)}, now=now)
        raise


def load_proposal(journal: Journal, proposal_id: str) -> Row:
    """Return one proposal.

    Raises:
        UsageError: there is none of this id.
    """
    rows = journal.query(
        "select * from proposals where proposal_id = :proposal_id", proposal_id=proposal_id
    )
    if not rows:
        raise UsageError(
            f"there is no proposal {proposal_id!r}; 'inventory-pipeline proposals' lists them"
        )
    return rows[0]


def check_decidable(proposal: Row) -> None:
    """Refuse what is over: a decision is not taken twice.

    Raises:
        UsageError: it was decided, or replaced.
    """
    if proposal["decision"] in DECIDABLE:
        return
    if proposal["decision"] == "superseded":
        raise UsageError(
            f"{proposal['proposal_id']} is superseded: the numbers have moved on; "
            "'inventory-pipeline proposals' shows what is proposed now"
        )
    by = f" by {proposal['decided_by']}" if proposal["decided_by"] else ""
    raise UsageError(f"{proposal['proposal_id']} was {proposal['decision']}{by}; nothing is left")


def check_person(rules: Rules, name: str) -> None:
    """Refuse a name that may not decide.

    Raises:
        UsageError: the name is empty or not listed.
    """
    if not name.strip():
        raise UsageError("a decision has a name: --by NAME")
    if not rules.people:
        return
    if name not in rules.people:
        known = ", ".join(sorted(rules.people))
        raise UsageError(f"{name!r} may not decide; approvals.people lists: {known}")
    if name not in rules.keys:
        raise UsageError(
            f"the key of {name!r} is not here: a person signs with their own key "
            f"(approvals.people.{name}.key)"
        )

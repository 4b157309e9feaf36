"""Requests: receipts that leave together; bytes and key are stored before the first sending."""

import hashlib
import json
import logging
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from inventory_pipeline.correct.outbox import Step
from inventory_pipeline.correct.receipts import KEYS
from inventory_pipeline.errors import SourceContractError, SourceError
from inventory_pipeline.model.delivery import Answer, Line, Writer, answer_all
from inventory_pipeline.store.journal import Journal, write_instant

logger = logging.getLogger(__name__)

Row = dict[str, Any]
# A request that had no effect twice is taken apart: one bad line holds nobody else back.
SPLIT_FROM = 2


@dataclass(frozen=True)
class Request:
    """One request with its bytes, as it is stored.

    Attributes:
        lines: everything the bytes say, in their order.
        receipts: what of it is not over; the others were answered for before.
    """

    dispatch_id: int
    key: str
    body: bytes
    lines: list[Line]
    receipts: list[Row]


def read_lines(text: str) -> list[Line]:
    """Return the lines of a request as they were stored with its bytes."""
    return [Line(**line) for line in json.loads(text)]


def recall(receipts: list[Row]) -> Request:
    """Return the request that unanswered receipts were in: rows of ``find_unanswered``."""
    first = receipts[0]
    lines = read_lines(first["lines"])
    return Request(first["dispatch_id"], first["dispatch_key"], first["body"], lines, receipts)


def build_line(receipt: Row) -> Line:
    """Return a receipt in the words of its receiver."""
    return Line(
        receipt_id=receipt["receipt_id"],
        item_id=receipt["item_id"],
        location_id=receipt["their_location_id"],
        fact=receipt["fact"],
        operation=receipt["sent_operation"],
        quantity=receipt["sent_quantity"],
        before=receipt["before_quantity"],
        reference=receipt["reference"],
        reason=receipt["reason"],
    )


def split(receipts: Sequence[Row], max_lines: int) -> Iterator[list[Row]]:
    """Group receipts into requests: of one fact and one operation, none too long.

    One that was sent more than once without an effect leaves alone.
    """
    groups: dict[tuple[str, str], list[Row]] = {}
    for receipt in receipts:
        if receipt["generation"] > SPLIT_FROM:
            yield [receipt]
        else:
            groups.setdefault((receipt["fact"], receipt["sent_operation"]), []).append(receipt)
    for group in groups.values():
        for start in range(0, len(group), max_lines):
            yield group[start : start + max_lines]


def store(
    journal: Journal, system: str, writer: Writer, receipts: list[Row], *, now: datetime
) -> Request:
    """Write one request down and lease its receipts; what was stored before stays as it was.

    Raises:
        SourceContractError: the connector broke on these lines; nothing was written down.
    """
    key = receipts[0]["key"]
    if len(receipts) > 1:
        key = str(uuid.uuid5(KEYS, ",".join(receipt["key"] for receipt in receipts)))
    lines = [build_line(receipt) for receipt in receipts]
    body = _encode(writer, lines, key, system)
    row = {
        "system": system,
        "fact": receipts[0]["fact"],
        "operation": receipts[0]["sent_operation"],
        "key": key,
        "body": body,
        "digest": hashlib.sha256(body).hexdigest(),
        "lines": json.dumps([asdict(line) for line in lines], ensure_ascii=False),
        "created_at": write_instant(now),
    }
    journal.insert("dispatches", row, or_ignore=True)
    [stored] = journal.query(
        "select dispatch_id, body, lines from dispatches where key = :key", key=key
    )
    journal.execute_many(
        "update receipts set state = 'leased', dispatch_id = :dispatch_id, "
        "sent_operation = :sent_operation, sent_quantity = :sent_quantity, "
        "before_quantity = :before_quantity "
        "where receipt_id = :receipt_id and state = 'created'",
        [{**_pick(receipt), "dispatch_id": stored["dispatch_id"]} for receipt in receipts],
    )
    sent = read_lines(stored["lines"])
    return Request(stored["dispatch_id"], key, stored["body"], sent, receipts)


def _encode(writer: Writer, lines: list[Line], key: str, system: str) -> bytes:
    try:
        return writer.encode(lines, key)
    except Exception as error:
        said = f"the connector cannot word it: {type(error).__name__}"
        raise SourceContractError(said, system=system) from error


def start(journal: Journal, request: Request, fence: int, *, now: datetime) -> int:
    """Write down that a request goes out, before it does; return the attempt's id."""
    at = write_instant(now)
    journal.execute(
        "update dispatches set first_sent_at = coalesce(first_sent_at, :at), "
        "last_sent_at = :at, sendings = sendings + 1 where dispatch_id = :dispatch_id",
        at=at, dispatch_id=request.dispatch_id,
    )  # fmt: skip
    journal.execute_many(
        "update receipts set state = 'sent', attempts = attempts + 1 "
        "where receipt_id = :receipt_id and state in ('leased', 'sent', 'uncertain')",
        [{"receipt_id": receipt["receipt_id"]} for receipt in request.receipts],
    )
    row = {"dispatch_id": request.dispatch_id, "system": request.receipts[0]["system"]}
    journal.insert("attempts", {**row, "fence": fence, "started_at": at})
    return int(journal.query("select last_insert_rowid() as id")[0]["id"])


def ask(writer: Writer, request: Request, system: str) -> Answer:
    """Hand a request over once; where the connector breaks, nobody knows what came of it."""
    try:
        return writer.send(request.lines, request.key, request.body)
    except Exception as error:
        logger.warning("sending broke system=%s: %s", system, type(error).__name__)
        text = f"the connector broke while sending: {type(error).__name__}"
        return answer_all(request.lines, "ambiguous", text, is_down=True)


def finish(
    journal: Journal,
    request: Request,
    attempt_id: int,
    evidence: str,
    outcomes: Mapping[str, int],
    *,
    now: datetime,
) -> None:
    """Write down what came back; a key under which a failure is remembered is spent."""
    journal.execute(
        "update attempts set finished_at = :at, outcome = :outcome, evidence = :evidence "
        "where attempt_id = :attempt_id",
        at=write_instant(now),
        outcome=", ".join(f"{name} {number}" for name, number in sorted(outcomes.items())),
        evidence=evidence,
        attempt_id=attempt_id,
    )
    if outcomes.get("spent"):
        journal.execute(
            "update dispatches set is_spent = 1 where dispatch_id = :dispatch_id",
            dispatch_id=request.dispatch_id,
        )


def read(writer: Writer, receipts: Sequence[Row], system: str) -> Mapping[str, int | None]:
    """Return receipt_id → the number its receiver shows.

    Raises:
        SourceError: it cannot be read, or the connector broke while reading.
    """
    try:
        return writer.read([build_line(receipt) for receipt in receipts])
    except SourceError:
        raise
    except Exception as error:
        logger.warning("reading broke system=%s: %s", system, type(error).__name__)
        said = f"the connector broke while reading: {type(error).__name__}"
        raise SourceContractError(said, system=system) from error


def _pick(receipt: Row) -> Row:
    names = ("receipt_id", "sent_operation", "sent_quantity", "before_quantity")
    return {name: receipt[name] for name in names}


def divide(receipts: Sequence[Row], writer: Writer) -> tuple[list[Row], list[Row]]:
    """Return the receipts whose number is looked at before it is changed, and the others."""
    needs: list[Row] = []
    rest: list[Row] = []
    for receipt in receipts:
        (needs if must_look(receipt, writer) else rest).append(receipt)
    return needs, rest


def must_look(receipt: Row, writer: Writer) -> bool:
    """Return whether the number is looked at before it is changed (A2).

    A change that the receiver takes only as a number is turned into one; a number that the
    receiver does not compare itself is compared here; and where there is no key, the number
    before tells afterwards whether a change landed.
    """
    if receipt["operation"] not in writer.operations:
        return True
    unguarded = ("B", "C", "D") if receipt["operation"] == "set" else ("C", "D")
    return writer.delivery_class in unguarded


def look(receipt: Row, writer: Writer, shown: Mapping[str, int | None]) -> Row | Step:
    """Return the receipt ready to leave, or why it does not."""
    number = shown.get(receipt["receipt_id"])
    if number is None:
        return Step("dead", "the receiver shows no such item", waits_for="person")
    before = receipt["before_quantity"]
    if receipt["operation"] == "set":
        if before is not None and number != before:
            text = f"it shows {number}, and was to be changed from {before}"
            return Step("superseded", text)
        return {**receipt, "before_quantity": number}
    looked = {**receipt, "before_quantity": number}
    if "add" in writer.operations:
        return looked
    target = number + receipt["quantity"]
    return {**looked, "sent_operation": "set", "sent_quantity": target}

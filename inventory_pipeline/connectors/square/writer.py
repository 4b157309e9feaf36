"""The writer: class B. A number is set by a physical count and added to by an adjustment.

Square orders changes by the moment each of them names, not by when it comes: a sale between
that moment and our request is not lost. The moment is noted when a line is prepared, so that
the bytes of a request stay what they are.

Sources: developer.squareup.com/docs/inventory-api/how-it-works (order by occurred_at),
docs/build-basics/common-api-patterns/idempotency; BatchChangeInventoryRequest (at most 100
changes: square/connect-python-sdk ``docs/BatchChangeInventoryRequest.md``).
"""

import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from inventory_pipeline.connectors.blame import Blame, spread
from inventory_pipeline.connectors.http import HttpDoor
from inventory_pipeline.connectors.http_receiver import (
    HttpReceiver,
    Request,
    find_document,
    quote_answer,
)
from inventory_pipeline.connectors.http_wire import Answer as HttpAnswer
from inventory_pipeline.connectors.http_writer import LINE_STATUSES, judge_failure
from inventory_pipeline.connectors.json_paths import Path, find_text
from inventory_pipeline.connectors.rest_writer import RestWrite, RestWriter
from inventory_pipeline.connectors.square.options import IN_STOCK, TWO_PLACES_SINCE
from inventory_pipeline.model.delivery import Answer, Line, answer_all

logger = logging.getLogger(__name__)

REUSED = "IDEMPOTENCY_KEY_REUSED"
# What is wrong with every line of ours alike, such as a clock that runs fast.
_OURS = ("INVALID_TIME", "INVALID_TIME_RANGE")
_CODE, _DETAIL, _FIELD = Path.parse("code"), Path.parse("detail"), Path.parse("field")
_LINE = re.compile(r"changes\[([0-9]{1,3})\]")
# Where units come from and go to, by the reason; of any other reason the last one of each.
_ENTERS = {"return": "UNLINKED_RETURN", "": "NONE"}
_LEAVES = {"sale": "SOLD", "": "WASTE"}


class SquareWriter(RestWriter):
    """Sends up to a hundred changes a request; all of them are taken, or none."""

    def __init__(
        self,
        receiver: HttpReceiver,
        write: RestWrite,
        *,
        system: str,
        version: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(receiver, write, system=system)
        two = ("from_location_id", "to_location_id")
        self._places = two if version >= TWO_PLACES_SINCE else ("location_id",)
        self._now = now
        self._moments: dict[str, str] = {}

    def prepare(self, lines: Sequence[Line]) -> None:
        """Note the moment at which these numbers hold; asks nobody."""
        moment = self._now().astimezone(UTC).isoformat(timespec="milliseconds")
        self._moments |= {line.receipt_id: moment.replace("+00:00", "Z") for line in lines}

    def _build(self, lines: Sequence[Line], key: str, headers: Mapping[str, str]) -> Request:
        unknown = [line for line in lines if line.receipt_id not in self._moments]
        if unknown:
            self.prepare(unknown)
        told = {
            "idempotency_key": key,
            "changes": [self._write_change(line) for line in lines],
            # Left to itself, Square takes no count that says what the last one did.
            "ignore_unchanged_counts": False,
        }
        body = json.dumps(told, separators=(",", ":")).encode()
        return Request("POST", self._actions[lines[0].operation].path, headers, body)

    def _write_change(self, line: Line) -> dict[str, Any]:
        common = {
            "reference_id": line.reference,
            "catalog_object_id": line.item_id,
            "quantity": str(abs(line.quantity) if line.operation == "add" else line.quantity),
            "occurred_at": self._moments[line.receipt_id],
        }
        if line.operation == "set":
            count = {**common, "state": IN_STOCK, "location_id": line.location_id}
            return {"type": "PHYSICAL_COUNT", "physical_count": count}
        states = find_states(line)
        where = dict.fromkeys(self._places, line.location_id)
        return {"type": "ADJUSTMENT", "adjustment": {**common, **states, **where}}

    def _judge(self, lines: Sequence[Line], answer: HttpAnswer, door: HttpDoor) -> Answer:
        document, said = find_document(answer), quote_answer(door, answer)
        errors = document.get("errors") if type(document) is dict else None
        if 200 <= answer.status < 300:
            is_done = type(document) is dict and "counts" in document and not errors
            return answer_all(lines, "confirmed" if is_done else "ambiguous", said)
        if answer.status not in LINE_STATUSES or type(errors) is not list or not errors:
            return judge_failure(lines, answer, door)
        codes = [find_text(error, _CODE) or "" for error in errors]
        if REUSED in codes:
            # Only a fault of ours leads here: other bytes went out under a key that was used.
            logger.error("square knows other changes for the key of %d lines", len(lines))
            return answer_all(lines, "ambiguous", said)
        if set(codes) & set(_OURS):
            return answer_all(lines, "unapplied", said, is_down=True)
        return spread(lines, [_blame(error, door, answer) for error in errors])


def find_states(line: Line) -> dict[str, str]:
    """Return between which states an addition moves units."""
    if line.quantity >= 0:
        return {"from_state": _ENTERS.get(line.reason, _ENTERS[""]), "to_state": IN_STOCK}
    return {"from_state": IN_STOCK, "to_state": _LEAVES.get(line.reason, _LEAVES[""])}


def _blame(error: Any, door: HttpDoor, answer: HttpAnswer) -> Blame:
    words = f"{find_text(error, _CODE) or ''} {find_text(error, _DETAIL) or ''}".strip()
    match = _LINE.search(find_text(error, _FIELD) or "")
    index = int(match[1]) if match else None
    return Blame("refused", quote_answer(door, answer, words), index)

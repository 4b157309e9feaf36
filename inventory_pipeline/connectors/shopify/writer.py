"""The writer: class A, by a key the shop remembers and by the number we expect to find.

One request is one mutation: all of its lines, or none. Names are looked up before a request
is encoded, by ``prepare`` or ``read``; ``encode`` asks only for what neither has looked up.
"""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from inventory_pipeline.connectors.http import NotSentError
from inventory_pipeline.connectors.json_take import take, take_list
from inventory_pipeline.connectors.shopify.answers import MISMATCH, judge
from inventory_pipeline.connectors.shopify.desk import ShopifyDesk
from inventory_pipeline.connectors.shopify.directory import Directory
from inventory_pipeline.connectors.shopify.documents import NUMBERS
from inventory_pipeline.connectors.shopify.encoding import encode_request, find_objections
from inventory_pipeline.connectors.shopify.options import ShopifyOptions
from inventory_pipeline.connectors.shopify.shapes import read_quantities
from inventory_pipeline.errors import SourceError
from inventory_pipeline.model.delivery import (
    Answer,
    DeliveryClass,
    Line,
    LineAnswer,
    Operation,
    answer_all,
)

logger = logging.getLogger(__name__)

# The shop forgets a key 24 hours after its first use; ours ends before.
KEY_LIFETIME = timedelta(hours=23)
MOST_LINES = 250
# Levels in one question; each costs some points of at most 1,000.
_READ_AT_ONCE = 100


class ShopifyWriter:
    """Sets and adds the quantities of one shop."""

    delivery_class: DeliveryClass = "A"
    key_lifetime: timedelta | None = KEY_LIFETIME
    # A failure is remembered under its key: IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED.
    caches_errors = True
    operations: frozenset[Operation] = frozenset({"set", "add"})
    max_lines = MOST_LINES
    # The shop says itself when it has had enough.
    rate: float | None = None

    def __init__(self, desk: ShopifyDesk, options: ShopifyOptions) -> None:
        self._desk, self._options = desk, options
        self._directory = Directory(desk, options)

    def prepare(self, lines: Sequence[Line]) -> None:
        """Look up what the lines name as it is now, so that ``encode`` asks nobody.

        Raises:
            SourceError: the shop could not be read; nothing is known.
        """
        self._directory.learn(lines)

    def encode(self, lines: Sequence[Line], key: str) -> bytes:
        """Return the exact bytes of one request.

        Raises:
            SourceError: the lines were not prepared, and the shop could not be read.
        """
        self._directory.learn_new(lines)
        return encode_request(
            lines,
            key,
            name=self._find_name(lines),
            find_item=self._directory.find_item,
            find_place=self._directory.find_place,
        )

    def send(self, lines: Sequence[Line], key: str, body: bytes) -> Answer:
        """Hand over one request; never raises for what the shop does."""
        if objections := self._find_objections(lines, body):
            return _refuse(lines, objections)
        try:
            said, redact = self._desk.hand_over(body)
        except NotSentError as error:
            return answer_all(lines, "unapplied", str(error), is_down=True)
        except SourceError as error:
            return answer_all(lines, "ambiguous", str(error))
        answer = judge(said, lines, redact)
        if any(MISMATCH in line.evidence for line in answer.lines.values()):
            # Only a fault of ours leads here: other bytes went out under a key that was used.
            logger.error("the shop knows other parameters for key=%s", key)
        return answer

    def read(self, lines: Sequence[Line]) -> Mapping[str, int | None]:
        """Return the number each line is about; None where the shop shows none.

        Raises:
            SourceError: the shop could not be read.
        """
        self.prepare(lines)
        found: dict[str, int | None] = {line.receipt_id: None for line in lines}
        for place, name, some in self._group(lines):
            for receipt_id, quantity in self._read_some(place, name, some).items():
                found[receipt_id] = quantity
        return found

    def _find_name(self, lines: Sequence[Line]) -> str:
        return self._options.facts.get(lines[0].fact, lines[0].fact)

    def _find_objections(self, lines: Sequence[Line], body: bytes) -> dict[str, str]:
        inner = json.loads(body)["variables"]["input"]
        return find_objections(lines, inner.get("quantities") or inner["changes"], inner["name"])

    def _group(self, lines: Sequence[Line]) -> Iterator[tuple[str, str, dict[str, list[Line]]]]:
        """Yield place, name and lines by the gid of their item, some at a time."""
        groups: dict[tuple[str, str], dict[str, list[Line]]] = {}
        for line in lines:
            item, place = self._directory.find_item(line), self._directory.find_place(line)
            if item is not None and place is not None:
                group = groups.setdefault((place, self._find_name([line])), {})
                group.setdefault(item, []).append(line)
        for (place, name), by_item in groups.items():
            items = list(by_item)
            for start in range(0, len(items), _READ_AT_ONCE):
                some = items[start : start + _READ_AT_ONCE]
                yield place, name, {item: by_item[item] for item in some}

    def _read_some(
        self, place: str, name: str, by_item: Mapping[str, Sequence[Line]]
    ) -> dict[str, int]:
        variables = {"ids": list(by_item), "place": place, "names": [name]}
        with self._desk.open_door() as (door, until):
            data = self._desk.ask(door, until, NUMBERS, variables)
        found = {}
        for node in filter(None, take_list(data, "nodes")):
            quantity = _read_number(node, name)
            if quantity is not None:
                for line in by_item.get(take(node, "id"), ()):
                    found[line.receipt_id] = quantity
        return found


def _read_number(node: Any, name: str) -> int | None:
    level = take(node, "inventoryLevel")
    if level is None or take(level, "isActive") is not True or take(node, "tracked") is not True:
        return None
    text = read_quantities(level).get(name)
    return None if text is None else int(text)


def _refuse(lines: Sequence[Line], objections: Mapping[str, str]) -> Answer:
    """Refuse lines that can never be taken without asking; the others may go without them."""
    rest = LineAnswer("unapplied", "not sent: another line of the request can never be taken")
    return Answer(
        {
            line.receipt_id: LineAnswer("refused", objections[line.receipt_id])
            if line.receipt_id in objections
            else rest
            for line in lines
        }
    )

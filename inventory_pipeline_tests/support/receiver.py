"""A receiver in memory: a system that takes our changes, as its class promises, and fails.

It stands behind our own port (``Writer``), so that thousands of days can be tried in a minute.
What it shows is the truth a law is held against.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from inventory_pipeline.errors import SourceUnavailableError
from inventory_pipeline.model.delivery import (
    Answer,
    DeliveryClass,
    Line,
    LineAnswer,
    Operation,
    answer_all,
)

# applied_then_lost: it was done and nobody heard. lost: it never came. error_500: an error, and
# it was not done. applied_500: an error, and it was done. cached_500: an error that is
# remembered under the key. down: nobody was there. slow: come back later.
# half: it was done, and the answer names the first line alone. broken: it was done and the
# connector that was told so broke.
Fault = Literal[
    "none", "applied_then_lost", "lost", "error_500", "applied_500", "cached_500", "down", "slow",
    "ignored", "clamped", "half", "broken",
]  # fmt: skip
Place = tuple[str, str, str]


class Took(NamedTuple):
    """One change that was made to a number, and by which receipt; foreign ones have none."""

    receipt_id: str
    place: Place
    before: int
    after: int


@dataclass
class Receiver:
    """One system.

    Attributes:
        levels: (item, place, fact) → number.
        effects: how often each receipt had an effect.
        draw: returns the fault of the next request.
        history: every change of every number, in the order it was made.
        linger: called while a request is on its way, before it arrives.
    """

    delivery_class: DeliveryClass
    now: Callable[[], datetime]
    draw: Callable[[], Fault] = lambda: "none"
    levels: dict[Place, int] = field(default_factory=dict)
    effects: Counter[str] = field(default_factory=Counter)
    refuses: set[str] = field(default_factory=set)
    max_lines: int = 5
    rate: float | None = None
    caches_errors: bool = False
    key_life: timedelta = timedelta(hours=24)
    operations: frozenset[Operation] = frozenset({"set", "add"})
    can_read: bool = True
    requests: int = 0
    history: list[Took] = field(default_factory=list)
    linger: Callable[[], None] = lambda: None
    _seen: dict[str, tuple[datetime, bytes, Answer]] = field(default_factory=dict)

    @property
    def key_lifetime(self) -> timedelta | None:
        return self.key_life if self.delivery_class in ("A", "B") else None

    def encode(self, lines: Sequence[Line], key: str) -> bytes:
        return json.dumps({"key": key, "rows": _list(lines)}).encode()

    def read(self, lines: Sequence[Line]) -> Mapping[str, int | None]:
        if not self.can_read:
            raise SourceUnavailableError("it cannot be asked")
        return {line.receipt_id: self.levels.get(_place(line)) for line in lines}

    def send(self, lines: Sequence[Line], key: str, body: bytes) -> Answer:
        self.requests += 1
        fault = self.draw()
        self.linger()
        if fault == "down":
            return answer_all(lines, "unapplied", "connection refused", is_down=True)
        if fault == "slow":
            return answer_all(lines, "unapplied", "429", wait=timedelta(minutes=3))
        if fault == "lost":
            return answer_all(lines, "ambiguous", "timeout")
        if (known := self._recall(key, body)) is not None:
            return known
        assert json.loads(body)["rows"] == _list(lines), "what is stored is not what is meant"
        if fault == "error_500":
            return answer_all(lines, "ambiguous", "500")
        if fault == "cached_500":
            return self._remember(key, body, answer_all(lines, "spent", "500, remembered"))
        answer = self._remember(key, body, self._apply(lines, fault))
        return _garble(lines, answer, fault)

    def order(self, place: Place, units: int) -> None:
        """Let somebody else move a number."""
        before = self.levels[place]
        self.levels[place] += units
        self.history.append(Took("", place, before, before + units))

    def _recall(self, key: str, body: bytes) -> Answer | None:
        if self.key_lifetime is None or key not in self._seen:
            return None
        at, bytes_then, answer = self._seen[key]
        if self.now() >= at + self.key_lifetime:
            return None
        assert bytes_then == body, "the same key came with other bytes"
        return answer

    def _remember(self, key: str, body: bytes, answer: Answer) -> Answer:
        if self.key_lifetime is not None:
            self._seen[key] = (self.now(), body, answer)
        return answer

    def _apply(self, lines: Sequence[Line], fault: Fault) -> Answer:
        """Apply every line or none, and name the one that stands in the way."""
        for line in lines:
            trouble = self._find_trouble(line)
            if trouble:
                rest = {each.receipt_id: LineAnswer("unapplied", "rolled back") for each in lines}
                return Answer({**rest, line.receipt_id: trouble})
        for line in lines:
            self._change(line, fault)
        return answer_all(lines, "confirmed", "200")

    def _find_trouble(self, line: Line) -> LineAnswer | None:
        if line.item_id in self.refuses or _place(line) not in self.levels:
            return LineAnswer("refused", "no such item")
        compares = self.delivery_class == "A" and line.before is not None
        if compares and line.operation == "set" and self.levels[_place(line)] != line.before:
            return LineAnswer("stale", f"it is {self.levels[_place(line)]}")
        return None

    def _change(self, line: Line, fault: Fault) -> None:
        place = _place(line)
        if fault == "ignored":
            return
        target = line.quantity if line.operation == "set" else self.levels[place] + line.quantity
        before = self.levels[place]
        self.levels[place] = max(0, target) if fault == "clamped" else target
        self.effects[line.receipt_id] += 1
        self.history.append(Took(line.receipt_id, place, before, self.levels[place]))


def _garble(lines: Sequence[Line], answer: Answer, fault: Fault) -> Answer:
    """Return what is heard of an answer."""
    if fault == "broken":
        raise ValueError("what it said was not understood")
    if fault in ("applied_then_lost", "applied_500"):
        return answer_all(lines, "ambiguous", fault)
    return Answer(dict(list(answer.lines.items())[:1])) if fault == "half" else answer


def _place(line: Line) -> Place:
    return line.item_id, line.location_id, line.fact


def _list(lines: Sequence[Line]) -> list[list[str | int | None]]:
    return [[line.receipt_id, line.operation, line.quantity, line.before] for line in lines]

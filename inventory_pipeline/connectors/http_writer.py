"""The HTTP writer: what ``rest`` and ``graphql`` have in common when they write.

A request that changes something goes out once a call, over a connection of its own; whether it
is tried again is the outbox's decision, by the delivery class.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import quote

from inventory_pipeline.connectors.blame import Blame, spread
from inventory_pipeline.connectors.http import HttpDoor, NotSentError
from inventory_pipeline.connectors.http_receiver import (
    HttpReceiver,
    Request,
    Unsendable,
    quote_answer,
)
from inventory_pipeline.connectors.http_wire import Answer as HttpAnswer
from inventory_pipeline.connectors.write_options import HttpWrite, ReadBack
from inventory_pipeline.connectors.write_words import shorten
from inventory_pipeline.errors import ConfigError, SourceError, SourceRefusedError
from inventory_pipeline.model.delivery import (
    Answer,
    DeliveryClass,
    Line,
    Operation,
    Outcome,
    answer_all,
)

LONGEST_WAIT = timedelta(hours=1)
USUAL_WAIT = timedelta(seconds=30)
# Statuses that say something about this line; any other 4xx says something about us.
LINE_STATUSES = (400, 404, 410, 422)
_MAYBE_DONE = (302, 303)  # what follows a form that was taken, or a login page: nobody knows


class HttpWriter(ABC):
    """Writes by requests of the configuration. A kind of system says how it asks and judges."""

    def __init__(self, receiver: HttpReceiver, write: HttpWrite, *, system: str) -> None:
        self._receiver, self._write, self._system = receiver, write, system
        self._actions = write.find_operations()

    @property
    def delivery_class(self) -> DeliveryClass:
        return self._write.delivery_class

    @property
    def key_lifetime(self) -> timedelta | None:
        return self._write.lifetime

    @property
    def caches_errors(self) -> bool:
        return self._write.caches_errors

    @property
    def operations(self) -> frozenset[Operation]:
        return frozenset(self._actions)

    @property
    def max_lines(self) -> int:
        return 1

    @property
    def rate(self) -> float | None:
        return self._write.rate

    def encode(self, lines: Sequence[Line], key: str) -> bytes:
        """Return the request without credentials. Pure: same lines and key, same bytes."""
        header = self._write.key_header
        shown = key if key.isascii() and key.isprintable() else quote(key, safe="")
        return self._build(lines, key, {header: shown} if header else {}).encode()

    def send(self, lines: Sequence[Line], key: str, body: bytes) -> Answer:
        """Send the stored request once; the key travels inside it."""
        if said := self._find_objection(lines[0], body):
            return answer_all(lines, "refused", shorten(said))
        with self._receiver.open() as door:
            try:
                answer = self._receiver.send(door, Request.decode(body))
            except Unsendable as error:
                return answer_all(lines, "refused", shorten(str(error)))
            except NotSentError as error:
                said = shorten(door.scribe.redact(f"nothing was sent: {error}"))
                return answer_all(lines, "unapplied", said, is_down=True)
            except SourceError as error:
                said = shorten(door.scribe.redact(f"it was sent, then {error}"))
                return answer_all(lines, "ambiguous", said)
            self._receiver.note_status(answer.status)
            return self._judge(lines, answer, door)

    def read(self, lines: Sequence[Line]) -> Mapping[str, int | None]:
        """Return receipt_id → the number as the receiver shows it.

        Raises:
            SourceError: it could not be read, or ``write.read`` is not configured.
        """
        back = self._find_read_back()
        if back is None:
            raise SourceRefusedError(
                "what was written cannot be read back: write.read is not configured",
                system=self._system,
            )
        found: dict[str, int | None] = {}
        with self._asking() as door:
            for some in self._group(lines, back.many):
                found |= self._receiver.read(self._build_read(some), some, back, door=door)
        return found

    @contextmanager
    def _asking(self) -> Iterator[HttpDoor]:
        """Yield a door through which nothing is changed; errors name the system."""
        try:
            with self._receiver.open() as door:
                yield door
        except ConfigError as error:
            raise SourceRefusedError(str(error), system=self._system) from None
        except SourceError as error:
            raise type(error)(str(error), system=self._system) from None

    def _find_objection(self, line: Line, _body: bytes) -> str:
        """Return why the receiver can never be told what a line is about, or nothing."""
        facts = self._write.facts
        if facts is None or line.fact in facts:
            return ""
        return f"not sent: {line.fact} is no number of its own there; it takes {', '.join(facts)}"

    def _group(self, lines: Sequence[Line], many: int) -> Iterator[list[Line]]:
        """Yield the lines that one request reads."""
        groups: dict[str, list[Line]] = {}
        for line in lines:
            groups.setdefault(self._find_read_place(line), []).append(line)
        for group in groups.values():
            yield from (group[at : at + many] for at in range(0, len(group), many))

    def _find_read_place(self, _line: Line) -> str:
        """Return where a line is read; lines of two places need two requests."""
        return ""

    @abstractmethod
    def _build(self, lines: Sequence[Line], key: str, headers: Mapping[str, str]) -> Request:
        """Return the request for some lines."""

    @abstractmethod
    def _build_read(self, lines: Sequence[Line]) -> Request:
        """Return the request that reads the numbers of some lines."""

    @abstractmethod
    def _find_read_back(self) -> ReadBack | None:
        """Return how a number is found in what was read, if it can be read."""

    @abstractmethod
    def _judge(self, lines: Sequence[Line], answer: HttpAnswer, door: HttpDoor) -> Answer:
        """Return what an answer that came whole says of the lines."""


def judge_failure(lines: Sequence[Line], answer: HttpAnswer, door: HttpDoor) -> Answer:
    """Return what a status other than 2xx says, where nothing configured says more."""
    status, said = answer.status, quote_answer(door, answer)
    wait = find_wait(door, answer)
    if status == 429:
        return answer_all(lines, "unapplied", said, wait=wait or USUAL_WAIT)
    if status in LINE_STATUSES:
        return spread(lines, [Blame("refused", said)])
    outcome: Outcome = "ambiguous" if is_doubtful(status) else "unapplied"
    is_down = 300 <= status < 500 and status not in (408, 409, 425)
    return answer_all(
        lines, outcome, _explain(status, said), is_down=is_down,
        wait=wait or (USUAL_WAIT if status in (409, 425) else None),
    )  # fmt: skip


def is_doubtful(status: int) -> bool:
    """Return whether a request with this answer may have been carried out.

    409 is one of them: under a key it often says that the first attempt is still at work.
    """
    return not (300 <= status < 500) or status in (*_MAYBE_DONE, 408, 409)


def find_wait(door: HttpDoor, answer: HttpAnswer) -> timedelta | None:
    """Return how long the receiver asks us to stay away, an hour at most."""
    seconds = door.find_wait(answer)
    return None if seconds is None else min(LONGEST_WAIT, timedelta(seconds=seconds))


def _explain(status: int, said: str) -> str:
    if status in (401, 403, 407):
        return shorten(f"not allowed to write; look at write.auth and its rights: {said}")
    if 300 <= status < 400:
        return f"HTTP {status} redirects, which is not followed; configure the address that answers"
    return said

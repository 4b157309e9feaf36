"""The HTTP receiver: one request over the line once, its answer judged, numbers read back.

What the bytes of a request hold is the request itself: method and path, the headers that
belong to it, an empty line, the body. Credentials are added when it is sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from inventory_pipeline.connectors.egress import parse_place
from inventory_pipeline.connectors.http import HttpDoor, NotSentError, Surroundings, judge_status
from inventory_pipeline.connectors.http_auth import build_badge
from inventory_pipeline.connectors.http_options import Call, HttpOptions
from inventory_pipeline.connectors.http_wire import Answer as HttpAnswer
from inventory_pipeline.connectors.http_wire import Question
from inventory_pipeline.connectors.json_paths import (
    ABSENT,
    Path,
    Problem,
    RowsPath,
    find_text,
    is_empty,
)
from inventory_pipeline.connectors.json_strict import decode_text, load_strictly
from inventory_pipeline.connectors.write_options import HttpWrite, ReadBack
from inventory_pipeline.connectors.write_words import fill_words, find_words, parse_whole, shorten
from inventory_pipeline.errors import ConfigError, SourceContractError, SourceError
from inventory_pipeline.model.delivery import Line


@dataclass(frozen=True)
class Request:
    """One request without credentials; ``target`` is path and query below ``base_url``."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    def encode(self) -> bytes:
        """Return the bytes that are stored."""
        lines = [f"{self.method} {self.target}", *(f"{k}: {v}" for k, v in self.headers.items())]
        return "\n".join([*lines, "", ""]).encode() + self.body

    @classmethod
    def decode(cls, stored: bytes) -> "Request":
        """Return the request that was stored."""
        head, _, body = stored.partition(b"\n\n")
        first, *more = head.decode().split("\n")
        method, _, target = first.partition(" ")
        return cls(method, target, dict(line.split(": ", 1) for line in more), body)


class Unsendable(Exception):  # noqa: N818 - a value that cannot be written, no error of the house
    """What a line holds makes no request, such as a dot segment in a path."""


class HttpReceiver:
    """One system that is written to over HTTP; its token, if it has one, outlives a request."""

    def __init__(
        self, options: HttpOptions, write: HttpWrite, *, root: str, world: Surroundings
    ) -> None:
        auth = write.auth or options.auth
        headers = {**options.headers, **write.headers}
        self._options = options.model_copy(update={"auth": auth, "headers": headers})
        self._root, self._world = root, world
        self._badge = build_badge(self._options)

    def open(self) -> HttpDoor:
        """Return a door; its connections live no longer than it is open."""
        return HttpDoor(self._options, root=self._root, world=self._world, now=_now)

    def send(self, door: HttpDoor, request: Request) -> HttpAnswer:
        """Send one request once.

        Raises:
            Unsendable: it cannot be written.
            NotSentError: nothing was sent.
            SourceError: it was sent, and no whole answer came.
        """
        try:
            question = self._write(door, request)
        except (SourceError, ConfigError) as error:
            raise NotSentError(str(error)) from None
        return door.send(question, badge=self._badge)

    def note_status(self, status: int) -> None:
        """Forget a token that was not taken, so that the next request asks for another."""
        if status in getattr(self._options.auth, "ended", ()):
            self._badge.drop()

    def read(
        self, request: Request, lines: Sequence[Line], back: ReadBack, *, door: HttpDoor
    ) -> dict[str, int | None]:
        """Return receipt_id → the number each line is about.

        Raises:
            SourceError: it cannot be read.
        """
        also = tuple(status for sign in back.absent for status in sign.status)
        answer = self.ask(request, door=door, label="reading back", also=also)
        document = find_document(answer)
        if any(sign.fits(answer.status, document) for sign in back.absent):
            return {line.receipt_id: None for line in lines}
        return {line.receipt_id: find_quantity(document, line, back) for line in lines}

    def ask(
        self, request: Request, *, door: HttpDoor, label: str, also: tuple[int, ...] = ()
    ) -> HttpAnswer:
        """Return what a request that changes nothing is answered.

        Args:
            label: what is asked for; begins every message.
            also: statuses that are right, besides 2xx.

        Raises:
            SourceError: it cannot be asked.
        """
        seconds = self._options.timeouts.answer.total_seconds()
        until = door.start_deadline(seconds, f"no whole answer within {seconds:g} s")
        try:
            question = self._write(door, request)
        except Unsendable as error:
            raise SourceContractError(str(error)) from None
        return door.ask(
            question, until, badge=self._badge, label=label,
            judge=lambda answer: judge_status(answer, also=also),
        )  # fmt: skip

    def _write(self, door: HttpDoor, request: Request) -> Question:
        base = self._options.base_url.rstrip("/")
        target = request.target.lstrip("/")
        joint = "" if not target or target.startswith("?") else "/"
        try:
            place = parse_place(f"{base}{joint}{target}")
        except ValueError as error:
            raise Unsendable(f"the request cannot be written: {error}") from None
        asked = door.scribe.write(Call(), {})
        kind = {"Content-Type": "application/json"} if request.body else {}
        headers = {**asked.headers, **kind, **request.headers}
        return replace(
            asked, place=place, method=request.method, headers=headers, body=request.body or None
        )


def _now() -> datetime:
    return datetime.now(UTC)


def find_document(answer: HttpAnswer) -> Any:
    """Return the JSON of an answer; ABSENT where it is none."""
    try:
        return load_strictly(decode_text(answer.body))
    except SourceContractError:
        return ABSENT


def quote_answer(door: HttpDoor, answer: HttpAnswer, words: str = "") -> str:
    """Return what the receiver said, as evidence: status and its words, without secrets."""
    said = words or answer.body[:2000].decode("utf-8", "replace")
    return shorten(door.scribe.redact(f"HTTP {answer.status} {' '.join(said.split())}".strip()))


def find_quantity(document: Any, line: Line, back: ReadBack) -> int | None:
    """Return the number a read-back shows for a line; None where it shows none.

    Raises:
        SourceContractError: no JSON, two rows, or what stands there is no whole number.
    """
    if document is ABSENT:
        raise SourceContractError("reading back: the answer is no JSON (a login page?)")
    for failure in back.fails_when:
        failure.judge(document)
    if back.rows is not None:
        found = _find_rows(document, line, back)
        if not found:
            return None
        if len(found) > 1:
            raise SourceContractError(f"reading back: {len(found)} rows fit; wanted one")
        document = found[0]
    value = Path.parse(back.quantity).find(document)
    if value is None or value is ABSENT:
        return None
    return parse_whole(find_text(document, Path.parse(back.quantity)))


def _find_rows(document: Any, line: Line, back: ReadBack) -> Sequence[Any]:
    if is_empty(document, back.empty_has):
        return []
    rows = RowsPath.parse(str(back.rows))
    words = find_words(line, "")
    wanted = {Path.parse(path): str(fill_words(text, words)) for path, text in back.where.items()}
    found = [chain[-1] for chain in rows.walk(document)]
    for problem in (row for row in found if isinstance(row, Problem)):
        raise SourceContractError(f"reading back: {problem}")
    inner = [Path(rows.tail).find(row) for row in found]
    return [row for row in inner if all(find_text(row, p) == text for p, text in wanted.items())]

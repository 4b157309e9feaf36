"""A web server as a depot: files that are asked for by name, through the project's own door.

Every rule of the door holds: https, addresses judged, no redirect, no proxy. A file is taken
as it is stored (nothing unpacks it), and written to the disk piece by piece.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from functools import partial
from http.client import HTTPResponse
from typing import Protocol
from urllib.parse import quote

from inventory_pipeline.connectors.depots.depot import Copy, Seen
from inventory_pipeline.connectors.egress import Place, parse_place
from inventory_pipeline.connectors.http import Badge, HttpDoor, judge_status
from inventory_pipeline.connectors.http_body import read_body, save_body
from inventory_pipeline.connectors.http_options import Call
from inventory_pipeline.connectors.http_wire import Answer, Question
from inventory_pipeline.errors import (
    FileAbsentError,
    SourceContractError,
    SourceError,
    SourceRefusedError,
)

ABSENT = (404, 410)
READS = ("GET", "HEAD")
# As it is stored: what a server packs on the way has another length than it says of the file.
AS_STORED = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "inventory-pipeline"}


class Manner(Protocol):
    """How one kind of server is asked."""

    def find_headers(self, door: HttpDoor) -> Mapping[str, str]:
        """Return the headers of every question."""

    def find_badge(self, question: Question) -> Badge:
        """Return who asks this question."""

    def explain(self, answer: Answer) -> str:
        """Return what a person should know about an answer that says no; mostly nothing."""


class WebDepot:
    """Files below one URL. The server can only be read."""

    is_atomic = False
    poll_seconds = 5.0

    def __init__(self, door: HttpDoor, manner: Manner, *, base_url: str, seconds: float) -> None:
        self._door, self._manner, self._seconds = door, manner, seconds
        self._base = base_url.rstrip("/")

    def describe(self, name: str) -> str:
        return f"{self._base}/{name}"

    def look(self, name: str) -> Seen:
        return read_head(self.ask(Question(self.find_place(name), "HEAD")))

    def copy(self, name: str, copy: Copy, fits: Callable[[Seen], None]) -> Seen:
        fits(self.look(name))

        def take(response: HTTPResponse) -> bytes:
            if response.status != 200:
                return read_body(response)
            _refuse_packed(response, name)
            copy.start()
            save_body(response, copy.add)
            return b""

        return read_head(self.ask(Question(self.find_place(name), take=take)))

    def write(self, name: str, _body: bytes) -> None:
        raise SourceRefusedError(f"a web server cannot be given {name}")

    def remove(self, name: str) -> None:
        raise SourceRefusedError(f"a web server cannot be asked to remove {name}")

    def move(self, name: str, to: str) -> None:
        raise SourceRefusedError(f"a web server cannot be asked to call {name} {to}")

    def find_place(self, name: str) -> Place:
        """Return where a file is asked for.

        Raises:
            SourceRefusedError: the name leads out of the configured path, or is none.
        """
        try:
            return parse_place(f"{self._base}/{quote(name, safe='/~')}")
        except ValueError as error:
            raise SourceRefusedError(f"{name} is no name of a file here: {error}") from None

    def ask(self, question: Question) -> Answer:
        """Ask, as the door asks; what is not there is no answer.

        Raises:
            SourceError: as ``HttpDoor.ask``.
        """
        headers = {**self._manner.find_headers(self._door), **question.headers}
        asked = replace(question, headers=headers)
        until = self._door.start_deadline(self._seconds, f"not all came within {self._seconds:g} s")
        answer = self._door.ask(
            asked,
            until,
            judge=partial(self._judge, is_read=asked.method in READS),
            badge=self._manner.find_badge(asked),
            label=f"{asked.method} {asked.place}",
        )
        if answer.status in ABSENT:
            raise FileAbsentError(f"there is no file {asked.place}")
        return answer

    def _judge(self, answer: Answer, *, is_read: bool) -> None:
        kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
        try:
            judge_status(answer, also=ABSENT)
        except SourceError as error:
            if word := self._manner.explain(answer):
                raise type(error)(f"{error}; {word}") from None
            raise
        if is_read and kind == "text/html" and answer.status == 200:
            raise SourceContractError("the answer is a web page, no file (a login page?)")


@dataclass(frozen=True)
class PlainManner:
    """A web server, with the headers and the credential of the configuration."""

    badge: Badge

    def find_headers(self, door: HttpDoor) -> Mapping[str, str]:
        return {**door.scribe.write(Call(), {}).headers, **AS_STORED}

    def find_badge(self, _question: Question) -> Badge:
        return self.badge

    def explain(self, answer: Answer) -> str:
        return "the server must answer HEAD" if answer.status in (405, 501) else ""


def read_head(answer: Answer) -> Seen:
    """Read what the head of an answer says of a file.

    Raises:
        SourceContractError: it says nothing by which a change could be seen.
    """
    found = answer.headers.get
    length, etag, changed = found("content-length", ""), found("etag"), found("last-modified", "")
    if not (length or etag or changed):
        raise SourceContractError(
            "the server says neither Content-Length, ETag nor Last-Modified of the file, so that "
            "nobody can see whether it is still being written"
        )
    written_at, now = _read_time(changed), _read_time(found("date", ""))
    return Seen(
        identity=(etag, changed) if etag or changed else (length,),
        size=int(length) if length.isdigit() else None,
        written_at=written_at,
        age_seconds=None if written_at is None or now is None else now - written_at,
    )


def _read_time(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except ValueError:
        return None


def _refuse_packed(response: HTTPResponse, name: str) -> None:
    """A packed file is fine where its own name says so: then it is packed in the store, too."""
    packed = response.headers.get("Content-Encoding", "identity").strip().lower()
    if packed not in ("identity", "") and not name.endswith(".gz"):
        raise SourceContractError(
            f"the file comes packed as {packed[:40]!r} though it was asked for as it is"
        )

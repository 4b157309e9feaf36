"""The HTTP door: one way to ask, with retries, patience, a rate limit and a name badge.

Rules: https or this machine; no redirect, proxy or netrc; verified TLS; a deadline for every
answer; a wait is never shorter than the source asked for; refused once is refused.
"""

import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol, Self
from urllib.parse import urlsplit

from inventory_pipeline.connectors.egress import Egress, Place, Resolve, parse_place, resolve_name
from inventory_pipeline.connectors.http_options import HttpOptions
from inventory_pipeline.connectors.http_questions import Scribe
from inventory_pipeline.connectors.http_wire import Answer, Deadline, Question, Wire, build_tls
from inventory_pipeline.connectors.patience import (
    compute_backoff,
    find_rate,
    parse_reset,
    parse_retry_after,
    stretch,
)
from inventory_pipeline.errors import (
    ConfigError,
    SourceContractError,
    SourceError,
    SourceRefusedError,
    SourceUnavailableError,
)

Judge = Callable[[Answer], None]

_USED_UP = re.compile(r"-[0-9]+|0+(\.0+)?")
_AGAIN = (408, 425, 429)
_JSON_TYPE = re.compile(r"application/([a-z0-9.-]+\+)?json|text/json")


@dataclass(frozen=True)
class Surroundings:
    """What the door takes from the world besides the network; tests bring their own."""

    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = random.random
    resolve: Resolve = resolve_name


class TryLaterError(SourceUnavailableError):
    """A passing failure; ``wait_seconds`` is what the source asked us to wait, if it did."""

    wait_seconds: float | None = None


class NotKnownError(SourceRefusedError):
    """The source does not know us, or not any more: a token may have ended."""


class NotSentError(SourceError):
    """Not a byte of the question left: no credential, no address, no connection."""


class Badge(Protocol):
    """Who we are, as headers."""

    def find_headers(self, door: "HttpDoor", until: Deadline) -> Mapping[str, str]:
        """Return the headers, asking for a token first where one is needed."""

    def drop(self) -> bool:
        """Forget what was handed out; return whether another one can be fetched."""


class HttpDoor:
    """Asks one system during one fetch; its connections live no longer than that."""

    def __init__(
        self,
        options: HttpOptions,
        *,
        root: str,
        world: Surroundings,
        now: Callable[[], datetime],
    ) -> None:
        self._options, self._root, self._world, self.now = options, root, world, now
        self.scribe = Scribe(options, root=root)
        self.egress = Egress(parse_place(options.base_url), options.allow_private, world.resolve)
        self._wires: dict[tuple[str, str, int], Wire] = {}
        self._not_before = self._turn_at = float("-inf")
        self._per_second = options.rate_limit.per_second

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for wire in self._wires.values():
            wire.close()

    def start_deadline(self, seconds: float, missed: str) -> Deadline:
        """Return the moment ``seconds`` from now; ``missed`` is said when it has passed."""
        return Deadline(self._world.monotonic() + seconds, self._world.monotonic, missed)

    def ask(
        self, question: Question, until: Deadline, *, judge: Judge, badge: Badge, label: str
    ) -> Answer:
        """Ask until a judged answer is there, patience ends, or somebody says no.

        Args:
            judge: raises what is wrong with an answer; TryLaterError is tried again.
            label: what is asked for, in words that hold no secret; begins every message.

        Raises:
            SourceError: as in the tree of ``errors``.
        """
        try:
            return self._ask(question, until, judge, badge)
        except SourceError as error:
            raise _find_public(error)(f"{label}: {error}") from None

    def send(self, question: Question, *, badge: Badge) -> Answer:
        """Send one question that changes something: once, whatever happens.

        Raises:
            NotSentError: nothing was sent.
            SourceError: it was sent, or part of it, and no whole answer came.
        """
        seconds = self._options.timeouts.answer.total_seconds()
        deadline = self.start_deadline(seconds, f"no whole answer within {seconds:g} s")
        try:
            shown = {**question.headers, **badge.find_headers(self, deadline)}
            wire = self._find_wire(question.place)
            wire.reach(question.place, deadline)
        except (SourceError, ConfigError) as error:
            raise NotSentError(str(error)) from None
        try:
            return wire.exchange(replace(question, headers=shown), deadline)
        except ConfigError as error:  # a header that cannot be written
            raise NotSentError(str(error)) from None

    def _ask(self, question: Question, until: Deadline, judge: Judge, badge: Badge) -> Answer:
        deadline = self._cut(until)
        failures, may_renew = 0, True
        while True:
            if self._wait_for_turn(until):
                deadline = self._cut(until)
            shown = {**question.headers, **badge.find_headers(self, until)}
            try:
                return self._try(replace(question, headers=shown), deadline, judge)
            except NotKnownError:
                if not (may_renew and badge.drop()):
                    raise
                may_renew = False
            except SourceUnavailableError as error:
                failures += 1
                if failures > self._options.retries:
                    raise
                deadline = self._wait(error, failures, deadline, until)

    def _try(self, question: Question, deadline: Deadline, judge: Judge) -> Answer:
        answer = self._find_wire(question.place).exchange(question, deadline)
        self._heed_limit(answer)
        try:
            judge(answer)
        except TryLaterError as error:
            if error.wait_seconds is None:
                error.wait_seconds = self.find_wait(answer)
            raise
        except SourceRefusedError as error:
            if answer.status in getattr(self._options.auth, "ended", ()):
                raise NotKnownError(str(error)) from None
            raise
        return answer

    def find_wait(self, answer: Answer) -> float | None:
        """Return the seconds an answer asks us to stay away, in the header that says so here."""
        seconds = parse_retry_after(answer.headers, self.now())
        return self._read_limit(answer, "retry_after") if seconds is None else seconds

    def _wait(
        self, error: SourceUnavailableError, failures: int, deadline: Deadline, until: Deadline
    ) -> Deadline:
        """Sleep before the next try, or give up with the error if there is no time for it.

        A wait the source asked for counts against the feed, our own against the answer too.
        """
        asked = error.wait_seconds if isinstance(error, TryLaterError) else None
        jitter = self._world.jitter()
        seconds = compute_backoff(failures, jitter) if asked is None else stretch(asked, jitter)
        limit = deadline if asked is None else until
        if limit.ends - self._world.monotonic() <= seconds:
            wish = "" if asked is None else f", asks to wait {asked:,.0f} s"
            raise SourceUnavailableError(f"{error}{wish}; no time is left to try again")
        self._world.sleep(seconds)
        return deadline if asked is None else self._cut(until)

    def _cut(self, until: Deadline) -> Deadline:
        seconds = self._options.timeouts.answer.total_seconds()
        deadline = self.start_deadline(seconds, f"no whole answer within {seconds:g} s")
        return min(deadline, until, key=lambda one: one.ends)

    def _wait_for_turn(self, until: Deadline) -> bool:
        """Sleep as long as the rate limit wants; return whether it wanted that."""
        gap = 1 / self._per_second if self._per_second else 0.0
        seconds = max(self._not_before, self._turn_at + gap) - self._world.monotonic()
        if seconds >= until.find_left():
            raise SourceUnavailableError(
                f"the rate limit is used up for {seconds:,.0f} s, longer than a feed may take"
            )
        if seconds > 0:
            self._world.sleep(seconds)
        self._turn_at = self._world.monotonic()
        return seconds > 0

    def _heed_limit(self, answer: Answer) -> None:
        limit = self._options.rate_limit
        said = answer.headers.get(limit.announced.lower(), "") if limit.announced else ""
        self._per_second = find_rate(limit.per_second, said) or self._per_second
        left = answer.headers.get(limit.remaining.lower(), "") if limit.remaining else ""
        if not _USED_UP.fullmatch(left.strip()):
            return
        seconds = self._read_limit(answer, "reset")
        pause = stretch(1.0 if seconds is None else seconds, self._world.jitter())
        self._not_before = max(self._not_before, self._world.monotonic() + pause)

    def _read_limit(self, answer: Answer, named: Literal["reset", "retry_after"]) -> float | None:
        limit = self._options.rate_limit
        name: str | None = getattr(limit, named)
        text = answer.headers.get(name.lower(), "") if name else ""
        return parse_reset(text, self.now(), in_milliseconds=limit.in_milliseconds)

    def _find_wire(self, place: Place) -> Wire:
        if place.origin not in self._wires:
            options = self._options
            ca_file = str(Path(self._root, options.ca_file)) if options.ca_file else None
            self._wires[place.origin] = Wire(
                self.egress,
                tls=build_tls(ca_file) if place.scheme == "https" else None,
                connect_seconds=options.timeouts.connect.total_seconds(),
                read_seconds=options.timeouts.read.total_seconds(),
            )
        return self._wires[place.origin]


def judge_status(answer: Answer, *, also: tuple[int, ...] = ()) -> None:
    """Raise what an HTTP status says is wrong; ``also`` are statuses that are right here."""
    status = answer.status
    if 200 <= status < 300 or status in also:
        return
    if 300 <= status < 400:
        raise SourceRefusedError(
            f"HTTP {status} redirects to {_find_host(answer)}; redirects are not followed, "
            "configure the address that answers"
        )
    if status == 401:
        raise NotKnownError("HTTP 401: the credentials are missing, wrong or ended; see auth:")
    if status in (403, 407):
        raise SourceRefusedError(f"HTTP {status}: not allowed; the credentials lack a permission")
    if status in _AGAIN or status >= 500:
        raise TryLaterError(f"HTTP {status}")
    raise SourceContractError(f"HTTP {status}{_WORDS.get(status, '')}")


_WORDS = {
    400: ": the source does not understand the request as configured",
    404: ": there is nothing at this address; nothing is concluded from that",
    410: ": what was at this address is gone",
}


def judge_json(answer: Answer, *, also: tuple[str, ...] = ()) -> None:
    """Raise SourceContractError unless the answer calls itself JSON or one of ``also``."""
    kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    if not _JSON_TYPE.fullmatch(kind) and kind not in also:
        raise SourceContractError(
            f"the answer is {kind[:60] or 'of no named type'}, wanted JSON "
            "(a login or error page? otherwise name the type in content_types)"
        )


def _find_host(answer: Answer) -> str:
    try:
        host = urlsplit(answer.headers.get("location", "")).hostname
    except ValueError:
        host = None
    return "".join(c for c in host or "another path" if c.isprintable())[:80]


def _find_public(error: SourceError) -> type[SourceError]:
    for kind in (SourceUnavailableError, SourceRefusedError, SourceContractError):
        if isinstance(error, kind):
            return kind
    return SourceError

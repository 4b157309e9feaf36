"""The wire: one request and its whole answer, within a deadline and within bounds.

Plain ``http.client``, because it adds nothing of its own: it follows no redirect, reads no
proxy, netrc or environment, retries nothing, unpacks nothing. What is needed of that is
written here or in ``http.py``, where it can be read.
"""

import http.client
import io
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from inventory_pipeline.connectors.egress import Egress, Place
from inventory_pipeline.connectors.http_body import PIECE, read_body
from inventory_pipeline.errors import (
    ConfigError,
    SourceRefusedError,
    SourceUnavailableError,
)


@dataclass(frozen=True)
class Deadline:
    """A moment on a monotonic clock after which nothing is waited for.

    Attributes:
        missed: what to say when it has passed.
    """

    ends: float
    monotonic: Callable[[], float]
    missed: str

    def find_left(self) -> float:
        """Return the seconds that are left.

        Raises:
            SourceUnavailableError: none is.
        """
        left = self.ends - self.monotonic()
        if left <= 0:
            raise SourceUnavailableError(self.missed)
        return left


@dataclass(frozen=True)
class Question:
    """One request, ready to send. Headers and body may hold secrets and are never shown.

    Attributes:
        take: reads the body of the answer, and returns what of it is kept in memory.
    """

    place: Place
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    take: Callable[[http.client.HTTPResponse], bytes] = field(default=read_body, repr=False)


@dataclass(frozen=True)
class Answer:
    """One whole answer, unpacked. Header names are lower case."""

    status: int
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Wire:
    """Connections to the places of one configured URL; one is kept open between questions."""

    def __init__(
        self,
        egress: Egress,
        *,
        tls: ssl.SSLContext | None,
        connect_seconds: float,
        read_seconds: float,
    ) -> None:
        self._egress, self._tls = egress, tls
        self._connect_seconds, self._read_seconds = connect_seconds, read_seconds
        self._open: _Connection | None = None

    def exchange(self, question: Question, deadline: Deadline) -> Answer:
        """Send one question and read its whole answer.

        Raises:
            SourceUnavailableError: reset, cut short, or too slow.
            SourceRefusedError: the certificate or the address is not to be trusted.
            SourceContractError: the answer is too large or no HTTP.
        """
        _check_headers(question.headers)
        with self._translating(question.place, deadline):
            return self._exchange(question, deadline)

    def reach(self, place: Place, deadline: Deadline) -> None:
        """Open a connection of its own; what is exchanged next goes over the line once at most.

        Raises:
            SourceError: as ``exchange``; nothing was sent.
        """
        self.close()
        with self._translating(place, deadline):
            self._open = self._connect(place, deadline)

    def close(self) -> None:
        """Close what is open."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _exchange(self, question: Question, deadline: Deadline) -> Answer:
        if self._open is not None:
            try:
                return self._ask(self._open, question, deadline)
            except _IdleClosedError:
                self.close()
        self._open = self._connect(question.place, deadline)
        return self._ask(self._open, question, deadline)

    def _connect(self, place: Place, deadline: Deadline) -> "_Connection":
        connection = _Connection(place, self._tls)
        connection.reach(
            self._egress.find_addresses(place),
            min(self._connect_seconds, deadline.find_left()),
        )
        return connection

    @contextmanager
    def _translating(self, place: Place, deadline: Deadline) -> Iterator[None]:
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            raise SourceRefusedError(
                f"the certificate of {place.host} is not trusted: "
                f"{error.verify_message or error.reason}; a private authority goes into ca_file"
            ) from None
        except TimeoutError:
            deadline.find_left()
            raise SourceUnavailableError(f"silent for more than {self._read_seconds:g} s") from None
        except (OSError, http.client.HTTPException) as error:
            raise SourceUnavailableError(_describe(error)) from None

    def _ask(self, connection: "_Connection", question: Question, deadline: Deadline) -> Answer:
        is_kept = False
        try:
            with connection.ask(question, deadline, self._read_seconds) as response:
                body = question.take(response)
                is_kept = not response.will_close
                return Answer(response.status, _join_headers(response.headers), body)
        finally:
            if not is_kept:
                self.close()


class _IdleClosedError(ConnectionError):
    """The host closed an idle connection before it answered: that says nothing about it."""


class _Connection(http.client.HTTPConnection):
    """Goes to addresses that were judged, and speaks TLS to the name that was configured."""

    # Never reconnect behind our back: ``reach`` takes judged addresses only.
    auto_open = 0

    def __init__(self, place: Place, tls: ssl.SSLContext | None) -> None:
        super().__init__(place.host, place.port)
        self._tls = tls
        # Decides whether the Host header names the port.
        self.default_port = 443 if self._tls else 80
        self._has_answered = False

    def reach(self, addresses: list[str], seconds: float) -> None:
        """Open the socket to the first address that takes it."""
        sock = self._open_socket(addresses, seconds)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.sock = (
                self._tls.wrap_socket(sock, server_hostname=self.host) if self._tls else sock
            )
        except BaseException:
            sock.close()
            raise

    def ask(
        self, question: Question, deadline: Deadline, read_seconds: float
    ) -> http.client.HTTPResponse:
        """Send the question and read the head of the answer."""
        find_patience = partial(_find_patience, deadline, read_seconds)
        self.response_class = partial(_TimedResponse, find_patience)  # type: ignore[assignment]
        self.sock.settimeout(find_patience())
        headers = {"Accept-Encoding": "gzip", "Connection": "keep-alive"} | question.headers
        try:
            self.request(
                question.method, question.place.target, body=question.body, headers=headers
            )
            response = self.getresponse()
        except (ConnectionError, http.client.BadStatusLine):
            if self._has_answered:
                raise _IdleClosedError from None
            raise
        self._has_answered = True
        return response

    def _open_socket(self, addresses: list[str], seconds: float) -> socket.socket:
        problem = "no address"
        for address in addresses:
            try:
                return socket.create_connection((address, self.port), timeout=seconds)
            except TimeoutError:
                problem = f"silent for {seconds:.3g} s"
            except OSError as error:
                problem = _describe(error)
        raise SourceUnavailableError(f"{self.host}:{self.port} cannot be reached: {problem}")


def _find_patience(deadline: Deadline, read_seconds: float) -> float:
    return min(read_seconds, deadline.find_left())


class _TimedResponse(http.client.HTTPResponse):
    """Looks at the deadline before every piece, so that a slow drip ends with it."""

    def __init__(
        self, find_patience: Callable[[], float], sock: socket.socket, *args: Any, **named: Any
    ) -> None:
        super().__init__(sock, *args, **named)
        self.fp.close()
        self.fp = io.BufferedReader(_TimedReader(sock, find_patience), PIECE)


class _TimedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, find_patience: Callable[[], float]) -> None:
        self._sock, self._find_patience = sock, find_patience
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._find_patience())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _join_headers(headers: http.client.HTTPMessage) -> dict[str, str]:
    names = {name.lower() for name in headers}
    return {name: ", ".join(headers.get_all(name, [])) for name in names}


_PRINTABLE = re.compile(r"[\t\x20-\x7e]*")


def _check_headers(headers: dict[str, str]) -> None:
    """Refuse here, without the value: the library's own message would show it."""
    for name, value in headers.items():
        if not _PRINTABLE.fullmatch(value):
            raise ConfigError(
                f"the value for the header {name} holds a line break or a character "
                "beyond ASCII; look at the secret or cursor it is made of"
            )


def _describe(error: Exception) -> str:
    if isinstance(error, http.client.IncompleteRead):
        return "the answer was cut off"
    if isinstance(error, http.client.HTTPException):
        return f"no HTTP came back ({type(error).__name__})"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed ({error.reason or type(error).__name__})"
    return f"{getattr(error, 'strerror', None) or type(error).__name__}".lower()


def build_tls(ca_file: str | None) -> ssl.SSLContext:
    """Return a context that verifies host and chain; ``ca_file`` adds, it never replaces.

    Raises:
        ConfigError: the file cannot be read or holds no certificate.
    """
    context = ssl.create_default_context()
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(
                f"ca_file {ca_file} cannot be used: {getattr(error, 'strerror', None) or error}"
            ) from None
    return context

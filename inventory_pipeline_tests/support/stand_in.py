"""A stand-in for any HTTP system: a real server in a thread that answers by plan.

It can do to an answer what networks do to it (the eight toxics of a fault proxy): latency,
down, bandwidth, slow_close, timeout (hang), reset_peer, slicer, limit_data.
"""

import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Toxic:
    """What happens to the bytes of one answer.

    Attributes:
        latency_seconds: before the first byte.
        bytes_per_second: bandwidth.
        slow_close_seconds: between the last byte and the close.
        hang: never answer.
        reset_after: reset the connection after that many bytes of the body.
        slice_bytes, slice_seconds: send the body in slices with a pause between.
        drip_head: slice the head, too.
        limit_bytes: close after that many bytes of the body.
    """

    latency_seconds: float = 0.0
    bytes_per_second: int = 0
    slow_close_seconds: float = 0.0
    hang: bool = False
    reset_after: int | None = None
    slice_bytes: int = 0
    slice_seconds: float = 0.0
    drip_head: bool = False
    limit_bytes: int | None = None


@dataclass(frozen=True)
class Reply:
    """One answer.

    Attributes:
        framing: length, chunked, or close (the end is the end).
        keep_alive: False hangs up afterwards; with ``hides_close`` without saying so.
        date: the Date header; none: the true time, "": no such header.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    toxic: Toxic = Toxic()
    framing: str = "length"
    keep_alive: bool = True
    hides_close: bool = False
    date: datetime | str | None = None


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def first(self, name: str, default: str = "") -> str:
        """Return the first value of a query parameter."""
        return self.query.get(name, [default])[0]


Plan = Callable[[Asked], Reply]


def answer_json(value: Any, **changes: Any) -> Reply:
    """Return a JSON answer."""
    headers = {"Content-Type": "application/json", **changes.pop("headers", {})}
    return Reply(json.dumps(value).encode(), headers=headers, **changes)


def in_turn(*replies: Reply) -> Plan:
    """Answer one after the other; the last one for ever."""
    left = list(replies)

    def plan(_asked: Asked) -> Reply:
        return left.pop(0) if len(left) > 1 else left[0]

    return plan


class StandIn:
    """A server on 127.0.0.1 at a free port. ``asked`` holds every request that came."""

    def __init__(self, plan: Plan, *, tls: ssl.SSLContext | None = None) -> None:
        self.plan = plan
        self.asked: list[Asked] = []
        self.connections = 0
        self.released = threading.Event()
        self._server = _Server(self)
        self._scheme = "https" if tls else "http"
        if tls is not None:
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}"

    def __enter__(self) -> "StandIn":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.close_clients()
        self._server.server_close()
        self._thread.join()


@contextmanager
def refused_port() -> Iterator[int]:
    """Yield a port of 127.0.0.1 that nobody listens on while the block runs (toxic: down)."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 64

    def __init__(self, stand_in: StandIn) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.stand_in = stand_in
        self._clients: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.stand_in.connections += 1
        self._clients.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._clients.discard(request)
        super().shutdown_request(request)

    def close_clients(self) -> None:
        for client in list(self._clients):
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away in the middle is what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are two writes: without this the second one waits for the first to be noted.
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        parts = urlsplit(self.path)
        asked = Asked(
            self.command,
            parts.path,
            parse_qs(parts.query, keep_blank_values=True),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length),
        )
        self.server.stand_in.asked.append(asked)
        self._send(self.server.stand_in.plan(asked))

    def do_POST(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        self.do_GET()

    def do_PATCH(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        self.do_GET()

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Stay silent."""

    def _send(self, reply: Reply) -> None:
        toxic = reply.toxic
        if toxic.hang:
            self.server.stand_in.released.wait()
            self.close_connection = True
            return
        self._pause(toxic.latency_seconds)
        self.close_connection = not reply.keep_alive or reply.framing == "close"
        self._write(self._write_head(reply), toxic if toxic.drip_head else Toxic())
        if self.command == "HEAD":
            return
        body = _frame(reply)
        if toxic.limit_bytes is not None:
            body, self.close_connection = body[: toxic.limit_bytes], True
        if toxic.reset_after is not None:
            self._write(body[: toxic.reset_after], toxic)
            self._reset()
            return
        self._write(body, toxic)
        self._pause(toxic.slow_close_seconds)

    def _write_head(self, reply: Reply) -> bytes:
        now = datetime.now(UTC) if reply.date is None else reply.date
        headers = {"Date": now if isinstance(now, str) else format_datetime(now, usegmt=True)}
        headers |= reply.headers
        if reply.framing == "length":
            headers.setdefault("Content-Length", str(len(reply.body)))
        if reply.framing == "chunked":
            headers["Transfer-Encoding"] = "chunked"
        if self.close_connection and not reply.hides_close:
            headers["Connection"] = "close"
        lines = [f"HTTP/1.1 {reply.status} Plan", *(f"{k}: {v}" for k, v in headers.items() if v)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def _write(self, data: bytes, toxic: Toxic) -> None:
        for piece in _slice(data, toxic):
            self.wfile.write(piece)
            self.wfile.flush()
            pause = toxic.slice_seconds
            if toxic.bytes_per_second:
                pause += len(piece) / toxic.bytes_per_second
            self._pause(pause)

    def _pause(self, seconds: float) -> None:
        """Wait, but no longer than the stand-in lives."""
        if seconds:
            self.server.stand_in.released.wait(seconds)

    def _reset(self) -> None:
        # Lingering zero seconds turns the close into a reset.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        time.sleep(0.02)  # let what was written arrive before the reset drops it
        self.connection.close()
        self.close_connection = True


def _slice(data: bytes, toxic: Toxic) -> Iterable[bytes]:
    size = toxic.slice_bytes or (64 << 10)
    return (data[at : at + size] for at in range(0, len(data), size))


def _frame(reply: Reply) -> bytes:
    if reply.framing != "chunked":
        return reply.body
    pieces = (reply.body[at : at + 1000] for at in range(0, len(reply.body), 1000))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"

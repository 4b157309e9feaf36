"""A real HTTP server that keeps what it is pinged with, and answers as it is told."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class PingService:
    """One outside check.

    Attributes:
        status: what every ping is answered with.
        drip_seconds: how long the answer takes, a byte at a time, if it takes long.
        location: where it redirects to, if anywhere.
    """

    status: int = 200
    drip_seconds: float = 0
    location: str = ""
    pings: list[tuple[str, str, str]] = field(default_factory=list)
    url: str = ""

    @property
    def paths(self) -> list[str]:
        return [path for path, _, _ in self.pings]


@contextmanager
def serve_pings(service: PingService) -> Iterator[PingService]:
    """Run the service on a free port; stop it after."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            service.pings.append((parts.path, parse_qs(parts.query).get("rid", [""])[0], body))
            _drip(self.wfile, service.drip_seconds)
            self.send_response(service.status)
            if service.location:
                self.send_header("Location", service.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Say nothing: the test's own output is enough."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service.url = f"http://127.0.0.1:{server.server_address[1]}/ping/secret-uuid"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


def _drip(line: object, seconds: float) -> None:
    """Send the status line a byte every tenth of a second: no read ever times out."""
    for character in b"HTTP/1.1 " * round(seconds * 10 / 9):
        try:
            line.write(bytes([character]))  # type: ignore[attr-defined]
        except OSError:
            return
        time.sleep(0.1)

"""Serve levels as JSON pages from memory: stdlib alone, so that the server costs next to nothing.

Usage: python levels_server.py LEVELS PAGE_SIZE ADDRESS_FILE [tight]
"""

import json
import re
import socket
import sys
import threading
from pathlib import Path

AT = "2026-04-06T10:00:00+00:00"
AT_TIGHT = "2026-04-06T10:00Z"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
PAGE = re.compile(rb"page=(\d+)")


def write_page(first: int, size: int, *, tight: bool) -> bytes:
    """Return ``size`` levels from number ``first`` as the body of one page.

    Written tight, a million of them are just within what one answer may hold.
    """
    name, at, gaps = (
        ("S{:06d}", AT_TIGHT, (",", ":")) if tight else ("SKU-{:07d}", AT, (", ", ": "))
    )
    rows = [
        {"sku": name.format(n), "place": f"L{n % 25}", "qty": n % 997, "at": at}
        for n in range(first, first + size)
    ]
    return json.dumps({"items": rows, "page": first // max(size, 1)}, separators=gaps).encode()


def write_answers(levels: int, size: int, *, tight: bool) -> list[bytes]:
    """Return every page as a whole HTTP answer; the last one is empty."""
    bodies = [write_page(first, size, tight=tight) for first in range(0, levels, size)]
    bodies.append(write_page(levels, 0, tight=tight))
    return [HEAD % len(body) + body for body in bodies]


def serve(connection: socket.socket, answers: list[bytes]) -> None:
    """Answer one client until it leaves."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    waiting = b""
    with connection:
        while piece := connection.recv(65536):
            waiting += piece
            while b"\r\n\r\n" in waiting:
                head, _, waiting = waiting.partition(b"\r\n\r\n")
                page = int(PAGE.search(head)[1])
                connection.sendall(answers[min(page, len(answers)) - 1])


def main() -> None:
    """Write the address once somebody listens there; serve until killed."""
    levels, size, address = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    answers = write_answers(levels, size, tight=sys.argv[4:] == ["tight"])
    with socket.create_server(("127.0.0.1", 0)) as server:
        draft = address.with_suffix(".draft")
        draft.write_text(f"http://127.0.0.1:{server.getsockname()[1]}", encoding="utf-8")
        draft.rename(address)
        while True:
            connection, _ = server.accept()
            threading.Thread(target=serve, args=(connection, answers), daemon=True).start()


if __name__ == "__main__":
    main()

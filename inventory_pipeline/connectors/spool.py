"""A spool: pages that wait until all of them are known to belong together."""

import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO

IN_MEMORY = 64 << 20


class Spool:
    """Keeps the bodies of pages in order: in memory while they are few, then in a file."""

    def __init__(self, folder: str | None) -> None:
        self._folder = folder
        self._waiting: list[bytes] = []
        self._file: IO[bytes] | None = None
        self._pages: list[tuple[int, datetime]] = []
        self._size = 0

    def add(self, body: bytes, fetched_at: datetime) -> None:
        """Take one page."""
        self._waiting.append(body)
        self._pages.append((len(body), fetched_at))
        self._size += len(body)
        if self._size > IN_MEMORY:
            self._write()

    def read(self) -> Iterator[tuple[bytes, datetime]]:
        """Yield every page and when it came."""
        if self._file is None:
            for body, (_, fetched_at) in zip(self._waiting, self._pages, strict=True):
                yield body, fetched_at
            return
        self._write()
        self._file.seek(0)
        for length, fetched_at in self._pages:
            yield self._file.read(length), fetched_at

    def close(self) -> None:
        """Drop everything."""
        self._waiting.clear()
        if self._file is not None:
            self._file.close()

    def _write(self) -> None:
        if self._file is None:
            # It outlives this call on purpose; ``close`` ends it.
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115
        self._file.writelines(self._waiting)
        self._waiting.clear()
        self._size = 0

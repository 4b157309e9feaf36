"""A spool: pages that wait until all of them are known to belong together."""

import tempfile
from collections.abc import Iterator
from datetime import datetime

IN_MEMORY = 32 << 20


class Spool:
    """Keeps the bodies of pages in order, in memory while they are few, else in a file."""

    def __init__(self, folder: str | None) -> None:
        # Closed by whoever opened the spool: it outlives this call on purpose.
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, dir=folder)  # noqa: SIM115
        self._pages: list[tuple[int, datetime]] = []

    def add(self, body: bytes, fetched_at: datetime) -> None:
        """Take one page."""
        self._file.write(body)
        self._pages.append((len(body), fetched_at))

    def read(self) -> Iterator[tuple[bytes, datetime]]:
        """Yield every page and when it came."""
        self._file.seek(0)
        for length, fetched_at in self._pages:
            yield self._file.read(length), fetched_at

    def close(self) -> None:
        """Drop everything."""
        self._file.close()

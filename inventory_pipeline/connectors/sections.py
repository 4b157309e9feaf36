"""Sections: several sweeps landed as one feed, each behind a page that says which it is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from inventory_pipeline.connectors.json_connector import HEADERS
from inventory_pipeline.model.ports import FetchContext, Fetched, Page


@dataclass(frozen=True)
class Sections:
    """How the pages that name a section look.

    Attributes:
        label: as a header's name, such as ``Tryton-Location``.
    """

    label: str

    def write_mark(self, name: str, context: FetchContext) -> Page:
        """Return the page that begins a section."""
        mark = f"{self.label}: {name}\r\n".encode()
        return Page(mark, HEADERS, hour_at=context.hour_at, fetched_at=context.now())

    def split(self, pages: Iterable[Page]) -> Iterator[tuple[str, Iterator[Page]]]:
        """Yield every section with its pages, in the order they came."""
        name = ""

        def find_name(page: Page) -> str:
            nonlocal name
            if self._is_mark(page):
                name = page.body.removeprefix(self._prefix).strip().decode()
            return name

        for found, group in groupby(pages, key=find_name):
            yield found, (page for page in group if not self._is_mark(page))

    @property
    def _prefix(self) -> bytes:
        return f"{self.label}: ".encode()

    def _is_mark(self, page: Page) -> bool:
        return page.kind == HEADERS and page.body.startswith(self._prefix)


def join_fetched(parts: Mapping[str, Fetched]) -> Fetched:
    """Return what is known of all sections: as doubtful as the most doubtful one."""
    totals = [part.declared_keys for part in parts.values()]
    times = [part.source_at for part in parts.values() if part.source_at is not None]
    skews = [part.clock_skew_seconds for part in parts.values()]
    return Fetched(
        is_complete=all(part.is_complete for part in parts.values()),
        end_marker="; ".join(f"{name}: {part.end_marker}" for name, part in parts.items()),
        declared_keys=sum(filter(None, totals)) if None not in totals else None,
        source_at=min(times, default=None),
        clock_skew_seconds=max((s for s in skews if s is not None), key=abs, default=None),
        notes=tuple(f"{name}: {note}" for name, part in parts.items() for note in part.notes),
        is_suspect=any(part.is_suspect for part in parts.values()),
    )

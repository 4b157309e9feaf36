"""Parts: one feed read as several sweeps, one after the other, because one request cannot ask all.

Which part a page belongs to stands on a page of its own before it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from inventory_pipeline.connectors.json_connector import HEADERS
from inventory_pipeline.connectors.tables import Plan, join_parts, refuse_unknown_feed
from inventory_pipeline.model.ports import (
    Connector,
    FetchContext,
    Fetched,
    Page,
    PageSink,
    RawFrame,
)

# Readers of one feed, by the name of the part each of them reads.
Readers = Mapping[str, Connector]
# The name of the one part of a feed that has no others.
WHOLE = ""


class PartsConnector:
    """Reads every feed part by part; one part that fails fails the feed."""

    reads_past = False
    # What begins the page that names a part.
    mark = b"Part: "

    def __init__(self, readers: Mapping[str, Readers], *, system: str) -> None:
        self._system, self._readers = system, readers

    def find_feeds(self) -> Sequence[str]:
        return list(self._readers)

    def fetch(self, feed: str, context: FetchContext, sink: PageSink) -> Fetched:
        """Read one part after the other; a feed of one part without a name is that part."""
        refuse_unknown_feed(feed, self.find_feeds(), system=self._system)
        if list(self._readers[feed]) == [WHOLE]:
            return self._readers[feed][WHOLE].fetch(feed, context, sink)
        parts = {}
        for name, reader in self._readers[feed].items():
            mark = self.mark + name.encode() + b"\r\n"
            sink(Page(mark, HEADERS, hour_at=context.hour_at, fetched_at=context.now()))
            parts[name] = reader.fetch(feed, context, sink)
        return join_fetched(parts)

    def parse(self, feed: str, pages: Iterable[Page]) -> RawFrame:
        """Turn landed pages into text rows. Pure: same bytes, same frame."""
        refuse_unknown_feed(feed, self.find_feeds(), system=self._system)
        parts = [
            self._find_reader(feed, name).parse(feed, group) for name, group in self._split(pages)
        ]
        return join_parts(parts, Plan(feed, {}))

    def _find_reader(self, feed: str, name: str) -> Connector:
        """Return who reads a part; one that left the options is read as the others are."""
        readers = self._readers[feed]
        return readers.get(name) or next(iter(readers.values()))

    def _split(self, pages: Iterable[Page]) -> Iterator[tuple[str, Iterator[Page]]]:
        """Yield every part with its pages, in the order they came."""
        part = WHOLE

        def find_part(page: Page) -> str:
            nonlocal part
            if self._is_mark(page):
                part = page.body.removeprefix(self.mark).strip().decode()
            return part

        for found, group in groupby(pages, key=find_part):
            yield found, (page for page in group if not self._is_mark(page))

    def _is_mark(self, page: Page) -> bool:
        return page.kind == HEADERS and page.body.startswith(self.mark)


def join_fetched(parts: Mapping[str, Fetched]) -> Fetched:
    """Return what several sweeps of one feed know about it."""
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

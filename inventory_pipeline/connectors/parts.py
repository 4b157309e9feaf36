"""Parts: one feed read as several sweeps, one after the other, because one request cannot ask all.

Which part a page belongs to stands on a page of its own before it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from inventory_pipeline.connectors.sections import Sections, join_fetched
from inventory_pipeline.connectors.tables import Plan, join_parts, refuse_unknown_feed
from inventory_pipeline.model.ports import (
    FetchContext,
    Fetched,
    Page,
    PageSink,
    RawFrame,
)


class Reader(Protocol):
    """Reads one part of a feed, as a connector reads a feed."""

    def fetch(self, feed: str, context: FetchContext, sink: PageSink) -> Fetched:
        """Read the part for one hour."""

    def parse(self, feed: str, pages: Iterable[Page]) -> RawFrame:
        """Turn its landed pages into text rows."""


# Readers of one feed, by the name of the part each of them reads.
Readers = Mapping[str, Reader]
# The name of the one part of a feed that has no others.
WHOLE = ""


class PartsConnector:
    """Reads every feed part by part; one part that fails fails the feed."""

    reads_past = False
    # How the page looks that names a part.
    sections = Sections("Part")

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
            sink(self.sections.write_mark(name, context))
            parts[name] = reader.fetch(feed, context, sink)
        return join_fetched(parts)

    def parse(self, feed: str, pages: Iterable[Page]) -> RawFrame:
        """Turn landed pages into text rows. Pure: same bytes, same frame."""
        refuse_unknown_feed(feed, self.find_feeds(), system=self._system)
        parts = [
            self._find_reader(feed, name).parse(feed, group)
            for name, group in self.sections.split(pages)
        ]
        return join_parts(parts, Plan(feed, {}))

    def _find_reader(self, feed: str, name: str) -> Reader:
        """Return who reads a part; one that left the options is read as the others are."""
        readers = self._readers[feed]
        return readers.get(name) or next(iter(readers.values()))

"""The Amazon connector: summaries by the rest connector, and the ledger by report.

One sweep a marketplace: Amazon answers about one at a time.

Sources: fbaInventory.json, reports_2021-06-30.json and listingsItems_2021-08-01.json in
github.com/amzn/selling-partner-api-models; issues 4946 and 5327 there (tokens that end; what a
listing submits and what it offers).
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from inventory_pipeline.connectors.amazon.about import CARD
from inventory_pipeline.connectors.amazon.ledger import parse_ledger, write_pages
from inventory_pipeline.connectors.amazon.options import COUNTS, MOVEMENTS, AmazonOptions, Ledger
from inventory_pipeline.connectors.amazon.reports import ReportDesk
from inventory_pipeline.connectors.amazon.writer import ListingsWriter
from inventory_pipeline.connectors.card import Card
from inventory_pipeline.connectors.http import Surroundings
from inventory_pipeline.connectors.http_receiver import HttpReceiver
from inventory_pipeline.connectors.rest import RestConnector
from inventory_pipeline.connectors.sections import Sections, join_fetched
from inventory_pipeline.connectors.tables import (
    Plan,
    join_parts,
    naming_source,
    refuse_unknown_feed,
)
from inventory_pipeline.model.delivery import Writer
from inventory_pipeline.model.ports import FetchContext, Fetched, Page, PageSink, RawFrame

logger = logging.getLogger(__name__)

_SECTIONS = Sections("Amazon-Marketplace")


class AmazonConnector:
    """Reads what Amazon's centres hold for one seller; writes listings he ships himself."""

    options_model: ClassVar[Any] = AmazonOptions
    card: ClassVar[Card] = CARD
    reads_past = False

    def __init__(
        self,
        *,
        system: str,
        options: AmazonOptions,
        root: str,
        world: Surroundings | None = None,
    ) -> None:
        self._system, self._options, self._root = system, options, root
        self._world = world or Surroundings()
        self._readers = {name: self._build_reader(name) for name in options.marketplaces}
        self._desk = self._build_desk(options.ledger) if options.ledger else None

    def find_feeds(self) -> Sequence[str]:
        return [COUNTS, MOVEMENTS] if self._options.ledger else [COUNTS]

    def fetch(self, feed: str, context: FetchContext, sink: PageSink) -> Fetched:
        """Read one feed; a marketplace that fails fails them all."""
        refuse_unknown_feed(feed, self.find_feeds(), system=self._system)
        if self._desk is not None and self._options.ledger is not None and feed == MOVEMENTS:
            return self._fetch_ledger(self._desk, self._options.ledger, context, sink)
        parts = {}
        for name, reader in self._readers.items():
            sink(_SECTIONS.write_mark(name, context))
            parts[name] = reader.fetch(feed, context, sink)
        return join_fetched(parts)

    def parse(self, feed: str, pages: Iterable[Page]) -> RawFrame:
        """Turn landed pages into text rows. Pure: same bytes, same frame."""
        refuse_unknown_feed(feed, self.find_feeds(), system=self._system)
        if feed == MOVEMENTS and self._options.ledger is not None:
            with naming_source(self._system, feed):
                return parse_ledger(pages, self._options, self._options.ledger)
        parts = [
            (self._readers.get(name) or self._build_reader(name)).parse(feed, group)
            for name, group in _SECTIONS.split(pages)
        ]
        return join_parts(parts, Plan(feed))

    def build_writer(self) -> Writer | None:
        """Return the writing side; none: ``write`` is not configured."""
        built, offer = self._options.build_writing(), self._options.write
        if built is None or offer is None:
            return None
        way, write = built
        receiver = HttpReceiver(way, write, root=self._root, world=self._world)
        return ListingsWriter(receiver, write, offer, system=self._system)

    def _fetch_ledger(
        self, desk: ReportDesk, ledger: Ledger, context: FetchContext, sink: PageSink
    ) -> Fetched:
        first_day = context.read_until.date() - timedelta(days=ledger.days)
        document = desk.fetch(first_day, context)
        for page in write_pages(document, first_day, context):
            sink(page)
        report = document.report
        logger.info(
            "fetched system=%s feed=%s report=%s bytes=%d",
            self._system, MOVEMENTS, report.id, len(document.body),
        )  # fmt: skip
        return Fetched(
            is_complete=True,
            end_marker=f"report {report.id} of {report.created_at:%Y-%m-%dT%H:%MZ} is DONE",
            source_at=report.created_at,
        )

    def _build_reader(self, marketplace: str) -> RestConnector:
        # A marketplace that left the options is still parsed from what was landed then.
        return RestConnector(
            system=self._system,
            options=self._options.build_rest(marketplace),
            root=self._root,
            world=self._world,
        )

    def _build_desk(self, ledger: Ledger) -> ReportDesk:
        return ReportDesk(
            self._options, ledger, system=self._system, root=self._root, world=self._world
        )

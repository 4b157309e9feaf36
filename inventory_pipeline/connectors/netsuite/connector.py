"""The NetSuite connector: the rest connector with two queries, and what lies behind them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, ClassVar

from inventory_pipeline.connectors.card import Card
from inventory_pipeline.connectors.json_tables import read_table
from inventory_pipeline.connectors.netsuite.desk import NetsuiteDesk
from inventory_pipeline.connectors.netsuite.options import CARD, NetsuiteOptions
from inventory_pipeline.connectors.netsuite.rows import (
    build_counts,
    build_movements,
    plan_counts,
    plan_movements,
)
from inventory_pipeline.connectors.netsuite.writer import build_netsuite_writer
from inventory_pipeline.connectors.tables import fill_text, naming_source, refuse_unknown_feed
from inventory_pipeline.errors import ConfigError
from inventory_pipeline.model.delivery import Writer
from inventory_pipeline.model.ports import FetchContext, Fetched, Page, PageSink, RawFrame


class NetsuiteConnector(NetsuiteDesk):
    """Reads balances and lines; with ``write`` there is a writer that adjusts."""

    options_model: ClassVar[Any] = NetsuiteOptions
    card: ClassVar[Card] = CARD

    def fetch(self, feed: str, context: FetchContext, sink: PageSink) -> Fetched:
        """Read all pages of one feed; ``sink`` gets them once they are known to hold together."""
        fetched = super().fetch(feed, context, sink)
        # The total counts balances, of which one has several facts, or a name nobody knows.
        return replace(fetched, declared_keys=None)

    def parse(self, feed: str, pages: Iterable[Page]) -> RawFrame:
        """Turn landed pages into text rows. Pure: same bytes, same frame."""
        refuse_unknown_feed(feed, self.find_feeds(), system=self._system)
        landed = [page for page in pages if page.kind == "json"]
        bodies = (page.body for page in landed)
        options = self._account
        with naming_source(self._system, feed):
            if feed == "movements":
                return build_movements(read_table(bodies, plan_movements()), options)
            as_of = fill_text("{fetched_at}", landed[0]) if landed else ""
            return build_counts(read_table(bodies, plan_counts(options)), options, as_of=as_of)

    def build_writer(self) -> Writer | None:
        """Return the writing side; None: ``write`` is not configured.

        Raises:
            ConfigError: places of these options are names, which no adjustment takes.
        """
        options = self._account.pick_writer()
        if options is None or options.write is None:
            return None
        if options.locate_by == "name":
            raise ConfigError(
                f"systems.{self._system}.options: an adjustment names its location by id; "
                "say locate_by: id to write"
            )
        return build_netsuite_writer(options, options.write, self._where)

"""The Shopify connector: the graphql connector with documents of its own, and what lies behind.

``counts`` come by pages, where an item with more levels than its page shows is asked for alone;
from a large shop they come by one file. ``movements`` are orders, ``levels`` delivered webhooks.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, ClassVar

from inventory_pipeline.connectors.card import Card
from inventory_pipeline.connectors.http import HttpDoor
from inventory_pipeline.connectors.http_wire import Deadline
from inventory_pipeline.connectors.json_connector import HEADERS, naming_feed
from inventory_pipeline.connectors.json_take import take_count
from inventory_pipeline.connectors.shopify.about import (
    READS_LEVELS,
    READS_ORDERS,
    READS_SIZE,
    check_quantities,
    check_scopes,
    find_excess,
)
from inventory_pipeline.connectors.shopify.bulk_counts import BulkCounts, gather_landed
from inventory_pipeline.connectors.shopify.card import CARD
from inventory_pipeline.connectors.shopify.desk import ShopifyDesk
from inventory_pipeline.connectors.shopify.documents import ABOUT, SIZE
from inventory_pipeline.connectors.shopify.levels import Levels
from inventory_pipeline.connectors.shopify.movements import Told
from inventory_pipeline.connectors.shopify.options import Movements, ShopifyOptions
from inventory_pipeline.connectors.shopify.orders import Orders
from inventory_pipeline.connectors.shopify.rows import gather_pages
from inventory_pipeline.connectors.shopify.sweeps import Sweeps
from inventory_pipeline.connectors.shopify.webhooks import WebhookFolder, parse_deliveries
from inventory_pipeline.connectors.shopify.writer import ShopifyWriter
from inventory_pipeline.connectors.sweep import Query, Sweep
from inventory_pipeline.connectors.tables import naming_source, refuse_unknown_feed
from inventory_pipeline.model.delivery import Writer
from inventory_pipeline.model.ports import FetchContext, Fetched, Page, PageSink, RawFrame


class ShopifyConnector(ShopifyDesk):
    """Reads a shop, and can hand out a writer that sets its levels."""

    options_model: ClassVar[Any] = ShopifyOptions
    card: ClassVar[Card] = CARD

    def find_feeds(self) -> Sequence[str]:
        return [*super().find_feeds(), *(["levels"] if self._shop.webhooks else [])]

    def fetch(self, feed: str, context: FetchContext, sink: PageSink) -> Fetched:
        """Read one feed the way the options say."""
        refuse_unknown_feed(feed, self.find_feeds(), system=self._system)
        webhooks = self._shop.webhooks
        with naming_feed(self._system, feed):
            if feed == "levels" and webhooks is not None:
                folder = WebhookFolder(self, self._shop, webhooks, root=self._root)
                return folder.fetch(context, sink)
            if feed == "counts" and self._is_large(context):
                bulk = BulkCounts(self, self._shop, root=self._root, world=self._world)
                return bulk.fetch(context, sink)
        return super().fetch(feed, context, sink)

    def parse(self, feed: str, pages: Iterable[Page]) -> RawFrame:
        """Turn landed pages into text rows. Pure: same bytes, same frame."""
        refuse_unknown_feed(feed, self.find_feeds(), system=self._system)
        with naming_source(self._system, feed):
            match feed:
                case "movements":
                    return self._parse_orders(pages)
                case "levels":
                    return parse_deliveries(pages, self._shop)
            return self._parse_counts(pages)

    def build_writer(self) -> Writer | None:
        """Return the writing side; None: ``write`` is not configured."""
        options = self._shop.pick_writer()
        if options is None:
            return None
        return ShopifyWriter(ShopifyDesk(options=options, **self._where), options)

    def _is_large(self, context: FetchContext) -> bool:
        """Return whether the shop is to write its counts into a file."""
        if self._shop.bulk != "auto":
            return self._shop.bulk == "always"
        with self.open_door(context.now) as (door, until):
            check_scopes(self.ask(door, until, ABOUT, {}), READS_SIZE)
            found = self.ask(door, until, SIZE, {"limit": self._shop.bulk_from})
            return take_count(found, "productVariantsCount", "count") >= self._shop.bulk_from

    def _read(self, door: HttpDoor, query: Query, until: Deadline, staging: str | None) -> Sweep:
        about = self.ask(door, until, ABOUT, {})
        sweeps = Sweeps(self, door, query, until, staging=staging)
        if query.feed is self._feeds["counts"]:
            check_scopes(about, READS_LEVELS)
            check_quantities(about, self._shop.names)
            sweep = sweeps.read_counts(self._shop)
        else:
            check_scopes(about, READS_ORDERS)
            sweep = sweeps.read_orders(self._shop, self._shop.movements or Movements(), about)
        sweep.notes += find_excess(about, writes=self._shop.has_one_token_for_all)
        return sweep

    def _parse_counts(self, pages: Iterable[Page]) -> RawFrame:
        levels, each = Levels(self._shop), iter(pages)
        first = next(each, None)
        if first is not None and first.kind == HEADERS:
            gather_landed(first, each, levels)
        elif first is not None:
            gather_pages(chain([first], each), levels)
        return levels.build()

    def _parse_orders(self, pages: Iterable[Page]) -> RawFrame:
        orders, told = Orders(), Told(self._shop)
        # What a page was asked to show mattered when it was fetched; now all of it is here.
        orders.gather(
            (page.body for page in pages), shown=(self._shop.movements or Movements()).parcels
        )
        told.tell(orders)
        return told.build()

"""The Shopify connector: the graphql connector with one document, and what lies behind it.

An item with more levels than its page shows is asked for alone, all of its levels at once;
the landed pages of both kinds are read as they are.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from inventory_pipeline.connectors.card import Card
from inventory_pipeline.connectors.http import HttpDoor
from inventory_pipeline.connectors.http_wire import Deadline
from inventory_pipeline.connectors.json_columns import plan_rows
from inventory_pipeline.connectors.shopify.about import check_quantities, find_excess
from inventory_pipeline.connectors.shopify.desk import ShopifyDesk
from inventory_pipeline.connectors.shopify.documents import ABOUT
from inventory_pipeline.connectors.shopify.options import ShopifyOptions
from inventory_pipeline.connectors.shopify.rows import Leftovers, build_rows, find_levels
from inventory_pipeline.connectors.shopify.writer import ShopifyWriter
from inventory_pipeline.connectors.sweep import Query, Sweep, Sweeper
from inventory_pipeline.connectors.tables import naming_source, refuse_unknown_feed
from inventory_pipeline.model.delivery import Writer
from inventory_pipeline.model.ports import Page, RawFrame

CARD = Card(
    title="Shopify, Admin GraphQL 2026-04, 2026-07 and 2026-10",
    role="storefront",
    decrements_at="order",
    quantities={
        "available": "available: may be sold",
        "on_hand": "on_hand: lies there, sold or not",
        "committed": "committed: ordered and not yet fulfilled",
        "reserved": "held back by hand or by an app; part of on_hand",
        "damaged": "lies there and may not be sold; part of on_hand",
        "safety_stock": "safety stock; part of on_hand",
        "quality_control": "waits to be looked at; part of on_hand",
        "incoming": "on its way; not part of on_hand",
    },
    facts=("available", "on_hand"),
    options="""
        shop: myshop.myshopify.com
        client_id: 0123456789abcdef      # dev.shopify.com, Settings of your app
        client_secret: {env: SHOPIFY_SECRET}
        version: 2026-07
        # write: {}                       # to let corrections be written; needs write_inventory
    """,
    credential_at="dev.shopify.com, Apps, Create app; install it on the shop; Settings shows both",
    reads=("read_inventory", "read_locations", "read_products"),
    writes=("write_inventory",),
    delivery="A",
    key_lifetime="24 hours",
)


class ShopifyConnector(ShopifyDesk):
    """Reads the levels of a shop, and can hand out a writer that sets them."""

    options_model: ClassVar[Any] = ShopifyOptions
    card: ClassVar[Card] = CARD

    def parse(self, feed: str, pages: Iterable[Page]) -> RawFrame:
        """Turn landed pages into text rows. Pure: same bytes, same frame."""
        refuse_unknown_feed(feed, self.find_feeds(), system=self._system)
        with naming_source(self._system, feed):
            return build_rows(pages, self._shop)

    def build_writer(self) -> Writer | None:
        """Return the writing side; None: ``write`` is not configured."""
        options = self._shop.pick_writer()
        if options is None:
            return None
        return ShopifyWriter(ShopifyDesk(options=options, **self._where), options)

    def _read(self, door: HttpDoor, query: Query, until: Deadline, staging: str | None) -> Sweep:
        about = self.ask(door, until, ABOUT, {})
        check_quantities(about, self._shop.names)
        sweep = super()._read(door, replace(query, may_wait=False), until, staging)
        sweep.sheets = {}
        sweep.notes += find_excess(about, writes=self._shop.has_one_token_for_all)
        try:
            left_out = self._look_over(sweep.spool.read(), Leftovers())
            for gid in list(dict.fromkeys(left_out.long)):
                levels = self._read_levels(door, query, until, gid, staging)
                self._look_over(levels.spool.read(), left_out)
                _append(sweep, levels, gid)
        except BaseException:
            sweep.spool.close()
            raise
        sweep.notes += left_out.describe()
        return sweep

    def _look_over(self, spool: Iterable[tuple[bytes, datetime]], left_out: Leftovers) -> Leftovers:
        """Add up what some pages hold beside levels to count."""
        pages = (Page(body, "json", fetched_at=at) for body, at in spool)
        deque(find_levels(pages, self._shop, left_out), maxlen=0)
        return left_out

    def _read_levels(
        self, door: HttpDoor, query: Query, until: Deadline, gid: str, staging: str | None
    ) -> Sweep:
        """Read all levels of an item that has more of them than its page shows."""
        feed = self._shop.build_item_feed(gid)
        plan = plan_rows("counts", feed)
        mine = replace(query, feed=feed, plan=plan, call=self._write_call(feed), may_wait=False)
        return Sweeper(door, self._badge, mine, until).read(staging)


def _append(sweep: Sweep, levels: Sweep, gid: str) -> None:
    """Put the pages of one item behind the others; their doubtful end is the end of all."""
    for body, fetched_at in levels.spool.read():
        sweep.spool.add(body, fetched_at)
    levels.spool.close()
    sweep.has_changed |= levels.has_changed
    if not levels.end.is_whole or levels.end.is_suspect:
        sweep.end = replace(levels.end, marker=f"the levels of {gid}: {levels.end.marker}")

"""Sweeps: the pages of levels and of orders, and the pages behind those that show only a part."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from inventory_pipeline.connectors.graphql import GraphqlFeed
from inventory_pipeline.connectors.http import HttpDoor
from inventory_pipeline.connectors.http_wire import Deadline
from inventory_pipeline.connectors.json_columns import plan_rows
from inventory_pipeline.connectors.shopify.about import sees_promises
from inventory_pipeline.connectors.shopify.desk import ShopifyDesk
from inventory_pipeline.connectors.shopify.feeds import build_levels, build_lines, build_order
from inventory_pipeline.connectors.shopify.levels import Levels
from inventory_pipeline.connectors.shopify.movements import Told
from inventory_pipeline.connectors.shopify.options import Movements, ShopifyOptions
from inventory_pipeline.connectors.shopify.orders import Orders
from inventory_pipeline.connectors.shopify.rows import gather_pages
from inventory_pipeline.connectors.sweep import Query, Sweep
from inventory_pipeline.errors import SourceRefusedError
from inventory_pipeline.model.ports import Page


class Sweeps:
    """Reads one feed through one door, all of its pages and what they do not show."""

    def __init__(
        self,
        desk: ShopifyDesk,
        door: HttpDoor,
        query: Query,
        until: Deadline,
        *,
        staging: str | None,
    ) -> None:
        self._desk, self._door, self._query, self._until = desk, door, query, until
        self._staging = staging

    def read_counts(self, options: ShopifyOptions) -> Sweep:
        """Read all levels; those of an item with many of them stand behind the others.

        Raises:
            SourceError: a page did not come or is not what it should be.
        """
        sweep, levels = self._read(self._query), Levels(options)
        with _closing_on_error(sweep):
            gather_pages(_find_pages(sweep), levels)
            for gid in list(dict.fromkeys(levels.long)):
                more = self._read_feed("counts", build_levels(gid, names=options.names))
                gather_pages(_find_pages(more), levels)
                _append(sweep, more, f"the levels of {gid}")
            sweep.notes += levels.describe()
        return sweep

    def read_orders(self, options: ShopifyOptions, asked: Movements, about: Any) -> Sweep:
        """Read the orders that changed, each whole.

        Raises:
            SourceRefusedError: nobody would know where what is ordered is taken from.
            SourceError: a page did not come or is not what it should be.
        """
        assigned = sees_promises(about)
        if not assigned and asked.location is None:
            raise SourceRefusedError(
                "the token lacks read_merchant_managed_fulfillment_orders, so the shop does not "
                "say where an order is sent from; grant it, or say movements: {location: ...}"
            )
        feed = _choose_promises(self._query.feed, assigned=assigned)
        sweep = self._read(replace(self._query, feed=feed))
        with _closing_on_error(sweep):
            self._complete(sweep, asked, assigned=assigned)
            told, orders = Told(options), Orders()
            orders.gather(_find_bodies(sweep), shown=asked.parcels)
            told.tell(orders)
            sweep.notes += told.describe()
        return sweep

    def _complete(self, sweep: Sweep, asked: Movements, *, assigned: bool) -> None:
        """Put behind the pages what they show only a part of."""
        orders = Orders()
        orders.gather(_find_bodies(sweep), shown=asked.parcels)
        for gid in sorted(orders.full):
            more = self._read_feed(
                "movements", build_order(gid, lines=asked.lines, assigned=assigned)
            )
            orders.gather(_find_bodies(more), shown=asked.parcels)
            _append(sweep, more, gid)
        for gid in sorted(orders.unread):
            _append(sweep, self._read_feed("movements", build_lines(gid)), f"the lines of {gid}")

    def _read(self, query: Query) -> Sweep:
        return self._desk.sweep(self._door, query, self._until, self._staging)

    def _read_feed(self, name: str, feed: GraphqlFeed) -> Sweep:
        return self._read(replace(self._query, feed=feed, plan=plan_rows(name, feed)))


def _choose_promises(feed: Any, *, assigned: bool) -> Any:
    return feed.model_copy(update={"variables": {**feed.variables, "assigned": assigned}})


def _find_bodies(sweep: Sweep) -> Iterator[bytes]:
    return (body for body, _ in sweep.spool.read())


def _find_pages(sweep: Sweep) -> Iterator[Page]:
    return (Page(body, "json", fetched_at=at) for body, at in sweep.spool.read())


def _append(sweep: Sweep, more: Sweep, what: str) -> None:
    """Put some pages behind the others; their doubtful end is the end of all."""
    for body, fetched_at in more.spool.read():
        sweep.spool.add(body, fetched_at)
    more.spool.close()
    sweep.has_changed |= more.has_changed
    if not more.end.is_whole or more.end.is_suspect:
        sweep.end = replace(more.end, marker=f"{what}: {more.end.marker}")


@contextmanager
def _closing_on_error(sweep: Sweep) -> Iterator[None]:
    try:
        yield
    except BaseException:
        sweep.spool.close()
        raise

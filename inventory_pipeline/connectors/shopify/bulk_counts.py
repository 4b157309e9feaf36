"""Bulk counts: the levels of a large shop, by one file instead of many pages.

The file travels by path and is never held in memory. What is told of it stands on a page of
its own before it: the numbers are as of the moment the operation began, since none is older.
"""

import logging
import re
from collections.abc import Iterable
from typing import Any

from inventory_pipeline.connectors.http import Surroundings
from inventory_pipeline.connectors.http_download import Downloads
from inventory_pipeline.connectors.http_wire import Deadline
from inventory_pipeline.connectors.json_connector import HEADERS
from inventory_pipeline.connectors.json_take import read_instant
from inventory_pipeline.connectors.shopify.about import (
    READS_LEVELS,
    check_quantities,
    check_scopes,
    find_excess,
)
from inventory_pipeline.connectors.shopify.bulk import Bulk, Operation
from inventory_pipeline.connectors.shopify.bulk_file import Tally, count_lines, gather_file
from inventory_pipeline.connectors.shopify.desk import ShopifyDesk
from inventory_pipeline.connectors.shopify.documents import ABOUT
from inventory_pipeline.connectors.shopify.levels import Levels
from inventory_pipeline.connectors.shopify.options import ShopifyOptions
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.ports import FetchContext, Fetched, Page, PageSink

logger = logging.getLogger(__name__)

FILE = "ndjson"
_HEAD = re.compile(rb"Operation: (.*)\r\nBegun: (.*)\r\n")
_MEGABYTE = 1 << 20


class BulkCounts:
    """Fetches the counts of one shop by one operation."""

    def __init__(
        self, desk: ShopifyDesk, options: ShopifyOptions, *, root: str, world: Surroundings
    ) -> None:
        self._desk, self._options, self._root, self._world = desk, options, root, world

    def fetch(self, context: FetchContext, sink: PageSink) -> Fetched:
        """Run an operation and give its file to ``sink``.

        Raises:
            SourceError: it did not end well, or its file did not come.
        """
        with self._desk.open_door(context.now) as (door, until):
            about = self._desk.ask(door, until, ABOUT, {})
            check_scopes(about, READS_LEVELS)
            check_quantities(about, self._options.names)
            operation = Bulk(self._desk, door, until, sleep=self._world.sleep).run()
            tally = self._hand_over(operation, until, context, sink)
        logger.info(
            "fetched operation=%s lines=%d items=%d", operation.gid, tally.lines, tally.roots
        )
        excess = find_excess(about, writes=self._options.has_one_token_for_all)
        return _describe(operation, tally, excess)

    def _hand_over(
        self, operation: Operation, until: Deadline, context: FetchContext, sink: PageSink
    ) -> Tally:
        at: Any = {"hour_at": context.hour_at, "fetched_at": context.now()}
        head = f"Operation: {operation.gid}\r\nBegun: {operation.begun_at}\r\n".encode()
        if operation.url is None:
            sink(Page(head, HEADERS, **at))
            return Tally()
        downloads = Downloads(
            way=self._options,
            hosts=self._options.bulk_hosts,
            most=self._options.max_megabytes * _MEGABYTE,
            option="bulk_hosts",
            root=self._root,
            world=self._world,
            now=context.now,
        )
        with downloads.saving(operation.url, until, staging=context.staging) as path:
            tally = count_lines(path)
            sink(Page(head, HEADERS, **at))
            sink(Page(b"", FILE, path, **at))
        return tally


def gather_landed(head: Page, files: Iterable[Page], levels: Levels) -> None:
    """Put what a landed file holds into ``levels``; ``head`` is the page before it.

    Raises:
        SourceContractError: the pages are not what was landed, or a line cannot be read.
    """
    found = _HEAD.fullmatch(head.body)
    if found is None:
        raise SourceContractError("the landed page does not say when the operation began")
    for page in files:
        gather_file(str(page.path), levels, as_of=found[2].decode())


def _describe(operation: Operation, tally: Tally, notes: list[str]) -> Fetched:
    wanted, found = (operation.objects, operation.roots), (tally.lines, tally.roots)
    marker, doubts = f"{operation.gid} is COMPLETED with {wanted[0]:,} objects", []
    if operation.url is None and operation.objects:
        doubts.append(f"the shop counts {wanted[0]:,} objects and names no file")
    elif wanted != found:
        doubts.append(
            f"the file holds {found[0]:,} lines and {found[1]:,} items, "
            f"the shop counts {wanted[0]:,} and {wanted[1]:,}"
        )
    is_complete = not doubts
    if not tally.lines - tally.roots:
        doubts.append("no rows; empty is never read as all gone")
    return Fetched(
        is_complete=is_complete,
        end_marker=marker if is_complete else doubts[0],
        source_at=read_instant(operation.begun_at, "createdAt of the bulk operation"),
        notes=(*doubts, *notes, *tally.describe()),
        is_suspect=bool(doubts),
    )

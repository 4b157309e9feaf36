"""Counts of one warehouse: page by page, or by the one file of a snapshot.

The file travels by path. What is told of it stands on a page of its own before it: the numbers
are as of the moment the snapshot was asked for, since none is older.
"""

import logging
import re
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

from inventory_pipeline.connectors.graphql_desk import GraphqlDesk
from inventory_pipeline.connectors.http import Surroundings
from inventory_pipeline.connectors.http_download import Downloads
from inventory_pipeline.connectors.json_connector import HEADERS, naming_feed
from inventory_pipeline.connectors.json_strict import decode_text
from inventory_pipeline.connectors.json_take import read_instant
from inventory_pipeline.connectors.shiphero.options import (
    SELL_AHEAD,
    ShipheroOptions,
    Snapshot,
)
from inventory_pipeline.connectors.shiphero.snapshot import Ready, Snapshots
from inventory_pipeline.connectors.shiphero.snapshot_file import count_levels, read_file
from inventory_pipeline.connectors.tables import naming_source
from inventory_pipeline.model.ports import FetchContext, Fetched, Page, PageSink, RawFrame

logger = logging.getLogger(__name__)

FILE = "json"
_HEAD = re.compile(rb"Snapshot: (.*)\r\nBegun: (.*)\r\n")
_MEGABYTE = 1 << 20


class CountsReader:
    """Reads the counts the way the options say, and parses what came in either way."""

    def __init__(
        self,
        desk: GraphqlDesk,
        options: ShipheroOptions,
        warehouse: str | None,
        *,
        system: str,
        root: str,
        world: Surroundings,
    ) -> None:
        self._desk, self._options, self._warehouse = desk, options, warehouse
        self._system, self._root, self._world = system, root, world

    def fetch(self, feed: str, context: FetchContext, sink: PageSink) -> Fetched:
        """Read all levels; a snapshot is asked for, waited for and fetched."""
        snapshot = self._options.snapshot
        if snapshot is None:
            return self._desk.fetch(feed, context, sink)
        with (
            naming_feed(self._system, feed),
            self._desk.open_door(context.now) as (door, until),
        ):
            jobs = Snapshots(self._desk, door, until, sleep=self._world.sleep)
            ready = jobs.take(self._options.name_part(self._warehouse))
            downloads = self._build_downloads(snapshot, context)
            with downloads.saving(ready.url, until, staging=context.staging) as path:
                levels, ahead = _hand_over(ready, path, context, sink)
        logger.info("fetched snapshot=%s levels=%d", ready.id, levels)
        return _describe(ready, levels, self._options.describe_ahead(ahead))

    def parse(self, feed: str, pages: Iterable[Page]) -> RawFrame:
        """Turn landed pages into text rows. Pure: same bytes, same frame."""
        each = iter(pages)
        first = next(each, None)
        head = _HEAD.fullmatch(first.body) if first is not None else None
        if head is None:
            return self._desk.parse(feed, each if first is None else chain([first], each))
        with naming_source(self._system, feed):
            [file] = each
            return read_file(str(file.path), self._options.facts, as_of=head[2].decode())

    def _build_downloads(self, snapshot: Snapshot, context: FetchContext) -> Downloads:
        return Downloads(
            way=self._options,
            hosts=snapshot.hosts,
            most=snapshot.max_megabytes * _MEGABYTE,
            option="snapshot: {hosts: ...}",
            root=self._root,
            world=self._world,
            now=context.now,
        )


def _hand_over(ready: Ready, path: str, context: FetchContext, sink: PageSink) -> tuple[int, int]:
    """Give head and file to ``sink``; return how many levels, and how many sell ahead."""
    found = count_levels(decode_text(Path(path).read_bytes()), SELL_AHEAD)
    at: Any = {"hour_at": context.hour_at, "fetched_at": context.now()}
    head = f"Snapshot: {ready.id}\r\nBegun: {ready.begun_at}\r\n".encode()
    sink(Page(head, HEADERS, **at))
    sink(Page(b"", FILE, path, **at))
    return found


def _describe(ready: Ready, levels: int, notes: list[str]) -> Fetched:
    doubts = [] if levels else ["no rows; empty is never read as all gone"]
    return Fetched(
        is_complete=True,
        end_marker=f"snapshot {ready.id} ended in success with {levels:,} levels",
        source_at=read_instant(ready.begun_at, "created_at of the snapshot"),
        notes=(*doubts, *notes),
        is_suspect=bool(doubts),
    )

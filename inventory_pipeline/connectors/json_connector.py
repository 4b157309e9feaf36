"""The JSON connector: what ``rest`` and ``graphql`` have in common."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from inventory_pipeline.connectors.ahead import map_ahead
from inventory_pipeline.connectors.feeds import JsonOptions, PagedFeed
from inventory_pipeline.connectors.http import HttpDoor, Surroundings
from inventory_pipeline.connectors.http_auth import build_badge
from inventory_pipeline.connectors.http_options import Call
from inventory_pipeline.connectors.http_wire import Answer, Deadline
from inventory_pipeline.connectors.json_columns import DATE, RowPlan, plan_rows
from inventory_pipeline.connectors.json_page import find_key, gather, open_page, read_pages
from inventory_pipeline.connectors.json_rows import build_frame, describe_left_out
from inventory_pipeline.connectors.json_sheet import Sheet
from inventory_pipeline.connectors.sweep import Query, Sweep, Sweeper
from inventory_pipeline.connectors.tables import naming_source, refuse_unknown_feed
from inventory_pipeline.connectors.templates import find_times
from inventory_pipeline.errors import (
    ConfigError,
    SourceContractError,
    SourceError,
    SourceRefusedError,
)
from inventory_pipeline.model.frames import RAW_FEEDS
from inventory_pipeline.model.ports import FetchContext, Fetched, Page, PageSink, RawFrame

# A page of this kind holds what the answer's headers said, where a column asks for it.
HEADERS = "headers"

logger = logging.getLogger(__name__)


class JsonConnector(ABC):
    """Reads feeds of JSON pages over HTTP. A kind of source says how it asks and judges."""

    def __init__(
        self,
        *,
        system: str,
        options: JsonOptions,
        root: str,
        world: Surroundings | None = None,
    ) -> None:
        self._system, self._options, self._root = system, options, root
        self._world = world or Surroundings()
        self._feeds = {feed: options.feeds[feed] for feed in RAW_FEEDS if feed in options.feeds}
        self._plans = {feed: plan_rows(feed, rows) for feed, rows in self._feeds.items()}
        self._calls = {feed: self._write_call(rows) for feed, rows in self._feeds.items()}
        self._badge = build_badge(options)
        # Batches read while they were fetched, kept until they are parsed: same bytes, same sheets.
        self._sheets: dict[str, dict[bytes, list[Sheet]]] = {}

    @property
    def reads_past(self) -> bool:
        """Return whether the source remembers every hour by name."""
        return self._options.reads_past

    def find_feeds(self) -> Sequence[str]:
        return list(self._feeds)

    def fetch(self, feed: str, context: FetchContext, sink: PageSink) -> Fetched:
        """Read all pages of one feed; ``sink`` gets them once they are known to hold together."""
        refuse_unknown_feed(feed, self.find_feeds(), system=self._system)
        self._sheets.pop(feed, None)
        options = self._options
        with (
            naming_feed(self._system, feed),
            self._build_door(context.now) as door,
        ):
            query = self._write_query(feed, context, door)
            seconds = options.timeouts.feed.total_seconds()
            until = door.start_deadline(seconds, f"not all pages came within {seconds:g} s")
            sweep = self._read(door, query, until, context.staging)
            self._sheets[feed] = sweep.sheets
            with closing(sweep.spool):
                self._hand_over(sweep, self._plans[feed], context, sink)
                logger.info(
                    "fetched system=%s feed=%s pages=%d rows=%d",
                    self._system, feed, sweep.pages, sweep.items,
                )  # fmt: skip
                return _describe(self._feeds[feed], sweep, self._plans[feed])

    def parse(self, feed: str, pages: Iterable[Page]) -> RawFrame:
        """Turn landed pages into text rows. Pure: same bytes, same frame."""
        refuse_unknown_feed(feed, self.find_feeds(), system=self._system)
        plan, known = self._plans[feed], self._sheets.pop(feed, {})
        sheets: list[Sheet] = []
        seen: dict[str, Page] = {}
        with naming_source(self._system, feed):
            batches = gather(_find_bodies(pages, seen))
            for read in map_ahead(partial(_read_bodies, plan, known), batches):
                sheets.extend(read)
            answer = seen.get("json", Page(b"", "json"))
            return build_frame(sheets, plan, answer=answer, head=seen.get(HEADERS))

    def _read(self, door: HttpDoor, query: Query, until: Deadline, staging: str | None) -> Sweep:
        """Read all pages; a kind of source may look around before and look further after."""
        return Sweeper(door, self._badge, query, until).read(staging)

    def _build_door(self, now: Callable[[], datetime]) -> HttpDoor:
        """Return the door of one fetch."""
        return HttpDoor(self._options, root=self._root, world=self._world, now=now)

    @abstractmethod
    def _write_call(self, feed: Any) -> Call:
        """Return the request that a feed of this kind of source makes."""

    @abstractmethod
    def _judge_answer(self, door: HttpDoor, answer: Answer, also: tuple[int, ...]) -> None:
        """Raise what status and type of an answer say is wrong; ``also`` are right here."""

    def _judge_document(self, door: HttpDoor, feed: PagedFeed, document: Any) -> None:
        """Raise what the answer itself says is wrong."""
        for failure in feed.fails_when:
            failure.judge(document)

    def _write_query(self, feed: str, context: FetchContext, door: HttpDoor) -> Query:
        rows, call = self._feeds[feed], self._calls[feed]
        return Query(
            feed=rows,
            plan=self._plans[feed],
            call=call,
            words=find_times(context.hour_at, context.read_until, overlap=rows.overlap),
            judge_answer=partial(self._judge_answer, door),
            judge_document=partial(self._judge_document, door, rows),
            label=f"{str(door.egress.base).rstrip('/')}/{call.path.strip('/')}",
        )

    def _hand_over(
        self, sweep: Sweep, plan: RowPlan, context: FetchContext, sink: PageSink
    ) -> None:
        needs_date = any(DATE in text for text in plan.constants.values())
        if needs_date and sweep.answered_at is None:
            raise SourceContractError(f"the answer has no Date header, which {DATE} stands for")
        first_at = None
        for body, fetched_at in sweep.spool.read():
            first_at = first_at or fetched_at
            sink(Page(body, "json", hour_at=context.hour_at, fetched_at=fetched_at))
        if needs_date:
            head = f"Date: {sweep.date}\r\n".encode()
            sink(Page(head, HEADERS, hour_at=context.hour_at, fetched_at=first_at))


def _find_bodies(pages: Iterable[Page], seen: dict[str, Page]) -> Iterator[bytes]:
    """Yield the answers; keep in ``seen`` what else the last page of each kind says."""
    for page in pages:
        if page.kind == HEADERS:
            seen[HEADERS] = page
        else:
            seen["json"] = replace(page, body=b"")
            yield page.body


def _read_bodies(
    plan: RowPlan, known: Mapping[bytes, list[Sheet]], bodies: Sequence[bytes]
) -> list[Sheet]:
    found = known.get(find_key(bodies)) if known else None
    if found is not None:
        return found
    readings = read_pages([open_page(body, plan) for body in bodies], plan)
    return [reading.sheet for reading in readings]


def _describe(rows: PagedFeed, sweep: Sweep, plan: RowPlan) -> Fetched:
    end, total, notes = sweep.end, sweep.total, []
    has_more_than_declared = total is not None and sweep.items > total
    marker = end.marker
    if total is not None and sweep.items < total:
        marker = f"{marker}, but {sweep.items:,} of {total:,} declared rows came"
    if has_more_than_declared:
        notes.append(f"{sweep.items:,} rows came, {total:,} are declared")
    if sweep.has_changed:
        notes.append("the pages changed while they were read, twice")
    if plan.feed == "counts" and not sweep.items and not rows.may_be_empty:
        notes.append("no rows; empty is never read as all gone")
    if end.is_suspect:
        notes.append(end.marker)
    is_suspect = bool(notes)
    notes += describe_left_out([sheet for some in sweep.sheets.values() for sheet in some], plan)
    # A total counts elements of the outermost list; only where those are the rows it is theirs.
    is_row_total = len(plan.rows.lists) == 1 and not plan.facts and not plan.keep
    return Fetched(
        is_complete=end.is_whole and (total is None or total == sweep.items),
        end_marker=marker,
        declared_keys=total if is_row_total else None,
        source_at=sweep.answered_at if DATE in plan.constants.get("as_of", "") else None,
        clock_skew_seconds=sweep.skew_seconds,
        notes=(*notes, *sweep.notes),
        is_suspect=is_suspect,
    )


@contextmanager
def naming_feed(system: str, feed: str) -> Iterator[None]:
    """Put system and feed before the text of every error, and keep the kinds of the tree."""
    try:
        yield
    except ConfigError as error:
        # One system without its credential must not stop the others.
        raise SourceRefusedError(f"{feed}: {error}", system=system) from None
    except SourceError as error:
        raise type(error)(f"{feed}: {error}", system=system) from None

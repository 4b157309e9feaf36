"""Sweeps: all pages of one feed, read once, or once more where they changed underneath.

A page is opened as it comes, because it says where the next one is; the rows of small pages
wait for each other and are read together. Should one of them prove to be another page than
it looked like when it was opened, all pages are asked for again and read one by one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from inventory_pipeline.connectors.batches import Batches, Came, MisjudgedError
from inventory_pipeline.connectors.egress import Place
from inventory_pipeline.connectors.feeds import PagedFeed
from inventory_pipeline.connectors.http import Badge, HttpDoor
from inventory_pipeline.connectors.http_options import Call
from inventory_pipeline.connectors.http_wire import Answer, Deadline
from inventory_pipeline.connectors.json_columns import RowPlan
from inventory_pipeline.connectors.json_page import (
    OpenPage,
    open_page,
    read_page,
    read_pages,
)
from inventory_pipeline.connectors.json_sheet import Sheet
from inventory_pipeline.connectors.paging import (
    NOWHERE,
    Cursors,
    End,
    NoPaging,
    Paging,
    Position,
    Ranges,
    Turn,
    find_headers,
    find_next,
    find_range_total,
    find_words,
)
from inventory_pipeline.connectors.paging_keys import Keyset, read_count
from inventory_pipeline.connectors.patience import parse_http_date
from inventory_pipeline.connectors.spool import Spool
from inventory_pipeline.errors import SourceError

MAX_PAGES = 10_000
RANGE_PASSED = 416


@dataclass(frozen=True)
class Query:
    """What a sweep asks for, and how its answers are judged.

    Attributes:
        plan: where the rows and cells of an answer stand.
        words: the placeholders of the hour.
        judge_answer: raises what status or type of an answer say is wrong; takes statuses
            that are right here.
        judge_document: raises what the answer itself says is wrong.
        label: the feed and the address, for messages.
        may_wait: rows of small pages wait to be read together; of no use where rows hold lists.
    """

    feed: PagedFeed
    plan: RowPlan
    call: Call
    words: dict[str, Any]
    judge_answer: Callable[[Answer, tuple[int, ...]], None]
    judge_document: Callable[[Any], None]
    label: str
    may_wait: bool = True


@dataclass
class Sweep:
    """The pages of one feed as they came.

    Attributes:
        totals: what the pages declared as the number of all rows, in the order they came.
        answered_at: the source's clock on the first page, by its Date header.
        skew_seconds: the source's clock minus ours, then.
        sheets: every batch of pages as it was read, by the key of its bytes.
        notes: what a person should know and what makes nothing doubtful.
    """

    spool: Spool
    end: End = field(default_factory=lambda: End("nothing was asked", is_whole=False))
    pages: int = 0
    items: int = 0
    totals: list[int] = field(default_factory=list)
    first_digest: int | None = None
    date: str = ""
    answered_at: datetime | None = None
    skew_seconds: int | None = None
    has_changed: bool = False
    sheets: dict[bytes, list[Sheet]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def total(self) -> int | None:
        return self.totals[-1] if self.totals else None


class Sweeper:
    """Reads the pages of one feed through one door."""

    def __init__(self, door: HttpDoor, badge: Badge, query: Query, until: Deadline) -> None:
        self._door, self._badge, self._query, self._until = door, badge, query, until
        # A single answer has no twin; its digest would only cost time.
        feed = query.feed
        self._wants_digests = feed.reread_first_page or not isinstance(feed.paging, NoPaging)
        self._may_wait = query.may_wait

    def read(self, staging: str | None) -> Sweep:
        """Read all pages into a spool; once more if they changed or a cursor ended meanwhile.

        Raises:
            SourceError: a page did not come or is not what it should be.
        """
        sweep = self._read_surely(staging)
        if sweep.has_changed or sweep.end.is_expired:
            sweep.spool.close()
            sweep = self._read_surely(staging)
        return sweep

    def _read_surely(self, staging: str | None) -> Sweep:
        try:
            return self._read_once(staging)
        except MisjudgedError:
            self._may_wait = False
            return self._read_once(staging)

    def _read_once(self, staging: str | None) -> Sweep:
        sweep = Sweep(Spool(staging))
        try:
            self._read_pages(sweep)
            sweep.has_changed = len(set(sweep.totals)) > 1 or self._has_first_page_changed(sweep)
        except BaseException:
            sweep.spool.close()
            raise
        return sweep

    def _read_pages(self, sweep: Sweep) -> None:
        with Batches(
            self._query.plan,
            keep=partial(_keep, sweep),
            has_twins=self._wants_digests,
            label=self._query.label,
        ) as batches:
            try:
                sweep.end = self._read_on(batches)
            except SourceError:
                # A page that still waits may be the reason.
                batches.finish()
                raise
            batches.finish()
        sweep.sheets = batches.sheets
        if batches.circle:
            sweep.end = _circle(batches.circle)

    def _read_on(self, batches: Batches) -> End:
        """Ask for page after page; return why no more is asked for."""
        where: Position | End = Position()
        seen_on = self._door.egress.base
        places = {NOWHERE}
        while isinstance(where, Position):
            if where.number > MAX_PAGES:
                return End(f"stopped after {MAX_PAGES:,} pages", is_whole=False)
            answer, page, seen_on = self._ask(where, seen_on)
            if page is None:
                return _find_end(where, answer.status)
            total = self._find_total(answer, page, where.offset)
            batches.take(Came(where.number, answer, self._door.now(), total, page))
            if batches.circle:
                return _circle(batches.circle)
            number = where.number
            where = find_next(self._query.feed.paging, Turn(where, page, answer.headers, total))
            place = where.place if isinstance(where, Position) else NOWHERE
            if place != NOWHERE and place in places:
                return _circle(f"page {number} leads back to a page that was read")
            places.add(place)
        return where

    def _ask(self, where: Position, seen_on: Place) -> tuple[Answer, OpenPage | None, Place]:
        query = self._query
        words = {**query.words, **find_words(query.feed.paging, where)}
        question = self._door.scribe.write(query.call, words)
        place = question.place
        if where.link is not None:
            place = self._door.egress.follow(where.link, seen_on=seen_on)
        headers = {**question.headers, **find_headers(query.feed.paging, where)}
        judge = _PageJudge(
            query,
            also=_find_ends(query.feed.paging, where),
            read=open_page if self._may_wait else read_page,
        )
        answer = self._door.ask(
            replace(question, place=place, headers=headers),
            self._until,
            judge=judge,
            badge=self._badge,
            label=f"page {where.number} of {query.label}",
        )
        return answer, judge.page, place

    def _find_total(self, answer: Answer, page: OpenPage, before: int) -> int | None:
        feed = self._query.feed
        if feed.total is not None:
            total = read_count(page.find(feed.total), feed.total)
            if not isinstance(feed.paging, Keyset):
                return total
            # Each page is a question of its own, about the rows from there on.
            is_count = feed.paging.ceiling is None or total < feed.paging.ceiling
            return before + total if is_count else None
        if feed.total_header is not None:
            return read_count(answer.headers.get(feed.total_header.lower()), feed.total_header)
        return find_range_total(answer.headers) if isinstance(feed.paging, Ranges) else None

    def _has_first_page_changed(self, sweep: Sweep) -> bool:
        if not self._query.feed.reread_first_page or sweep.first_digest is None:
            return False
        _, again, _ = self._ask(Position(), self._door.egress.base)
        if again is None:
            return True
        [reading] = read_pages([again], self._query.plan)
        return reading.find_digests() != [sweep.first_digest]


class _PageJudge:
    """Judges one answer and keeps the page it opened, so that a page is read once."""

    def __init__(
        self, query: Query, *, also: tuple[int, ...], read: Callable[..., OpenPage]
    ) -> None:
        self._query, self._also, self._read = query, also, read
        self.page: OpenPage | None = None

    def __call__(self, answer: Answer) -> None:
        self._query.judge_answer(answer, self._also)
        if answer.status not in self._also:
            self.page = self._read(answer.body, self._query.plan, self._query.judge_document)


def _keep(sweep: Sweep, came: Came, digest: int) -> None:
    if came.number == 1:
        sweep.first_digest = digest
        sweep.date = came.answer.headers.get("date", "")
        sweep.answered_at = parse_http_date(sweep.date)
        if sweep.answered_at is not None:
            sweep.skew_seconds = round((sweep.answered_at - came.at).total_seconds())
    if came.total is not None:
        sweep.totals.append(came.total)
    sweep.pages += 1
    sweep.items += came.page.items
    sweep.spool.add(came.answer.body, came.at)


def _find_ends(paging: Paging, where: Position) -> tuple[int, ...]:
    """Return the statuses that a page after the first may have in place of rows."""
    if isinstance(paging, Ranges) and where.offset > 0:
        return (RANGE_PASSED,)
    if isinstance(paging, Cursors) and where.cursor is not None:
        return tuple(paging.expired)
    return ()


def _find_end(where: Position, status: int) -> End:
    if where.cursor is None:
        return End(f"the source has no rows beyond {where.offset:,} (HTTP {status})")
    marker = f"the cursor of page {where.number} had ended (HTTP {status})"
    return End(marker, is_whole=False, is_expired=True)


def _circle(marker: str) -> End:
    return End(f"{marker}: the pages run in a circle", is_whole=False, is_suspect=True)

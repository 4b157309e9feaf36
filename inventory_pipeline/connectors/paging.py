"""Paging: from one page to the next, and how the end is known. Pure."""

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from inventory_pipeline.connectors.http_options import Options
from inventory_pipeline.connectors.json_page import OpenPage
from inventory_pipeline.connectors.json_paths import Path, find_text
from inventory_pipeline.connectors.paging_keys import Keyset, read_count
from inventory_pipeline.errors import SourceContractError

EndRule = Annotated[
    Literal["empty_page", "short_page"],
    Field(
        description="What proves the end where no total is declared. short_page saves a request, "
        "and is wrong where the source caps the size of its pages."
    ),
]
_SIZE = Field(100, ge=1, le=1_000_000, description="Rows to ask for: {limit}.")


class NoPaging(Options):
    """One answer holds everything."""

    kind: Literal["none"] = "none"
    size: int = _SIZE


class PageNumbers(Options):
    """``{page}`` counts up."""

    kind: Literal["page"]
    size: int = _SIZE
    first: int = Field(1, ge=0, description="Number of the first page.")
    pages: str | None = Field(None, description="Path to the number of pages.")
    end: EndRule = "empty_page"


class Offsets(Options):
    """``{offset}`` counts the rows that came."""

    kind: Literal["offset"]
    size: int = _SIZE
    end: EndRule = "empty_page"


class Cursors(Options):
    """``{cursor}`` is what the page before said; nothing on the first page."""

    kind: Literal["cursor"]
    size: int = _SIZE
    next: str | None = Field(None, description="Path to the next cursor.")
    last: str | None = Field(None, description="Or: path, in the last row, to what comes after.")
    has_more: str | None = Field(None, description="Path to true or false.")
    is_number: bool = Field(False, description="The cursor goes into a body as a number.")
    expired: list[int] = Field(
        default_factory=list,
        description="Statuses that say a cursor has ended unused: all is read anew, once.",
    )

    @model_validator(mode="after")
    def _has_one_source(self) -> "Cursors":
        if (self.next is None) == (self.last is None):
            raise ValueError("give next or last, exactly one of them")
        for path in (self.next, self.last, self.has_more):
            Path.parse(path or "")
        return self


class LinkHeader(Options):
    """``Link: <url>; rel="next"`` (RFC 8288)."""

    kind: Literal["link"]
    size: int = _SIZE


class NextUrl(Options):
    """The answer holds the URL of the next page."""

    kind: Literal["next_url"]
    size: int = _SIZE
    path: str = Field(description="Path to the URL.")


class Ranges(Options):
    """``Range: records=0-499``, answered by ``Content-Range: records 0-499/1234``."""

    kind: Literal["range"]
    size: int = _SIZE
    unit: str = Field("records", pattern="^[a-z]+$", description="What a range counts.")


Paging = Annotated[
    NoPaging | PageNumbers | Offsets | Cursors | LinkHeader | NextUrl | Ranges | Keyset,
    Field(discriminator="kind"),
]


@dataclass(frozen=True)
class Position:
    """Which page to ask for.

    Attributes:
        number: 1 for the first page.
        offset: rows that came before it.
        link: URL of the page, where the source names it.
        after: fields of the row before it, where pages are asked for by them.
    """

    number: int = 1
    offset: int = 0
    cursor: str | int | None = None
    link: str | None = None
    after: Mapping[str, int | str] = field(default_factory=dict)

    @property
    def place(self) -> Hashable:
        """Return what names the page, if anything but its number does."""
        return (self.cursor, self.link, tuple(self.after.values()))


NOWHERE = Position().place


@dataclass(frozen=True)
class End:
    """Why no further page is asked for.

    Attributes:
        marker: what proves it, in words.
        is_whole: False if the pages end without a proof that all came.
        is_suspect: the pages contradict themselves.
        is_expired: a cursor had ended before it was used.
    """

    marker: str
    is_whole: bool = True
    is_suspect: bool = False
    is_expired: bool = False


@dataclass(frozen=True)
class Turn:
    """One page that came, as far as paging is concerned.

    Attributes:
        total: rows the source declares in all, if it does.
    """

    position: Position
    page: OpenPage
    headers: Mapping[str, str]
    total: int | None

    @property
    def seen(self) -> int:
        """Rows that came so far, this page included."""
        return self.position.offset + self.page.items

    def step(self, **changes: Any) -> Position:
        """Return the position after this one."""
        return Position(number=self.position.number + 1, offset=self.seen, **changes)


def find_words(paging: Paging, position: Position) -> dict[str, Any]:
    """Return the placeholders of one page."""
    first = paging.first if isinstance(paging, PageNumbers) else 1
    return {
        "page": first + position.number - 1,
        "offset": position.offset,
        "limit": paging.size,
        "cursor": position.cursor,
        "after": position.after or (paging.after if isinstance(paging, Keyset) else {}),
    }


def find_headers(paging: Paging, position: Position) -> dict[str, str]:
    """Return the headers a page is asked for with."""
    if not isinstance(paging, Ranges):
        return {}
    last = position.offset + paging.size - 1
    return {"Range": f"{paging.unit}={position.offset}-{last}"}


def find_next(paging: Paging, turn: Turn) -> Position | End:
    """Return where to go on, or why it ends.

    Raises:
        SourceContractError: the page does not say what paging needs to know.
    """
    number = turn.position.number
    match paging:
        case NoPaging():
            return End("one answer holds everything")
        case PageNumbers() | Offsets():
            return _count_on(paging, turn)
        case Cursors():
            return _follow_cursor(paging, turn)
        case LinkHeader():
            link = find_link(turn.headers.get("link", ""))
            return turn.step(link=link) if link else End(f"page {number} links to no next page")
        case NextUrl():
            link = turn.page.find(paging.path)
            return turn.step(link=link) if link else End(f"page {number} names no next page")
        case Ranges():
            return _follow_range(turn)
        case Keyset():
            return _follow_keys(paging, turn)


def find_link(header: str) -> str | None:
    """Return the URL with ``rel=next`` of a Link header."""
    for url, parameters in _LINK.findall(header):
        rel = _REL.search(parameters)
        if rel and "next" in (rel[1] or rel[2]).lower().split():
            return str(url)
    return None


_LINK = re.compile(r'<([^>]*)>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:"[^"]*"|[^\s",;]*))?)*)')
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]*))', re.IGNORECASE)


def find_range_total(headers: Mapping[str, str]) -> int | None:
    """Return the total that ``Content-Range: records 0-499/1234`` declares."""
    match = re.fullmatch(r"\s*\w+\s+(?:\d+-\d+|\*)/(\d{1,12})\s*", headers.get("content-range", ""))
    return int(match[1]) if match else None


def _count_on(paging: PageNumbers | Offsets, turn: Turn) -> Position | End:
    number, items = turn.position.number, turn.page.items
    if turn.total is not None and turn.seen >= turn.total:
        return End(f"all {turn.total:,} declared rows came")
    if items == 0:
        return End(f"page {number} is empty")
    if isinstance(paging, PageNumbers) and paging.pages:
        pages = read_count(turn.page.find(paging.pages), paging.pages)
        if number >= pages:
            return End(f"page {number} is the last of {pages:,}")
    if paging.end == "short_page" and items < paging.size:
        return End(f"page {number} is short: {items:,} of {paging.size:,} rows")
    return turn.step()


def _follow_cursor(paging: Cursors, turn: Turn) -> Position | End:
    number, page = turn.position.number, turn.page
    if paging.last is None:
        cursor = page.find(paging.next)
    else:
        cursor = find_text(page.last, Path.parse(paging.last)) if page.items else None
    if paging.has_more is not None:
        has_more = page.find(paging.has_more)
        if has_more not in ("true", "false"):
            raise SourceContractError(f"{paging.has_more!r} is not true or false")
        if has_more == "false":
            return End(f"{paging.has_more} is false on page {number}")
        if not cursor:
            marker = f"page {number} promises more and names no cursor"
            return End(marker, is_whole=False, is_suspect=True)
    if not cursor:
        return End(f"page {number} names no further cursor")
    if not paging.is_number:
        return turn.step(cursor=cursor)
    return turn.step(cursor=read_count(cursor, paging.next or str(paging.last)))


def _follow_range(turn: Turn) -> Position | End:
    number = turn.position.number
    if "content-range" not in turn.headers:
        marker = "the source sent everything at once (no Content-Range)"
        return End(marker, is_suspect=number > 1)
    if turn.total is not None and turn.seen >= turn.total:
        return End(f"all {turn.total:,} declared rows came")
    return turn.step() if turn.page.items else End(f"page {number} is empty")


def _follow_keys(paging: Keyset, turn: Turn) -> Position | End:
    number, has_more = turn.position.number, turn.page.find(paging.has_more)
    if paging.has_more is not None and has_more not in ("true", "false"):
        raise SourceContractError(f"{paging.has_more!r} is not true or false")
    if has_more == "false":
        return End(f"{paging.has_more} is false on page {number}")
    if not turn.page.items:
        is_whole = has_more is None
        marker = f"page {number} is empty{'' if is_whole else ' and promises more'}"
        return End(marker, is_whole=is_whole, is_suspect=not is_whole)
    after = paging.read_keys(turn.page.last)
    if paging.has_stood_still(turn.position.after or paging.after, after):
        marker = f"page {number} does not come after the one before: its rows are in no order"
        return End(marker, is_whole=False, is_suspect=True)
    return turn.step(after=after)

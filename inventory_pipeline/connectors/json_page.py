"""Pages: landed or fetched JSON answers, read the quick way or the slow way. Pure.

A page is opened alone, which tells how paging goes on; rows are read page by page or, which
is quicker where pages are small, many pages at once.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from inventory_pipeline.connectors.json_columns import RowPlan
from inventory_pipeline.connectors.json_paths import Path, find_text, is_empty
from inventory_pipeline.connectors.json_pieces import NotAlikeError, Pieces, cut_rows, parse_piece
from inventory_pipeline.connectors.json_shapes import read_pieces
from inventory_pipeline.connectors.json_sheet import Sheet, read_chains
from inventory_pipeline.connectors.json_strict import decode_text, load_strictly, refuse_no_text
from inventory_pipeline.errors import SourceContractError

Check = Callable[[Any], None]

# Pages that are read at once: enough that starting costs little, little enough to keep in reach.
BATCH_BYTES = 1 << 19
BATCH_PAGES = 512


@dataclass(frozen=True)
class OpenPage:
    """One page, its answer read and its rows found.

    Attributes:
        document: the answer; where its rows were, anything may stand.
        items: elements of the outermost list, which is what totals and offsets count. Of rows
            that wait in ``pieces`` it is what the page looks like; reading them proves it.
        last: the last of them, if there is one.
        rows: the rows, read already or still in pieces.
    """

    document: Any
    items: int
    last: Any
    rows: Sheet | Pieces

    def find(self, path: str | None) -> str | None:
        """Return a text of the answer outside its rows."""
        return find_text(self.document, Path.parse(path)) if path else None


@dataclass(frozen=True)
class ReadPage(OpenPage):
    """One page, read."""

    rows: Sheet

    @property
    def sheet(self) -> Sheet:
        return self.rows


@dataclass(frozen=True)
class Reading:
    """The rows of some pages under each other.

    Attributes:
        pages: the pages as they proved to be; one that was taken for another is a new one.
    """

    sheet: Sheet
    pages: Sequence[OpenPage]

    def find_digests(self) -> list[int]:
        """Return for each page a number that pages with the same rows share."""
        return self.sheet.find_digests([page.rows.height for page in self.pages])


def accept(_document: Any) -> None:
    """Take any answer; what lands was judged when it came."""


def find_key(bodies: Sequence[bytes]) -> bytes:
    """Return what stands for the bytes of some pages: equal only for equal pages."""
    digest = hashlib.sha256(repr([len(body) for body in bodies]).encode())
    for body in bodies:
        digest.update(body)
    return digest.digest()


def is_batch(pages: int, size: int) -> bool:
    """Return whether so many pages of ``size`` bytes in all are worth reading at once."""
    return size >= BATCH_BYTES or pages >= BATCH_PAGES


def gather(bodies: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yield the pages in the batches they are read in."""
    batch: list[bytes] = []
    size = 0
    for body in bodies:
        batch.append(body)
        size += len(body)
        if is_batch(len(batch), size):
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def open_page(body: bytes, plan: RowPlan, check: Check = accept) -> OpenPage:
    """Open a page: read everything but its rows, and the rows too where they cannot wait.

    Args:
        check: raises if the answer is no answer; called before rows are looked for.

    Raises:
        SourceContractError: no strict JSON, no list where the rows should be, too many rows.
    """
    refuse_no_text(body)
    try:
        pieces = cut_rows(body, plan.rows)
        last = parse_piece(pieces.last, plan.rows)
    except NotAlikeError:
        return read_slowly(body, plan, check)
    check(pieces.document)
    return OpenPage(pieces.document, pieces.height, last, pieces)


def read_page(body: bytes, plan: RowPlan, check: Check = accept) -> ReadPage:
    """Read a page in the quickest way that is certain.

    Raises:
        SourceContractError: as ``open_page``.
    """
    return _read_alone(open_page(body, plan, check), plan)


def read_pages(pages: Sequence[OpenPage], plan: RowPlan) -> list[Reading]:
    """Read the rows of some pages, as many as possible at once.

    Raises:
        SourceContractError: as ``open_page``.
    """
    readings: list[Reading] = []
    for is_cut, some in groupby(pages, lambda page: isinstance(page.rows, Pieces)):
        run = list(some)
        together = _read_together(run, plan) if is_cut and len(run) > 1 else None
        if together:
            readings.append(together)
        else:
            alone = (_read_alone(page, plan) for page in run)
            readings.extend(Reading(page.sheet, [page]) for page in alone)
    return readings


def read_slowly(body: bytes, plan: RowPlan, check: Check = accept) -> ReadPage:
    """Read a page value by value; any JSON at all."""
    document = load_strictly(decode_text(body))
    check(document)
    if is_empty(document, plan.empty_has):
        return ReadPage(document, 0, None, read_chains([], [], plan))
    items = plan.rows.find_items(document)
    if type(items) is not list:
        raise SourceContractError(
            f"the answer has no list at {str(plan.rows)!r}; was a field renamed or retired? "
            "rows: says where the list of rows is"
        )
    chains = list(plan.rows.walk(document))
    sheet = read_chains(range(1, len(chains) + 1), chains, plan)
    return ReadPage(document, len(items), items[-1] if items else None, sheet)


def _read_together(run: Sequence[OpenPage], plan: RowPlan) -> Reading | None:
    sheaf = [page.rows for page in run if isinstance(page.rows, Pieces)]
    try:
        return Reading(read_pieces(sheaf, plan), run)
    except NotAlikeError:
        return None


def _read_alone(page: OpenPage, plan: RowPlan) -> ReadPage:
    if isinstance(page.rows, Sheet):
        return ReadPage(page.document, page.items, page.last, page.rows)
    try:
        sheet = read_pieces([page.rows], plan)
    except NotAlikeError:
        return read_slowly(page.rows.body, plan)
    return ReadPage(page.document, page.items, page.last, sheet)

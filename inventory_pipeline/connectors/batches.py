"""Batches: pages that came and wait until their rows are read together.

Small pages cost less that way, and a thread reads one batch while the next is asked for. What
a page says of the next one is known when it is opened; should its rows prove it to be another
page, nothing that came after it counts.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from inventory_pipeline.connectors.http_wire import Answer
from inventory_pipeline.connectors.json_columns import RowPlan
from inventory_pipeline.connectors.json_page import (
    OpenPage,
    Reading,
    find_key,
    is_batch,
    read_pages,
)
from inventory_pipeline.connectors.json_sheet import Sheet
from inventory_pipeline.errors import SourceContractError


@dataclass(frozen=True)
class Came:
    """One page that came.

    Attributes:
        at: our clock when it did.
        total: rows the source declares in all, if it does.
    """

    number: int
    answer: Answer
    at: datetime
    total: int | None
    page: OpenPage


@dataclass(frozen=True)
class _Batch:
    """Pages that were read: their sheets, the key of their bytes, a digest for each of them."""

    sheets: list[Sheet]
    key: bytes
    digests: list[int]


class MisjudgedError(Exception):
    """A page is another than it looked like when it was opened."""


class Batches:
    """Reads the rows of pages batch by batch and notices when the pages run in a circle.

    Attributes:
        sheets: the rows of every batch, by the key of its bytes.
        circle: which page came twice, in words; it is not kept, nor is what came after it.
    """

    def __init__(
        self,
        plan: RowPlan,
        *,
        keep: Callable[[Came, int], None],
        has_twins: bool,
        label: str,
    ) -> None:
        """Say what becomes of the pages.

        Args:
            keep: takes every page that holds, in order, and the digest of its rows.
            has_twins: whether a page may come twice; finding out costs a little.
            label: what was asked for; begins messages about a page.
        """
        self._plan, self._keep, self._has_twins, self._label = plan, keep, has_twins, label
        self._waiting: list[Came] = []
        self._size = 0
        self._reader = ThreadPoolExecutor(1, "read-rows")
        self._begun: tuple[list[Came], Future[_Batch]] | None = None
        self._looks: set[tuple[int, str]] = set()
        self._digests: dict[int, int] = {}
        self.sheets: dict[bytes, list[Sheet]] = {}
        self.circle = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.shutdown(cancel_futures=True)

    def take(self, came: Came) -> None:
        """Take one page; begin to read the batch if it is full.

        Raises:
            MisjudgedError: ask for all pages again, and read each before the next is asked for.
            SourceContractError: a page is not what it should be.
        """
        self._waiting.append(came)
        self._size += len(came.answer.body)
        if self._looks_known(came.page):
            self.finish()
        elif is_batch(len(self._waiting), self._size):
            self._begin()

    def finish(self) -> None:
        """Read what waits.

        Raises:
            MisjudgedError, SourceContractError: as ``take``.
        """
        self._begin()
        self._end()

    def _begin(self) -> None:
        """Begin the next batch, once the one before it has ended well."""
        self._end()
        if self._waiting and not self.circle:
            self._begun = (self._waiting, self._reader.submit(self._read, self._waiting))
        self._waiting, self._size = [], 0

    def _end(self) -> None:
        if self._begun is None:
            return
        (came, future), self._begun = self._begun, None
        try:
            batch = future.result()
        except BaseException:
            # What came after it was asked for in vain.
            self._waiting, self._size = [], 0
            raise
        if self._keep_all(came, batch.digests) == len(came):
            self.sheets[batch.key] = batch.sheets

    def _read(self, waiting: Sequence[Came]) -> _Batch:
        opened = [came.page for came in waiting]
        try:
            readings = read_pages(opened, self._plan)
        except SourceContractError:
            self._blame(waiting)
            raise
        proved = [page for reading in readings for page in reading.pages]
        if any((a.items, a.last) != (b.items, b.last) for a, b in zip(opened, proved, strict=True)):
            raise MisjudgedError
        return _Batch(
            sheets=[reading.sheet for reading in readings],
            key=find_key([came.answer.body for came in waiting]),
            digests=self._find_digests(readings),
        )

    def _blame(self, waiting: Sequence[Came]) -> None:
        """Raise what is wrong with the first bad page, and name it."""
        for came in waiting:
            try:
                read_pages([came.page], self._plan)
            except SourceContractError as error:
                message = f"page {came.number} of {self._label}: {error}"
                raise SourceContractError(message) from None

    def _find_digests(self, readings: Sequence[Reading]) -> list[int]:
        if not self._has_twins:
            return [0] * sum(len(reading.pages) for reading in readings)
        return [digest for reading in readings for digest in reading.find_digests()]

    def _keep_all(self, waiting: Sequence[Came], digests: Sequence[int]) -> int:
        """Keep pages up to the first that repeats another; return how many."""
        for number, (came, digest) in enumerate(zip(waiting, digests, strict=True)):
            if self._is_twin(came, digest):
                return number
            self._keep(came, digest)
        return len(waiting)

    def _looks_known(self, page: OpenPage) -> bool:
        """Return whether a page before ended like this one: then nothing more is asked for yet."""
        look = (page.items, repr(page.last))
        is_known = self._has_twins and page.items > 0 and look in self._looks
        self._looks.add(look)
        return is_known

    def _is_twin(self, came: Came, digest: int) -> bool:
        twin = self._digests.setdefault(digest, came.number)
        if not self._has_twins or twin == came.number or not came.page.items:
            return False
        self.circle = f"page {came.number} repeats page {twin}"
        return True

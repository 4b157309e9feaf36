"""Coded rows: feeds that only code can read, because what an element means depends on itself.

A column always stands in the same place; that a number is a sale where it leaves one state and
a delivery where it enters it, no path can say.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from inventory_pipeline.connectors.http import HttpDoor
from inventory_pipeline.connectors.http_wire import Deadline
from inventory_pipeline.connectors.json_columns import RowPlan
from inventory_pipeline.connectors.json_connector import JsonConnector
from inventory_pipeline.connectors.json_paths import Path, Problem, is_empty
from inventory_pipeline.connectors.json_strict import decode_text, load_strictly
from inventory_pipeline.connectors.sweep import Query, Sweep
from inventory_pipeline.connectors.tables import (
    build_rejected,
    naming_source,
    refuse_unknown_feed,
)
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.frames import RAW_FEEDS
from inventory_pipeline.model.movements import ON_HAND_SIGN, SIGNED_KINDS
from inventory_pipeline.model.ports import FetchContext, Fetched, Page, PageSink, RawFrame

COUNT = "count"
# Our column → its text; a column that is not named is null.
Row = Mapping[str, str | None]


@dataclass(frozen=True)
class Odd:
    """An element that makes no row, and why."""

    reason: str


@dataclass(frozen=True)
class LeftOut:
    """An element that is left out on purpose; a note says how many there were."""

    why: str


Found = Row | Odd | LeftOut
# Yields what one element of the list of rows holds. Raises SourceContractError: it is odd.
ReadElement = Callable[[Any], Iterator[Found]]


class CodedRows(JsonConnector):
    """Reads some feeds by code instead of by columns."""

    _readers: Mapping[str, ReadElement] = {}

    def fetch(self, feed: str, context: FetchContext, sink: PageSink) -> Fetched:
        """Read all pages of one feed; a total of elements is none of rows."""
        fetched = super().fetch(feed, context, sink)
        return replace(fetched, declared_keys=None) if feed in self._readers else fetched

    def parse(self, feed: str, pages: Iterable[Page]) -> RawFrame:
        """Turn landed pages into text rows. Pure: same bytes, same frame."""
        if feed not in self._readers:
            return super().parse(feed, pages)
        refuse_unknown_feed(feed, self.find_feeds(), system=self._system)
        with naming_source(self._system, feed):
            bodies = (page.body for page in pages)
            return build_rows(bodies, self._plans[feed], self._readers[feed])

    def _read(self, door: HttpDoor, query: Query, until: Deadline, staging: str | None) -> Sweep:
        read = self._readers.get(query.plan.feed)
        if read is None:
            return super()._read(door, query, until, staging)
        sweep = super()._read(door, replace(query, may_wait=False), until, staging)
        sweep.sheets = {}
        try:
            bodies = (body for body, _ in sweep.spool.read())
            found = [one for _, one in find_all(bodies, query.plan, read)]
        except BaseException:
            sweep.spool.close()
            raise
        sweep.notes += describe_left_out(found) + self._look_over(query.plan.feed, found)
        return sweep

    def _look_over(self, _feed: str, _found: Sequence[Found]) -> list[str]:
        """Return what a person should know of all that was found in one feed."""
        return []


def build_rows(bodies: Iterable[bytes], plan: RowPlan, read: ReadElement) -> RawFrame:
    """Return the rows of all pages, and what cannot be one.

    Raises:
        SourceContractError: a page is not what was asked for, or no element makes sense.
    """
    columns = [name for names in RAW_FEEDS[plan.feed] for name in names]
    rows: list[tuple[Any, ...]] = []
    rejected = []
    for number, (element, found) in enumerate(find_all(bodies, plan, read), start=1):
        if isinstance(found, Odd):
            rejected.append((number, found.reason, _render_raw(element)))
        elif not isinstance(found, LeftOut):
            rows.append((number, *(found.get(name) for name in columns)))
    schema = {"row": pl.Int64(), **dict.fromkeys(columns, pl.String())}
    return RawFrame(pl.DataFrame(rows, schema=schema, orient="row"), build_rejected(rejected))


def find_all(
    bodies: Iterable[bytes], plan: RowPlan, read: ReadElement
) -> Iterator[tuple[Any, Found]]:
    """Yield every element and what it holds, page by page.

    Raises:
        SourceContractError: a page is not what was asked for, or no element makes sense.
    """
    sound, first = 0, ""
    for element in _find_elements(bodies, plan):
        found, problem = _read_one(element, read)
        yield from ((element, one) for one in found)
        sound += not problem
        first = first or problem
    if first and not sound:
        raise SourceContractError(f"no row can be read: {first}")


def _read_one(element: Any, read: ReadElement) -> tuple[list[Found], str]:
    """Return what an element holds, and what is wrong if it holds nothing that can be read."""
    if isinstance(element, Problem):
        return [Odd(str(element))], str(element)
    try:
        return list(read(element)), ""
    except SourceContractError as error:
        return [Odd(str(error))], str(error)


def _find_elements(bodies: Iterable[bytes], plan: RowPlan) -> Iterator[Any]:
    for body in bodies:
        document = load_strictly(decode_text(body))
        if is_empty(document, plan.empty_has):
            continue
        for chain in plan.rows.walk(document):
            last = chain[-1]
            yield last if isinstance(last, Problem) else Path(plan.rows.tail).find(last)


def describe_left_out(found: Iterable[Found]) -> list[str]:
    """Return one sentence for every reason to leave something out."""
    whys = Counter(one.why for one in found if isinstance(one, LeftOut))
    return [f"{why}: {count:,}" for why, count in sorted(whys.items())]


def sign_movement(kind: str, change: str | None) -> dict[str, str | None]:
    """Return kind and quantity of what changed a number by a signed ``change``.

    A kind that fixes its sign takes the length of the change; where the change goes the other
    way it was no such thing, and a change is never a count: both are adjustments. What is no
    whole number stays as it is.
    """
    digits = (change or "").removeprefix("-")
    if kind in SIGNED_KINDS or not (digits.isascii() and digits.isdigit()):
        return {"kind": kind, "quantity": change}
    way = -1 if str(change).startswith("-") else 1
    if kind == COUNT or ON_HAND_SIGN[kind] == -way:
        return {"kind": SIGNED_KINDS[0], "quantity": change}
    return {"kind": kind, "quantity": digits}


def _render_raw(element: Any) -> str:
    return json.dumps(element, ensure_ascii=False)

"""Cases: what goes wrong on the way from any vendor, and what may come of it.

A case changes what the vendor holds, or what it answers. What came of it is one word:

- ``whole``: every number arrived, once, as it was sent
- ``quarantined``: the odd one was set aside, with its reason; every other one arrived
- ``unknown``: two numbers for one thing; neither is taken
- ``suspect``, ``incomplete``: what came is kept as evidence and is not compared
- ``asked again later``, ``a person is told``, ``refused``: nothing usable came
- ``left out``: the odd one did not arrive and nothing says so; every other one did
- ``short``, ``wrong``: what may never come of anything
"""

import gzip
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from email.utils import format_datetime
from functools import cache
from pathlib import Path

import polars as pl

from inventory_pipeline.config.systems import Snapshot
from inventory_pipeline.errors import (
    SourceContractError,
    SourceError,
    SourceRefusedError,
    SourceUnavailableError,
)
from inventory_pipeline.ingest import gate
from inventory_pipeline.ingest.counts import Readings, SourceWords, compute_readings
from inventory_pipeline.ingest.identity import load_catalog
from inventory_pipeline.model.ports import Connector, Fetched
from inventory_pipeline_tests.support.file_sources import FETCHED_AT, land
from inventory_pipeline_tests.support.stand_in import Asked, Reply, Toxic
from inventory_pipeline_tests.support.vendors.quiet import Unasked
from inventory_pipeline_tests.support.vendors.vendor import (
    Level,
    Spoil,
    Vendor,
    serving_vendor,
)

HTML = {"Content-Type": "text/html"}
# One file is the only page.
ONE_PIECE = ("files",)
CALM = ("whole",)
LATER = ("asked again later",)
REFUSED = ("refused", "a person is told")
# Set aside with its key, or without it: then the snapshot lacks a key.
SET_ASIDE = ("quarantined", "unknown", "incomplete")
DOUBTED = ("suspect", "incomplete", "refused", "asked again later")
_SNAPSHOT = Snapshot()
LIMITS = gate.Limits(
    min_known_share=_SNAPSHOT.min_known_share,
    max_missing_keys=_SNAPSHOT.max_missing_keys,
    max_newly_zero_share=_SNAPSHOT.max_newly_zero_share,
    max_newly_zero_keys=_SNAPSHOT.max_newly_zero_keys,
    max_age=timedelta(minutes=90),
)


@dataclass(frozen=True)
class Case:
    """One thing that goes wrong.

    Attributes:
        wanted: what may come of it.
        change: what the vendor holds instead of the plain levels.
        spoil: what becomes of its pages; made anew for every run, since most happen once.
        odd: items whose number is not to arrive, or not as it was sent.
    """

    name: str
    wanted: tuple[str, ...]
    change: Callable[[Vendor | Unasked, list[Level]], list[Level]] = lambda _vendor, levels: levels
    spoil: Callable[["Vendor", list[Level]], Spoil | None] = lambda _vendor, _levels: None
    odd: tuple[str, ...] = ()


def build_levels(vendor: Vendor | Unasked, count: int | None = None) -> list[Level]:
    """Return levels on three pages, the last of which is not full."""
    number = 2 * vendor.page + 1 if count is None else count
    return [Level(f"S-{n:05d}", "L1", {vendor.quantity: 3 + n % 7}) for n in range(number)]


def run_case(vendor: Vendor | Unasked, case: Case, folder: Path) -> str:
    """Return the word for what comes of a case."""
    plain = build_levels(vendor)
    levels = case.change(vendor, plain)
    sent = {level.item_id: level.quantities[vendor.quantity] for level in levels}
    with _serving(vendor, levels, folder, case) as connector:
        try:
            return _judge(vendor, connector, folder, sent, case)
        except SourceUnavailableError:
            return "asked again later"
        except SourceRefusedError:
            return "a person is told"
        except SourceContractError:
            return "refused"
        except SourceError:
            return "refused"


@contextmanager
def _serving(
    vendor: Vendor | Unasked, levels: list[Level], folder: Path, case: Case
) -> Iterator[Connector]:
    if isinstance(vendor, Unasked):
        yield vendor.fill(levels, folder)
        return
    with serving_vendor(vendor, levels, folder, spoil=case.spoil(vendor, levels)) as served:
        yield served.connector


def _judge(
    vendor: Vendor | Unasked,
    connector: Connector,
    folder: Path,
    sent: dict[str, object],
    case: Case,
) -> str:
    fetched, pages = land(connector, "counts", folder / "landing")
    raw = connector.parse("counts", pages)
    readings = _read(vendor, raw.rows)
    rejected = raw.rejected.height
    mine = readings.observations.filter(pl.col("fact") == vendor.fact)
    gone = len(build_levels(vendor)) - mine.height - readings.unknowns.height
    doubt = _doubt(fetched, readings, rows=raw.rows.height + rejected, gone=max(0, gone))
    if doubt == "suspect" or (doubt == "partial" and not readings.conflicts):
        return {"suspect": "suspect", "partial": "incomplete"}[doubt]
    found = dict(mine.select("sku", "units").iter_rows())
    wanted = {item: units for item, units in sent.items() if item not in case.odd}
    if found != wanted:
        return "short" if found.items() < wanted.items() else "wrong"
    if not case.odd:
        return "whole"
    if readings.conflicts:
        return "unknown"
    return "quarantined" if readings.quarantine.height + rejected else "left out"


def _doubt(fetched: Fetched, readings: Readings, *, rows: int, gone: int) -> str:
    """Return what the gate makes of it; ``gone`` is how many keys of the hour before are not in."""
    keys = readings.observations.height
    evidence = gate.Evidence(
        rows=rows,
        repeats=readings.repeats,
        keys=keys,
        is_complete=fetched.is_complete,
        is_suspect=fetched.is_suspect,
        end_marker=fetched.end_marker,
        declared_keys=fetched.declared_keys,
        notes=fetched.notes,
        conflicts=readings.conflicts,
        nameless_rows=readings.nameless,
        known_keys=keys + gone,
        missing_keys=gone,
        missing_before=False,
        newly_zero_keys=0,
        moved_units=0,
        known_units=0,
        source_at=None,
        reference_at=FETCHED_AT,
    )
    return gate.judge(evidence, LIMITS).status


def _read(vendor: Vendor | Unasked, rows: pl.DataFrame) -> Readings:
    words = SourceWords(vendor.name, None, "", "", {}, FETCHED_AT + timedelta(minutes=5))
    nothing = load_catalog(Path(), items=None, locations=None, identities=None)
    return compute_readings(rows, nothing, words)


Make = Callable[[Vendor, list[Level]], Spoil]
Change = Callable[[Reply], Reply]


def _put(number: int, quantity: object) -> Callable[[Vendor | Unasked, list[Level]], list[Level]]:
    def change(vendor: Vendor | Unasked, levels: list[Level]) -> list[Level]:
        odd = replace(levels[number], quantities={vendor.quantity: quantity})
        return [*levels[:number], odd, *levels[number + 1 :]]

    return change


def _repeat(vendor: Vendor | Unasked, levels: list[Level]) -> list[Level]:
    other = replace(levels[0], quantities={vendor.quantity: 99})
    return [*levels, other]


def _with_another(vendor: Vendor | Unasked, levels: list[Level]) -> list[Level]:
    """An item that nobody of ours knows is a number like any other: it may be a ghost."""
    return [*levels, Level("nobody knows it", "L1", {vendor.quantity: 4})]


def _without_zone(_vendor: Vendor | Unasked, levels: list[Level]) -> list[Level]:
    return [replace(levels[0], as_of="2026-04-06T10:00:00"), *levels[1:]]


def _first(
    reply: Callable[[Reply], Reply], times: int = 1
) -> Callable[[Vendor, list[Level]], Spoil]:
    """Let something happen to the first pages; afterwards all is well."""

    def make(_vendor: Vendor, _levels: list[Level]) -> Spoil:
        left = [times]

        def spoil(_asked: Asked, good: Reply) -> Reply:
            left[0] -= 1
            return reply(good) if left[0] >= 0 else good

        return spoil

    return make


def _second(
    make_page: Callable[[Vendor, list[Level], Asked], Reply],
) -> Callable[[Vendor, list[Level]], Spoil]:
    """Put something in the place of the second page."""

    def make(vendor: Vendor, levels: list[Level]) -> Spoil:
        seen = [0]

        def spoil(asked: Asked, good: Reply) -> Reply:
            seen[0] += 1
            return make_page(vendor, levels, asked) if seen[0] == 2 else good

        return spoil

    return make


def _for_ever_the_first(_vendor: Vendor, _levels: list[Level]) -> Spoil:
    kept: list[Reply] = []

    def spoil(_asked: Asked, good: Reply) -> Reply:
        kept.append(good)
        return kept[0]

    return spoil


def _turned(vendor: Vendor, levels: list[Level]) -> Spoil:
    """One more is sold after the first page and the list begins with another item."""
    seen = [0]

    def spoil(asked: Asked, good: Reply) -> Reply:
        seen[0] += 1
        moved = [levels[-1], *levels[:-1]]
        return vendor.answer(moved, asked) if seen[0] > 1 else good

    return spoil


def _wait(header: str | None, status: int = 429) -> Change:
    headers = {"Retry-After": header} if header is not None else {}
    return lambda _good: Reply(
        b"{}", status, headers={"Content-Type": "application/json", **headers}
    )


def _say(status: int, body: bytes = b"{}", headers: dict[str, str] | None = None) -> Change:
    given = headers or {"Content-Type": "application/json"}
    return lambda _good: Reply(body, status, headers=given)


@cache
def _pack_bomb() -> bytes:
    return gzip.compress(b'{"a": "' + b"0" * (300 << 20) + b'"}', compresslevel=1)


def _bomb(good: Reply) -> Reply:
    return replace(good, body=_pack_bomb(), headers={**good.headers, "Content-Encoding": "gzip"})


_SOON = "2"
_ALWAYS = 10_000
_DATE = format_datetime(FETCHED_AT + timedelta(seconds=5), usegmt=True)

_ODD = ("S-00000",)
_RESET = _first(lambda good: replace(good, toxic=Toxic(reset_after=10)))
_CUT = _first(lambda good: replace(good, toxic=Toxic(limit_bytes=10)))
_LOGIN = _first(_say(200, b"<html>log in</html>", HTML), _ALWAYS)
_AWAY = _first(_say(302, b"", {"Location": "https://evil.example/"}), _ALWAYS)
_LOST = _second(lambda vendor, _levels, asked: vendor.answer([], asked))
_HALF = _first(lambda good: replace(good, body=good.body[: len(good.body) // 2]), _ALWAYS)
_HUGE = _first(lambda good: replace(good, body=good.body + b" " * (8 << 20)), _ALWAYS)

CASES = (
    Case("nothing wrong", CALM),
    Case("empty page", ("suspect",), change=lambda _vendor, _levels: []),
    Case("two numbers for one", (*SET_ASIDE, *DOUBTED), change=_repeat, odd=_ODD),
    Case("unknown item", CALM, change=_with_another),
    Case("null quantity", SET_ASIDE, change=_put(0, None), odd=_ODD),
    Case("fraction", SET_ASIDE, change=_put(0, 1.5), odd=_ODD),
    Case("negative", CALM, change=_put(0, -3)),
    Case("time without a zone", SET_ASIDE, change=_without_zone, odd=_ODD),
    Case("huge page", CALM, spoil=_HUGE),
    Case("429, wait seconds", CALM, spoil=_first(_wait(_SOON))),
    Case("429, wait until", CALM, spoil=_first(_wait(_DATE))),
    Case("429, no time", CALM, spoil=_first(_wait(None))),
    Case("429, wait a day", LATER, spoil=_first(_wait("86400"), _ALWAYS)),
    Case("500, then fine", CALM, spoil=_first(_say(500), 2)),
    Case("500 for an hour", LATER, spoil=_first(_say(500), _ALWAYS)),
    Case("reset, then fine", CALM, spoil=_RESET),
    Case("cut, then fine", CALM, spoil=_CUT),
    Case("login page as 200", REFUSED, spoil=_LOGIN),
    Case("redirect", REFUSED, spoil=_AWAY),
    Case("401, then fine", (*CALM, "a person is told"), spoil=_first(_say(401))),
    Case("401 for good", ("a person is told",), spoil=_first(_say(401), _ALWAYS)),
    Case("lost page", (*CALM, *DOUBTED), spoil=_LOST),
    Case("the same page for ever", (*DOUBTED, "a person is told"), spoil=_for_ever_the_first),
    Case("order that changes", (*CALM, *DOUBTED), spoil=_turned),
    # Half a JSON is none; half a CSV is one, and lacks keys.
    Case("half a document", (*REFUSED, *DOUBTED), spoil=_HALF),
    Case("bomb", REFUSED, spoil=_first(_bomb, _ALWAYS)),
)


def find_exemptions(vendor: Vendor | Unasked) -> Iterator[str]:
    """Yield cases that cannot be for a vendor, by what it says of itself."""
    if not vendor.has_time:
        yield "time without a zone"
    if vendor.name in ONE_PIECE:
        yield from ("lost page", "the same page for ever", "order that changes")
    if isinstance(vendor, Unasked):
        yield from {case.name for case in CASES} - vendor.cases


@contextmanager
def in_folder(folder: Path, name: str) -> Iterator[Path]:
    """Yield a fresh folder for one run."""
    made = folder / "".join(c if c.isalnum() else "-" for c in name)
    made.mkdir()
    yield made


def run_all(
    vendor: Vendor | Unasked, folder: Path, cases: Sequence[Case] = CASES
) -> dict[str, str]:
    """Return case → what comes of it; a dash where it cannot be."""
    exempt = set(find_exemptions(vendor))
    words = {}
    for case in cases:
        with in_folder(folder, case.name) as mine:
            words[case.name] = "–" if case.name in exempt else run_case(vendor, case, mine)
    return words

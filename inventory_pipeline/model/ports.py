"""Ports: the Protocols behind which the outside stands.

A connector is one class in one file. It fetches raw bytes (I/O, once, into the landing)
and parses them (pure, any number of times). Whatever a vendor calls things stops there.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol, runtime_checkable

import polars as pl
from pydantic import BaseModel

from inventory_pipeline.model.delivery import Writer


@dataclass(frozen=True)
class Page:
    """One answer of a source, byte for byte: in ``body``, or in the file ``path``; never both.

    A page that may be large travels by path, so that nobody holds gigabytes. On the way
    in the file stands in ``FetchContext.staging``: the sink moves, links or copies it
    before it returns, and the connector then deletes what is left. On the way back
    ``path`` is the landed file, which nobody writes again. What came by path goes back
    by path, what came as a body goes back as a body; the two instants go back unchanged.

    Attributes:
        body: the bytes; empty when ``path`` is set.
        kind: csv, csv.gz, parquet, ndjson, xlsx, x12, json, or headers (what an HTTP answer said
            beside its body, where a column asks for it); also the suffix of the landed file.
        path: a private, closed, regular file with the bytes.
        hour_at: the hour that was asked for, so that a parse can fill in ``{hour_start}``.
        fetched_at: our clock when the answer came, for sources that state no time.
    """

    body: bytes
    kind: str
    path: str | None = None
    hour_at: datetime | None = None
    fetched_at: datetime | None = None


@dataclass(frozen=True)
class Fetched:
    """What a fetch knows about the whole answer, beside its pages.

    Attributes:
        is_complete: an explicit end was seen (last page short, end marker, ``.done`` file).
        end_marker: what that end was, in words for a person.
        declared_keys: the source's own total of rows, where it gives one.
        source_at: the source's own as-of time of the whole answer, where it gives one.
        clock_skew_seconds: source clock minus ours, from a Date header; + is fast.
        notes: anything a person should know (loop detected, page re-read, file digest seen).
        is_suspect: the pages contradict themselves (cursor loop, changed while reading).
        when_landed: tidies up at the source once the pages are durable here, if anything is to
            be tidied up there. It returns notes and raises nothing: the pages are ours already.
    """

    is_complete: bool
    end_marker: str
    declared_keys: int | None = None
    source_at: datetime | None = None
    clock_skew_seconds: int | None = None
    notes: tuple[str, ...] = ()
    is_suspect: bool = False
    when_landed: Callable[[], tuple[str, ...]] | None = field(
        default=None, compare=False, repr=False
    )


@dataclass(frozen=True)
class RawFrame:
    """Rows of one feed as text, in the contract's columns, beside what could not be read.

    Attributes:
        rows: columns of ``model.frames.RAW_FEEDS[feed]`` as String, plus ``row`` (Int64,
            1-based position in the source). Where the source itself is typed (Parquet) a
            quantity may be Int64 and an instant with a zone Datetime(us, UTC); a time
            without a zone stays text. Optional columns that the source lacks are absent.
        rejected: QUARANTINE frame of lines that are no row at all (a broken JSON object).
    """

    rows: pl.DataFrame
    rejected: pl.DataFrame


PageSink = Callable[[Page], None]


@dataclass(frozen=True)
class FetchContext:
    """What a connector may know of the job at hand.

    Attributes:
        hour_at: the hour asked for.
        now: the clock; connectors never look at another one.
        known_watermark: until when this feed was read before, at most ``hour_at``: what the
            source recorded from then on may not have been seen yet. None: it was never read.
        staging: folder for pages given by path, on the landing's own file system so that
            they can be moved instead of copied; none: the system's temporary folder.
    """

    hour_at: datetime
    now: Callable[[], datetime]
    known_watermark: datetime | None = None
    staging: str | None = None

    @property
    def read_until(self) -> datetime:
        """Return from when on the source must be asked: what is older was read before."""
        return self.known_watermark or self.hour_at


@runtime_checkable
class Connector(Protocol):
    """One system outside, read only. Found by the entry point ``inventory_pipeline.connectors``.

    Class attributes:
        options_model: pydantic model that validates ``options`` of the YAML file.
    """

    options_model: ClassVar[type[BaseModel]]

    @property
    def reads_past(self) -> bool:
        """Return whether the hour asked for is what the source is asked (file drops).

        Then an hour that was missed may be fetched later. False: only the present can be
        seen. A class attribute will do where the options do not decide it.
        """

    def __init__(self, *, system: str, options: Any, root: str) -> None:
        """``root`` is the folder of the YAML file: relative paths start there."""

    def find_feeds(self) -> Sequence[str]:
        """Return the feeds this system is configured to give, ``counts`` first."""

    def fetch(self, feed: str, context: FetchContext, sink: PageSink) -> Fetched:
        """Read one feed for one hour and give every answer to ``sink``, untouched.

        Raises:
            SourceError: nothing usable came; pages already given are dropped by the caller.
        """

    def parse(self, feed: str, pages: Iterable[Page]) -> RawFrame:
        """Turn landed pages into text rows. Pure: same bytes, same frame.

        Raises:
            SourceContractError: the bytes are not what the options promise.
        """


@runtime_checkable
class WritableConnector(Protocol):
    """A connector that can also write; one without this is read only."""

    def build_writer(self) -> Writer | None:
        """Return the writing side as the options describe it; None: these options only read.

        Raises:
            ConfigError: the options ask for writing and cannot have it.
        """


@dataclass(frozen=True)
class Mail:
    """One mail, ready to send. Header values are plain text without control characters."""

    subject: str
    text: str
    html: str
    message_id: str
    to: Sequence[str]
    sender: str
    images: dict[str, bytes] = field(default_factory=dict)
    attachments: dict[str, bytes] = field(default_factory=dict)


class Mailer(Protocol):
    """Takes a mail to people. Raises DeliveryError unless *every* recipient was accepted."""

    def send(self, mail: Mail) -> str:
        """Deliver and return where it went, in words for a person."""


class Clock(Protocol):
    """The one clock of the house; tests stop it."""

    def now(self) -> datetime:
        """Return the present instant in UTC."""

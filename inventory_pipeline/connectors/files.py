"""Files: systems that drop a CSV, Parquet or NDJSON file an hour, one for each feed."""

import codecs
import os
import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from pydantic import Field, field_validator, model_validator

from inventory_pipeline.config.strict import Model
from inventory_pipeline.config.values import Duration
from inventory_pipeline.connectors.csv_table import parse_csv
from inventory_pipeline.connectors.file_drop import Drop, DropRules
from inventory_pipeline.connectors.files_writer import FilesWrite, FilesWriter
from inventory_pipeline.connectors.ndjson_table import parse_ndjson
from inventory_pipeline.connectors.parquet_table import parse_parquet
from inventory_pipeline.connectors.safe_open import is_outside
from inventory_pipeline.connectors.tables import (
    Plan,
    check_names,
    join_parts,
    naming_source,
    refuse_unknown_feed,
)
from inventory_pipeline.connectors.text_source import TextForm
from inventory_pipeline.errors import (
    ConfigError,
    SourceContractError,
    SourceError,
    SourceRefusedError,
)
from inventory_pipeline.model.delivery import Writer
from inventory_pipeline.model.frames import RAW_FEEDS
from inventory_pipeline.model.hours import compute_slug
from inventory_pipeline.model.ports import FetchContext, Fetched, Page, PageSink, RawFrame

KINDS = {
    ".csv": "csv",
    ".csv.gz": "csv.gz",
    ".parquet": "parquet",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
}
MEGABYTE = 1 << 20
# Feeds of things that happen: an hour may have none, and NDJSON has no header to say so with.
EVENT_FEEDS = ("movements", "levels", "events", "syncs", "changes")


class FilesOptions(Model):
    """Where each feed's files are and how they are written.

    A path starts at the folder of the YAML file and holds ``{hour}``, as 2026-04-06T10.
    """

    counts: str | None = Field(None, description="Path of the counts of one hour.")
    movements: str | None = Field(None, description="Path of the movements.")
    levels: str | None = Field(None, description="Path of the change log of its levels.")
    events: str | None = Field(None, description="Path of the middleware's events.")
    syncs: str | None = Field(None, description="Path of the runs of its syncs.")
    changes: str | None = Field(None, description="Path of the changes of configuration.")
    documents: str | None = Field(None, description="Path of any other facts.")
    done: bool = Field(default=False, description="Read FILE only when FILE.done is there.")
    settle: Duration = Field(
        timedelta(seconds=2), description="How long a file without .done must be unchanged."
    )
    wait: Duration = Field(
        timedelta(0), description="How long to wait for a file that is not there yet."
    )
    encoding: str = Field("utf-8", description="Encoding of text files; a UTF-8 BOM is fine.")
    delimiter: str = Field(",", description="Character between two cells of a CSV file.")
    columns: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="By feed: our column: the name it has in the file."
    )
    fixed: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        description="By feed: our column: its text for every row, where the file lacks it; "
        "{hour} {hour_start} {hour_end} {fetched_at} are filled in.",
    )
    max_megabytes: int = Field(4096, ge=1, description="The largest file taken in.")
    max_rows: int = Field(100_000_000, ge=1, description="The most rows a Parquet file may have.")
    owner: str | None = Field(None, description="The user every file must belong to.")
    write: FilesWrite = Field(FilesWrite(), description="Where correction files are dropped.")

    @property
    def patterns(self) -> dict[str, str]:
        """Return feed → path pattern, ``counts`` first."""
        named = {feed: getattr(self, feed) for feed in RAW_FEEDS}
        return {feed: pattern for feed, pattern in named.items() if pattern is not None}

    @field_validator(*RAW_FEEDS)
    @classmethod
    def _is_pattern(cls, value: str | None) -> str | None:
        return value if value is None else _check_pattern(value)

    @field_validator("encoding")
    @classmethod
    def _is_encoding(cls, value: str) -> str:
        try:
            "a".encode(value)
            return codecs.lookup(value).name
        except (LookupError, ValueError):
            raise ValueError(f"{value!r} is no text encoding; write utf-8 or latin-1") from None

    @field_validator("delimiter")
    @classmethod
    def _is_delimiter(cls, value: str) -> str:
        if len(value.encode()) != 1 or value in '"\r\n\0':
            raise ValueError(f"{value!r} is no delimiter; write one character such as ;")
        return value

    @model_validator(mode="after")
    def _names_fit(self) -> "FilesOptions":
        if not self.patterns:
            raise ValueError(f"name the path of at least one feed: {', '.join(RAW_FEEDS)}")
        for key, by_feed in (("columns", self.columns), ("fixed", self.fixed)):
            for feed in by_feed:
                if feed not in self.patterns:
                    raise ValueError(f"{key}.{feed}: the system has no path for {feed}")
        for feed in self.patterns:
            check_names(feed, self.columns.get(feed, {}), self.fixed.get(feed, {}))
        return self


class FilesConnector:
    """Reads dropped files. A path with ``{hour}`` in it can also be read later."""

    options_model: ClassVar = FilesOptions

    def __init__(self, *, system: str, options: FilesOptions, root: str) -> None:
        self._system = system
        self._options = options
        self._root = root

    @property
    def reads_past(self) -> bool:
        """Return whether every path names its hour, so that an hour can be read later."""
        return all("{hour}" in pattern for pattern in self._options.patterns.values())

    def find_feeds(self) -> Sequence[str]:
        return list(self._options.patterns)

    def fetch(self, feed: str, context: FetchContext, sink: PageSink) -> Fetched:
        """Copy the file of one hour into the staging folder and give it to ``sink``."""
        refuse_unknown_feed(feed, self.find_feeds(), system=self._system)
        pattern = self._options.patterns[feed]
        name = pattern.replace("{hour}", compute_slug(context.hour_at))
        may_be_empty = feed in EVENT_FEEDS and find_kind(name) == "ndjson"
        drop = Drop(name, root=self._root, rules=self._find_rules(may_be_empty=may_be_empty))
        try:
            with drop.copying(context.staging) as copied:
                notes = (f"read {name}", *_find_doubts(name, copied.path, self._options))
                sink(Page(b"", find_kind(name), copied.path, context.hour_at, context.now()))
        except ConfigError as error:
            # One system whose owner is unknown here must not stop the others.
            raise SourceRefusedError(f"{feed}: {error}", system=self._system) from None
        except SourceError as error:
            raise type(error)(f"{feed}: {error}", system=self._system) from None
        return Fetched(is_complete=True, end_marker=copied.end_marker, notes=notes)

    def parse(self, feed: str, pages: Iterable[Page]) -> RawFrame:
        refuse_unknown_feed(feed, self.find_feeds(), system=self._system)
        columns, fixed = self._options.columns, self._options.fixed
        plan = Plan(feed, columns.get(feed, {}), fixed.get(feed, {}))
        with naming_source(self._system, feed):
            return join_parts([self._parse_page(page, plan) for page in pages], plan)

    def build_writer(self) -> Writer:
        """Return the writing side: a folder takes corrections without any option."""
        return FilesWriter(self._options.write, system=self._system, root=self._root)

    def _parse_page(self, page: Page, plan: Plan) -> RawFrame:
        form = TextForm(
            encoding=self._options.encoding,
            delimiter=self._options.delimiter,
            max_bytes=self._options.max_megabytes * MEGABYTE,
        )
        match page.kind:
            case "csv" | "csv.gz":
                return parse_csv(page, plan, form)
            case "ndjson":
                return parse_ndjson(page, plan, form)
            case "parquet":
                return parse_parquet(page, plan, max_rows=self._options.max_rows)
        raise SourceContractError(f"a page of kind {page.kind!r}; wanted csv, parquet or ndjson")

    def _find_rules(self, *, may_be_empty: bool) -> DropRules:
        return DropRules(
            done=self._options.done,
            settle_seconds=self._options.settle.total_seconds(),
            wait_seconds=self._options.wait.total_seconds(),
            max_bytes=self._options.max_megabytes * MEGABYTE,
            owner=self._options.owner,
            may_be_empty=may_be_empty,
        )


def find_kind(name: str) -> str:
    """Return the kind of page a file name stands for; empty where it stands for none."""
    return next((kind for suffix, kind in KINDS.items() if name.lower().endswith(suffix)), "")


def _find_doubts(name: str, path: str, options: FilesOptions) -> tuple[str, ...]:
    """Return what makes a file without ``.done`` look cut off; many writers end like that."""
    if options.done or options.encoding != "utf-8" or find_kind(name) not in ("csv", "ndjson"):
        return ()
    with Path(path).open("rb") as file:
        if not file.seek(0, os.SEEK_END):
            return ()
        file.seek(-1, os.SEEK_END)
        return () if file.read() == b"\n" else ("its last line has no line end",)


def _check_pattern(pattern: str) -> str:
    if not find_kind(pattern):
        raise ValueError(f"{pattern!r} ends in none of {' '.join(KINDS)}")
    if re.search(r"[\x00-\x1f]", pattern):
        raise ValueError(f"{pattern!r} has a control character in it")
    other = re.search(r"[{}]", pattern.replace("{hour}", ""))
    if other:
        raise ValueError(f"{pattern!r} has a brace that is not {{hour}}")
    if is_outside(pattern):
        raise ValueError(
            f"{pattern!r} leads out of the folder of the configuration; write an absolute path"
        )
    return pattern

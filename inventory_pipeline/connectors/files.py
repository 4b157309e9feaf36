"""Files: systems that drop a file an hour, one for each feed, here or on a server."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import ClassVar

from inventory_pipeline.connectors.csv_table import parse_csv
from inventory_pipeline.connectors.depots.depot import Depot, Seen
from inventory_pipeline.connectors.depots.opening import opening_depot
from inventory_pipeline.connectors.file_drop import Drop, DropRules
from inventory_pipeline.connectors.file_options import MEGABYTE, FilesOptions, find_kind
from inventory_pipeline.connectors.file_trays import FarTray, NearTray
from inventory_pipeline.connectors.files_writer import FilesWriter
from inventory_pipeline.connectors.http import Surroundings
from inventory_pipeline.connectors.ndjson_table import parse_ndjson
from inventory_pipeline.connectors.parquet_table import parse_parquet
from inventory_pipeline.connectors.tables import (
    Plan,
    join_parts,
    naming_source,
    refuse_unknown_feed,
)
from inventory_pipeline.connectors.text_source import TextForm
from inventory_pipeline.connectors.x12.table import parse_x12
from inventory_pipeline.connectors.xlsx_table import SheetForm, parse_xlsx
from inventory_pipeline.errors import (
    ConfigError,
    InventoryPipelineError,
    SourceContractError,
    SourceError,
    SourceRefusedError,
)
from inventory_pipeline.model.delivery import Writer
from inventory_pipeline.model.hours import compute_slug
from inventory_pipeline.model.ports import FetchContext, Fetched, Page, PageSink, RawFrame

# Feeds of things that happen: an hour may have none, and NDJSON has no header to say so with.
EVENT_FEEDS = ("movements", "levels", "events", "syncs", "changes")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class _Taken:
    """One file that was copied: its name, why it is whole, what it was, what to say of it."""

    name: str
    end_marker: str
    seen: Seen
    notes: tuple[str, ...]


class FilesConnector:
    """Reads dropped files. A path with ``{hour}`` in it can also be read later."""

    options_model: ClassVar = FilesOptions

    def __init__(
        self,
        *,
        system: str,
        options: FilesOptions,
        root: str,
        world: Surroundings | None = None,
    ) -> None:
        self._system = system
        self._options = options
        self._root = root
        self._world = world or Surroundings()

    @property
    def reads_past(self) -> bool:
        """Return whether every path names its hour, so that an hour can be read later."""
        return all("{hour}" in name for names in self._options.patterns.values() for name in names)

    def find_feeds(self) -> Sequence[str]:
        return list(self._options.patterns)

    def fetch(self, feed: str, context: FetchContext, sink: PageSink) -> Fetched:
        """Copy the files of one hour into the staging folder and give them to ``sink``."""
        refuse_unknown_feed(feed, self.find_feeds(), system=self._system)
        slug = compute_slug(context.hour_at)
        names = [name.replace("{hour}", slug) for name in self._options.patterns[feed]]
        try:
            with self._opening(context.now) as depot:
                taken = [self._take(feed, name, depot, context, sink) for name in names]
        except ConfigError as error:
            # One system whose owner is unknown here must not stop the others.
            raise SourceRefusedError(f"{feed}: {error}", system=self._system) from None
        except SourceError as error:
            raise type(error)(f"{feed}: {error}", system=self._system) from None
        aside = partial(self._move_aside, feed, {one.name: one.seen for one in taken}, context)
        return Fetched(
            is_complete=True,
            end_marker="; ".join(one.end_marker for one in taken),
            notes=tuple(note for one in taken for note in one.notes),
            when_landed=aside if self._options.archive else None,
        )

    def parse(self, feed: str, pages: Iterable[Page]) -> RawFrame:
        refuse_unknown_feed(feed, self.find_feeds(), system=self._system)
        columns, fixed = self._options.columns, self._options.fixed
        plan = Plan(feed, columns.get(feed, {}), fixed.get(feed, {}))
        with naming_source(self._system, feed):
            try:
                return join_parts([self._parse_page(page, plan) for page in pages], plan)
            except ConfigError as error:
                # An extra is missing: what is landed is read once it is installed.
                raise SourceContractError(str(error)) from None

    def build_writer(self) -> Writer:
        """Return the writing side: a folder takes corrections without any option."""
        write = self._options.write
        tray = FarTray(self._opening) if write.on_server else NearTray(self._root)
        return FilesWriter(write, tray, system=self._system)

    def _parse_page(self, page: Page, plan: Plan) -> RawFrame:
        options = self._options
        form = TextForm(
            encoding=options.encoding,
            delimiter=options.delimiter,
            max_bytes=options.max_megabytes * MEGABYTE,
        )
        match page.kind:
            case "csv" | "csv.gz":
                return parse_csv(page, plan, form)
            case "ndjson":
                return parse_ndjson(page, plan, form)
            case "parquet":
                return parse_parquet(page, plan, max_rows=options.max_rows)
            case "xlsx":
                sheet = SheetForm(options.sheet, options.header_row, form.max_bytes)
                return parse_xlsx(page, plan, sheet)
            case "x12":
                return parse_x12(page, plan, form, options.x12)
        raise SourceContractError(
            f"a page of kind {page.kind!r}; wanted csv, parquet, ndjson, xlsx or x12"
        )

    def _opening(self, now: Callable[[], datetime] = _now) -> AbstractContextManager[Depot]:
        return opening_depot(self._options.server, root=self._root, world=self._world, now=now)

    def _take(
        self, feed: str, name: str, depot: Depot, context: FetchContext, sink: PageSink
    ) -> "_Taken":
        """Copy one file and give it to ``sink``."""
        drop = self._build_drop(feed, name, depot, context)
        with drop.copying(context.staging) as copied:
            notes = (f"read {name}", *_find_doubts(name, copied.path, self._options))
            sink(Page(b"", find_kind(name), copied.path, context.hour_at, context.now()))
        return _Taken(name, copied.end_marker, copied.seen, notes)

    def _build_drop(self, feed: str, name: str, depot: Depot, context: FetchContext) -> Drop:
        rules = self._find_rules(feed, name, context.hour_at)
        return Drop(name, depot=depot, rules=rules, sleep=self._world.sleep)

    def _move_aside(
        self, feed: str, taken: Mapping[str, Seen], context: FetchContext
    ) -> tuple[str, ...]:
        """Move what is landed into the archive; whatever prevents it is a note."""
        notes: list[str] = []
        for name, seen in taken.items():
            try:
                with self._opening(context.now) as depot:
                    notes += self._build_drop(feed, name, depot, context).move_aside(seen)
            except InventoryPipelineError as error:
                notes.append(f"{name} is read and not in the archive: {error}")
        return tuple(notes)

    def _find_rules(self, feed: str, name: str, hour_at: datetime) -> DropRules:
        options = self._options
        return DropRules(
            done=options.done,
            digest=options.digest,
            settle_seconds=options.settle_seconds,
            wait_seconds=options.wait.total_seconds(),
            max_bytes=options.max_megabytes * MEGABYTE,
            owner=options.owner,
            may_be_empty=feed in EVENT_FEEDS and find_kind(name) == "ndjson",
            aside=_find_aside(options.archive, name, hour_at),
            tells_digest=options.server is not None,
        )


def _find_aside(archive: str | None, name: str, hour_at: datetime) -> str | None:
    """Return the name of a file in the archive: as it was, and so unlike any other's."""
    if archive is None:
        return None
    kept = Path(name).name if Path(name).is_absolute() else name
    return f"{archive.replace('{hour}', compute_slug(hour_at))}/{kept}"


def _find_doubts(name: str, path: str, options: FilesOptions) -> tuple[str, ...]:
    """Return what makes a file without ``.done`` look cut off; many writers end like that."""
    if options.done or options.encoding != "utf-8" or find_kind(name) not in ("csv", "ndjson"):
        return ()
    with Path(path).open("rb") as file:
        if not file.seek(0, os.SEEK_END):
            return ()
        file.seek(-1, os.SEEK_END)
        return () if file.read() == b"\n" else ("its last line has no line end",)

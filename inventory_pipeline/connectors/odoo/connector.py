"""The Odoo connector: three tables a feed, each a section of what is landed."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from inventory_pipeline.connectors.card import Card
from inventory_pipeline.connectors.http import HttpDoor, Surroundings
from inventory_pipeline.connectors.http_wire import Deadline
from inventory_pipeline.connectors.json_connector import naming_feed
from inventory_pipeline.connectors.json_sheet import Sheet
from inventory_pipeline.connectors.json_tables import read_table
from inventory_pipeline.connectors.odoo.options import CARD, FEEDS, Feed, OdooOptions
from inventory_pipeline.connectors.odoo.questions import (
    PLACES,
    PRODUCTS,
    QUANTS,
    build_owned,
    describe_tables,
)
from inventory_pipeline.connectors.odoo.reader import House, OdooReader, read_whole
from inventory_pipeline.connectors.odoo.rows import build_counts, build_movements, build_names
from inventory_pipeline.connectors.odoo.writer import OdooWriter
from inventory_pipeline.connectors.sections import Sections, join_fetched
from inventory_pipeline.connectors.tables import fill_text, naming_source, refuse_unknown_feed
from inventory_pipeline.errors import (
    ConfigError,
    SourceContractError,
)
from inventory_pipeline.model.delivery import Writer
from inventory_pipeline.model.ports import FetchContext, Fetched, Page, PageSink, RawFrame

_SECTIONS = Sections("Odoo-Model")


class OdooConnector:
    """Reads quants and moves; with ``write`` there is a writer that sets ``quantity``."""

    options_model: ClassVar[Any] = OdooOptions
    card: ClassVar[Card] = CARD
    reads_past = False

    def __init__(
        self,
        *,
        system: str,
        options: OdooOptions,
        root: str,
        world: Surroundings | None = None,
    ) -> None:
        self._options, self._house = options, House(system, root, world or Surroundings())
        self._feeds: list[Feed] = [feed for feed in FEEDS if feed in options.feeds]

    def find_feeds(self) -> Sequence[str]:
        return list(self._feeds)

    def fetch(self, feed: str, context: FetchContext, sink: PageSink) -> Fetched:
        """Read one table after the other; one that fails fails them all."""
        mine = self._find_feed(feed)
        tables = describe_tables(mine, self._options)
        readers = {
            table.model: OdooReader(mine, table, self._options, self._house) for table in tables
        }
        with naming_feed(self._house.system, feed):
            notes = self._look_around(readers[tables[0].model], mine)
        parts = {}
        for model, reader in readers.items():
            sink(_SECTIONS.write_mark(model, context))
            parts[model] = reader.fetch(feed, context, sink)
        joined = join_fetched(parts)
        return replace(joined, notes=(*joined.notes, *notes))

    def parse(self, feed: str, pages: Iterable[Page]) -> RawFrame:
        """Turn landed pages into text rows. Pure: same bytes, same frame."""
        mine = self._find_feed(feed)
        with naming_source(self._house.system, feed):
            sheets, first = self._read_tables(mine, pages)
            rows = sheets[describe_tables(mine, self._options)[0].model]
            names = build_names(
                sheets[PLACES], sheets[PRODUCTS], rows.cells["product"], self._options
            )
            if mine == "movements":
                return build_movements(rows, names, self._options)
            as_of = fill_text("{fetched_at}", first) if first else ""
            return build_counts(rows, names, self._options, as_of=as_of)

    def build_writer(self) -> Writer | None:
        """Return the writing side; None: ``write`` is not configured.

        Raises:
            ConfigError: a place of these options is several locations, so none can be set.
        """
        options = self._options.pick_writer()
        if options is None:
            return None
        if options.locate_by == "warehouse":
            raise ConfigError(
                f"systems.{self._house.system}.options: locate_by: warehouse counts several "
                "locations as one; an adjustment sets one location, so say id or complete_name"
            )
        return OdooWriter(options, self._house)

    def _find_feed(self, feed: str) -> Feed:
        refuse_unknown_feed(feed, self._feeds, system=self._house.system)
        return "movements" if feed == "movements" else "counts"

    def _read_tables(
        self, feed: Feed, pages: Iterable[Page]
    ) -> tuple[dict[str, Sheet], Page | None]:
        """Return the rows of every model, and the first page of those that are counted."""
        plans = {table.model: table.plan for table in describe_tables(feed, self._options)}
        sheets = {model: read_table([], plan) for model, plan in plans.items()}
        first = None
        for model, some in _SECTIONS.split(pages):
            if model in plans:
                landed = list(some)
                first = first or (landed[0] if landed else None)
                sheets[model] = read_table((page.body for page in landed), plans[model])
        return sheets, first

    def _look_around(self, reader: OdooReader, feed: Feed) -> list[str]:
        """Return what a person should know before anything is read."""
        options, notes = self._options, []
        with reader.open_door() as door:
            until = reader.start_deadline(door)
            if not options.has_one_key_for_all:
                notes += _find_excess(reader, door, until)
            if feed == "counts" and options.consigned == "leave_out":
                domain = build_owned(options)
                owned = read_whole(reader.ask(door, until, QUANTS, "search_count", domain=domain))
                if owned:
                    notes.append(f"quants left out because somebody else owns them: {owned:,}")
        return notes


def _find_excess(reader: OdooReader, door: HttpDoor, until: Deadline) -> list[str]:
    """Return a note if the key may change more than this system has to (least privilege)."""
    try:
        may_write = reader.may(door, until, QUANTS, "write")
    except SourceContractError:
        return ["what the key may change could not be asked"]
    if not may_write:
        return []
    return ["the key may change stock, and this system only reads with it: give it a smaller one"]

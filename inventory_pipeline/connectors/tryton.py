"""Tryton: stock read over its REST interface, and set by stock counts of one line.

A preset of ``rest``: one sweep a location, because Tryton adds up the locations it is asked
about together. Which location a page belongs to stands on a page of its own before it.
"""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import Field, model_validator

from inventory_pipeline.config.values import Secret
from inventory_pipeline.connectors.card import Card
from inventory_pipeline.connectors.http import Surroundings
from inventory_pipeline.connectors.http_options import WayOptions
from inventory_pipeline.connectors.rest import RestConnector, RestOptions
from inventory_pipeline.connectors.sections import Sections, join_fetched
from inventory_pipeline.connectors.tables import Plan, join_parts, refuse_unknown_feed
from inventory_pipeline.connectors.tryton_api import TrytonApi
from inventory_pipeline.connectors.tryton_writer import TrytonWriter
from inventory_pipeline.errors import ConfigError
from inventory_pipeline.model.delivery import Writer
from inventory_pipeline.model.ports import FetchContext, Fetched, Page, PageSink, RawFrame

COUNTS = "counts"
CARD = Card(
    title="Tryton 8.0 and newer",
    role="erp",
    decrements_at="shipment",
    quantities={"quantity": "on_hand: done moves in, less done moves out"},
    options="""
        url: https://erp.example.com
        database: production
        key: {env: TRYTON_KEY}
        locations: {MAIN: 3}              # place: id of the storage location
    """,
    credential_at="user preferences, Applications, kind REST; an administrator confirms",
    absent_means="unknown",
    reads=("product.product: read", "stock.location: read"),
    writes=("stock.inventory: create, write, delete, confirm",),
    delivery="B",
    key_lifetime="for good: the number of a stock count is unique",
)
_SECTIONS = Sections("Tryton-Location")


class TrytonOptions(WayOptions):
    """One database of a Tryton 8.0 server or newer."""

    url: str = Field(description="https URL of the server.")
    database: str = Field(min_length=1, description="Name of the database.")
    key: Secret = Field(description="Key of a user application of the kind REST.")
    company: int = Field(1, description="Id of the company.")
    locations: dict[str, int] = Field(
        min_length=1, description="Place: id of the storage location in Tryton."
    )
    with_children: bool = Field(
        False, description="Count what lies in locations below, too; such a system only reads."
    )
    page_size: int = Field(500, ge=1, le=10_000, description="Products to ask for at once.")

    @model_validator(mode="after")
    def _can_be_reached(self) -> "TrytonOptions":
        self.build_rest(next(iter(self.locations)))
        return self

    def build_rest(self, place: str) -> RestOptions:
        """Return the options with which ``rest`` reads the counts of one place."""
        return RestOptions.model_validate(
            {
                "base_url": f"{self.url.rstrip('/')}/{quote(self.database, safe='')}/rest/model",
                "auth": {"kind": "bearer", "token": self.key},
                **{name: getattr(self, name) for name in WayOptions.model_fields},
                "feeds": {COUNTS: self._describe_counts(place)},
            }
        )

    def _describe_counts(self, place: str) -> dict[str, Any]:
        context = {
            "company": self.company,
            "locations": [self.locations.get(place, 0)],
            "with_childs": self.with_children,
        }
        return {
            "path": "product.product",
            "query": {
                "f": ["code", "quantity"],
                "d": {"base64url_json": [["type", "=", "goods"]]},
                "o": {"base64url_json": [["id", "ASC"]]},
            },
            "headers": {"X-Tryton-Context": {"base64url_json": context}},
            "paging": {"kind": "range", "size": self.page_size},
            "columns": {
                "item_id": "code",
                "location_id": {"constant": place},
                "as_of": {"constant": "{date_header}"},
            },
            "facts": {"on_hand": "quantity"},
        }


class TrytonConnector:
    """Reads the counts of every configured location."""

    options_model: ClassVar[Any] = TrytonOptions
    card: ClassVar[Card] = CARD
    reads_past = False

    def __init__(
        self,
        *,
        system: str,
        options: TrytonOptions,
        root: str,
        world: Surroundings | None = None,
    ) -> None:
        self._system, self._options, self._root, self._world = system, options, root, world
        self._readers = {place: self._build_reader(place) for place in options.locations}

    def find_feeds(self) -> Sequence[str]:
        return [COUNTS]

    def fetch(self, feed: str, context: FetchContext, sink: PageSink) -> Fetched:
        """Read one location after the other; one that fails fails them all."""
        refuse_unknown_feed(feed, self.find_feeds(), system=self._system)
        parts = {}
        for place, reader in self._readers.items():
            sink(_SECTIONS.write_mark(place, context))
            parts[place] = reader.fetch(feed, context, sink)
        return join_fetched(parts)

    def parse(self, feed: str, pages: Iterable[Page]) -> RawFrame:
        """Turn landed pages into text rows. Pure: same bytes, same frame."""
        refuse_unknown_feed(feed, self.find_feeds(), system=self._system)
        parts = [
            (self._readers.get(place) or self._build_reader(place)).parse(feed, group)
            for place, group in _SECTIONS.split(pages)
        ]
        return join_parts(parts, Plan(feed, {}))

    def build_writer(self) -> Writer | None:
        """Return the writing side: it sets ``on_hand`` of one product at one location."""
        if self._options.with_children:
            raise ConfigError(
                f"systems.{self._system}.options: with_children counts several locations as one; "
                "a stock count sets one location, so name each of them to write"
            )
        place = next(iter(self._options.locations))
        api = TrytonApi(
            self._options.build_rest(place),
            root=self._root,
            world=self._world or Surroundings(),
            company=self._options.company,
        )
        return TrytonWriter(api, self._options.locations, rate=self._options.rate_limit.per_second)

    def _build_reader(self, place: str) -> RestConnector:
        # A place that left the options is still parsed from what was landed then.
        return RestConnector(
            system=self._system,
            options=self._options.build_rest(place),
            root=self._root,
            world=self._world,
        )

"""Tryton: stock read over its REST interface, and set by stock counts of one line.

A preset of ``rest``: one sweep a location, because Tryton adds up the locations it is asked
about together.
"""

from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import Field, model_validator

from inventory_pipeline.config.values import Secret
from inventory_pipeline.connectors.card import Card
from inventory_pipeline.connectors.http import Surroundings
from inventory_pipeline.connectors.http_options import WayOptions
from inventory_pipeline.connectors.parts import PartsConnector, Reader
from inventory_pipeline.connectors.rest import RestConnector, RestOptions
from inventory_pipeline.connectors.sections import Sections
from inventory_pipeline.connectors.tryton_api import TrytonApi
from inventory_pipeline.connectors.tryton_writer import TrytonWriter
from inventory_pipeline.errors import ConfigError
from inventory_pipeline.model.delivery import Writer

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
                **self.share(),
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


class TrytonConnector(PartsConnector):
    """Reads the counts of every configured location."""

    options_model: ClassVar[Any] = TrytonOptions
    card: ClassVar[Card] = CARD
    reads_past = False
    sections = Sections("Tryton-Location")

    def __init__(
        self,
        *,
        system: str,
        options: TrytonOptions,
        root: str,
        world: Surroundings | None = None,
    ) -> None:
        self._options, self._root, self._world = options, root, world
        self._system = system
        places = {place: self._build_reader(place) for place in options.locations}
        super().__init__({COUNTS: places}, system=system)

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

    def _find_reader(self, feed: str, name: str) -> Reader:
        # A place that left the options is still parsed from what was landed then.
        return self._readers[feed].get(name) or self._build_reader(name)

    def _build_reader(self, place: str) -> RestConnector:
        return RestConnector(
            system=self._system,
            options=self._options.build_rest(place),
            root=self._root,
            world=self._world,
        )

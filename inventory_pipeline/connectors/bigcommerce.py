"""BigCommerce: stock of a store by location, and stock adjusted there: a preset of ``rest``.

Sources: bigcommerce/docs ``reference/inventory.v3.yml`` at 2dda81b (items, locations,
adjustments), ``docs/store-operations/catalog/inventory-adjustments.mdx`` at 5086bee (absolute,
relative, what is refused), ``docs/api-docs/getting-started/api-rate-limits.mdx`` at 01b5fa4.
"""

from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from inventory_pipeline.config.values import Secret
from inventory_pipeline.connectors.card import Card
from inventory_pipeline.connectors.http_options import Options, RateLimit, WayOptions
from inventory_pipeline.connectors.preset import RestPreset
from inventory_pipeline.connectors.rest import RestOptions
from inventory_pipeline.model.delivery import DeliveryClass

ON_HAND = "total_inventory_onhand"
MOST_LINES = 2000
_READ_AT_ONCE = 50
# Where in an element of the answer each quantity stands.
_PLACES = {
    ON_HAND: ON_HAND,
    "available_to_sell": "available_to_sell",
    "safety_stock": "settings.safety_stock",
}
_RESET = "X-Rate-Limit-Time-Reset-Ms"

CARD = Card(
    title="BigCommerce, Inventory API v3",
    role="storefront",
    decrements_at="order",
    quantities={
        ON_HAND: "units at the location, safety stock included; orders have left it",
        "available_to_sell": "the same less safety stock: what the store sells",
        "safety_stock": "units held back from sale; part of what is on hand",
    },
    facts=("available",),
    reads=("store_inventory_read_only",),
    writes=("store_inventory",),
    delivery="C",
    credential_at="BigCommerce control panel: Settings, Store-level API accounts, Create",
    options="""
        store: abc123                   # what stands in your API path: /stores/abc123/
        token: {env: BIGCOMMERCE_TOKEN}
    """,
)


class Write(Options):
    """That stock may be adjusted; with a token of its own, or with the reader's."""

    token: Secret | None = Field(None, description="Token that may store_inventory.")
    adjust: Literal["absolute", "relative"] = Field(
        "absolute", description="absolute: numbers are set (class C); relative: added to (D)."
    )


class BigcommerceOptions(WayOptions):
    """One store."""

    store: str = Field(pattern=r"^[A-Za-z0-9]+$", description="Hash of the store.")
    token: Secret = Field(description="Access token that may store_inventory_read_only.")
    base_url: str = Field(
        "https://api.bigcommerce.com/stores", description="Where the stores are answered for."
    )
    version: str = Field("v3", pattern=r"^v\d+$", description="Version of the API.")
    facts: dict[str, str] = Field(
        default_factory=lambda: {"available": "available_to_sell"},
        min_length=1,
        description="Fact: BigCommerce's name of the quantity.",
    )
    identify_by: Literal["sku", "variant_id"] = Field("sku", description="What an item is called.")
    page_size: int = Field(250, ge=1, le=1000, description="Items a page.")
    rate_limit: RateLimit = Field(
        RateLimit(
            remaining="X-Rate-Limit-Requests-Left",
            reset=_RESET,
            retry_after=_RESET,
            in_milliseconds=True,
        ),
        description="By BigCommerce's own headers.",
    )
    write: Write | None = Field(
        None, description="Absent: this system is only read. {}: written with the same token."
    )

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        CARD.check_facts(self.facts)
        if self.write is not None and ON_HAND not in self.facts.values():
            raise ValueError(f"write: only {ON_HAND} is adjusted; no fact is read from it")
        self.build_rest()
        return self

    def build_rest(self) -> RestOptions:
        """Return the same for the rest connector."""
        return RestOptions.model_validate(
            {
                "base_url": f"{self.base_url.rstrip('/')}/{self.store}/{self.version}",
                "auth": _describe_token(self.token),
                **self.share(),
                "feeds": {"counts": self._describe_counts()},
                "write": None if self.write is None else self._describe_write(self.write),
            }
        )

    def _describe_counts(self) -> dict[str, Any]:
        return {
            "path": "inventory/items",
            "query": {"page": "{page}", "limit": "{limit}"},
            "paging": {
                "kind": "page",
                "size": self.page_size,
                "pages": "meta.pagination.total_pages",
            },
            "total": "meta.pagination.total",
            "rows": "data[].locations[]",
            "keep": {"location_enabled": ["true"]},
            "columns": {
                "item_id": f"$.data[].identity.{self.identify_by}",
                "location_id": "location_id",
                "as_of": {"constant": "{fetched_at}"},
            },
            "facts": {fact: _PLACES[name] for fact, name in self.facts.items()},
        }

    def _describe_write(self, write: Write) -> dict[str, Any]:
        kind, operation = _find_class(write)
        return {
            "class": kind,
            "auth": write.token and _describe_token(write.token),
            "facts": [fact for fact, name in self.facts.items() if name == ON_HAND],
            operation: {
                "path": f"inventory/adjustments/{write.adjust}",
                "method": "PUT" if write.adjust == "absolute" else "POST",
                "body": {"reason": "inventory-pipeline {key}", "items": [self._describe_line()]},
                "lines": {"path": "items", "max": MOST_LINES},
            },
            # The answer is the number of a job: whether it was done, only reading back tells.
            "failed": {"status": [200, 201, 202, 204]},
            "read": self._describe_read(),
        }

    def _describe_line(self) -> dict[str, Any]:
        is_number = self.identify_by == "variant_id"
        return {
            "location_id": "{location_number}",
            self.identify_by: "{item_number}" if is_number else "{item_id}",
            "quantity": "{quantity}",
        }

    def _describe_read(self) -> dict[str, Any]:
        return {
            "path": "inventory/locations/{location_id}/items",
            "query": {f"{self.identify_by}:in": "{item_ids}", "limit": 1000},
            "many": _READ_AT_ONCE,
            "rows": "data[]",
            "where": {f"identity.{self.identify_by}": "{item_id}"},
            "quantity": ON_HAND,
            "absent": {"status": [404]},
            # A number that stands on another page is not one that does not exist.
            "fails_when": [{"path": "meta.pagination.total_pages", "not_in": ["0", "1"]}],
        }


class BigcommerceConnector(RestPreset):
    """Reads the levels of a store, and can hand out a writer that adjusts them."""

    options_model: ClassVar[Any] = BigcommerceOptions
    card: ClassVar[Card] = CARD


def _find_class(write: Write) -> tuple[DeliveryClass, str]:
    return ("C", "set") if write.adjust == "absolute" else ("D", "add")


def _describe_token(token: Secret) -> dict[str, Any]:
    return {"kind": "header", "name": "X-Auth-Token", "value": token}

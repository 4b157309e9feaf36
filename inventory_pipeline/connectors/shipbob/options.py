"""Options: what is asked of ShipBob, in the words of the rest connector.

Sources: developer.shipbob.com/2026-07 (get-all-inventory-levels-grouped-by-fulfillment-center,
query-inventory-history-events, rate-limit, guides/inventory-history); the schemas of
api-evangelist/shipbob ``openapi/shipbob-subpackage-inventory-api-openapi.yml`` at 2beb683.
"""

from datetime import timedelta
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from inventory_pipeline.config.values import Duration, Secret
from inventory_pipeline.connectors.card import Card
from inventory_pipeline.connectors.http_options import RateLimit, WayOptions
from inventory_pipeline.connectors.rest import RestOptions
from inventory_pipeline.connectors.shipbob.history import KINDS
from inventory_pipeline.model.movements import KINDS as OUR_KINDS

COUNTS, MOVEMENTS = "counts", "movements"

CARD = Card(
    title="ShipBob, API 2026-01 and 2026-07",
    role="threepl",
    decrements_at="shipment",
    quantities={
        "on_hand_quantity": "units physically at the center, committed ones included",
        "committed_quantity": "units of on hand reserved for orders",
        "fulfillable_quantity": "on hand less committed: free for new orders",
        "awaiting_quantity": "units expected to arrive; not on hand",
        "internal_transfer_quantity": "units on their way to or from this center",
    },
    facts=("on_hand", "available"),
    time_zone="UTC",
    reads=("inventory_read",),
    credential_at="web.shipbob.com: Integrations, API Tokens, Generate New Token",
    options="token: {env: SHIPBOB_TOKEN}\nfacilities: []",
)


class ShipbobOptions(WayOptions):
    """One merchant's account."""

    token: Secret = Field(description="Personal access token, or one of an OAuth app.")
    version: Literal["2026-01", "2026-07"] = Field("2026-07", description="Version of the API.")
    base_url: str = Field("https://api.shipbob.com", description="Origin; the sandbox has its own.")
    facts: dict[str, str] = Field(
        default_factory=lambda: {
            "on_hand": "on_hand_quantity",
            "available": "fulfillable_quantity",
        },
        min_length=1,
        description="Fact: ShipBob's name of the quantity.",
    )
    identify_by: Literal["sku", "inventory_id"] = Field(
        "sku", description="What an item is called."
    )
    facilities: list[int] = Field(
        default_factory=list,
        description="Ids of the centers whose history is read as movements; none: no movements.",
    )
    kinds: dict[str, str] = Field(
        default_factory=dict, description="Event category: kind of movement, where not as usual."
    )
    overlap: Duration = Field(
        timedelta(hours=1), description="How far before the hour the history is asked for again."
    )
    page_size: int = Field(100, ge=1, le=1000, description="Items a page.")
    rate_limit: RateLimit = Field(
        RateLimit(
            remaining="x-remaining-calls",
            reset="x-retry-after",
            retry_after="x-retry-after",
            per_second=2.5,
        ),
        description="150 requests a minute, by its own headers.",
    )

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        CARD.check_facts(self.facts)
        for category, kind in self.kinds.items():
            if category not in KINDS:
                raise ValueError(f"kinds: {category!r} is no event; known: {', '.join(KINDS)}")
            if kind not in OUR_KINDS:
                raise ValueError(f"kinds.{category}: {kind!r} is none of {' '.join(OUR_KINDS)}")
        self.build_rest(COUNTS, self.describe_counts())
        return self

    def build_rest(self, feed: str, described: dict[str, Any]) -> RestOptions:
        """Return the options with which ``rest`` reads one feed."""
        return RestOptions.model_validate(
            {
                "base_url": f"{self.base_url.rstrip('/')}/{self.version}",
                "auth": {"kind": "bearer", "token": self.token},
                **self.share(),
                "feeds": {feed: described},
            }
        )

    def describe_counts(self) -> dict[str, Any]:
        """Return the feed of all levels: one row an item and center."""
        return {
            "path": "inventory-level/locations",
            "query": {"PageSize": "{limit}"},
            "paging": {"kind": "next_url", "size": self.page_size, "path": "next"},
            "rows": "items[].locations[]",
            "columns": {
                "item_id": f"$.items[].{self.identify_by}",
                "location_id": "location_id",
                "as_of": {"constant": "{fetched_at}"},
            },
            "facts": self.facts,
        }

    def describe_history(self, facility: int) -> dict[str, Any]:
        """Return the feed of what happened at one center; its rows are read by code."""
        return {
            "path": "inventory/history:query",
            "method": "POST",
            "body": {
                "facility_id": facility,
                "start_date": "{since}",
                "end_date": "{hour_end}",
                "cursor": "{cursor}",
            },
            "paging": {"kind": "cursor", "last": "inventory_audit_event_id", "is_number": True},
            "overlap": self.overlap,
            "rows": "data[]",
            # Only what tells pages apart.
            "columns": {
                "movement_id": "inventory_audit_event_id",
                **{
                    name: {"constant": ""}
                    for name in ("kind", "item_id", "location_id", "quantity", "moved_at")
                },
            },
        }

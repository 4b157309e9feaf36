"""Options: one seller's inventory, in the words of the rest connector.

Sources: developer.squareup.com/reference/square/inventory-api (batch-retrieve counts and
changes, batch-create), docs/inventory-api/how-it-works; fields as in the vendor's own client,
squareup 46.0.0.20260916 on PyPI.
"""

from datetime import timedelta
from typing import Any, Self

from pydantic import Field, model_validator

from inventory_pipeline.config.values import Duration, Secret
from inventory_pipeline.connectors.card import Card
from inventory_pipeline.connectors.http_options import Options, WayOptions
from inventory_pipeline.connectors.rest import RestOptions

COUNTS, MOVEMENTS = "counts", "movements"
IN_STOCK = "IN_STOCK"
WRITES = "INVENTORY_WRITE"
# From here on an adjustment names the place it leaves and the one it enters; before, one place.
TWO_PLACES_SINCE = "2026-07-15"
MOST_CHANGES = 100
# A request is refused once the moment it names is a day old; its bytes are not sent again then.
KEY_LIFETIME = timedelta(hours=23)
_READ_AT_ONCE = 50

CARD = Card(
    title="Square Inventory API",
    role="pos",
    decrements_at="shipment",
    quantities={
        "IN_STOCK": "units at the location that are free to sell; what is sold has left it",
        "RESERVED_FOR_SALE": "units on hand that are not free to sell at the moment",
        "RETURNED_BY_CUSTOMER": "units that came back and are not free to sell yet",
        "ORDERED_FROM_VENDOR": "units ordered and not received; not on hand",
        "RECEIVED_FROM_VENDOR": "units received that are not free to sell yet",
    },
    feeds=("counts", "movements"),
    reads=("INVENTORY_READ",),
    writes=(WRITES,),
    delivery="B",
    key_lifetime="not said by Square; 23 hours, since a change may not be dated a day back",
    credential_at="developer.squareup.com/apps: the app, Credentials, Access token",
    options="token: {env: SQUARE_TOKEN}",
)


class Write(Options):
    """That numbers may be set; with a token of its own, or with the reader's."""

    token: Secret | None = Field(None, description="Token that may INVENTORY_WRITE.")


class SquareOptions(WayOptions):
    """One seller."""

    token: Secret = Field(description="Access token that may INVENTORY_READ.")
    version: str = Field(
        "2026-09-16", pattern=r"^20\d\d-\d\d-\d\d$", description="Version, as Square-Version."
    )
    base_url: str = Field(
        "https://connect.squareup.com", description="Origin; the sandbox has its own."
    )
    facts: dict[str, str] = Field(
        default_factory=lambda: {"on_hand": IN_STOCK},
        min_length=1,
        description="Fact: Square's inventory state.",
    )
    locations: list[str] | None = Field(None, description="Ids of locations; none: all of them.")
    history: bool = Field(True, description="Read the changes as movements, too.")
    overlap: Duration = Field(
        timedelta(hours=1), description="How far before the hour changes are asked for again."
    )
    page_size: int = Field(100, ge=1, le=1000, description="Records a page.")
    write: Write | None = Field(
        None, description="Absent: this system is only read. {}: written with the same token."
    )

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        CARD.check_facts(self.facts)
        if len(set(self.facts.values())) < len(self.facts):
            raise ValueError("facts: a state that is read as two facts is one of them")
        if self.write is not None and IN_STOCK not in self.facts.values():
            raise ValueError(f"write: only {IN_STOCK} is counted; no fact is read from it")
        self.build_rest()
        return self

    @property
    def has_one_token_for_all(self) -> bool:
        """Return whether the token that reads is also the one that writes."""
        return self.write is not None and self.write.token is None

    def build_rest(self) -> RestOptions:
        """Return the same for the rest connector."""
        feeds = {COUNTS: self._describe_counts()}
        if self.history:
            feeds[MOVEMENTS] = self._describe_changes()
        return RestOptions.model_validate(
            {
                "base_url": self.base_url.rstrip("/"),
                "auth": {"kind": "bearer", "token": self.token},
                "headers": {"Square-Version": self.version},
                **self.share(),
                "feeds": feeds,
                "write": None if self.write is None else self._describe_write(self.write),
            }
        )

    def _describe_counts(self) -> dict[str, Any]:
        states = {state: fact for fact, state in self.facts.items()}
        return {
            "path": "v2/inventory/counts/batch-retrieve",
            "body": {"states": list(states), **self._ask_pages()},
            "rows": "counts[]",
            **self._turn_pages(),
            "columns": {
                "item_id": "catalog_object_id",
                "location_id": "location_id",
                "fact": {"path": "state", "map": states},
                "quantity": "quantity",
                # calculated_at is when the number last changed, which may be months ago.
                "as_of": {"constant": "{fetched_at}"},
            },
        }

    def _describe_changes(self) -> dict[str, Any]:
        """Return the feed of what changed; its rows are read by code."""
        unread = ("kind", "item_id", "location_id", "quantity", "moved_at")
        return {
            "path": "v2/inventory/changes/batch-retrieve",
            "body": {
                "types": ["PHYSICAL_COUNT", "ADJUSTMENT"],
                "updated_after": "{since}",
                "updated_before": "{hour_end}",
                **self._ask_pages(),
            },
            "rows": "changes[]",
            **self._turn_pages(),
            "overlap": self.overlap,
            # Only what tells pages apart.
            "columns": {
                "movement_id": {"path": "adjustment.id", "optional": True},
                "reference_id": {"path": "physical_count.id", "optional": True},
                **{name: {"constant": ""} for name in unread},
            },
        }

    def _ask_pages(self) -> dict[str, Any]:
        return {"location_ids": self.locations, "limit": "{limit}", "cursor": "{cursor}"}

    def _turn_pages(self) -> dict[str, Any]:
        return {
            "method": "POST",
            "paging": {"kind": "cursor", "size": self.page_size, "next": "cursor"},
            "fails_when": [{"path": "errors"}],
            "empty_has": ["cursor"],
        }

    def _describe_write(self, write: Write) -> dict[str, Any]:
        """Return how numbers are written; what each change says is the writer's business."""
        change = {"id": "{item_id}", "quantity": "{quantity_text}"}
        action = {
            "path": "v2/inventory/changes/batch-create",
            "body": {"idempotency_key": "{key}", "changes": [change]},
            "lines": {"path": "changes", "max": MOST_CHANGES},
        }
        return {
            "class": CARD.delivery,
            "key_lifetime": KEY_LIFETIME,
            "auth": write.token and {"kind": "bearer", "token": write.token},
            "facts": [fact for fact, state in self.facts.items() if state == IN_STOCK],
            "set": action,
            "add": action,
            "read": {
                "path": "v2/inventory/counts/batch-retrieve",
                "method": "POST",
                "body": {
                    "catalog_object_ids": "{item_ids}",
                    "location_ids": "{location_ids}",
                    "states": [IN_STOCK],
                    "limit": 1000,
                },
                "many": _READ_AT_ONCE,
                "rows": "counts[]",
                "where": {
                    "catalog_object_id": "{item_id}",
                    "location_id": "{location_id}",
                    "state": IN_STOCK,
                },
                "quantity": "quantity",
                # A number that stands on another page is not one that does not exist.
                "fails_when": [{"path": "errors"}, {"path": "cursor"}],
                "empty_has": [],
            },
        }

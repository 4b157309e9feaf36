"""Options: one ShipHero account, in the words of the graphql connector.

Sources: developer.shiphero.com/getting-started (tokens), /schema/queries/warehouse-products
and /schema/types/warehouse-product (counts), /inventory-snapshot (counts by one file),
/schema/queries/inventory-changes (changes),
/schema/types/replace-inventory-input (writing), /troubleshooting/error-glossary (codes).
"""

from datetime import timedelta
from typing import Any, Self

from pydantic import Field, model_validator

from inventory_pipeline.config.values import Duration, Secret
from inventory_pipeline.connectors.card import Card
from inventory_pipeline.connectors.graphql import GraphqlOptions
from inventory_pipeline.connectors.http_options import Options, StorageHost, WayOptions
from inventory_pipeline.connectors.shiphero.documents import CHANGES, LEVELS, ONE_LEVEL, REPLACE
from inventory_pipeline.model.movements import KINDS

COUNTS, MOVEMENTS = "counts", "movements"
ON_HAND, SELL_AHEAD = "on_hand", "sell_ahead"
NO_CREDITS, NO_SCOPE, NOT_FOUND = "30", "7", "5"
# A token ends after 28 days.
TOKEN_LASTS = timedelta(days=27)
_TIME = "%Y-%m-%dT%H:%M:%S"

CARD = Card(
    title="ShipHero, public GraphQL API",
    role="wms",
    decrements_at="shipment",
    quantities={
        ON_HAND: "units physically in the warehouse, allocated ones included",
        "allocated": "units of on hand that orders have taken",
        "available": "on hand less allocated",
        "reserve_inventory": "units held back from the stores",
        "non_sellable_quantity": "units in bins that nothing is sold from",
        "backorder": "units ordered and not on hand; not part of on hand",
        SELL_AHEAD: "units that the stores may sell beyond what is available",
    },
    facts=(ON_HAND, "available"),
    feeds=(COUNTS, MOVEMENTS),
    time_zone="UTC",
    reads=("view:",),
    writes=("change:",),
    delivery="C",
    credential_at="app.shiphero.com: My Account, Third-Party Developers, Add Developer",
    options="refresh_token: {env: SHIPHERO_REFRESH_TOKEN}",
)


class Write(Options):
    """That ``on_hand`` may be set."""

    reason: str = Field(
        "inventory-pipeline {reference}",
        pattern=r"^[^{}]*\{reference\}[^{}]*$",
        description="What ShipHero's history says of it; {reference} is the receipt.",
    )


class Snapshot(Options):
    """That ShipHero writes all levels into one file."""

    hosts: list[StorageHost] = Field(
        default_factory=list,
        description="Hosts the file may lie on; *.example.com for all below. ShipHero names none.",
    )
    max_megabytes: int = Field(1024, ge=1, description="The largest such file taken in.")


class ShipheroOptions(WayOptions):
    """One account, or what a 3PL's account says of one of its customers."""

    refresh_token: Secret = Field(description="Refresh token of a developer user.")
    base_url: str = Field(
        "https://public-api.shiphero.com/graphql", description="Where GraphQL is answered."
    )
    token_url: str = Field(
        "https://public-api.shiphero.com/auth/refresh",
        description="Where the refresh token is exchanged for an access token.",
    )
    facts: dict[str, str] = Field(
        default_factory=lambda: {ON_HAND: ON_HAND, "available": "available"},
        min_length=1,
        description="Fact: ShipHero's name of the quantity.",
    )
    warehouses: list[str] = Field(
        default_factory=list, description="Ids of warehouses; none: all of them in one sweep."
    )
    customer_account: str | None = Field(
        None, description="A 3PL's customer; without one the SKUs of all customers are mixed."
    )
    history: bool = Field(True, description="Read the inventory changes as movements, too.")
    kinds: dict[str, str] = Field(
        default_factory=dict,
        description="Text that a reason contains: kind of movement; any other is an adjustment.",
    )
    overlap: Duration = Field(
        timedelta(hours=1), description="How far before the hour changes are asked for again."
    )
    page_size: int = Field(100, ge=1, le=100, description="Records a page; each costs credits.")
    snapshot: Snapshot | None = Field(
        None, description="Absent: counts come page by page. Given: as one file, for large shops."
    )
    write: Write | None = Field(None, description="Absent: this system is only read.")

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        CARD.check_facts(self.facts)
        for text, kind in self.kinds.items():
            if kind not in KINDS:
                raise ValueError(f"kinds.{text}: {kind!r} is none of {' '.join(KINDS)}")
        if self.write is not None and ON_HAND not in self.facts.values():
            raise ValueError(f"write: only {ON_HAND} can be set; no fact is read from it")
        self.build_graphql(None)
        return self

    def name_part(self, warehouse: str | None) -> dict[str, str]:
        """Return what a snapshot is asked for: one warehouse, one customer, or all."""
        named = {"warehouse_id": warehouse, "customer_account_id": self.customer_account}
        return {name: text for name, text in named.items() if text is not None}

    def describe_ahead(self, levels: int) -> list[str]:
        """Return a note where the stores may sell more than what is available."""
        if not levels or SELL_AHEAD in self.facts.values():
            return []
        said = f"{levels:,} levels sell ahead: a store shows that much more than available"
        return [f"{said}; read {SELL_AHEAD} as a fact to tell that from drift"]

    def build_graphql(self, warehouse: str | None) -> GraphqlOptions:
        """Return the options with which ``graphql`` reads one warehouse, or all."""
        feeds = {COUNTS: self._describe_levels(warehouse)}
        if self.history:
            feeds[MOVEMENTS] = self._describe_changes(warehouse)
        return GraphqlOptions.model_validate(
            {
                "base_url": self.base_url,
                "auth": self._describe_login(),
                "code_at": "code",
                "retry_codes": [NO_CREDITS],
                "denied_codes": [NO_SCOPE],
                **self.share(),
                "feeds": feeds,
                "write": None if self.write is None else self._describe_write(self.write),
            }
        )

    def _describe_login(self) -> dict[str, Any]:
        body = {"refresh_token": {"secret": self.refresh_token}}
        return {
            "kind": "login",
            "url": self.token_url,
            "request": {"method": "POST", "body": body},
            "token_path": "access_token",
            "lasts": TOKEN_LASTS,
        }

    def _describe_levels(self, warehouse: str | None) -> dict[str, Any]:
        names = dict.fromkeys([*self.facts.values(), SELL_AHEAD])
        return {
            "query": LEVELS.replace("QUANTITIES", " ".join(names)),
            "variables": self._ask(warehouse),
            **_turn_pages("warehouse_products", self.page_size),
            "columns": {
                "item_id": "node.sku",
                "location_id": "node.warehouse_id",
                "as_of": {"constant": "{fetched_at}"},
            },
            "facts": {fact: f"node.{quantity}" for fact, quantity in self.facts.items()},
        }

    def _describe_changes(self, warehouse: str | None) -> dict[str, Any]:
        """Return the feed of what changed; its rows are read by code."""
        unread = ("kind", "item_id", "location_id", "quantity", "moved_at")
        window = {"from": f"{{since:{_TIME}}}", "to": f"{{hour_end:{_TIME}}}"}
        return {
            "query": CHANGES,
            "variables": {**self._ask(warehouse), **window},
            **_turn_pages("inventory_changes", self.page_size),
            "overlap": self.overlap,
            # Only what tells pages apart.
            "columns": {
                "movement_id": "node.id",
                **{name: {"constant": ""} for name in unread},
            },
        }

    def _ask(self, warehouse: str | None) -> dict[str, Any]:
        return {
            "warehouse": warehouse,
            "account": self.customer_account,
            "first": "{limit}",
            "after": "{cursor}",
        }

    def _describe_write(self, write: Write) -> dict[str, Any]:
        data = {
            "sku": "{item_id}",
            "warehouse_id": "{location_id}",
            "quantity": "{quantity}",
            "reason": write.reason,
        }
        if self.customer_account is not None:
            data["customer_account_id"] = self.customer_account
        level = {"warehouse": "{location_id}", "sku": "{item_id}", "account": self.customer_account}
        return {
            "class": CARD.delivery,
            "facts": [fact for fact, name in self.facts.items() if name == ON_HAND],
            "refused": [NOT_FOUND],
            "set": {
                "document": REPLACE,
                "variables": {"data": data},
                "applied": {
                    "path": "data.inventory_replace.warehouse_product.on_hand",
                    "equals": "{quantity}",
                },
            },
            "read": {
                "document": ONE_LEVEL,
                "variables": level,
                "rows": "data.warehouse_products.data.edges[]",
                "where": {"node.sku": "{item_id}", "node.warehouse_id": "{location_id}"},
                "quantity": "node.on_hand",
                "fails_when": [{"path": "errors"}],
            },
        }


def _turn_pages(name: str, size: int) -> dict[str, Any]:
    found = f"data.{name}.data"
    paging = {
        "kind": "cursor",
        "size": size,
        "next": f"{found}.pageInfo.endCursor",
        "has_more": f"{found}.pageInfo.hasNextPage",
    }
    return {"paging": paging, "rows": f"{found}.edges[]"}

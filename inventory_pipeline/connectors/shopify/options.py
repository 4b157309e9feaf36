"""Options: ten lines of YAML, turned into the options of the graphql connector."""

import re
from datetime import timedelta
from typing import Any, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from inventory_pipeline.config.values import Duration, Secret
from inventory_pipeline.connectors.graphql import GraphqlOptions
from inventory_pipeline.connectors.http_options import Options, StorageHost, WayOptions
from inventory_pipeline.connectors.shopify.card import CARD
from inventory_pipeline.connectors.shopify.documents import AVAILABLE, ON_HAND, PARTS
from inventory_pipeline.connectors.shopify.feeds import MOST, describe_items, describe_orders

Version = Literal["2026-04", "2026-07", "2026-10"]
VERSIONS: tuple[str, ...] = get_args(Version)
TOKEN_HEADER = "X-Shopify-Access-Token"  # noqa: S105, the name of a header

_HOST = re.compile(r"[a-z0-9][a-z0-9-]{0,100}\.myshopify\.com")


class Credentials(Options):
    """A token, or the name and secret of an app that fetches one."""

    token: Secret | None = Field(None, description="Access token of a custom app.")
    client_id: str | Secret | None = Field(None, description="Or: client ID of an app ...")
    client_secret: Secret | None = Field(None, description="... and its secret.")

    @model_validator(mode="after")
    def _are_whole(self) -> Self:
        if (self.client_id is None) != (self.client_secret is None):
            raise ValueError("client_id and client_secret go together")
        if self.token is not None and self.client_id is not None:
            raise ValueError("give token, or client_id and client_secret, not both")
        return self

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is given."""
        return self.token is None and self.client_id is None

    def describe_auth(self, origin: str) -> dict[str, Any]:
        """Return the ``auth`` of the graphql connector."""
        if self.token is not None:
            return {"kind": "header", "name": TOKEN_HEADER, "value": self.token}
        return {
            "kind": "oauth",
            "token_url": f"{origin}/admin/oauth/access_token",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "header": TOKEN_HEADER,
            "prefix": "",
        }


class Write(Credentials):
    """That numbers may be set in the shop; with a token of its own, or with the reader's."""


class Movements(Options):
    """That orders, parcels and refunds are told as movements."""

    location: str | None = Field(
        None,
        description="Where what is ordered is taken from, if the shop assigns no location; called "
        "as locate_by says.",
    )
    order_by: Literal["id", "name"] = Field(
        "id", description="What an order is called: the number of its gid, or its name (#1001)."
    )
    overlap: Duration = Field(
        timedelta(hours=6), description="How far back each hour reads again: covers a late hour."
    )
    page_size: int = Field(3, ge=1, le=MOST, description="Orders a page; more cost.")
    lines: int = Field(10, ge=1, le=MOST, description="Lines of an order shown on its page.")
    parcels: int = Field(3, ge=1, le=100, description="Parcels, and refunds, shown on its page.")

    @property
    def shown(self) -> dict[str, int]:
        """Return how much of an order its page shows."""
        return {"lines": self.lines, "parcels": self.parcels}


class Webhooks(Options):
    """Where delivered webhooks lie: the shop's own log of its levels."""

    folder: str = Field(description="Folder with one JSON file a delivery.")
    secret: Secret | None = Field(
        None, description="What the shop signs with; absent: client_secret."
    )
    overlap: Duration = Field(
        timedelta(hours=6), description="How old a file may be when its hour begins."
    )


class ShopifyOptions(Credentials, WayOptions):
    """One shop."""

    shop: str = Field(description="Host of the shop, such as harbor.myshopify.com.")
    version: Version = Field("2026-07", description="Version of the API.")
    base_url: str | None = Field(
        None, description="Origin of a private gateway instead of https://SHOP."
    )
    facts: dict[str, str] = Field(
        default_factory=lambda: {AVAILABLE: AVAILABLE, ON_HAND: ON_HAND},
        min_length=1,
        description="Fact: the shop's name of the quantity; committed where wanted.",
    )
    identify_by: Literal["sku", "inventory_item_id"] = Field(
        "sku", description="What an item is called; the id is the number at the end of its gid."
    )
    locate_by: Literal["id", "name"] = Field("id", description="What a location is called.")
    locations: list[str] | None = Field(
        None, description="Only these, called as locate_by says; others are left out."
    )
    page_size: int = Field(50, ge=1, le=250, description="Items a page.")
    levels: int = Field(
        5, ge=1, le=MOST, description="Locations of an item shown on its page; more cost."
    )
    bulk: Literal["auto", "always", "never"] = Field(
        "auto", description="Whether the shop writes all counts into one file for us."
    )
    bulk_from: int = Field(
        5_000, ge=1, le=10_000_000, description="auto: with so many variants or more."
    )
    bulk_hosts: list[StorageHost] = Field(
        default_factory=lambda: ["storage.googleapis.com"],
        description="Hosts that file may lie on; *.example.com for all below.",
    )
    max_megabytes: int = Field(4096, ge=1, description="The largest such file taken in.")
    movements: Movements | None = Field(None, description="{}: orders are read as movements.")
    webhooks: Webhooks | None = Field(None, description="Delivered webhooks are read as levels.")
    write: Write | None = Field(
        None, description="Absent: this system is only read. {}: written with the same token."
    )

    @field_validator("shop")
    @classmethod
    def _is_a_host(cls, shop: str) -> str:
        if not _HOST.fullmatch(shop):
            raise ValueError("shop is the host alone, such as harbor.myshopify.com")
        return shop

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        if self.is_empty:
            raise ValueError("give token, or client_id and client_secret")
        if self.webhooks and not (self.webhooks.secret or self.client_secret):
            raise ValueError("webhooks.secret is missing: what the shop signs its deliveries with")
        CARD.check_facts(self.facts)
        self.build_graphql()
        return self

    @property
    def origin(self) -> str:
        """Return where the shop is asked."""
        return (self.base_url or f"https://{self.shop}").rstrip("/")

    @property
    def names(self) -> list[str]:
        """Return the quantities to ask for: those wanted, and those of the identity."""
        return list(dict.fromkeys([*self.facts.values(), ON_HAND, *PARTS]))

    def build_graphql(self) -> GraphqlOptions:
        """Return the same for the graphql connector.

        Raises:
            ValueError: an address that is none.
        """
        feeds = {
            "counts": describe_items(size=self.page_size, levels=self.levels, names=self.names)
        }
        if self.movements:
            asked = self.movements
            feeds["movements"] = describe_orders(
                size=asked.page_size, shown=asked.shown, overlap=asked.overlap
            )
        return GraphqlOptions.model_validate(
            {
                "base_url": f"{self.origin}/admin/api/{self.version}/graphql.json",
                "auth": self.describe_auth(self.origin),
                "feeds": feeds,
                "denied_codes": ["ACCESS_DENIED", "UNAUTHENTICATED", "FORBIDDEN"],
                **self.share(),
            }
        )

    @property
    def has_one_token_for_all(self) -> bool:
        """Return whether the token that reads is also the one that writes."""
        return self.write is not None and self.write.is_empty

    def pick_writer(self) -> "ShopifyOptions | None":
        """Return the options of the writing side: with the writer's credentials, if it has some."""
        if self.write is None or self.has_one_token_for_all:
            return self if self.has_one_token_for_all else None
        mine = {name: getattr(self.write, name) for name in Credentials.model_fields}
        return self.model_copy(update=mine)

"""Options: one shop, in the words of the rest connector.

Sources: woocommerce/woocommerce ``plugins/woocommerce/includes/rest-api/Controllers/Version3``:
class-wc-rest-products-controller.php at 010784f, -product-variations-controller.php at 0379e4e,
-variations-controller.php at 27ea36f (all variations of a shop, since 10.3.0),
-refunds-controller.php at 26249bd (all refunds, since 9.0.0).
"""

from datetime import timedelta
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from inventory_pipeline.config.values import Duration, Secret
from inventory_pipeline.connectors.card import Card
from inventory_pipeline.connectors.http_options import Options, WayOptions
from inventory_pipeline.connectors.rest import RestOptions
from inventory_pipeline.connectors.woocommerce.history import MEANINGS, Meaning

COUNTS, MOVEMENTS = "counts", "movements"
PRODUCTS, VARIATIONS, ORDERS, REFUNDS = "products", "variations", "orders", "refunds"
STOCK = "stock_quantity"
MANAGED = "true"
# What is asked of an item: no more, since the rest of a product is long.
ITEM = "id,sku,type,parent_id,manage_stock,stock_quantity"
# ... and of an order: nothing of who ordered it.
_ORDER = "id,status,date_created_gmt,date_modified_gmt,date_completed_gmt,line_items"
_REFUND = "id,parent_id,date_created_gmt,line_items"

CARD = Card(
    title="WooCommerce 10.3 and newer, REST v3",
    role="storefront",
    decrements_at="order",
    quantities={STOCK: "units that may be sold: an order takes them when it is placed"},
    facts=("available",),
    feeds=(COUNTS, MOVEMENTS),
    tells_orders=True,
    reads=("Read",),
    writes=("Read/Write",),
    delivery="C",
    credential_at="wp-admin: WooCommerce, Settings, Advanced, REST API, Add key",
    options="""
        url: https://shop.example.com
        consumer_key: {env: WOOCOMMERCE_KEY}
        consumer_secret: {env: WOOCOMMERCE_SECRET}
    """,
)


class Write(Options):
    """That stock may be set; with a key of its own, or with the reader's."""

    consumer_key: Secret | None = Field(None, description="Key with the permission Read/Write.")
    consumer_secret: Secret | None = Field(None, description="Its secret.")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.consumer_key is None) != (self.consumer_secret is None):
            raise ValueError("give consumer_key and consumer_secret, or neither of them")
        return self


class WoocommerceOptions(WayOptions):
    """One shop."""

    url: str = Field(description="Address of the shop, as https://shop.example.com.")
    consumer_key: Secret = Field(description="Key, permission Read.")
    consumer_secret: Secret = Field(description="Its secret.")
    api: str = Field("wp-json/wc/v3", description="Where below it the REST API lies.")
    facts: dict[str, str] = Field(
        default_factory=lambda: {"available": STOCK},
        min_length=1,
        max_length=1,
        description="Fact: WooCommerce's name of the quantity.",
    )
    location: str = Field("shop", min_length=1, description="What its one place is called.")
    identify_by: Literal["sku", "id"] = Field("sku", description="What an item is called.")
    variations: bool = Field(True, description="Read variations, too; they need 10.3 or newer.")
    history: bool = Field(True, description="Read orders and refunds as movements, too.")
    statuses: dict[str, Meaning] = Field(
        default_factory=dict, description="Status of an order: what it means, where not as usual."
    )
    refund_kind: Literal["return_initiated", "return_received"] = Field(
        "return_initiated", description="What a refunded unit is; the API never says if it is back."
    )
    overlap: Duration = Field(
        timedelta(hours=1), description="How far before the hour orders are asked for again."
    )
    page_size: int = Field(100, ge=1, le=100, description="Records a page.")
    write: Write | None = Field(
        None, description="Absent: this system is only read. {}: written with the same key."
    )

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        CARD.check_facts(self.facts)
        self.build_rest(COUNTS, PRODUCTS)
        return self

    @property
    def parts(self) -> dict[str, list[str]]:
        """Return feed → the lists it is read from."""
        parts = {COUNTS: [PRODUCTS, VARIATIONS] if self.variations else [PRODUCTS]}
        return {**parts, MOVEMENTS: [ORDERS, REFUNDS]} if self.history else parts

    @property
    def meanings(self) -> dict[str, Meaning]:
        """Return what every known status of an order means."""
        return {**MEANINGS, **self.statuses}

    def build_rest(self, feed: str, part: str) -> RestOptions:
        """Return the options with which ``rest`` reads one list of one feed."""
        described = self._describe_items(part) if feed == COUNTS else self._describe_past(part)
        return RestOptions.model_validate(
            {
                "base_url": f"{self.url.rstrip('/')}/{self.api.strip('/')}",
                "auth": _describe_key(self.consumer_key, self.consumer_secret),
                **self.share(),
                "feeds": {feed: described},
                "write": None if self.write is None else self._describe_write(self.write),
            }
        )

    def _describe_items(self, part: str) -> dict[str, Any]:
        return {
            **self._ask(part, {"_fields": ITEM}),
            "may_be_empty": part == VARIATIONS,
            # "false": nobody counts it; "parent": it shares the number of its product.
            "keep": {"manage_stock": [MANAGED]},
            "columns": {
                "item_id": self.identify_by,
                "location_id": {"constant": self.location},
                # date_modified is when a product was edited, not as of when its number holds.
                "as_of": {"constant": "{fetched_at}"},
            },
            "facts": self.facts,
        }

    def _describe_past(self, part: str) -> dict[str, Any]:
        """Return a feed whose rows are read by code."""
        asked = (
            {"_fields": _ORDER, "modified_after": "{since}", "dates_are_gmt": "true"}
            if part == ORDERS
            else {"_fields": _REFUND, "after": "{since}", "dates_are_gmt": "true"}
        )
        unread = ("kind", "item_id", "location_id", "quantity", "moved_at")
        return {
            **self._ask(part, asked),
            "overlap": self.overlap,
            # Only what tells pages apart.
            "columns": {"movement_id": "id", **{name: {"constant": ""} for name in unread}},
        }

    def _ask(self, part: str, asked: dict[str, Any]) -> dict[str, Any]:
        order = {"orderby": "id", "order": "asc"}
        return {
            "path": part,
            "query": {**asked, **order, "per_page": "{limit}", "page": "{page}"},
            "paging": {"kind": "page", "size": self.page_size},
            "total_header": "X-WP-Total",
            "rows": "[]",
        }

    def _describe_write(self, write: Write) -> dict[str, Any]:
        """Return how stock is set and looked up; which address an item has the writer finds out."""
        read = {"path": "products/{item_id}", "query": {"_fields": ITEM}}
        if self.identify_by == "sku":
            read = {"path": "products", "query": {"_fields": ITEM, "sku": "{item_id}"}}
        own = write.consumer_key is not None
        return {
            "class": CARD.delivery,
            "auth": _describe_key(write.consumer_key, write.consumer_secret) if own else None,
            "facts": list(self.facts),
            "set": {
                "path": "products/{item_id}",
                "method": "PUT",
                "query": {"_fields": ITEM},
                "body": {STOCK: "{quantity}"},
            },
            # An item whose stock nobody manages answers 200 and keeps what it has.
            "applied": {"path": STOCK, "equals": "{quantity}"},
            "read": {**read, "quantity": STOCK, "absent": {"status": [404]}},
        }


def _describe_key(key: Secret | None, secret: Secret | None) -> dict[str, Any]:
    return {"kind": "basic", "username": key, "password": secret}

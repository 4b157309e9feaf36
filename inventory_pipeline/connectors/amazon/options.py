"""Options of one seller account in one region of Amazon's Selling Partner API."""

import re
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from inventory_pipeline.config.values import Duration, Secret
from inventory_pipeline.connectors.amazon.about import FULFILLABLE, check_facts, find_path
from inventory_pipeline.connectors.http_options import Options, RateLimit, WayOptions
from inventory_pipeline.connectors.rest import RestOptions
from inventory_pipeline.connectors.rest_writer import RestWrite

COUNTS, MOVEMENTS = "counts", "movements"
Id = Annotated[str, Field(pattern="^[A-Z0-9]{1,20}$")]
# Amazon's default for the summaries; an account with more says so in a header.
_PER_SECOND = 2.0
RATE_HEADER = "x-amzn-RateLimit-Limit"
# An access token has ended: Amazon says 403 "Unauthorized" where others say 401.
_ENDED = [401, 403]
# A token for the next page lives 30 seconds; after that Amazon says 400.
_EXPIRED = [400]


class Ledger(Options):
    """The inventory ledger as movements: report GET_LEDGER_DETAIL_VIEW_DATA."""

    days: int = Field(3, ge=1, le=500, description="Whole days back; a late row is told again.")
    countries: dict[str, str] | None = Field(
        None,
        min_length=1,
        description="Country of the centre: place. Needed where there are several marketplaces; "
        "a row of another country goes to quarantine.",
    )
    dispositions: list[str] = Field(
        default_factory=lambda: ["SELLABLE"],
        min_length=1,
        description="Rows of these only; returns of customers always.",
    )
    poll: Duration = Field(timedelta(seconds=30), description="Between two looks at the report.")
    wait: Duration = Field(
        timedelta(minutes=10), description="For a report, at most; the next hour finds it."
    )
    reuse: Duration = Field(
        timedelta(hours=4), description="A report of the same days as young as this is taken again."
    )


class Credentials(Options):
    """Who we are: an application, and what a seller let it do."""

    client_id: str | Secret = Field(description="LWA client id of the application.")
    client_secret: Secret = Field(description="Its LWA client secret.")
    refresh_token: Secret = Field(description="What the seller's authorisation gave.")

    def describe_auth(self, token_url: str) -> dict[str, Any]:
        """Return the auth of the rest connector."""
        return {
            "kind": "oauth",
            "token_url": token_url,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "extra": {"grant_type": "refresh_token", "refresh_token": self.refresh_token},
            "header": "x-amz-access-token",
            "prefix": "",
            "ended": _ENDED,
        }


class Write(Options):
    """Sets the quantity of listings that the seller ships himself; FBA is only read."""

    seller_id: Id = Field(description="Merchant token of the seller.")
    marketplace: Id = Field(description="Id of the marketplace, one of marketplaces.")
    location: str = Field(min_length=1, description="The seller's own place that is sold from.")
    channel: str = Field(
        "DEFAULT",
        pattern="^[A-Z0-9_]+$",
        description="Fulfilment channel code, never one of Amazon's own.",
    )
    product_type: str = Field(
        "PRODUCT", pattern="^[A-Z0-9_]+$", description="Product type of the listings."
    )
    rate: float = Field(5.0, gt=0, description="Requests a second.")
    credentials: Credentials | None = Field(
        None, description="Of an application that may write; absent: the one that reads."
    )


class AmazonOptions(Credentials, WayOptions):
    """One seller account in one region."""

    region: Literal["na", "eu", "fe"] = Field("na", description="North America, Europe, Far East.")
    sandbox: bool = Field(False, description="Ask Amazon's sandbox of that region.")
    base_url: str | None = Field(None, description="Another address instead of the region's.")
    token_url: str = Field("https://api.amazon.com/auth/o2/token", description="Login with Amazon.")
    marketplaces: dict[Id, str] = Field(
        min_length=1, description="Id of a marketplace: name of the place that FBA is there."
    )
    facts: dict[str, str] = Field(
        default_factory=lambda: {"available": FULFILLABLE},
        min_length=1,
        description="Fact: Amazon's name of the quantity.",
    )
    as_of: Literal["answer", "change"] = Field(
        "answer",
        description="A number is as of the answer, or of its last change (lastUpdatedTime).",
    )
    rate_limit: RateLimit = Field(
        RateLimit(per_second=_PER_SECOND, announced=RATE_HEADER), description="How often to ask."
    )
    ledger: Ledger | None = Field(None, description="Absent: no movements. {}: with defaults.")
    document_hosts: list[str] = Field(
        default_factory=lambda: ["tortuga-prod-*.amazonaws.com"],
        min_length=1,
        description="Hosts that reports are fetched from; no token goes there.",
    )
    write: Write | None = Field(None, description="Absent: nothing is written.")
    inventory_version: str = Field("v1", description="Version of the FBA Inventory API.")
    reports_version: str = Field("2021-06-30", description="Version of the Reports API.")
    listings_version: str = Field("2021-08-01", description="Version of the Listings Items API.")

    @property
    def origin(self) -> str:
        """Return where Amazon is asked."""
        stage = "sandbox." if self.sandbox else ""
        usual = f"https://{stage}sellingpartnerapi-{self.region}.amazon.com"
        return (self.base_url or usual).rstrip("/")

    def build_rest(self, marketplace: str) -> RestOptions:
        """Return the options with which ``rest`` reads the counts of one marketplace.

        Raises:
            ValueError: an address that is none.
        """
        return RestOptions.model_validate(
            {**self._describe_way(), "feeds": {COUNTS: self._describe_counts(marketplace)}}
        )

    def build_writing(self) -> tuple[RestOptions, RestWrite] | None:
        """Return the options of the writing side; none: nothing is written."""
        write = self.write
        if write is None:
            return None
        auth = (write.credentials or self).describe_auth(self.token_url)
        way = {**self._describe_way(), "auth": auth}
        feeds = {COUNTS: self._describe_counts(write.marketplace)}
        options = RestOptions.model_validate({**way, "feeds": feeds})
        return options, RestWrite.model_validate(self._describe_write(write))

    def _describe_way(self) -> dict[str, Any]:
        return {
            **{name: getattr(self, name) for name in WayOptions.model_fields},
            "base_url": self.origin,
            "auth": self.describe_auth(self.token_url),
        }

    def _describe_counts(self, marketplace: str) -> dict[str, Any]:
        at = {"constant": "{date_header}"} if self.as_of == "answer" else "lastUpdatedTime"
        return {
            "path": f"fba/inventory/{self.inventory_version}/summaries",
            # A full sweep has no startDateTime: with one, changes of inbound go unseen.
            "query": {
                "details": True,
                "granularityType": "Marketplace",
                "granularityId": marketplace,
                "marketplaceIds": marketplace,
                "nextToken": "{cursor}",
            },
            "paging": {"kind": "cursor", "next": "pagination.nextToken", "expired": _EXPIRED},
            "fails_when": [
                {"path": "errors"},
                {"path": "payload.granularity.granularityId", "not_in": [marketplace]},
            ],
            "rows": "payload.inventorySummaries[]",
            "columns": {
                "item_id": "sellerSku",
                "location_id": {"constant": self.marketplaces.get(marketplace, marketplace)},
                "as_of": at,
                # A SKU with several labels stands in several rows, which are added up.
                "bin": {"path": "fnSku", "optional": True},
            },
            "facts": {fact: find_path(name) for fact, name in self.facts.items()},
        }

    def _describe_write(self, write: Write) -> dict[str, Any]:
        path = f"listings/{self.listings_version}/items/{write.seller_id}/{{item_id}}"
        value = {"fulfillment_channel_code": write.channel, "quantity": "{quantity}"}
        patch = {
            "op": "merge",
            "path": "/attributes/fulfillment_availability",
            "value": [value],
        }
        where = {"marketplaceIds": write.marketplace}
        return {
            "class": "C",
            "rate": write.rate,
            "set": {
                "path": path,
                "method": "PATCH",
                "query": where,
                "body": {"productType": write.product_type, "patches": [patch]},
            },
            # What the offer has now; under attributes stands what was last submitted.
            "read": {
                "path": path,
                "query": {**where, "includedData": "fulfillmentAvailability"},
                "rows": "fulfillmentAvailability[]",
                "where": {"fulfillmentChannelCode": write.channel},
                "quantity": "quantity",
                "absent": {"status": [404]},
            },
            "applied": {"path": "status", "equals": "ACCEPTED"},
            "refused": {"status": [200], "path": "status", "equals": "INVALID"},
        }

    @model_validator(mode="after")
    def _means_what_it_says(self) -> Self:
        check_facts(self.facts)
        return self

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        for marketplace in self.marketplaces:
            self.build_rest(marketplace)
        for host in self.document_hosts:
            if not _HOST.fullmatch(host):
                raise ValueError(f"document_hosts: {host!r} is no host, as files-*.example.com")
        return self

    @model_validator(mode="after")
    def _places_are_told_apart(self) -> Self:
        if self.ledger and not self.ledger.countries and len(self.marketplaces) > 1:
            raise ValueError(
                "ledger: a row names the country of its centre and no marketplace; with several "
                "marketplaces say where each lies, as countries: {US: FBA-US, CA: FBA-CA}"
            )
        if self.write and self.write.marketplace not in self.marketplaces:
            raise ValueError(
                f"write.marketplace: {self.write.marketplace!r} is none of marketplaces: "
                f"{', '.join(self.marketplaces)}"
            )
        if self.write and self.write.channel.startswith("AMAZON"):
            raise ValueError(
                f"write.channel: {self.write.channel} is Amazon's own, which is only read; "
                "say DEFAULT"
            )
        if self.write and self.write.location in self.marketplaces.values():
            raise ValueError(
                f"write.location: {self.write.location} is what Amazon holds, which is only read; "
                "name the seller's own place"
            )
        self.build_writing()
        return self


# A star stands for a part of the name; the last two labels are certain.
_HOST = re.compile(r"(?:[a-z0-9*-]+\.)*[a-z0-9-]+\.[a-z0-9-]+|localhost")

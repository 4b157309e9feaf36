"""Options: ten lines of YAML, turned into the options of the rest connector.

Addresses and the signed statement: docs.oracle.com, NetSuite Help Center, "POST Request to the
Token Endpoint and the Access Token Response" (section_162755359851) and "The Request Token
Structure" (section_162790605110). SuiteQL over REST and its 100,000 rows: section_157909186990.
"""

import re
from datetime import timedelta
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from inventory_pipeline.config.values import Secret
from inventory_pipeline.connectors.card import Card
from inventory_pipeline.connectors.http_options import Options, Timeouts, WayOptions
from inventory_pipeline.connectors.netsuite.queries import (
    COUNTS,
    KEYS,
    MOVEMENTS,
    describe_columns,
    tidy,
)
from inventory_pipeline.connectors.rest import RestOptions
from inventory_pipeline.model.movements import KINDS

ON_HAND, AVAILABLE = "quantityonhand", "quantityavailable"
Feed = Literal["counts", "movements"]
FEEDS: tuple[Feed, ...] = ("counts", "movements")
# As many rows a page, and as many in one query at all.
MOST_ROWS, CEILING = 1_000, 100_000
_ACCOUNT = re.compile(r"[A-Za-z0-9]{3,20}([_-][A-Za-z0-9]{1,10})?")

CARD = Card(
    title="NetSuite, SuiteQL and REST web services",
    role="erp",
    decrements_at="shipment",
    quantities={
        ON_HAND: "units that lie there, committed ones included, in the item's base unit",
        AVAILABLE: "units on hand less those that are committed, in the item's base unit",
    },
    options=(
        "account: 1234567\n"
        "client_id: {env: NETSUITE_CLIENT_ID}\n"
        "certificate_id: your-certificate-id\n"
        "key: {env: NETSUITE_KEY}"
    ),
    credential_at=(
        "NetSuite → Setup → Integration → Manage Integrations → New, then "
        "Setup → Integration → OAuth 2.0 Client Credentials Setup"
    ),
    time_zone="America/Los_Angeles",
    reads=(
        "REST Web Services", "Log in using OAuth 2.0 Access Tokens", "SuiteAnalytics Workbook",
        "Lists: Items, Locations (view)", "Transactions: Find Transaction (view)",
    ),
    writes=("Transactions: Adjust Inventory (create, edit)",),
    delivery="B",
    key_lifetime="for ever: the adjustment carries it as its external id",
)  # fmt: skip


class Credentials(Options):
    """An integration, and the certificate it signs with."""

    client_id: str | Secret | None = Field(None, description="Client ID of the integration.")
    certificate_id: str | None = Field(None, description="Certificate ID of its mapping.")
    key: Secret | None = Field(None, description="Private key of that certificate (PEM).")
    algorithm: Literal["PS256", "ES256"] = Field(
        "PS256", description="PS256 for an RSA key, ES256 for one on the curve P-256."
    )

    @property
    def is_whole(self) -> bool:
        """Return whether all of it is given."""
        return None not in (self.client_id, self.certificate_id, self.key)


class Write(Credentials):
    """That stock may be adjusted; with credentials of its own, or with the reader's."""

    adjustment_account: int = Field(description="Id of the account that adjustments post to.")
    subsidiary: int | None = Field(None, description="Id of the subsidiary, in OneWorld.")
    units: Literal["check", "base"] = Field(
        "check",
        description="check: an item that is adjusted in another unit than it is counted in is "
        "refused. base: no item is, or the account has no units of measure.",
    )


class NetsuiteOptions(Credentials, WayOptions):
    """One account."""

    account: str = Field(description="Account ID, such as 1234567 or 1234567_SB1.")
    base_url: str | None = Field(
        None, description="Origin of a private gateway instead of the account's own."
    )
    feeds: list[Feed] = Field(
        default_factory=lambda: list(FEEDS), min_length=1, description="What is read."
    )
    facts: dict[str, str] = Field(
        default_factory=lambda: {"on_hand": ON_HAND, "available": AVAILABLE},
        min_length=1,
        description="Fact: NetSuite's name of the quantity.",
    )
    identify_by: Literal["itemid", "id"] = Field(
        "itemid", description="What an item is called: its name, or its internal id."
    )
    locate_by: Literal["id", "name"] = Field(
        "id", description="What a location is called: its internal id, or the name it shows."
    )
    locations: list[str] | None = Field(
        None, description="Only these, called as locate_by says; others are left out."
    )
    days: int = Field(
        2,
        ge=1,
        le=90,
        description="How many days before they were last read movements are read from, by the day "
        "of their transaction's last change.",
    )
    kinds: dict[str, str] = Field(
        default_factory=dict,
        description="Type of a transaction, as CustInvc or ItemRcpt/RtnAuth: its kind, if another.",
    )
    page_size: int = Field(MOST_ROWS, ge=1, le=MOST_ROWS, description="Rows to ask for at once.")
    timeouts: Timeouts = Field(
        Timeouts(
            read=timedelta(minutes=5), answer=timedelta(minutes=16), feed=timedelta(minutes=60)
        ),
        description="How long to wait; NetSuite gives a query 15 minutes.",
    )
    retries: int = Field(
        8, ge=0, le=20, description="More tries; that others use the account up is normal."
    )
    write: Write | None = Field(
        None, description="Absent: this system is only read. Else: how stock is adjusted."
    )

    @field_validator("account", mode="before")
    @classmethod
    def _is_an_account(cls, given: Any) -> str:
        account = str(given)
        if not _ACCOUNT.fullmatch(account):
            raise ValueError("account is the account ID alone, such as 1234567 or 1234567_SB1")
        return account

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        CARD.check_facts(self.facts)
        for kind in self.kinds.values():
            if kind not in KINDS:
                raise ValueError(f"kinds: {kind!r} is no kind; known: {', '.join(KINDS)}")
        if not self.is_whole:
            raise ValueError("give client_id, certificate_id and key")
        mine = self.write
        if mine is not None and not mine.is_whole and mine.client_id is not None:
            raise ValueError("write: give client_id, certificate_id and key, or none of them")
        self.build_rest()
        return self

    @property
    def origin(self) -> str:
        """Return where the account is asked."""
        host = self.account.lower().replace("_", "-")
        return (self.base_url or f"https://{host}.suitetalk.api.netsuite.com").rstrip("/")

    def pick_writer(self) -> "NetsuiteOptions | None":
        """Return the options of the writing side: with the writer's credentials, if it has some."""
        if self.write is None or not self.write.is_whole:
            return None if self.write is None else self
        mine = {name: getattr(self.write, name) for name in Credentials.model_fields}
        return self.model_copy(update=mine)

    def build_rest(self) -> RestOptions:
        """Return the same for the rest connector.

        Raises:
            ValueError: an address that is none.
        """
        return RestOptions.model_validate(
            {
                "base_url": f"{self.origin}/services/rest",
                "auth": {
                    "kind": "assertion",
                    "token_url": f"{self.origin}/services/rest/auth/oauth2/v1/token",
                    "client_id": self.client_id,
                    "key": self.key,
                    "key_id": self.certificate_id,
                    "algorithm": self.algorithm,
                    "scope": "rest_webservices",
                },
                "feeds": {feed: self._describe_feed(feed) for feed in self.feeds},
                **{name: getattr(self, name) for name in WayOptions.model_fields},
            }
        )

    def _describe_feed(self, feed: Feed) -> dict[str, Any]:
        # By the day, and by at least one: the account's midnight is not that of UTC.
        query, parameters = (COUNTS, []) if feed == "counts" else (MOVEMENTS, ["{since:%Y-%m-%d}"])
        return {
            "path": "query/v1/suiteql",
            "method": "POST",
            "query": {"limit": "{limit}", "offset": 0},
            "headers": {"Prefer": "transient"},
            "body": {"q": tidy(query), **({"params": parameters} if parameters else {})},
            "paging": {
                "kind": "keyset",
                "size": self.page_size,
                "after": KEYS[feed],
                "has_more": "hasMore",
                "ceiling": CEILING,
            },
            "total": "totalResults",
            "rows": "items[]",
            # The rows are read by this connector itself; the columns only tell pages apart.
            "columns": describe_columns(feed),
            "overlap": f"{self.days}d",
        }

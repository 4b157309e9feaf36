"""Options: ten lines of YAML, checked against what is known of Odoo."""

from datetime import timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from inventory_pipeline.config.values import Duration, Secret
from inventory_pipeline.connectors.card import Card
from inventory_pipeline.connectors.http_options import HttpOptions, Options, WayOptions
from inventory_pipeline.model.movements import KINDS, ON_HAND_SIGN, SIGNED_KINDS

ON_HAND = "quantity"
Feed = Literal["counts", "movements"]
FEEDS: tuple[Feed, ...] = ("counts", "movements")
Usage = Literal["supplier", "customer", "inventory", "production", "transit", "internal", "view"]

CARD = Card(
    title="Odoo, 19 and newer over JSON-2, 14 to 18 over XML-RPC",
    role="erp",
    decrements_at="shipment",
    quantities={
        ON_HAND: "units that lie there, reserved ones included, in the product's own unit",
        "reserved_quantity": "units of them that open transfers have reserved",
        "available_quantity": "quantity less reserved_quantity",
    },
    options="url: https://mycompany.odoo.com\nkey: {env: ODOO_KEY}",
    credential_at="Odoo → your picture → Preferences → Account Security → New API Key",
    time_zone="UTC",
    reads=("Internal User, without a role in Inventory",),
    writes=("Inventory / Administrator",),
    delivery="C",
)

# What a move means that leaves the places we count, or reaches them, by the usage of the
# location at its other end. What nobody ships or receives is an adjustment.
LEAVING: dict[Usage, str] = {
    "customer": "shipment",
    "supplier": "shipment",
    "inventory": "adjustment",
    "production": "adjustment",
    "transit": "transfer_out",
    "internal": "transfer_out",
    "view": "adjustment",
}
ARRIVING: dict[Usage, str] = {
    "supplier": "receipt",
    "customer": "return_received",
    "inventory": "adjustment",
    "production": "adjustment",
    "transit": "transfer_in",
    "internal": "transfer_in",
    "view": "adjustment",
}


class Credentials(Options):
    """An API key, and for XML-RPC whose it is."""

    key: Secret | None = Field(None, description="API key of a user.")
    login: str | None = Field(None, description="Login of that user; only XML-RPC asks for it.")


class Write(Credentials):
    """That numbers may be set in Odoo; with a key of its own, or with the reader's."""


class OdooOptions(Credentials, WayOptions):
    """One database of one Odoo."""

    url: str = Field(description="https URL of the server.")
    transport: Literal["json2", "xmlrpc"] = Field(
        "json2", description="json2 for Odoo 19 and newer, xmlrpc for 14 to 18."
    )
    database: str | None = Field(
        None, description="Name of the database; json2 needs it where a server has several."
    )
    feeds: list[Feed] = Field(
        default_factory=lambda: list(FEEDS), min_length=1, description="What is read."
    )
    company: int | None = Field(
        None, description="Id of one company; none: all that the user may see."
    )
    facts: dict[str, str] = Field(
        default_factory=lambda: {"on_hand": ON_HAND},
        min_length=1,
        description="Fact: Odoo's name of the quantity.",
    )
    identify_by: Literal["default_code", "id"] = Field(
        "default_code", description="What an item is called: its internal reference, or its id."
    )
    locate_by: Literal["id", "complete_name", "warehouse"] = Field(
        "id", description="What a place is called; warehouse counts all below one as one place."
    )
    locations: list[str] | None = Field(
        None, description="Only these, called as locate_by says; others are left out."
    )
    transit: bool = Field(False, description="Count what lies in transit locations, too.")
    consigned: Literal["leave_out", "count"] = Field(
        "leave_out", description="What becomes of stock that somebody else owns (owner_id)."
    )
    move_quantity: Literal["quantity_product_uom", "qty_done"] = Field(
        "quantity_product_uom", description="Quantity of a move; qty_done for Odoo 14 to 16."
    )
    move_reference: Literal["origin", "reference"] = Field(
        "origin", description="What a move refers to; reference where there is no origin."
    )
    leaving: dict[Usage, str] = Field(
        default_factory=dict, description="Usage of where a move leads: its kind, if another."
    )
    arriving: dict[Usage, str] = Field(
        default_factory=dict, description="Usage of where a move comes from: its kind, if another."
    )
    overlap: Duration = Field(
        timedelta(hours=3), description="How far moves are read again, for those stored late."
    )
    page_size: int = Field(1_000, ge=1, le=10_000, description="Rows to ask for at once.")
    write: Write | None = Field(
        None, description="Absent: this system is only read. {}: written with the same key."
    )

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        CARD.check_facts(self.facts)
        _check_kinds("leaving", self.leaving, -1)
        _check_kinds("arriving", self.arriving, 1)
        for who, given in (("", self), ("write.", self.pick_writer())):
            if given is not None:
                _check_credentials(who, given)
        self.build_http()
        return self

    @property
    def counted(self) -> list[str]:
        """Return the usages of the locations that are counted."""
        return ["internal", "transit"] if self.transit else ["internal"]

    @property
    def has_one_key_for_all(self) -> bool:
        """Return whether the key that reads is also the one that writes."""
        return self.write is not None and self.write.key is None

    def pick_writer(self) -> "OdooOptions | None":
        """Return the options of the writing side: with the writer's key, if it has one."""
        if self.write is None or self.has_one_key_for_all:
            return self if self.has_one_key_for_all else None
        mine = {"key": self.write.key, "login": self.write.login or self.login}
        return self.model_copy(update=mine)

    def build_http(self) -> HttpOptions:
        """Return how the server is reached.

        Raises:
            ValueError: an address that is none.
        """
        is_bearer = self.transport == "json2"
        named = {"X-Odoo-Database": self.database} if is_bearer and self.database else {}
        return HttpOptions.model_validate(
            {
                "base_url": self.url,
                "auth": {"kind": "bearer", "token": self.key} if is_bearer else {"kind": "none"},
                "headers": named,
                **{name: getattr(self, name) for name in WayOptions.model_fields},
            }
        )


def _check_credentials(who: str, options: OdooOptions) -> None:
    if options.key is None:
        raise ValueError(f"{who}key: give {{env: NAME}} of an API key")
    if options.transport == "xmlrpc" and not (options.login and options.database):
        raise ValueError(f"transport: xmlrpc also needs {who}login and database")


def _check_kinds(option: str, kinds: dict[Usage, str], sign: int) -> None:
    for usage, kind in kinds.items():
        if kind not in KINDS:
            raise ValueError(f"{option}.{usage}: {kind!r} is no kind; known: {', '.join(KINDS)}")
        if kind not in SIGNED_KINDS and ON_HAND_SIGN[kind] != sign:
            does = "takes stock away" if sign < 0 else "adds stock"
            raise ValueError(f"{option}.{usage}: {kind!r} is no kind that {does}")

"""Systems: who holds numbers, how they are read, and the catalogue that ties them together."""

from datetime import timedelta
from typing import Any, Literal

from pydantic import Field, model_validator

from inventory_pipeline.config.strict import Model
from inventory_pipeline.config.values import ClockTime, Duration, Number, Whole, ZoneName

Role = Literal[
    "wms", "erp", "storefront", "threepl", "pos", "marketplace", "dropship", "middleware",
    "pricing", "processor", "crm", "other",
]  # fmt: skip


# Movements that change what lies on the shelf; see correct.telling.
Told = Literal[
    "shipment", "pos_sale", "receipt", "return_received", "transfer_out", "transfer_in",
    "adjustment", "damage", "write_off",
]  # fmt: skip


class Sync(Model):
    """How a mirror hears of changes."""

    trigger: Literal["event", "batch", "poll"] = Field(
        "event", description="Pushed at each change, moved in batches, or read when asked."
    )
    every: Duration | None = Field(None, description="Batch or poll interval.")
    at: ClockTime | None = Field(None, description="UTC time of day a daily batch starts.")

    @model_validator(mode="after")
    def _batch_has_a_clock(self) -> "Sync":
        if self.trigger == "batch" and self.every is None and self.at is None:
            raise ValueError('trigger batch takes every: 4h or at: "22:00"')
        return self


class Snapshot(Model):
    """When a snapshot counts as whole (completeness gate)."""

    min_known_share: Number = Field(
        0.995, ge=0, le=1, description="Least share of the last whole snapshot's keys."
    )
    max_missing_keys: Whole = Field(20, ge=0, description="Most keys of it that may be gone.")
    max_newly_zero_share: Number = Field(
        0.01, ge=0, le=1, description="Most keys that may fall to zero in one hour, as a share."
    )
    max_newly_zero_keys: Whole = Field(10, ge=0, description="... or as a number, if larger.")
    absent_means: Literal["unknown", "zero", "deleted"] = Field(
        "unknown", description="What a key that is not in a whole snapshot means."
    )
    allow_negative: bool = Field(False, description="Whether a negative quantity is a number.")


class Numbers(Model):
    """How a source writes numbers, where it does not write plain whole numbers."""

    decimal: Literal["", ".", ","] = Field(
        "", description='Decimal mark; with it "93.0" is 93. Fractions of an each stay refused.'
    )
    thousands: Literal["", ".", ",", " ", "'"] = Field("", description="Thousands mark.")


class System(Model):
    """One system that holds numbers."""

    role: Role = Field(description="What kind of system it is.")
    connector: str = Field(
        description="files, rest, graphql, sql, shopify, odoo ... (docs/connectors.md), or one "
        "that a package adds."
    )
    options: dict[str, Any] = Field(default_factory=dict, description="The connector's own keys.")
    decrements_at: Literal["order", "shipment"] = Field(
        "shipment", description="The moment its number falls."
    )
    sync: Sync = Sync()
    max_age: Duration = Field(timedelta(minutes=90), description="Older than this is late.")
    snapshot: Snapshot = Snapshot()
    numbers: Numbers = Numbers()
    time_zone: ZoneName | None = Field(
        None, description="Zone of times written without one; without it they are refused."
    )
    writes: list[str] = Field(
        default_factory=list, description="Facts corrections may set; none: read only."
    )
    receives: list[Told] = Field(
        default_factory=list,
        description="Kinds of the owner's movements that it hears of from this pipeline, since "
        "nothing else tells it. Two tellers would count one movement twice.",
    )


class Catalog(Model):
    """CSV files that say what is sold, where it lies, and who calls it what."""

    items: str | None = Field(
        None, description="sku, [title], [price], [unit_cost], [abc_class], [safety_stock] ..."
    )
    locations: str | None = Field(None, description="location_id, system, their_location_id")
    identities: str | None = Field(
        None, description="sku, system, item_id, [unit], [eaches_per_unit], [valid_from] ..."
    )

"""The configuration, key by key, in one place on purpose: it reads like the file it describes.

Unknown keys are refused; field texts become docs/configuration.md.
"""

from datetime import time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from inventory_pipeline.config.values import (
    CURRENCY_PATTERN,
    NAME_PATTERN,
    ClockTime,
    Day,
    Duration,
    Number,
    Secret,
    Whole,
)
from inventory_pipeline.model.ownership import is_no_answer

Role = Literal[
    "wms", "erp", "storefront", "threepl", "pos", "marketplace", "dropship", "middleware",
    "pricing", "processor", "crm", "other",
]  # fmt: skip
Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Text = Annotated[str, Field(min_length=1)]
# The largest gap the assistant may ever close by itself (AST-03); configuration only lowers it.
MAX_AUTOMATIC_UNITS = 5


class Model(BaseModel):
    """Base: frozen, and a key nobody knows is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def _check_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):  # not found is a KeyError, a bad path a ValueError
        raise ValueError(
            f"{value!r} is no IANA time zone; write one such as Europe/Berlin"
        ) from None
    return value


class Business(Model):
    """Who this is for."""

    name: str = Field(description="Shown in the mail.")
    time_zone: str = Field(
        "UTC", description="IANA zone of the mail's clock; stored instants are UTC."
    )
    currency: str = Field("USD", pattern=CURRENCY_PATTERN, description="ISO 4217 code.")

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        return _check_zone(value)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Storage(Model):
    """Where the pipeline keeps its own files."""

    directory: str = Field(
        "local", description="Folder of landing/, warehouse.duckdb, journal.sqlite, mails/."
    )
    lock_wait: Duration = Field(
        timedelta(minutes=10), description="How long a run waits for another one."
    )


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
    connector: str = Field(description="files, rest, graphql, sql, or one that a package adds.")
    options: dict[str, Any] = Field(default_factory=dict, description="The connector's own keys.")
    decrements_at: Literal["order", "shipment"] = Field(
        "shipment", description="The moment its number falls."
    )
    sync: Sync = Sync()
    max_age: Duration = Field(timedelta(minutes=90), description="Older than this is late.")
    snapshot: Snapshot = Snapshot()
    numbers: Numbers = Numbers()
    time_zone: str | None = Field(
        None, description="Zone of times written without one; without it they are refused."
    )
    writes: list[str] = Field(
        default_factory=list, description="Facts corrections may set; none: read only."
    )

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str | None) -> str | None:
        return value if value is None else _check_zone(value)


class Catalog(Model):
    """CSV files that say what is sold, where it lies, and who calls it what."""

    items: str | None = Field(
        None, description="sku, [title], [price], [unit_cost], [abc_class], [safety_stock] ..."
    )
    locations: str | None = Field(None, description="location_id, system, their_location_id")
    identities: str | None = Field(
        None, description="sku, system, item_id, [unit], [eaches_per_unit], [valid_from] ..."
    )


class Scope(Model):
    """A part of a fact with an owner of its own."""

    location: str | None = Field(None, description="Only rows of this location.")
    abc_class: str | None = Field(None, description="Only items of this class of the catalogue.")
    owner: Text = Field(description="The one system that is right there.")

    @model_validator(mode="after")
    def _names_something(self) -> "Scope":
        if self.location is None and self.abc_class is None:
            raise ValueError("a scope names a location or an abc_class")
        return self


Side = Literal["wms", "erp"]


class Worksheet(Model):
    """Five answers that lean to the WMS or the ERP as owner (FACT-08). People decide."""

    velocity: Side | None = Field(None, description="Many movements an hour lean to the WMS.")
    physical_accuracy: Side | None = Field(None, description="Bins that matter lean to the WMS.")
    financial_close: Side | None = Field(
        None, description="Books closed on the ERP's own counts lean to the ERP."
    )
    integration_complexity: Side | None = Field(
        None, description="The system that most others already read."
    )
    reconciliation_frequency: Side | None = Field(
        None, description="Within the day leans to the WMS, weekly to the ERP."
    )


class Fact(Model):
    """One fact and the one system that owns it."""

    owner: str | list[str] | None = Field(
        None, description="One system. None or 'depends' is a gap, several are a bug."
    )
    reason: str = Field("", description="Why this system, in words that outlive the people.")
    decided_by: str = Field("", description="Who decided.")
    decided_on: Day | None = Field(None, description="When.")
    review_on: Day | None = Field(
        None, description="Overdue the day after; without it, registry.review_days decide."
    )
    scopes: list[Scope] = Field(
        default_factory=list, description="Parts with an owner of their own; they never overlap."
    )
    worksheet: Worksheet | None = Field(None, description="The five-factor sheet, if filled in.")

    @field_validator("owner", mode="before")
    @classmethod
    def _names_systems(cls, value: Any) -> Any:
        named = value if isinstance(value, list) else [value]
        if value is not None and not all(isinstance(name, str) for name in named):
            raise ValueError(f"is {value!r}, wanted the name of one system")
        return value

    @property
    def answers(self) -> tuple[str, ...]:
        """Return what stands under ``owner``, each text once."""
        named = self.owner if isinstance(self.owner, list) else [self.owner or ""]
        return tuple(dict.fromkeys(name.strip() for name in named if name.strip()))

    @property
    def owners(self) -> list[str]:
        """Return the systems named as owner: one is right, none a gap, more a bug.

        An answer such as 'it depends' names nobody, whatever stands beside it.
        """
        return [] if any(map(is_no_answer, self.answers)) else list(self.answers)


class Rule(Model):
    """Why a mirror's number differs from the owner's, written down."""

    reason: str = Field("", description="What the rule is for.")
    author: str = Field("", description="Who wrote it.")
    since: Day | None = Field(None, description="First day it holds.")
    reviewed_on: Day | None = Field(
        None, description="Last look at it; the next is due registry.review_days later."
    )
    until: Day | None = Field(None, description="Last day it holds.")


class Mirror(Model):
    """What one other system should show, as a documented rule."""

    system: Text = Field(description="The system that shows the number.")
    fact: Name = Field(description="The fact's name in that system's counts.")
    expects: str = Field(
        description="Arithmetic over fact names and safety_stock: + - * / greatest least floor "
        "ceil round and numbers."
    )
    unit: str | None = Field(None, description="The unit it counts in, such as CS.")
    rule: Rule | None = Field(None, description="Why the number may differ from the owner's.")


class Handoff(Model):
    """One path that moves stock data between two systems."""

    path: Text = Field(description="Its name, as the middleware's events have it.")
    source: Text = Field(description="The system it starts from.")
    target: Text = Field(description="The system it writes to.")
    carries: list[str] = Field(
        default_factory=list, description="Kinds of movement, or facts, that it moves."
    )
    max_delay: Duration = Field(timedelta(minutes=5), description="The delay that is normal.")
    responsible: str = Field("", description="Who mends it when it breaks.")


class Severity(Model):
    """Bands of an unexplained gap, in eaches."""

    minor_up_to: Whole = Field(2, ge=0, description="Largest gap that may be an order in flight.")
    notable_up_to: Whole = Field(5, ge=0, description="Largest gap that is not yet major.")
    settle_checks: Whole = Field(2, ge=1, description="Checks a minor gap may last unsettled.")
    relative_major: Number = Field(0.5, gt=0, description="Share of expected that is major.")

    @model_validator(mode="after")
    def _bands_rise(self) -> "Severity":
        if self.notable_up_to < self.minor_up_to:
            raise ValueError("notable_up_to is below minor_up_to")
        return self


class Structural(Model):
    """When drift is no accident but the way the systems are wired."""

    rule: Literal["rate_only", "rate_and_indicators", "rate_or_consistent"] = Field(
        "rate_or_consistent",
        description="The drift rate alone, with signs of an integration fault, or either.",
    )
    drift_rate: Number = Field(
        0.02, gt=0, lt=1, description="Strictly more than this share of active SKUs."
    )
    consistent_cycles: Whole = Field(
        3, ge=2, description="Equal gaps of one SKU in a row that are no accident."
    )


class Assistant(Model):
    """What may be corrected without a person; limits can only be lowered."""

    mode: Literal["off", "shadow", "limited"] = Field(
        "shadow", description="shadow proposes and never acts; limited acts within the limits."
    )
    max_units: Whole = Field(
        MAX_AUTOMATIC_UNITS, ge=0, description="Largest gap; may be lowered, never above 5."
    )
    min_confidence: Number = Field(0.995, ge=0.9, le=1, description="Beside proof, not instead.")
    max_fixes_per_run: Whole = Field(25, ge=0, le=25, description="Most corrections of one run.")
    max_share_per_run: Number = Field(
        0.01, ge=0, le=0.01, description="... and as a share of the active SKUs."
    )

    @field_validator("max_units")
    @classmethod
    def _never_raised(cls, value: int) -> int:
        if value > MAX_AUTOMATIC_UNITS:
            raise ValueError(
                f"is {value}; the limit of {MAX_AUTOMATIC_UNITS} units may be lowered, never raised"
            )
        return value


class Smtp(Model):
    """The mail server. TLS is verified, always; a private CA is added with ca_file."""

    host: Text = Field("localhost", description="Name of the server, as in its certificate.")
    port: Whole = Field(25, ge=1, le=65535, description="25, 465 or 587, as a rule.")
    tls: Literal["auto", "starttls", "implicit"] = Field(
        "auto", description="auto: 465 implicit, loopback plain, anything else STARTTLS."
    )
    username: str | None = Field(None, description="Logs in with password, if given.")
    password: Secret | None = Field(None, description="Where the password is kept.")
    ca_file: str | None = Field(None, description="PEM file of a private authority to trust too.")
    timeout: Duration = Field(timedelta(seconds=20), description="For each step of the talk.")


class MailSettings(Model):
    """Who gets the daily summary, and when. Without smtp it is written to mails/."""

    to: list[str] = Field(default_factory=list, description="Addresses, each without a name.")
    sender: str = Field(
        "inventory-pipeline@localhost", alias="from", description="The sender's address."
    )
    at: ClockTime = Field(time(7, 0), description="Time of day in business.time_zone.")
    grace: Duration = Field(
        timedelta(minutes=60), description="How late it may be before watch calls it missing."
    )
    smtp: Smtp | None = Field(None, description="Without it the mail is written to mails/.")
    base_url: str | None = Field(None, description="Where the web UI is, for links in the mail.")


class Heartbeat(Model):
    """An outside check that is pinged: URL/start, URL, URL/fail."""

    url: Secret | None = Field(None, description="Where the URL is kept: who knows it can ping.")
    timeout: Duration = Field(timedelta(seconds=5), description="A slow answer never delays a run.")


class Costs(Model):
    """Published benchmark figures used for estimates; each low and high, each a setting."""

    minutes_per_drifting_sku: tuple[Number, Number] = Field(
        (30, 60), description="Work a drifting SKU costs in each cycle."
    )
    cost_per_failed_pick: tuple[Number, Number] = Field(
        (8, 25), description="In the business's currency, service time apart."
    )
    hours_per_manual_cycle: tuple[Number, Number] = Field(
        (2, 4), description="Work of a fix that opened another gap, each time."
    )
    hourly_wage: Number | None = Field(None, description="Turns hours into money, if given.")


class Registry(Model):
    """How often the written decisions are looked at again."""

    review_days: Whole = Field(
        92, ge=1, description="A fact or mirror rule without review_on is due after this."
    )


class Settings(Model):
    """The whole file."""

    business: Business
    storage: Storage = Storage()
    profile: Literal["shelf_of_record", "wms_of_record", "erp_of_record"] | None = Field(
        None, description="Fills in owners that facts leave out."
    )
    systems: dict[Name, System] = Field(
        min_length=1, description="Every system that holds numbers, by a name of yours."
    )
    catalog: Catalog = Catalog()
    facts: dict[Name, Fact] = Field(
        default_factory=dict, description="Each fact and the one system that owns it."
    )
    registry: Registry = Registry()
    mirrors: list[Mirror] = Field(
        default_factory=list, description="What every other system should show, as rules."
    )
    handoffs: list[Handoff] = Field(
        default_factory=list, description="The map: every path that moves stock data."
    )
    severity: Severity = Severity()
    structural: Structural = Structural()
    assistant: Assistant = Assistant()
    mail: MailSettings = MailSettings()
    heartbeat: Heartbeat = Heartbeat()
    costs: Costs = Costs()
    automatic: bool = Field(
        True, description="Whether Dagster's schedules and sensors run unasked; false for cron."
    )
    active_days: Whole = Field(90, ge=1, description="A SKU with stock, sale or order is active.")
    return_due_days: Whole = Field(
        21, ge=1, description="A refund whose box has not come by then is overdue."
    )

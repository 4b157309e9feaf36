"""Facts: who is right about what, what every other system should show, and how it hears."""

from datetime import timedelta
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from inventory_pipeline.config.strict import Model
from inventory_pipeline.config.systems import Sync
from inventory_pipeline.config.values import Day, Duration, Name, Number, Text, Whole
from inventory_pipeline.model.ownership import is_no_answer

Side = Literal["wms", "erp"]
Step = Literal["authority", "trigger", "posting_rules", "middleware"]


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
    diagnosis_order: list[Step] = Field(
        default_factory=list,
        description="The steps of a diagnosis in this order; authority always comes first.",
    )

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
    sync: Sync | None = Field(
        None, description="How news travels on it; without it, as the target's own sync says."
    )
    exists: bool = Field(
        True, description="false: it is needed and nobody has built it; the map shows it missing."
    )
    resolution: str = Field("", description="What is done about its most frequent exceptions.")
    resolution_status: Literal["none", "planned", "started", "done"] = Field(
        "none", description="How far that is."
    )
    opened_on: Day | None = Field(None, description="When the channel behind it was opened.")
    revenue: Number | None = Field(None, ge=0, description="What that channel sells in a year.")


class Registry(Model):
    """How often the written decisions are looked at again."""

    review_days: Whole = Field(
        92, ge=1, description="A fact or mirror rule without review_on is due after this."
    )

"""Policy: how bad a gap is, what may be corrected without a person, what it all costs."""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from inventory_pipeline.config.strict import Model
from inventory_pipeline.config.values import Number, Whole

# The largest gap the assistant may ever close by itself (AST-03); configuration only lowers it.
MAX_AUTOMATIC_UNITS = 5


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

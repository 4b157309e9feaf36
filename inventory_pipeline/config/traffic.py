"""Traffic: when the log of a path is read as trouble, and which path is made faster first."""

from datetime import timedelta
from typing import Literal

from pydantic import Field, model_validator

from inventory_pipeline.config.strict import Model
from inventory_pipeline.config.values import Duration, Number, Whole


class Middleware(Model):
    """What in a middleware's log is worth a person's time."""

    delay_warn: Duration = Field(
        timedelta(hours=1), description="An event this late is delayed; not processed yet, lost."
    )
    delay_suspect: Duration = Field(
        timedelta(hours=24),
        description="This late, the first attempt was probably dropped and an old one came again.",
    )
    silent_after: Duration = Field(
        timedelta(days=7), description="A path without an event for so long is silent."
    )
    audit_window: Duration = Field(
        timedelta(hours=48), description="How long trouble in the log stays a finding."
    )
    retention: Duration | None = Field(
        None,
        description="How far back the log reaches. What was before it stays unknown: "
        "absence from a log that was deleted proves nothing.",
    )
    hole_from: Duration = Field(
        timedelta(hours=1), description="Least silence between two events that may be a hole."
    )
    hole_factor: Number = Field(
        10, ge=2, description="... and as a multiple of the path's median spacing."
    )
    duplicate_share: Number = Field(
        0.05, ge=0, lt=1, description="Above this share of events told twice a path is duplicated."
    )
    mapping_review_days: Whole = Field(
        92, ge=1, description="A mapping unchanged for longer is due for a look."
    )

    @model_validator(mode="after")
    def _delays_rise(self) -> "Middleware":
        if self.delay_suspect < self.delay_warn:
            raise ValueError("delay_suspect is below delay_warn")
        return self


class Conversion(Model):
    """In which order slow paths become event pushes."""

    channel_key: Literal["recency", "revenue"] = Field(
        "recency", description="Among equal velocities: the newest channel, or the largest, first."
    )

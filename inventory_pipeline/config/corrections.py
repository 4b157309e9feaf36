"""Corrections: who may decide, for how long a word holds, and when a queue is stuck."""

from datetime import timedelta

from pydantic import Field

from inventory_pipeline.config.strict import Model
from inventory_pipeline.config.values import Duration, Name, Secret, Whole


class Person(Model):
    """One person who may decide."""

    key: Secret = Field(description="Their own signing key; it never leaves their hands.")


class Approvals(Model):
    """Who may turn a proposal into a correction."""

    people: dict[Name, Person] = Field(
        default_factory=dict,
        description="Names that may approve, each with a key; without any, a name is enough.",
    )
    expires_after: Duration = Field(
        timedelta(hours=24), description="How long a word holds; the numbers move on."
    )
    four_eyes_above: Whole = Field(
        50, ge=0, description="A larger change, in eaches, wants two different people."
    )


class Outbox(Model):
    """The queue of changes on their way to other systems."""

    stuck_after: Duration = Field(
        timedelta(minutes=15), description="A receipt that waits longer is reported as stuck."
    )
    heartbeat_every: Duration = Field(
        timedelta(minutes=5), description="How often the worker tells the outside check of itself."
    )


class Returns(Model):
    """Boxes that customers send back."""

    confirm_due_days: Whole = Field(
        21, ge=1, description="Days after it was announced within which a box must arrive."
    )


class Walk(Model):
    """The drift walk: people who count bins."""

    second_count_above: Whole = Field(
        5, ge=0, description="A count that differs by more eaches wants a second person."
    )
    second_count_share: float = Field(
        0.10, ge=0, le=1, description="... or by more than this share of the record."
    )

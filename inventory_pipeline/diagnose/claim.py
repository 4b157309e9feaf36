"""Claims: what one cause says of one case, in units, instants and ids."""

from dataclasses import dataclass, field
from datetime import datetime

# How much a kind of evidence is worth: the logarithm of how many times likelier it is to be
# seen when the cause is at work than when it is not. Weights, not proof.
BY_ID = 7.0  # two ledgers that account for everything name it
BY_RECORD = 5.0  # a record that says so itself, such as a dated change of the same size
BY_SERIES = 4.0  # a rule that reproduces every hour of a moving series
BY_PATTERN = 3.0  # several like cases at once
BY_SIZE = 2.0  # one movement of just that size at that time
BY_INFERENCE = 0.9  # a movement nobody tells of, which the other side's number shows
BY_SHAPE = 0.5  # nothing contradicts it


@dataclass(frozen=True, slots=True)
class Claim:
    """One cause's account of a gap, or of a part of it.

    Attributes:
        units: what it adds to the gap now, signed eaches.
        at: since when; None: since before the series begins.
        shown_at: the first hour that shows it, where that is known better than by ``at``: a
            number that is handed out once in a while was changed after the time it speaks for.
        series: what it adds at each point, where it is no single step.
        strength: logarithm of its likelihood; see the constants above.
        ids: the records that prove or show it, most telling first.
        is_proven_by_ids: presence and absence both stand in ledgers that account for all.
        correction: units that would put the mirror right; None: nothing should be sent.
        path: the steps from cause to symptom.
        facts: numbers and names its sentence may use.
        settles: what would tell it from its rivals.
    """

    cause: str
    units: int
    at: datetime | None
    strength: float
    shown_at: datetime | None = None
    series: tuple[int, ...] | None = None
    ids: tuple[str, ...] = ()
    is_proven_by_ids: bool = False
    correction: int | None = None
    path: tuple[str, ...] = ()
    facts: dict[str, str | int] = field(default_factory=dict)
    settles: str = ""

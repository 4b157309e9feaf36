"""Answers: what was said of one problem, beside what was true. Plain values: they travel."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from benchmarks.driftbench.plan import Plan
from benchmarks.driftbench.truth import OVER, Key
from inventory_pipeline.model.causes import UNKNOWN
from inventory_pipeline.simulator.faults.causes import CAUSES


@dataclass(frozen=True)
class Second:
    """What the same case looks like to the rivals, and to us with a family of causes hidden.

    Attributes:
        share: of the belief that our answer has, before calibration.
        hidden_cause: what we said without the family; '' where the true cause is not of it.
    """

    tier: str
    share: float
    one_rule: str
    features: tuple[str, ...]
    hidden_cause: str
    hidden_is_proven: bool


@dataclass(frozen=True)
class Answer:
    """One problem and what was said of it in the last hour in which something was.

    Attributes:
        causes: of the faults at work on the number.
        delta: by how much the number was off.
        wanted: units that would have put it right, none where nothing should be sent.
        said: the cause named first; '' if the number was in no open finding.
        is_path_exact: we named records, and none but those of the faults and their papers.
    """

    plan: Plan
    key: Key
    hour_at: datetime
    causes: tuple[str, ...]
    weight: float
    is_answerable: bool
    delta: int | None
    wanted: int | None
    is_correctable: bool
    said: str = ""
    also: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    confidence: float = 0.0
    is_proven: bool = False
    correction: int | None = None
    ids: tuple[str, ...] = ()
    is_path_exact: bool = False
    sentence: str = ""
    second: Second | None = None

    @property
    def is_single(self) -> bool:
        return len(self.causes) == 1

    @property
    def is_nameable(self) -> bool:
        """Return whether every cause is one of the catalogue."""
        return UNKNOWN not in self.causes

    @property
    def is_right(self) -> bool:
        """Return whether the cause named first is at work."""
        return self.said in self.causes

    @property
    def is_whole(self) -> bool:
        """Return whether just the causes at work were named; what waits may be left out.

        What is on its way is explained before anything is diagnosed.
        """
        named, true = Counter((self.said, *self.also)), Counter(self.causes)
        lasting = Counter(cause for cause in self.causes if CAUSES[cause].remedy not in OVER)
        return lasting <= named <= true

    @property
    def is_in_three(self) -> bool:
        return self.is_right or any(cause in self.causes for cause in self.rivals[:2])


@dataclass(frozen=True)
class Act:
    """One finding that was called proven, in every hour it was: what a machine would act upon.

    Attributes:
        fault: what is wrong with it; '' if nothing.
    """

    plan: Plan
    key: Key
    hour_at: datetime
    hours: int
    cause: str
    correction: int | None
    truth: str
    fault: str


@dataclass(frozen=True)
class Result:
    """What one shop came to.

    Attributes:
        explained: problems of a kind that waits, that were no finding, as it should be.
        young: problems of one hour that were taken for something on its way.
        false: findings that agree with no problem of the truth: kind, key, first hour.
        sentences: how many were written.
        ungrounded: what sentences say that their evidence does not hold, and the sentence.
    """

    plan: Plan
    answers: tuple[Answer, ...]
    acts: tuple[Act, ...]
    explained: int
    young: int
    false: tuple[tuple[str, Key, datetime], ...]
    sku_hours: int
    sentences: int
    ungrounded: tuple[str, ...]
    seconds: float

"""What was measured of a day, and what it may cost: immutable, units in whole eaches."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Interval:
    """A measured share with its 95% Wilson interval; ``n`` records; never netted."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Accuracy:
    """Accuracy of the last finished check; None where nothing could be counted."""

    record: Interval | None = None
    mirror: Interval | None = None
    unit_accuracy: float | None = None
    net_units: int = 0
    over_units: int = 0
    under_units: int = 0


@dataclass(frozen=True)
class Structural:
    """Whether drift is the way the systems are wired: the verdict and its three inputs."""

    is_structural: bool = False
    rule: str = ""
    drift_rate: float | None = None
    drifting_skus: int = 0
    active_skus: int = 0
    line: float = 0.02
    consistent_findings: int = 0
    has_integration_lean: bool | None = None


@dataclass(frozen=True)
class Risk:
    """One direction of open, settled gaps.

    Attributes:
        priced: findings whose price is known; ``money`` is theirs.
    """

    findings: int = 0
    units: int = 0
    priced: int = 0
    money: float = 0.0


@dataclass(frozen=True)
class TrendDay:
    """The last finished check of one local day; None where there was none."""

    day: date
    drift_rate: float | None
    record_accuracy: float | None


@dataclass(frozen=True)
class CostLine:
    """One estimate with published figures; ``basis`` keeps it apart from what was measured."""

    label: str
    count: int
    low: float
    high: float
    unit: str
    settings: str
    basis: str = "benchmark"

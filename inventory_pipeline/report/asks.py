"""What people are asked: to decide about a correction, or to count a bin."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Ask:
    """A correction or a count somebody is asked to decide or do.

    Attributes:
        kind: proposal or count.
        units: the target of a proposal, the recorded number of a count task.
        place: the system of a proposal, the bin of a count task.
        state: decision of a proposal, state of a task.
    """

    kind: Literal["proposal", "count"]
    ask_id: str
    finding_id: str
    sku: str
    location_id: str
    place: str
    units: int | None
    state: str
    reason: str

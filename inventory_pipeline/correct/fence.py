"""Fence: proof that one worker, and no other, may write for a system; and its tools."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from inventory_pipeline.correct.outbox import SETTLING
from inventory_pipeline.errors import InventoryPipelineError
from inventory_pipeline.store.journal import Journal

# A request leaves this soon after it was said to leave, or not at all; others look for its
# effect ``SETTLING`` after that.
LATEST = SETTLING / 2


class FenceLostError(InventoryPipelineError):
    """Another worker holds the lease now."""


class Fence(NamedTuple):
    """Proof that this worker may write for a system."""

    name: str
    holder: str
    number: int


@dataclass(frozen=True)
class Tools:
    """What a worker works with.

    Attributes:
        sleep: waits, so that a rate is kept.
        crash_at: is called with the name of each step that a death may fall on.
    """

    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    crash_at: Callable[[str], None] = lambda _point: None


def check_in_time(journal: Journal, fence: Fence, started_at: datetime, *, now: datetime) -> None:
    """Send nothing late: who stalled here may have been taken for dead meanwhile.

    Raises:
        FenceLostError: another worker took over, or might before this one is answered.
    """
    if now > started_at + LATEST or not journal.holds_lease(*fence):
        raise FenceLostError(f"stalled before sending: {fence.name}")

"""The fence: which worker may write for a system, and what a worker works with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from inventory_pipeline.errors import InventoryPipelineError


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

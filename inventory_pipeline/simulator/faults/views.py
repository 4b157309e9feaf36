"""Views: faults of looking. The system is well; what is read of it is older than it says."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol, runtime_checkable

from inventory_pipeline.simulator.words import Reading


@runtime_checkable
class View(Protocol):
    """What the reading of a system needs of such a fault."""

    mirror: str

    def blur(self, readings: Mapping[Reading, int], read_at: datetime) -> Mapping[Reading, int]:
        """Return what the answer holds: earlier numbers where the fault strikes."""

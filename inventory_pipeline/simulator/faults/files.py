"""Faults of files: a system is well, and what it says does not arrive whole."""

from abc import abstractmethod
from datetime import datetime

from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.simulator.faults.fault import Fault, Stage
from inventory_pipeline.simulator.words import STOREFRONT, THREEPL


class FileFault(Fault):
    """A fault of the counts file of one system for some hours; it is about no sku."""

    cause = "snapshot_incomplete"
    fact = ""
    has_gap = False
    hours = 1

    def __init__(self, hour: int, system: str = "") -> None:
        super().__init__(hour)
        self.mirror = system or self.mirror

    def prepare(self, stage: Stage) -> None:
        self._start: datetime = stage.start

    def spoil(self, path: str, hour: int, content: bytes) -> bytes | None:
        if not path.startswith(f"exports/{self.mirror}/counts-"):
            return content
        if not self.hour <= hour < self.hour + self.hours:
            return content
        self.begin(self._start + hour * HOUR, path)
        self.ended_at = self._start + (hour + 1) * HOUR
        return self.damage(content)

    @abstractmethod
    def damage(self, content: bytes) -> bytes | None:
        """Return what is left of the file; none: nothing."""


class SourceOutage(FileFault):
    """The 3PL sends no counts for two hours."""

    name = "source_outage"
    mirror = THREEPL
    hours = 2

    def damage(self, content: bytes) -> bytes | None:
        return None


class CutFile(FileFault):
    """The storefront's counts end in the middle of a row."""

    name = "partial_file"
    mirror = STOREFRONT

    def damage(self, content: bytes) -> bytes | None:
        end = content.find(b"\n", len(content) * 3 // 5)
        return content[: end - 12]


class LostPage(FileFault):
    """A block of rows is not in the counts: one page of many was never fetched."""

    name = "lost_page"

    def damage(self, content: bytes) -> bytes | None:
        lines = content.splitlines(keepends=True)
        start = 1 + (len(lines) - 1) * (self.hour % 5) // 6
        end = start + max(1, (len(lines) - 1) // 5)
        return b"".join(lines[:start] + lines[end:])

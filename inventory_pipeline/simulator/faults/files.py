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
    hours = 1

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
        end = content.index(b"\n", len(content) * 3 // 5)
        return content[: end - 12]

"""Configuration: who changed which setting of which system, when, from what to what."""

from dataclasses import dataclass
from datetime import datetime

from inventory_pipeline.simulator.tables import render_instant


@dataclass(frozen=True)
class Setting:
    """One change of a setting."""

    changed_at: datetime
    system: str
    kind: str
    subject: str
    before: str
    after: str
    actor: str

    @property
    def name(self) -> str:
        """Return what a label calls it: the feed has no ids of its own."""
        return f"changes:{self.system}:{self.kind}:{self.subject}:{render_instant(self.changed_at)}"


class SettingsLog:
    """Keeps changes until the hourly export takes them away."""

    def __init__(self) -> None:
        self._settings: list[Setting] = []

    def write(self, setting: Setting) -> str:
        """Keep one change; return its name."""
        self._settings.append(setting)
        return setting.name

    def take(self) -> list[Setting]:
        """Return what was written since the last call."""
        taken, self._settings = self._settings, []
        return taken

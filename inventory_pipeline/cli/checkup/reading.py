"""What an examination says."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "note", "warn", "bad"]


@dataclass(frozen=True)
class Reading:
    """One thing that was looked at.

    Attributes:
        state: ``ok``; ``note`` needs nobody; ``warn`` will hurt; ``bad`` hurts now.
        cure: what to do about it; empty when nothing is wrong.
    """

    subject: str
    state: State
    text: str
    cure: str = ""

    @property
    def needs_person(self) -> bool:
        return self.state in ("warn", "bad")

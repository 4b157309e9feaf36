"""Looks: a work somebody else does for us, looked at again and again until it is done."""

from collections.abc import Callable
from dataclasses import dataclass

from inventory_pipeline.connectors.http_wire import Deadline
from inventory_pipeline.errors import SourceUnavailableError

# Short at first, for small work.
_LONGEST, _GROWTH = 15.0, 1.5


@dataclass
class Looks:
    """How long to wait for the next look.

    Attributes:
        until: when nobody waits any more.
        seconds: before the next look.
    """

    until: Deadline
    sleep: Callable[[float], None]
    seconds: float = 1.0

    def wait(self, what: str) -> None:
        """Sleep before the next look.

        Args:
            what: is not done yet.

        Raises:
            SourceUnavailableError: there is no time left for another look.
        """
        if self.until.find_left() <= self.seconds:
            raise SourceUnavailableError(
                f"{what}; no time is left, raise timeouts: {{feed: ...}} if that is usual"
            )
        self.sleep(self.seconds)
        self.seconds = min(_LONGEST, self.seconds * _GROWTH)

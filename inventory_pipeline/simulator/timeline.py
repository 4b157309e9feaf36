"""The clock of the doll's house: what is due happens in order, ties in order of planning."""

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime

Action = Callable[[], object]


class Timeline:
    """A queue of things that will happen, and the instant it has come to."""

    def __init__(self, start: datetime) -> None:
        self.now = start
        self._queue: list[tuple[datetime, int, Action]] = []
        self._counter = itertools.count()

    def plan(self, moment: datetime, action: Action) -> None:
        """Let ``action`` happen at ``moment``; what is overdue happens at once on advance."""
        heapq.heappush(self._queue, (moment, next(self._counter), action))

    def advance(self, moment: datetime) -> None:
        """Let everything happen that is due up to and including ``moment``."""
        while self._queue and self._queue[0][0] <= moment:
            due, _, action = heapq.heappop(self._queue)
            self.now = max(self.now, due)
            action()
        self.now = max(self.now, moment)

"""Opening hours: when people at a location touch goods."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

SUNDAY = 6


@dataclass(frozen=True)
class OpeningHours:
    """Every day but those of ``closed_on``, ``opens`` to ``closes`` on the clock of ``zone``.

    Attributes:
        closed_on: weekdays, Monday is 0.
    """

    zone: ZoneInfo
    opens: time
    closes: time
    closed_on: tuple[int, ...] = (SUNDAY,)

    def is_open(self, moment: datetime) -> bool:
        """Return whether people work at ``moment``."""
        local = moment.astimezone(self.zone)
        is_workday = local.weekday() not in self.closed_on
        return is_workday and self.opens <= local.time() < self.closes

    def find_open_moment(self, moment: datetime, *, queue: timedelta) -> datetime:
        """Return ``moment`` if people work then, else the next opening plus ``queue``.

        Args:
            moment: when the job could be done.
            queue: how long after opening it is this job's turn; shorter than a shift.
        """
        if self.is_open(moment):
            return moment
        day = moment.astimezone(self.zone).date()
        while True:
            opens_at = datetime.combine(day, self.opens, tzinfo=self.zone).astimezone(UTC)
            if opens_at >= moment and self.is_open(opens_at):
                return opens_at + queue
            day += timedelta(days=1)

"""Schedules: the hour that just closed, the day that just closed, the quarter that began.

They do no I/O.

Dagster does not catch up on ticks it missed; ``sensors.fill_gaps`` does.
"""

from datetime import date

import dagster as dg

from inventory_pipeline.defs.jobs import daily, hourly, quarterly
from inventory_pipeline.defs.partitions import find_closed_day, find_closed_hour
from inventory_pipeline.wiring.audit import compute_quarter
from inventory_pipeline.wiring.house import House

SATURDAY = 5


def build_every_hour(house: House) -> dg.ScheduleDefinition:
    """Return the schedule of the hourly check."""

    @dg.schedule(
        name="every_hour",
        job=hourly,
        cron_schedule="5 * * * *",
        execution_timezone="UTC",
        default_status=find_status(house),
        description="Five minutes after each hour, that hour.",
    )
    def every_hour(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        key = find_closed_hour(context.scheduled_execution_time)
        return dg.RunRequest(run_key=key, partition_key=key)

    return every_hour


def build_every_morning(house: House, days: dg.PartitionsDefinition[str]) -> dg.ScheduleDefinition:
    """Return the schedule of the daily mail, on the business's own clock."""
    at = house.settings.mail.at

    @dg.schedule(
        name="every_morning",
        job=daily,
        cron_schedule=f"{at.minute} {at.hour} * * *",
        execution_timezone=house.settings.business.time_zone,
        default_status=find_status(house),
        description=f"At {at:%H:%M} of {house.settings.business.time_zone}, yesterday's summary.",
    )
    def every_morning(
        context: dg.ScheduleEvaluationContext,
    ) -> dg.RunRequest | dg.SkipReason:
        now = context.scheduled_execution_time
        key = find_closed_day(house, now).isoformat()
        if key not in days.get_partition_keys(current_time=now):
            return dg.SkipReason(f"{key} was before the house stood")
        return dg.RunRequest(run_key=key, partition_key=key)

    return every_morning


def build_every_quarter(house: House) -> dg.ScheduleDefinition:
    """Return the schedule of the quarter's audit, on the business's own clock."""
    zone = house.settings.business.zone

    @dg.schedule(
        name="every_quarter",
        job=quarterly,
        cron_schedule="0 8 1-3 1,4,7,10 *",
        execution_timezone=zone.key,
        default_status=find_status(house),
        description=f"At 08:00 of {zone.key} on the first weekday of each quarter, its audit.",
    )
    def every_quarter(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        day = context.scheduled_execution_time.astimezone(zone).date()
        if not is_first_weekday(day):
            return dg.SkipReason(f"{day} is not the first weekday of the quarter")
        return dg.RunRequest(run_key=f"audit:{compute_quarter(day)}")

    return every_quarter


def is_first_weekday(day: date) -> bool:
    """Return whether a day is the first from Monday to Friday of its month; no holidays known."""
    weekdays = [n for n in range(1, day.day + 1) if day.replace(day=n).weekday() < SATURDAY]
    return weekdays == [day.day]


def find_status(house: House) -> dg.DefaultScheduleStatus:
    """Return whether schedules run before anybody touches their switch."""
    status = dg.DefaultScheduleStatus
    return status.RUNNING if house.settings.automatic else status.STOPPED

"""Partitions: hours in UTC, named as everywhere else, and local calendar days for the mail."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import dagster as dg

from inventory_pipeline.errors import StoreError
from inventory_pipeline.model.hours import HOUR, compute_key, floor_hour, parse_hour
from inventory_pipeline.wiring import ledger
from inventory_pipeline.wiring.house import House

KEY_FORMAT = "%Y-%m-%dT%H:%MZ"
PARTITION_TAG = "dagster/partition"
RANGE_TAGS = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")
BACKFILL_TAG = "dagster/backfill"
# One failed day is run again, not the whole month; measured fastest of those that isolate.
BY_DAY = dg.BackfillPolicy.multi_run(max_partitions_per_run=24)


def find_start(house: House) -> datetime:
    """Return the first hour this house knows of, or the day before the gap sensor's reach.

    A fixed date far back would show thousands of hours as missing in which the house did not
    stand yet, and the web UI would offer to run them all. An hour before the start is run by
    the command line; it then becomes the start.
    """
    reach = house.clock.now() - ledger.REACH
    midnight = reach.replace(hour=0, minute=0, second=0, microsecond=0)
    return min(_find_first(house) or midnight, midnight)


def _find_first(house: House) -> datetime | None:
    if not (house.storage / "journal.sqlite").exists():
        return None
    try:
        with house.journal(read_only=True) as journal:
            return ledger.find_first(journal)
    except StoreError:  # the definitions load all the same; the first run says what is wrong
        return None


def build_hours(start: datetime) -> dg.HourlyPartitionsDefinition:
    """Return the hourly partitions; an hour exists once it has ended."""
    return dg.HourlyPartitionsDefinition(start_date=start, timezone="UTC", fmt=KEY_FORMAT)


def build_days(house: House, start: datetime) -> dg.DailyPartitionsDefinition:
    """Return the local days of the business; a day exists once it has ended."""
    zone = house.settings.business.zone
    first = start.astimezone(zone).date()
    return dg.DailyPartitionsDefinition(start_date=first.isoformat(), timezone=zone.key)


def read_hours(tags: Mapping[str, str]) -> list[datetime]:
    """Return the hours a run is about: one partition, a range of them, or none."""
    if all(tag in tags for tag in RANGE_TAGS):
        first, last = (parse_hour(tags[tag]) for tag in RANGE_TAGS)
        count = int((last - first) / HOUR) + 1
        return [first + index * HOUR for index in range(count)]
    return [parse_hour(tags[PARTITION_TAG])] if PARTITION_TAG in tags else []


def build_range_tags(hours: list[datetime]) -> dict[str, str]:
    """Return the tags of a run over consecutive hours."""
    return dict(zip(RANGE_TAGS, (compute_key(hours[0]), compute_key(hours[-1])), strict=True))


def find_closed_hour(now: datetime) -> str:
    """Return the key of the hour that closed last."""
    return compute_key(floor_hour(now) - HOUR)


def find_closed_day(house: House, now: datetime) -> date:
    """Return the local day that closed last."""
    return now.astimezone(house.settings.business.zone).date() - timedelta(days=1)

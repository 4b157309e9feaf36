"""Packs: days that are some time ago, kept as runs instead of hours, and taken out again.

``reconcile.exceptions`` and ``reconcile.sightings`` show a packed hour as they showed it before. A
day is packed whole or not at all, so writing one of its hours again takes the whole day out first.
"""

import logging
from datetime import datetime

from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import DuckWarehouse

logger = logging.getLogger(__name__)

_PACK = (
    "place_hours", "pack_exceptions", "pack_sightings",
    "delete_packed_exceptions", "delete_packed_sightings",
)  # fmt: skip
_UNPACK = (
    "unpack_exceptions", "unpack_sightings",
    "drop_exception_runs", "drop_sighting_runs", "drop_packed_hours",
)  # fmt: skip


def pack_days(warehouse: DuckWarehouse, *, before: datetime) -> int:
    """Pack every day that ended by ``before``, one at a time; return how many."""
    days = warehouse.query(load_query("reconcile", "find_days_to_pack"), before=before)["day"]
    for day in days:
        with warehouse.transaction():
            for step in _PACK:
                warehouse.execute(load_query("reconcile", step), day=day)
        logger.info("packed day=%s", day)
    return days.len()


def unpack_day(warehouse: DuckWarehouse, hour_at: datetime) -> None:
    """Take the day of an hour out of its pack, if it is in one, so that it can be written."""
    day = hour_at.date()
    if warehouse.query(load_query("reconcile", "find_packed_day"), day=day).is_empty():
        return
    for step in _UNPACK:
        warehouse.execute(load_query("reconcile", step), day=day)
    logger.info("unpacked day=%s", day)

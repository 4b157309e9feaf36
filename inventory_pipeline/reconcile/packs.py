"""Packs: days that are some time ago, kept as runs instead of hours, and taken out again.

``reconcile.exceptions`` and ``reconcile.sightings`` show a packed hour as they showed it before. A
day is packed whole or not at all, so writing one of its hours again takes the whole day out first.
"""

import logging
from datetime import date, datetime

from inventory_pipeline.errors import StoreError
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import DuckWarehouse

logger = logging.getLogger(__name__)

_UNPACK = (
    "unpack_exceptions", "unpack_sightings",
    "drop_exception_runs", "drop_sighting_runs", "drop_packed_hours",
)  # fmt: skip


def pack_next(warehouse: DuckWarehouse, *, before: datetime) -> bool:
    """Pack the oldest day that ended by ``before``; return whether there was one.

    Raises:
        StoreError: the runs do not hold what the day held; the day stays as it was.
    """
    with warehouse.transaction():
        days = warehouse.query(load_query("reconcile", "find_days_to_pack"), before=before)["day"]
        if days.is_empty():
            return False
        _pack(warehouse, days[0])
    return True


def _pack(warehouse: DuckWarehouse, day: date) -> None:
    for step in ("place_hours", "pack_exceptions", "pack_sightings"):
        warehouse.execute(load_query("reconcile", step), day=day)
    kept, held = warehouse.query(load_query("reconcile", "count_packed"), day=day).row(0)
    if kept != held:
        raise StoreError(f"runs of {day} hold {held} rows, wanted {kept}")
    for step in ("delete_packed_exceptions", "delete_packed_sightings"):
        warehouse.execute(load_query("reconcile", step), day=day)
    logger.info("packed day=%s", day)


def unpack_day(warehouse: DuckWarehouse, hour_at: datetime) -> None:
    """Take the day of an hour out of its pack, if it is in one, so that it can be written."""
    day = hour_at.date()
    if warehouse.query(load_query("reconcile", "find_packed_day"), day=day).is_empty():
        return
    for step in _UNPACK:
        warehouse.execute(load_query("reconcile", step), day=day)
    logger.info("unpacked day=%s", day)

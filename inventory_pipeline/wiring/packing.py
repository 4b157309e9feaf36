"""Packing: once a day, hours that are some days old are kept as runs of what did not change.

It changes how hours are kept and nothing that anybody reads.
"""

import logging
from datetime import datetime, time, timedelta

from inventory_pipeline.ingest import packs as ingest_packs
from inventory_pipeline.reconcile import packs as reconcile_packs
from inventory_pipeline.wiring.house import House

logger = logging.getLogger(__name__)

# Whole days, beside the one that runs, that stay as they were written: what steps read back.
RECENT_DAYS = timedelta(days=3)
# So many are packed after one hour: a long backlog is worked off without making an hour late.
MOST_DAYS = 2


def pack_old_days(house: House, hour_at: datetime) -> int:
    """Pack what is older than RECENT_DAYS; return how many days of a room or system were.

    Every hour may call it: only the first one of a day finds something to do. Each day is packed
    in a transaction of its own, with the warehouse opened for it alone: readers get their turn,
    and what it frees is used by the next.
    """
    midnight = datetime.combine(hour_at.date(), time(), tzinfo=hour_at.tzinfo)
    before = midnight - RECENT_DAYS
    packed = 0
    for pack_next, most in (
        (ingest_packs.pack_next, MOST_DAYS * len(house.settings.systems)),
        (reconcile_packs.pack_next, MOST_DAYS),
    ):
        for _ in range(most):
            with house.warehouse() as warehouse:
                if not pack_next(warehouse, before=before):
                    break
            packed += 1
    return packed


def try_to_pack(house: House, hour_at: datetime) -> None:
    """Pack old days; an hour that is done stays done, whatever becomes of it.

    The next hour tries again: nothing is lost but room on the disk.
    """
    try:
        pack_old_days(house, hour_at)
    except Exception as error:
        logger.warning("old days were not packed: %s: %s", type(error).__name__, error)

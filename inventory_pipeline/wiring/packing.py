"""Packing: once a day, hours that are some days old are kept as runs of what did not change."""

from datetime import datetime, time, timedelta

from inventory_pipeline.ingest import packs as ingest_packs
from inventory_pipeline.reconcile import packs as reconcile_packs
from inventory_pipeline.wiring.house import House

# Whole days, beside the one that runs, that stay as they were written: what steps read back.
RECENT_DAYS = timedelta(days=3)


def pack_old_days(house: House, hour_at: datetime) -> int:
    """Pack what is older than RECENT_DAYS; return how many days of a room or system were.

    Every hour may call it: only the first one of a day finds something to do. It changes how
    hours are kept and nothing that anybody reads.
    """
    midnight = datetime.combine(hour_at.date(), time(), tzinfo=hour_at.tzinfo)
    before = midnight - RECENT_DAYS
    with house.warehouse() as warehouse:
        counts = ingest_packs.pack_days(warehouse, before=before)
        return counts + reconcile_packs.pack_days(warehouse, before=before)

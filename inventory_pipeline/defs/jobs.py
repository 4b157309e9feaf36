"""Jobs: one in-process run each. None takes configuration: nothing launched can widen power."""

from datetime import timedelta

import dagster as dg

from inventory_pipeline.defs.places import (
    AUTHORITY,
    DAILY,
    DAILY_SUMMARY,
    DELIVER,
    HEARTBEAT,
    HOURLY,
    NOTICES,
    NOTIFY,
    PROPOSALS,
    QUARTERLY,
    QUARTERLY_AUDIT,
    RECEIPTS,
)
from inventory_pipeline.wiring.shift import MAX_RUNTIME

# Steps open one warehouse file: side by side they would only wait for each other (measured:
# a multiprocess run of the same steps takes four times as long, or loses the lock and fails).
EXECUTOR = dg.in_process_executor.configured(
    lambda _nothing: {"retries": {"disabled": {}}}, name="one_process", config_schema={}
)


def limit(longest: timedelta) -> dict[str, str]:
    """Return the tag by which run monitoring ends a run that hangs."""
    return {"dagster/max_runtime": str(int(longest.total_seconds()))}


hourly = dg.define_asset_job(
    HOURLY,
    selection=dg.AssetSelection.groups("ingest", "ledger", "reconcile", "diagnose")
    | dg.AssetSelection.assets(AUTHORITY, PROPOSALS, HEARTBEAT),
    executor_def=EXECUTOR,
    tags=limit(MAX_RUNTIME),
    description="One hour, front door to back: ingest, reconcile, diagnose, propose, sign.",
)
daily = dg.define_asset_job(
    DAILY,
    selection=dg.AssetSelection.assets(DAILY_SUMMARY),
    executor_def=EXECUTOR,
    tags=limit(timedelta(minutes=15)),
    description="The day's summary, mailed once.",
)
notify = dg.define_asset_job(
    NOTIFY,
    selection=dg.AssetSelection.assets(NOTICES),
    executor_def=EXECUTOR,
    tags=limit(timedelta(minutes=10)),
    description="Notices of what cannot wait, each told once.",
)
quarterly = dg.define_asset_job(
    QUARTERLY,
    selection=dg.AssetSelection.assets(QUARTERLY_AUDIT),
    executor_def=EXECUTOR,
    tags=limit(timedelta(minutes=15)),
    description="The quarter's audit: one item end to end, and overdue reviews.",
)
deliver = dg.define_asset_job(
    DELIVER,
    selection=dg.AssetSelection.assets(RECEIPTS),
    executor_def=EXECUTOR,
    tags=limit(timedelta(minutes=5)),
    description="One pass of the outbox worker; safe beside the command line's.",
)
JOBS = [hourly, daily, notify, quarterly, deliver]

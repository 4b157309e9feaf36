"""Room 6: a heartbeat every hour, a summary every day, a notice when it cannot wait."""

from datetime import date, timedelta

import dagster as dg

from inventory_pipeline.defs.metadata import describe_report, describe_signature, describe_told
from inventory_pipeline.defs.partitions import BACKFILL_TAG, BY_DAY
from inventory_pipeline.defs.places import (
    CYCLES,
    DAILY_SUMMARY,
    FINDINGS,
    HEARTBEAT,
    NOTICES,
    OWNERS,
    PROPOSALS,
)
from inventory_pipeline.defs.resources import SHIFT, plainly
from inventory_pipeline.model.hours import parse_hour
from inventory_pipeline.wiring.daily import is_mailable, report_day, send_notices
from inventory_pipeline.wiring.house import House

FRESH = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=26))


def build_heartbeat(hours: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the asset that signs for each hour that came to its end."""

    @dg.asset(
        key=HEARTBEAT,
        deps=[CYCLES, PROPOSALS],
        partitions_def=hours,
        backfill_policy=BY_DAY,
        group_name="report",
        owners=OWNERS,
        kinds={"json"},
        config_schema={},
        required_resource_keys={SHIFT},
        description="The last sign of life: the hour is done in the run ledger, and "
        "`heartbeat.json` says so to witnesses outside. A backfill is no sign of life.",
    )
    @plainly()
    def heartbeat(context: dg.AssetExecutionContext) -> None:
        shift = context.resources.shift
        with shift.sitting():
            for key in context.partition_keys:
                told = describe_signature(shift.sign(parse_hour(key)), is_signed=shift.may_fetch)
                context.add_asset_metadata(told, partition_key=key)

    return heartbeat


def build_daily_summary(house: House, days: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the asset that judges a local day and mails it, once."""
    newest = dg.LastPartitionMapping()  # hours are UTC, days are the business's own
    upstream = [dg.AssetDep(key, partition_mapping=newest) for key in (CYCLES, PROPOSALS)]

    @dg.asset(
        key=DAILY_SUMMARY,
        deps=upstream,
        partitions_def=days,
        backfill_policy=dg.BackfillPolicy.multi_run(max_partitions_per_run=1),
        group_name="report",
        owners=OWNERS,
        kinds={"email"},
        config_schema={},
        freshness_policy=FRESH,
        description="The day's verdict: ALL CLEAR, ATTENTION or INCOMPLETE. Only the day that "
        "closed last is mailed, once; any other day is computed and mails nothing.",
    )
    @plainly()
    def daily_summary(context: dg.AssetExecutionContext) -> None:
        day = date.fromisoformat(context.partition_key)
        send = BACKFILL_TAG not in context.run.tags and is_mailable(house, day)
        context.add_asset_metadata(describe_report(*report_day(house, day, send=send)))

    return daily_summary


def build_notices(house: House) -> dg.AssetsDefinition:
    """Return the asset that tells people what should not wait for the morning."""

    @dg.asset(
        key=NOTICES,
        deps=[dg.AssetDep(FINDINGS, partition_mapping=dg.LastPartitionMapping())],
        group_name="report",
        owners=OWNERS,
        kinds={"email"},
        config_schema={},
        description="New major and structural findings of the newest hour, each told once.",
    )
    @plainly()
    def notices(context: dg.AssetExecutionContext) -> None:
        context.add_asset_metadata(describe_told(send_notices(house)))

    return notices

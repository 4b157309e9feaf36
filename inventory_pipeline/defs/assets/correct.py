"""Room 5: what each finding asks for is written down, and the outbox worker delivers."""

import dagster as dg

from inventory_pipeline.defs.metadata import describe_delivered, describe_proposed
from inventory_pipeline.defs.partitions import BY_DAY
from inventory_pipeline.defs.places import DIAGNOSES, OWNERS, PROPOSALS, RECEIPTS
from inventory_pipeline.defs.resources import SHIFT, plainly
from inventory_pipeline.model.hours import parse_hour
from inventory_pipeline.wiring import outbox
from inventory_pipeline.wiring.house import House


def build_proposals(hours: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the asset that proposes corrections and count tasks."""

    @dg.asset(
        key=PROPOSALS,
        deps=[DIAGNOSES],
        partitions_def=hours,
        backfill_policy=BY_DAY,
        group_name="correct",
        owners=OWNERS,
        kinds={"sqlite"},
        config_schema={},
        required_resource_keys={SHIFT},
        description="Corrections that findings ask for, and bins that somebody should count. "
        "A backfill proposes nothing.",
    )
    @plainly()
    def proposals(context: dg.AssetExecutionContext) -> None:
        with context.resources.shift.sitting():
            for key in context.partition_keys:
                proposed = context.resources.shift.propose(parse_hour(key))
                context.add_asset_metadata(describe_proposed(proposed), partition_key=key)

    return proposals


def build_receipts(house: House) -> dg.AssetsDefinition:
    """Return the asset that delivers what is due; without a partition, and nothing to set."""

    @dg.asset(
        key=RECEIPTS,
        deps=[dg.AssetDep(PROPOSALS, partition_mapping=dg.LastPartitionMapping())],
        group_name="correct",
        owners=OWNERS,
        kinds={"sqlite"},
        config_schema={},
        description="One pass of the outbox worker: every receipt that is due, in order, once. "
        "Who may decide what leaves is a signed record in the journal, never a setting here.",
    )
    @plainly()
    def receipts(context: dg.AssetExecutionContext) -> None:
        context.add_asset_metadata(describe_delivered(outbox.deliver(house)))

    return receipts

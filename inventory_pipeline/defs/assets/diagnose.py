"""Room 4: why. A cause with its records, or the plain word unknown."""

import dagster as dg

from inventory_pipeline.defs.metadata import describe_diagnosed
from inventory_pipeline.defs.partitions import BY_DAY
from inventory_pipeline.defs.places import DIAGNOSES, FINDINGS, OWNERS
from inventory_pipeline.defs.resources import SHIFT, plainly
from inventory_pipeline.model.hours import parse_hour


def build_diagnoses(hours: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the asset that says why each finding is there."""

    @dg.asset(
        key=DIAGNOSES,
        deps=[FINDINGS],
        partitions_def=hours,
        backfill_policy=BY_DAY,
        group_name="diagnose",
        owners=OWNERS,
        kinds={"duckdb", "polars"},
        config_schema={},
        required_resource_keys={SHIFT},
        description="The cause of each open finding, the records that show it, how sure that is, "
        "and what would settle it.",
    )
    @plainly()
    def diagnoses(context: dg.AssetExecutionContext) -> None:
        with context.resources.shift.sitting():
            for key in context.partition_keys:
                diagnosed = context.resources.shift.diagnose(parse_hour(key))
                context.add_asset_metadata(describe_diagnosed(diagnosed), partition_key=key)

    return diagnoses

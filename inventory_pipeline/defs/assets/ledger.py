"""Room 2: movements told once, and the map of the paths that tell of them."""

import dagster as dg

from inventory_pipeline.defs.handoff_map import describe_gaps, describe_map
from inventory_pipeline.defs.partitions import BY_DAY
from inventory_pipeline.defs.places import AUTHORITY, HANDOFF_GAPS, HANDOFFS, OWNERS, name_ingest
from inventory_pipeline.defs.resources import SHIFT, plainly
from inventory_pipeline.model.hours import parse_hour
from inventory_pipeline.wiring.export import load_table
from inventory_pipeline.wiring.house import House

Written = tuple[dg.MaterializeResult[None], dg.MaterializeResult[None]]
WRITTEN: Written = (dg.MaterializeResult(HANDOFFS), dg.MaterializeResult(HANDOFF_GAPS))


def build_handoffs(house: House, hours: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the step that posts the hour and draws the map of its paths."""

    @dg.multi_asset(
        name="post",
        specs=_build_specs(house),
        partitions_def=hours,
        backfill_policy=BY_DAY,
        group_name="ledger",
        config_schema={},
        required_resource_keys={SHIFT},
    )
    @plainly()
    def post(context: dg.AssetExecutionContext) -> Written:
        with context.resources.shift.sitting():
            for key in context.partition_keys:
                hour_at = parse_hour(key)
                context.resources.shift.post(hour_at)
                seen = load_table(house, "handoffs", low=hour_at, high=hour_at)
                context.add_asset_metadata(describe_map(seen), HANDOFFS, key)
                context.add_asset_metadata(describe_gaps(seen), HANDOFF_GAPS, key)
        return WRITTEN

    return post


def _build_specs(house: House) -> list[dg.AssetSpec]:
    sources = [name_ingest(name) for name in house.settings.systems]
    return [
        dg.AssetSpec(
            HANDOFFS,
            deps=[AUTHORITY, *sources],
            description="Who hands what to whom (state map): every path, whether it fires, how "
            "late, how often, who mends it; what it exposes, and what would make it faster.",
            owners=OWNERS,
            kinds={"duckdb", "polars"},
        ),
        dg.AssetSpec(
            HANDOFF_GAPS,
            deps=[HANDOFFS],
            description="What to mend first (gap list): paths that do not fire as they should, "
            "by how often their trouble came back, then by units and value.",
            owners=OWNERS,
            kinds={"duckdb", "polars"},
        ),
    ]

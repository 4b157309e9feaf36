"""The quarter's audit: one item end to end, shown; it mails nothing and changes nothing."""

import dagster as dg

from inventory_pipeline.defs.metadata import describe_audit
from inventory_pipeline.defs.places import AUTHORITY, FINDINGS, OWNERS, QUARTERLY_AUDIT
from inventory_pipeline.defs.resources import plainly
from inventory_pipeline.wiring.audit import audit
from inventory_pipeline.wiring.house import House


def build_quarterly_audit(house: House) -> dg.AssetsDefinition:
    """Return the asset that follows the item drawn for this quarter through every system."""
    newest = dg.AssetDep(FINDINGS, partition_mapping=dg.LastPartitionMapping())

    @dg.asset(
        key=QUARTERLY_AUDIT,
        deps=[AUTHORITY, newest],
        group_name="report",
        owners=OWNERS,
        kinds={"duckdb"},
        config_schema={},
        description="One item, drawn by the quarter's name, from its owner through every mirror at "
        "the newest hour: the numbers, whether they agree or which is off first, and the reviews "
        "of owners, rules and mappings that are overdue.",
    )
    @plainly()
    def quarterly_audit(context: dg.AssetExecutionContext) -> None:
        context.add_asset_metadata(describe_audit(audit(house)))

    return quarterly_audit

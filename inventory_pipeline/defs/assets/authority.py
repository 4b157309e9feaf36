"""Authority: who owns which fact, as the configuration stands."""

import dagster as dg

from inventory_pipeline.config.registry import build_exercise, compute_registry
from inventory_pipeline.defs.metadata import describe_authority
from inventory_pipeline.defs.places import AUTHORITY, OWNERS
from inventory_pipeline.wiring.house import House


def build_authority(house: House) -> dg.AssetsDefinition:
    """Return the asset that shows the authority exercise."""

    @dg.asset(
        key=AUTHORITY,
        group_name="config",
        owners=OWNERS,
        kinds={"yaml"},
        config_schema={},
        description="The authority exercise: every fact, the one system that owns it, and what "
        "is not settled. It is the configuration, read again: change the file to change it.",
    )
    def authority(context: dg.AssetExecutionContext) -> None:
        settings = house.settings
        registry = compute_registry(settings, today=house.clock.now().date())
        context.add_asset_metadata(describe_authority(registry, build_exercise(settings)))

    return authority

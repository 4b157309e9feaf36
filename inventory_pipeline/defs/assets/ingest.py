"""Room 1: one asset a system. A silent system is no error here: reconcile calls it unknown."""

import dagster as dg

from inventory_pipeline.config.systems import System
from inventory_pipeline.defs.metadata import describe_feeds
from inventory_pipeline.defs.partitions import BY_DAY
from inventory_pipeline.defs.places import OWNERS, name_ingest
from inventory_pipeline.defs.resources import SHIFT, plainly
from inventory_pipeline.model.hours import parse_hour
from inventory_pipeline.wiring.house import House


def build_ingest(house: House, hours: dg.PartitionsDefinition[str]) -> list[dg.AssetsDefinition]:
    """Return one asset for each configured system."""
    return [_build(name, system, hours) for name, system in house.settings.systems.items()]


def _build(name: str, system: System, hours: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    @dg.asset(
        key=name_ingest(name),
        partitions_def=hours,
        backfill_policy=BY_DAY,
        group_name="ingest",
        owners=OWNERS,
        kinds={system.connector, "duckdb"},
        tags={"role": system.role},
        config_schema={},
        required_resource_keys={SHIFT},
        description=_describe(name, system),
    )
    @plainly()
    def ingest(context: dg.AssetExecutionContext) -> None:
        with context.resources.shift.sitting():
            for key in context.partition_keys:
                feeds = context.resources.shift.ingest(name, parse_hour(key))
                context.add_asset_metadata(describe_feeds(feeds), partition_key=key)

    return ingest


def _describe(name: str, system: System) -> str:
    return (
        f"What `{name}` ({system.role}) said of the hour: landed byte for byte, then read into "
        f"our words. Its number falls at {system.decrements_at}; it is late when older than "
        f"{system.max_age}. Where nobody answered, `received` is false and the hour is *missing*, "
        "never zero."
    )

"""Room 3: every mirror against the owner of the fact. One step writes three tables together."""

import dagster as dg

from inventory_pipeline.defs.metadata import (
    describe_comparisons,
    describe_cycle,
    describe_findings,
)
from inventory_pipeline.defs.partitions import BY_DAY
from inventory_pipeline.defs.places import (
    AUTHORITY,
    COMPARISONS,
    CYCLES,
    FINDINGS,
    HANDOFFS,
    OWNERS,
    name_ingest,
)
from inventory_pipeline.defs.resources import SHIFT, plainly
from inventory_pipeline.model.hours import HOUR, parse_hour
from inventory_pipeline.wiring.house import House
from inventory_pipeline.wiring.overview import load_overview

Written = tuple[dg.MaterializeResult[None], dg.MaterializeResult[None], dg.MaterializeResult[None]]
WRITTEN: Written = (
    dg.MaterializeResult(COMPARISONS),
    dg.MaterializeResult(FINDINGS),
    dg.MaterializeResult(CYCLES),
)
# The badge in the web UI looks at the newest materialization of any hour; the check
# every_hour_of_the_last_day_is_present says the truth.
FRESH = dg.FreshnessPolicy.time_window(fail_window=3 * HOUR, warn_window=2 * HOUR)


def build_reconcile(house: House, hours: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the step that compares, judges and closes the hour."""

    @dg.multi_asset(
        name="reconcile",
        specs=_build_specs(house),
        partitions_def=hours,
        backfill_policy=BY_DAY,
        group_name="reconcile",
        config_schema={},
        required_resource_keys={SHIFT},
    )
    @plainly()
    def reconcile(context: dg.AssetExecutionContext) -> Written:
        with context.resources.shift.sitting():
            for key in context.partition_keys:
                hour_at = parse_hour(key)
                context.resources.shift.reconcile(hour_at)
                seen = load_overview(house, hour_at)
                context.add_asset_metadata(describe_comparisons(seen), COMPARISONS, key)
                context.add_asset_metadata(describe_findings(seen), FINDINGS, key)
                context.add_asset_metadata(describe_cycle(seen), CYCLES, key)
        return WRITTEN

    return reconcile


def _build_specs(house: House) -> list[dg.AssetSpec]:
    sources = [name_ingest(name) for name in house.settings.systems]
    return [
        _build_spec(
            COMPARISONS,
            [AUTHORITY, HANDOFFS, *sources],
            "One number that its owner answers for (single count): each mirror's number beside "
            "what the owner's says it should be, in eaches: "
            "raw = in flight + lag + delta; delta = observed - expected, + over-advertises.",
        ),
        _build_spec(
            FINDINGS,
            [COMPARISONS],
            "Found before a customer does (detection): problems with an identity over time: "
            "severity, streak, recurrence.",
        ),
        _build_spec(
            CYCLES,
            [FINDINGS],
            "The hour in one row: compared, matched, drift rate, accuracy, verdict.",
            FRESH,
        ),
    ]


def _build_spec(
    key: dg.AssetKey,
    deps: list[dg.AssetKey],
    description: str,
    freshness: dg.FreshnessPolicy | None = None,
) -> dg.AssetSpec:
    return dg.AssetSpec(
        key,
        deps=deps,
        description=description,
        owners=OWNERS,
        kinds={"duckdb", "polars"},
        freshness_policy=freshness,
    )

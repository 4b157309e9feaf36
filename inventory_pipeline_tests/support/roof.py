"""The roof over a shop: its real Dagster definitions, run in this process under a stopped clock."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import dagster as dg

from inventory_pipeline.defs.build import build_definitions
from inventory_pipeline.defs.demo import QUIETLY
from inventory_pipeline.defs.partitions import BACKFILL_TAG, PARTITION_TAG, build_range_tags
from inventory_pipeline.model.hours import HOUR, parse_hour
from inventory_pipeline.wiring.house import build_house
from inventory_pipeline_tests.support.report_house import StoppedClock
from inventory_pipeline_tests.support.shop import COUNTS, Shop, files_system

NINE, TEN, ELEVEN, NOON = (f"2026-04-06T{hour:02d}:00Z" for hour in (9, 10, 11, 12))
MOVEMENTS = "movement_id kind item_id location_id quantity moved_at"


def configure_pair(shop: Shop, *, more: str = "") -> None:
    """Configure a shelf that owns on_hand and a storefront that mirrors it."""
    shop.configure(
        "business: {name: Test, time_zone: America/Los_Angeles}\nsystems:\n"
        + files_system("shelf", "wms")
        + files_system("storefront", "storefront")
        + "facts:\n  on_hand: {owner: shelf}\n"
        "mirrors:\n  - {system: storefront, fact: on_hand, expects: on_hand}\n" + more
    )


def drop_pair(shop: Shop, hour: str, shelf: Mapping[str, int], shown: Mapping[str, int]) -> None:
    """Let both systems drop their counts of one hour."""
    for system, units in (("shelf", shelf), ("storefront", {**shelf, **shown})):
        rows = "\n".join(f"{sku} L1 on_hand {n} {hour[:13]}:00:00Z" for sku, n in units.items())
        shop.drop(system, "counts", hour, f"{COUNTS}\n{rows}")


class Roof:
    """Dagster over one shop; ``clock`` stands a quarter past the hour given."""

    def __init__(
        self, shop: Shop, instance: dg.DagsterInstance, *, after: str = TEN, start: str = NINE
    ) -> None:
        self.shop = shop
        self.instance = instance
        self.clock = StoppedClock(parse_hour(after) + HOUR + timedelta(minutes=15))
        self.house = build_house(shop.config, clock=self.clock)
        self.start = start
        self.definitions = build_definitions(self.house, start=parse_hour(start))

    def execute(self, job: str, tags: Mapping[str, str]) -> dg.ExecuteInProcessResult:
        definition = self.definitions.resolve_job_def(job)
        return definition.execute_in_process(
            QUIETLY, instance=self.instance, tags=dict(tags), raise_on_error=False
        )

    def run(self, hour: str, **tags: str) -> dg.ExecuteInProcessResult:
        """Run the hourly job for one hour, as the schedule does."""
        return self.execute("hourly", {PARTITION_TAG: hour, **tags})

    def run_range(self, first: str, last: str, **tags: str) -> dg.ExecuteInProcessResult:
        hours = [parse_hour(first), parse_hour(last)]
        return self.execute("hourly", {**build_range_tags(hours), **tags})

    def backfill(self, first: str, last: str) -> dg.ExecuteInProcessResult:
        """Run hours as a backfill of the web UI does."""
        return self.run_range(first, last, **{BACKFILL_TAG: "abcdefgh"})

    def find_metadata(self, key: dg.AssetKey, hour: str | None = None) -> dict[str, Any]:
        """Return what the newest materialization of an asset, or of one hour of it, shows."""
        partitions = [hour] if hour else None
        filters = dg.AssetRecordsFilter(asset_key=key, asset_partitions=partitions)
        [record] = self.instance.fetch_materializations(filters, limit=1).records
        assert record.asset_materialization is not None
        return {name: v.value for name, v in record.asset_materialization.metadata.items()}

    def read_journal(self, sql: str) -> list[dict[str, Any]]:
        with self.house.journal() as journal:
            return journal.query(sql)

    def list_attempts(self) -> list[tuple[str, str, str]]:
        """Return (hour, kind, state) of every attempt, in the order they were made."""
        rows = self.read_journal("select * from runs order by run_id")
        return [(row["subject"], row["kind"], row["state"]) for row in rows]


def answer_checks(result: dg.ExecuteInProcessResult) -> dict[str, tuple[bool, str]]:
    """Return ``room/table name`` → (passed, severity) of every check of a run."""
    return {
        f"{found.asset_key.to_user_string()} {found.check_name}": (
            found.passed,
            found.severity.value,
        )
        for found in result.get_asset_check_evaluations()
    }


def find_failure(result: dg.ExecuteInProcessResult) -> str:
    """Return the words of the steps that failed."""
    failed = [event for event in result.all_node_events if event.is_step_failure]
    return "\n".join(str(event.step_failure_data.error) for event in failed)

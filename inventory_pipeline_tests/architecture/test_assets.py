"""The roof is named, grouped, owned and documented throughout, and takes no orders (S2)."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
import yaml

from inventory_pipeline.defs.build import build_definitions
from inventory_pipeline.wiring.house import build_house

ROOT = Path(__file__).parents[2]
ROOMS = ("config", "ingest", "ledger", "reconcile", "diagnose", "correct", "report")
DEMO = ROOT / "data" / "demo" / "inventory.yaml"


@pytest.fixture(scope="module")
def repository() -> dg.RepositoryDefinition:
    return build_definitions(build_house(DEMO)).get_repository_def()


@pytest.fixture(scope="module")
def specs(repository: dg.RepositoryDefinition) -> list[dg.AssetSpec]:
    return [repository.asset_graph.get(key).to_asset_spec() for key in find_keys(repository)]


def find_keys(repository: dg.RepositoryDefinition) -> list[dg.AssetKey]:
    return sorted(repository.asset_graph.get_all_asset_keys())


def test_there_is_an_ingest_asset_for_every_system(repository: dg.RepositoryDefinition) -> None:
    named = {key.path[1] for key in find_keys(repository) if key.path[0] == "ingest"}

    assert named == set(build_house(DEMO).settings.systems)


def test_every_asset_is_named_by_its_room_and_grouped_there(specs: list[dg.AssetSpec]) -> None:
    for spec in specs:
        assert len(spec.key.path) == 2, spec.key
        assert spec.key.path[0] in ROOMS, spec.key
        assert spec.group_name == spec.key.path[0], spec.key


def test_every_asset_is_owned_described_and_of_a_kind(specs: list[dg.AssetSpec]) -> None:
    for spec in specs:
        assert spec.owners, spec.key
        assert len(spec.description or "") > 40, spec.key
        assert 1 <= len(spec.kinds) <= 3, spec.key


def test_no_edge_leads_from_what_was_ingested_past_the_reconciled_facts(
    specs: list[dg.AssetSpec],
) -> None:
    order = {room: number for number, room in enumerate(ROOMS)}
    for spec in specs:
        rooms = {dep.asset_key.path[0] for dep in spec.deps}
        assert all(order[room] <= order[spec.key.path[0]] for room in rooms), spec.key
        if spec.key.path[0] in ("correct", "report"):
            assert "ingest" not in rooms, spec.key


def test_every_hourly_asset_is_backfilled_by_the_day(repository: dg.RepositoryDefinition) -> None:
    for key in find_keys(repository):
        node = repository.asset_graph.get(key)
        if isinstance(node.partitions_def, dg.HourlyPartitionsDefinition):
            assert node.backfill_policy == dg.BackfillPolicy.multi_run(24), key


def find_op_definitions(repository: dg.RepositoryDefinition) -> Iterator[dg.OpDefinition]:
    for job in repository.get_all_jobs():
        for node in job.nodes:
            assert isinstance(node.definition, dg.OpDefinition)
            yield node.definition


def takes_nothing(schema: object) -> bool:
    """Return whether a config schema has no field at all."""
    kind = schema.as_field().config_type  # type: ignore[attr-defined]
    return getattr(kind, "fields", None) == {}


def test_nothing_that_runs_takes_configuration(repository: dg.RepositoryDefinition) -> None:
    ops = list(find_op_definitions(repository))
    assert len(ops) > 10
    for op in ops:
        assert takes_nothing(op.config_schema), op.name
    for job in repository.get_all_jobs():
        assert takes_nothing(job.executor_def.config_schema), job.name
        for name, resource in job.resource_defs.items():
            assert takes_nothing(resource.config_schema), (job.name, name)
        for name, logger in job.loggers.items():
            assert takes_nothing(logger.config_schema), (job.name, name)


def test_every_job_has_a_longest_time_and_one_process(repository: dg.RepositoryDefinition) -> None:
    named = [job for job in repository.get_all_jobs() if not job.name.startswith("__")]
    assert {job.name for job in named} == {"hourly", "daily", "notify", "quarterly", "deliver"}
    for job in named:
        assert 0 < int(job.tags["dagster/max_runtime"]) <= 5400, job.name
    for job in repository.get_all_jobs():
        assert job.executor_def.name == "one_process", job.name


def test_everything_automatic_is_described_and_on_by_default(
    repository: dg.RepositoryDefinition,
) -> None:
    automatic = [*repository.schedule_defs, *repository.sensor_defs]
    assert len(automatic) == 9
    for found in automatic:
        assert len(found.description or "") > 20, found.name
        assert found.default_status.value == "RUNNING", found.name


def test_every_check_asks_one_question(repository: dg.RepositoryDefinition) -> None:
    keys = repository.asset_graph.asset_check_keys
    names = {key.name for key in keys}
    assert len(names) == 10
    for key in keys:
        spec = repository.asset_graph.get_check_spec(key)
        assert (spec.description or "").strip(), key
    assert {key.name for key in keys if repository.asset_graph.get_check_spec(key).blocking} == {
        "every_gap_adds_up"
    }


def test_the_shipped_settings_keep_one_run_at_a_time_and_end_hung_ones() -> None:
    settings = yaml.safe_load((ROOT / "dagster.yaml").read_text(encoding="utf-8"))

    assert settings["concurrency"]["runs"]["max_concurrent_runs"] == 1
    assert settings["run_monitoring"]["enabled"] is True
    assert settings["run_monitoring"]["max_runtime_seconds"] > 0
    assert settings["telemetry"]["enabled"] is False
    assert settings["retention"]["sensor"]["purge_after_days"]["skipped"] == 7


def test_assets_are_thin() -> None:
    for path in (ROOT / "inventory_pipeline/defs/assets").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "select " not in text.lower(), path
        for body in text.split("    @plainly()\n")[1:]:
            lines = body.split("\n\n    return", 1)[0].splitlines()
            assert len(lines) <= 12, (path, lines[0])
            assert not any(line.strip().startswith("if ") for line in lines), path

"""One hour through the real job: the same tables as the command line, told to people."""

import dagster as dg
import pytest

from inventory_pipeline.defs.places import (
    AUTHORITY,
    COMPARISONS,
    CYCLES,
    FINDINGS,
    HEARTBEAT,
    PROPOSALS,
    name_ingest,
)
from inventory_pipeline.report.heartbeat import load_heartbeat
from inventory_pipeline_tests.support.digest import compute_digests
from inventory_pipeline_tests.support.roof import (
    ELEVEN,
    NINE,
    NOON,
    TEN,
    Roof,
    answer_checks,
    configure_pair,
    drop_pair,
    find_failure,
)
from inventory_pipeline_tests.support.shop import Shop


@pytest.mark.slow
def test_an_hour_is_ingested_reconciled_proposed_and_signed(roof: Roof) -> None:
    result = roof.run(TEN)

    assert result.success
    assert roof.list_attempts() == [(TEN, "run", "done")]
    assert roof.shop.one("cycles")["status"] == "drift"
    assert roof.shop.one("findings", kind="gap")["delta_units"] == -8
    assert len(roof.shop.export("proposals")) == 1
    beat = load_heartbeat(roof.house.storage / "heartbeat.json")
    assert (beat.cycle_status, beat.open_majors) == ("drift", 2)


@pytest.mark.slow
def test_the_job_leaves_the_tables_that_the_command_line_leaves(roof: Roof) -> None:
    roof.run(TEN)
    roof.run(ELEVEN)
    by_dagster = compute_digests(roof.shop)

    roof.shop.run(TEN)
    roof.shop.run(ELEVEN)

    assert compute_digests(roof.shop) == by_dagster


@pytest.mark.slow
def test_an_hour_run_twice_changes_nothing(roof: Roof) -> None:
    roof.run(TEN)
    before = compute_digests(roof.shop), roof.shop.export("proposals")

    roof.run(TEN)

    assert (compute_digests(roof.shop), roof.shop.export("proposals")) == before


@pytest.mark.slow
def test_what_a_person_sees_of_an_hour(roof: Roof) -> None:
    roof.run(TEN)

    assert roof.find_metadata(AUTHORITY)["owned"] == 1
    shelf = roof.find_metadata(name_ingest("shelf"), TEN)
    assert (shelf["received"], shelf["rows"], shelf["keys"], shelf["quarantined"]) == (
        True,
        3,
        3,
        0,
    )
    compared = roof.find_metadata(COMPARISONS, TEN)
    assert (compared["compared"], compared["matched"], compared["drifting"]) == (3, 2, 1)
    found = roof.find_metadata(FINDINGS, TEN)
    assert (found["open"], found["major"]) == (2, 2), "the gap, and half of all items off"
    assert found["worst"].records[0].data["delta"] == -8
    cycle = roof.find_metadata(CYCLES, TEN)
    assert (cycle["status"], cycle["drifting_skus"], cycle["active_skus"]) == ("drift", 1, 2)
    assert cycle["drift_rate"] == 0.5
    assert [row.data["system"] for row in cycle["freshness"].records] == ["shelf", "storefront"]
    assert roof.find_metadata(PROPOSALS, TEN)["new_proposals"] == 1
    assert roof.find_metadata(HEARTBEAT, TEN)["signed"] is True


@pytest.mark.slow
def test_a_run_over_many_hours_shows_each_hour_its_own_numbers(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    configure_pair(shop)
    for hour, shown in ((NINE, 14), (TEN, 6), (ELEVEN, 6)):
        drop_pair(shop, hour, {"A": 14}, {"A": shown})
    roof = Roof(shop, instance, after=ELEVEN)

    result = roof.run_range(NINE, ELEVEN)

    assert result.success
    opened = [roof.find_metadata(FINDINGS, hour)["open"] for hour in (NINE, TEN, ELEVEN)]
    assert opened == [0, 2, 2]
    assert roof.list_attempts() == [(hour, "run", "done") for hour in (NINE, TEN, ELEVEN)]
    assert shop.one("findings", kind="gap")["streak"] == 2


@pytest.mark.slow
def test_a_silent_source_stops_nobody_and_turns_its_checks_red(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    configure_pair(shop)
    drop_pair(shop, TEN, {"A": 14}, {})
    (shop.folder / "exports/storefront/counts-2026-04-06T10.csv").unlink()
    roof = Roof(shop, instance)

    result = roof.run(TEN)

    assert result.success
    storefront = roof.find_metadata(name_ingest("storefront"), TEN)
    assert (storefront["received"], storefront["status"]) == (False, "missing")
    checks = answer_checks(result)
    assert checks["ingest/storefront snapshot_is_complete"] == (False, "ERROR")
    assert checks["ingest/shelf snapshot_is_complete"][0]
    assert checks["reconcile/comparisons every_owner_was_heard"][0]
    assert shop.one("cycles")["status"] == "incomplete"


@pytest.mark.slow
def test_a_silent_owner_is_named(shop: Shop, instance: dg.DagsterInstance) -> None:
    configure_pair(shop)
    drop_pair(shop, TEN, {"A": 14}, {})
    (shop.folder / "exports/shelf/counts-2026-04-06T10.csv").unlink()

    checks = answer_checks(Roof(shop, instance).run(TEN))

    assert checks["reconcile/comparisons every_owner_was_heard"] == (False, "ERROR")


@pytest.mark.slow
def test_contradictions_and_impossible_times_are_warnings(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    configure_pair(shop)
    drop_pair(shop, TEN, {f"S{n}": 5 for n in range(500)}, {})
    more = "S1,L1,on_hand,9,2026-04-06T10:00:00Z\nZ,L1,on_hand,9,2031-01-01T00:00:00Z\n"
    path = shop.folder / "exports/storefront/counts-2026-04-06T10.csv"
    path.write_text(path.read_text() + more)

    checks = answer_checks(Roof(shop, instance).run(TEN))

    assert checks["ingest/storefront keys_are_unique"] == (False, "WARN")
    assert checks["ingest/storefront no_observation_from_the_future"] == (False, "WARN")
    assert checks["ingest/shelf keys_are_unique"][0]


@pytest.mark.slow
def test_a_stale_source_is_a_warning(shop: Shop, instance: dg.DagsterInstance) -> None:
    configure_pair(shop)
    drop_pair(shop, NOON, {"A": 5}, {})
    drop_pair(shop, NINE, {"A": 5}, {})
    folder = shop.folder / "exports/storefront"
    (folder / "counts-2026-04-06T09.csv").rename(folder / "counts-2026-04-06T12.csv")

    checks = answer_checks(Roof(shop, instance, after=NOON).run(NOON))

    assert checks["ingest/storefront source_is_fresh"] == (False, "WARN")
    assert checks["ingest/shelf source_is_fresh"][0]


@pytest.mark.parametrize(("drifting", "passed"), [(20, True), (21, False)])
@pytest.mark.slow
def test_the_drift_check_turns_red_above_two_percent(
    shop: Shop, instance: dg.DagsterInstance, drifting: int, passed: bool
) -> None:
    configure_pair(shop)
    shelf = {f"S{n:04d}": 20 for n in range(1000)}
    for hour in (TEN, ELEVEN):
        drop_pair(shop, hour, shelf, {f"S{n:04d}": 26 for n in range(drifting)})
    roof = Roof(shop, instance, after=ELEVEN)
    roof.run(TEN)

    result = roof.run(ELEVEN)

    assert result.success
    assert answer_checks(result)["reconcile/cycles drift_is_under_two_percent"] == (passed, "ERROR")


@pytest.mark.slow
def test_a_hole_in_the_last_day_is_red_until_it_is_filled(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    configure_pair(shop)
    for hour in (TEN, ELEVEN, NOON):
        drop_pair(shop, hour, {"A": 5}, {})
    roof = Roof(shop, instance, after=NOON)
    name = "reconcile/cycles every_hour_of_the_last_day_is_present"
    roof.run(TEN)

    assert answer_checks(roof.run(NOON))[name] == (False, "ERROR")
    assert answer_checks(roof.run(ELEVEN))[name][0]


@pytest.mark.slow
def test_checks_look_at_the_newest_hour_whatever_hour_is_run(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    configure_pair(shop)
    drop_pair(shop, TEN, {"A": 5}, {})
    drop_pair(shop, ELEVEN, {"A": 5}, {})
    (shop.folder / "exports/storefront/counts-2026-04-06T11.csv").unlink()
    roof = Roof(shop, instance, after=ELEVEN)
    roof.run(TEN)
    roof.run(ELEVEN)

    checks = answer_checks(roof.backfill(TEN, TEN))

    assert checks["ingest/storefront snapshot_is_complete"] == (False, "ERROR")


@pytest.mark.slow
def test_a_step_that_fails_says_one_thing_and_the_hour_is_failed(roof: Roof) -> None:
    roof.run(TEN)
    (roof.house.storage / "warehouse.duckdb").write_bytes(b"no database" * 1000)

    result = roof.run(ELEVEN)

    assert not result.success
    assert "move it away and run 'inventory-pipeline backfill'" in find_failure(result)
    assert "Traceback" not in find_failure(result)
    assert roof.list_attempts() == [(TEN, "run", "done"), (ELEVEN, "run", "failed")]
    [row] = roof.read_journal("select error from runs where state = 'failed'")
    assert "cannot be opened" in row["error"]


@pytest.mark.slow
def test_a_failed_hour_leaves_the_lease_for_the_next(roof: Roof) -> None:
    warehouse = roof.house.storage / "warehouse.duckdb"
    warehouse.parent.mkdir(parents=True)
    warehouse.write_bytes(b"no database" * 1000)
    roof.run(TEN)
    warehouse.unlink()

    assert roof.run(TEN).success
    assert roof.read_journal("select * from leases where holder <> ''") == []


@pytest.mark.slow
def test_the_run_ledger_knows_the_run_of_the_scheduler(roof: Roof) -> None:
    result = roof.run(TEN)

    [row] = roof.read_journal("select json_extract(details, '$.run') as run from runs")
    assert row["run"] == result.run_id

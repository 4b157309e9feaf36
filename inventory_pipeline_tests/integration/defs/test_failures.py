"""Runs that failed or died: their hours are failed, the outside is told, nobody waits for them."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import dagster as dg
import pytest

from inventory_pipeline.defs.partitions import BACKFILL_TAG, PARTITION_TAG, build_range_tags
from inventory_pipeline.defs.sensors import record_failure
from inventory_pipeline.model.hours import parse_hour
from inventory_pipeline.wiring import ledger
from inventory_pipeline.wiring.shift import RUN_LEASE
from inventory_pipeline_tests.integration.defs.test_sensors import tick
from inventory_pipeline_tests.support.ping_server import PingService, serve_pings
from inventory_pipeline_tests.support.roof import ELEVEN, NINE, TEN, Roof, configure_pair, drop_pair
from inventory_pipeline_tests.support.shop import Shop

RUN = "8bc2bb4b-db2a-4a7f-bdcd-dcc68fd55551"


def build_run(hour: str = TEN, *, job: str = "hourly", **tags: str) -> dg.DagsterRun:
    return dg.DagsterRun(job_name=job, run_id=RUN, tags={PARTITION_TAG: hour, **tags})


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[PingService]:
    with serve_pings(PingService()) as service:
        monkeypatch.setenv("PING_URL", service.url)
        yield service


@pytest.fixture
def pinged(shop: Shop, instance: dg.DagsterInstance, service: PingService) -> Roof:
    """Return a roof whose outside check is asked for."""
    configure_pair(shop, more="heartbeat: {url: {env: PING_URL}}\n")
    drop_pair(shop, TEN, {"A": 5}, {})
    return Roof(shop, instance)


@pytest.mark.slow
def test_an_hour_tells_the_outside_that_it_began_and_ended_well(
    pinged: Roof, service: PingService
) -> None:
    result = pinged.run(TEN)

    assert [path.rpartition("/")[2] for path in service.paths] == ["start", "secret-uuid"]
    assert {run for _path, run, _body in service.pings} == {result.run_id}


@pytest.mark.slow
def test_a_backfill_tells_the_outside_nothing(pinged: Roof, service: PingService) -> None:
    assert pinged.backfill(TEN, TEN).success
    assert service.pings == []


def test_a_step_that_fails_tells_the_outside_why(pinged: Roof, service: PingService) -> None:
    (pinged.house.storage).mkdir()
    (pinged.house.storage / "warehouse.duckdb").write_bytes(b"no database" * 1000)

    pinged.run(TEN)

    path, _run, body = service.pings[-1]
    assert path.endswith("/fail")
    assert "cannot be opened" in body


def test_a_run_that_never_began_its_hours_is_failed_by_the_sensor(
    pinged: Roof, service: PingService
) -> None:
    told = record_failure(pinged.house, build_run(), "the machine was out of memory\nmore")

    assert told == [parse_hour(TEN)]
    assert pinged.list_attempts() == [(TEN, "run", "failed")]
    [row] = pinged.read_journal("select error from runs")
    assert row["error"] == "the machine was out of memory"
    assert service.pings == [("/ping/secret-uuid/fail", str(UUID(RUN)), row["error"])]


def test_a_failure_is_written_down_once(roof: Roof) -> None:
    record_failure(roof.house, build_run(), "died")

    assert record_failure(roof.house, build_run(), "died") == []
    assert len(roof.list_attempts()) == 1


def test_hours_that_were_done_before_the_run_failed_stay_done(roof: Roof) -> None:
    hours = [parse_hour(hour) for hour in (NINE, TEN, ELEVEN)]
    now = roof.clock.now()
    with roof.house.journal() as journal:
        begun = ledger.begin(journal, hours[:2], kind="run", run=RUN, now=now)
        journal.finish_run(begun[hours[0]], now=now, details={"run": RUN})
    run = dg.DagsterRun(job_name="hourly", run_id=RUN, tags=build_range_tags([hours[0], hours[-1]]))

    record_failure(roof.house, run, "killed")

    states = [(hour, state) for hour, _kind, state in roof.list_attempts()]
    assert states == [(NINE, "done"), (TEN, "failed"), (ELEVEN, "failed")]


def test_a_failed_backfill_is_no_failed_run(pinged: Roof, service: PingService) -> None:
    record_failure(pinged.house, build_run(**{BACKFILL_TAG: "x"}), "died")

    assert pinged.list_attempts() == [(TEN, "backfill", "failed")]
    assert service.pings == []


def test_other_jobs_fail_on_their_own_account(roof: Roof) -> None:
    assert record_failure(roof.house, build_run("2026-04-06", job="daily"), "died") == []


def start_run(roof: Roof, *, minutes_ago: int = 0) -> dg.DagsterRun:
    """Leave behind what a run leaves that died in the middle of an hour."""
    run = roof.instance.create_run_for_job(
        roof.definitions.resolve_job_def("hourly"),
        tags={PARTITION_TAG: TEN},
        status=dg.DagsterRunStatus.STARTED,
    )
    with roof.house.journal() as journal:
        now = roof.clock.now() - timedelta(minutes=minutes_ago)
        ledger.begin(journal, [parse_hour(TEN)], kind="run", run=run.run_id, now=now)
    return run


def get_status(roof: Roof, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    found = roof.instance.get_run_by_id(run.run_id)
    assert found is not None
    return found.status


def test_a_run_whose_machine_died_is_ended(roof: Roof) -> None:
    run = start_run(roof)

    tick(roof, "bury_the_dead")

    assert get_status(roof, run) == dg.DagsterRunStatus.FAILURE
    assert roof.list_attempts() == [(TEN, "run", "failed")]


def test_a_run_at_work_is_left_alone(roof: Roof) -> None:
    run = start_run(roof)
    with roof.house.journal() as journal:
        journal.take_lease(
            RUN_LEASE, "elsewhere:1:x", now=roof.clock.now(), life=timedelta(hours=1)
        )

    tick(roof, "bury_the_dead")

    assert get_status(roof, run) == dg.DagsterRunStatus.STARTED
    assert roof.list_attempts() == [(TEN, "run", "started")]


def test_a_run_that_waits_for_the_lease_is_left_alone(roof: Roof) -> None:
    run = roof.instance.create_run_for_job(
        roof.definitions.resolve_job_def("hourly"),
        tags={PARTITION_TAG: TEN},
        status=dg.DagsterRunStatus.STARTED,
    )

    tick(roof, "bury_the_dead")

    assert get_status(roof, run) == dg.DagsterRunStatus.STARTED


def test_a_run_that_has_just_signed_gets_a_moment_to_say_so(roof: Roof) -> None:
    run = start_run(roof)
    with roof.house.journal() as journal:
        ledger.close_orphans(journal, now=roof.clock.now())

    tick(roof, "bury_the_dead")
    assert get_status(roof, run) == dg.DagsterRunStatus.STARTED

    roof.clock.advance(timedelta(minutes=2))
    tick(roof, "bury_the_dead")
    assert get_status(roof, run) == dg.DagsterRunStatus.FAILURE


@pytest.mark.slow
def test_the_next_run_ends_what_a_dead_one_left_open(roof: Roof) -> None:
    start_run(roof)

    assert roof.run(TEN).success

    states = [state for _hour, _kind, state in roof.list_attempts()]
    assert states == ["failed", "done"]
    [row] = roof.read_journal("select error from runs where state = 'failed'")
    assert row["error"] == ledger.DIED

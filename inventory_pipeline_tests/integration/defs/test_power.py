"""Nothing launched from the web UI can widen power (S2): no configuration, and tags buy nothing."""

import dagster as dg
import pytest

from inventory_pipeline_tests.support.roof import ELEVEN, TEN, Roof

HOSTILE = {
    "ops": {"reconcile": {"config": {"max_units": 500}}},
    "resources": {"io_manager": {"config": {"base_dir": "/etc"}}},
    "execution": {"config": {"multiprocess": {}}},
    "loggers": {"console": {"config": {"name": "elsewhere"}}},
}


@pytest.mark.parametrize("part", HOSTILE)
def test_a_run_with_configuration_is_refused(roof: Roof, part: str) -> None:
    job = roof.definitions.resolve_job_def("hourly")

    with pytest.raises(dg.DagsterInvalidConfigError):
        dg.validate_run_config(job, {part: HOSTILE[part]})


def test_a_run_without_configuration_is_what_there_is(roof: Roof) -> None:
    assert dg.validate_run_config(roof.definitions.resolve_job_def("hourly"), {})


@pytest.mark.slow
def test_hostile_tags_have_no_effect(roof: Roof) -> None:
    plain = roof.run(TEN)
    tags = {"may_fetch": "true", "mail/to": "thief@example.com", "caps/max_units": "500"}

    tagged = roof.run(ELEVEN, **tags)

    assert plain.success
    assert tagged.success
    assert roof.read_journal("select * from mails") == []
    assert all(row["decision"] in ("flagged", "suspended") for row in roof.shop.export("proposals"))


@pytest.mark.slow
def test_a_day_long_past_is_computed_and_not_mailed(roof: Roof) -> None:
    roof.run(TEN)
    roof.clock.at = roof.clock.at.replace(day=9)

    result = roof.execute("daily", {"dagster/partition": "2026-04-06"})

    assert result.success
    assert roof.read_journal("select state from mails") == []


@pytest.mark.slow
def test_the_day_that_closed_last_is_mailed_once(roof: Roof) -> None:
    roof.run(TEN)
    roof.clock.at = roof.clock.at.replace(day=7, hour=14)

    first = roof.execute("daily", {"dagster/partition": "2026-04-06"})
    second = roof.execute("daily", {"dagster/partition": "2026-04-06"})

    assert first.success
    assert second.success
    assert [row["state"] for row in roof.read_journal("select state from mails")] == ["sent"]
    assert len(list((roof.house.storage / "mails").glob("*.eml"))) == 1


@pytest.mark.slow
def test_a_backfilled_day_is_not_mailed(roof: Roof) -> None:
    roof.run(TEN)
    roof.clock.at = roof.clock.at.replace(day=7, hour=14)

    tags = {"dagster/partition": "2026-04-06", "dagster/backfill": "abcdefgh"}

    assert roof.execute("daily", tags).success
    assert roof.read_journal("select state from mails") == []


@pytest.mark.slow
def test_notices_are_told_once_whoever_asks(roof: Roof) -> None:
    roof.run(TEN)

    for _ in range(2):
        assert roof.execute("notify", {}).success

    assert len(roof.read_journal("select * from mails where kind = 'notice'")) == 1

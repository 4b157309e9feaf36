"""F-30: a local time without a zone is refused unless the system declares one."""

import pytest

from inventory_pipeline_tests.faults.conftest import TEN, Pair


@pytest.mark.slow
def test_F_30_a_naive_time_is_refused_with_its_cure(pair: Pair) -> None:
    pair.agree(TEN, {"A": 5})
    pair.say("storefront", TEN, {"A": 5}, at="2026-04-06T10:00:00")

    pair.run(TEN)

    [row] = pair.export("quarantine")
    assert "has no zone and the system declares no time_zone" in row["reason"]
    assert pair.gaps(TEN) == []


def test_F_30_a_declared_zone_makes_it_an_instant(pair: Pair) -> None:
    pair.configure_pair(storefront=", time_zone: Asia/Shanghai")
    pair.agree(TEN, {"A": 5})
    pair.say("storefront", TEN, {"A": 5}, at="2026-04-06T18:00:00")

    assert pair.run(TEN) == 0

    row = pair.one("snapshots", system="storefront")
    assert row["source_at"].hour == 10


def test_F_30_a_time_in_the_spring_gap_does_not_exist(pair: Pair) -> None:
    pair.configure_pair(storefront=", time_zone: America/New_York")
    hour = "2026-03-08T07:00Z"
    pair.agree(hour, {"A": 5})
    pair.say("storefront", hour, {"A": 5}, at="2026-03-08T02:30:00")

    pair.run(hour)

    [row] = pair.export("quarantine")
    assert "does not exist in America/New_York" in row["reason"]

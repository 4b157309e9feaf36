"""F-29: our clock steps back during a run."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from inventory_pipeline.model.hours import parse_hour
from inventory_pipeline.wiring.hourly import run_hour
from inventory_pipeline.wiring.house import build_house
from inventory_pipeline_tests.faults.conftest import TEN, Pair


@dataclass
class BackwardClock:
    """Every look at it is a minute earlier than the one before."""

    moment: datetime

    def now(self) -> datetime:
        self.moment -= timedelta(minutes=1)
        return self.moment


@pytest.mark.slow
def test_F_29_durations_stay_positive_and_no_partition_is_doubled(pair: Pair) -> None:
    pair.agree(TEN, {"A": 5})
    house = build_house(pair.config, clock=BackwardClock(datetime(2026, 4, 6, 11, 30, tzinfo=UTC)))

    run_hour(house, parse_hour(TEN))
    run_hour(house, parse_hour(TEN))

    [cycle] = pair.export("cycles")
    assert cycle["seconds"] >= 0
    assert len(pair.find("snapshots", feed="counts")) == 2

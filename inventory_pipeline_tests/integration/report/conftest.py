"""A house with a stopped clock, and a mailer that keeps what it is given."""

from pathlib import Path

import pytest

from inventory_pipeline.model.hours import find_hours_of_day
from inventory_pipeline.wiring.house import House
from inventory_pipeline_tests.support.report_day import DAY, ZONE
from inventory_pipeline_tests.support.report_house import Postbox, StoppedClock, make_house

HOURS = find_hours_of_day(DAY, ZONE)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def house(tmp_path: Path, clock: StoppedClock) -> House:
    return make_house(tmp_path, clock)


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()

from datetime import datetime, timedelta

import pytest

from inventory_pipeline.simulator.shops import LANTERN
from inventory_pipeline.simulator.words import EAST, MAIN

QUEUE = timedelta(minutes=20)


@pytest.mark.parametrize(
    ("place", "moment", "expected"),
    [
        (MAIN, "2026-04-06T15:00:00", "2026-04-06T15:00:00"),  # 08:00 on Monday
        (MAIN, "2026-04-06T13:59:59", "2026-04-06T14:20:00"),  # just before opening
        (MAIN, "2026-04-07T01:00:00", "2026-04-07T14:20:00"),  # 18:00: closed
        (MAIN, "2026-04-12T01:00:00", "2026-04-13T14:20:00"),  # Saturday 18:00: Monday
        (MAIN, "2026-03-08T05:00:00", "2026-03-09T14:20:00"),  # clocks change on Sunday
        (EAST, "2026-04-06T10:00:00", "2026-04-06T11:20:00"),  # 06:00 in New York
    ],
)
def test_work_waits_for_the_doors_to_open(place, moment, expected):
    at = datetime.fromisoformat(f"{moment}+00:00")
    opened = LANTERN.find_place(place).shift.find_open_moment(at, queue=QUEUE)
    assert opened == datetime.fromisoformat(f"{expected}+00:00")

"""F-28 at the door: how far a source's clock is off is measured, and does not stop anything."""

from datetime import timedelta

import pytest

from inventory_pipeline_tests.support.file_sources import FETCHED_AT, land
from inventory_pipeline_tests.support.http_sources import build_counts, serving
from inventory_pipeline_tests.support.stand_in import Asked, Reply

ROWS = build_counts(3)


@pytest.mark.parametrize("kind", ["rest", "graphql"])
@pytest.mark.parametrize(
    ("date", "seconds"),
    [
        (FETCHED_AT + timedelta(minutes=10), 600),
        (FETCHED_AT - timedelta(hours=3), -10_800),
        (FETCHED_AT.replace(year=1970), -1_767_225_600),
        (FETCHED_AT, 0),
        ("yesterday", None),
        ("", None),
    ],
    ids=["fast", "slow", "1970", "right", "garbage", "absent"],
)
def test_F_28_the_date_header_tells_the_skew(tmp_path, kind, date, seconds) -> None:
    def at(_: Asked, reply: Reply) -> Reply:
        return Reply(reply.body, headers=reply.headers, date=date)

    with serving(kind, ROWS, spoil=at) as it:
        fetched, _ = land(it.connector, "counts", tmp_path)
    assert fetched.clock_skew_seconds == seconds
    assert fetched.is_complete

"""How long to wait: never shorter than asked."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.connectors.patience import (
    LONGEST_WAIT,
    compute_backoff,
    find_rate,
    parse_reset,
    parse_retry_after,
    stretch,
)

NOW = datetime(2026, 4, 6, 10, tzinfo=UTC)


def test_waits_double_up_to_a_cap_and_half_of_each_is_chance():
    assert [compute_backoff(n, 1.0) for n in (1, 2, 3, 4)] == [0.5, 1.0, 2.0, 4.0]
    assert compute_backoff(1, 0.0) == 0.25
    assert compute_backoff(10_000, 1.0) == LONGEST_WAIT


@given(asked=st.floats(0, 1e9), chance=st.floats(0, 1))
def test_a_stretched_wait_is_never_shorter_than_asked(asked, chance):
    assert asked <= stretch(asked, chance) <= asked + 5


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("1000000000", 1e9),
        ("Mon, 06 Apr 2026 10:00:30 GMT", 30.0),
        ("Mon, 06 Apr 2026 09:00:00 GMT", 0.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("٣", None),
        ("1e9", None),
        ("9" * 400, None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_garbage_is_nothing(text, seconds):
    assert parse_retry_after({"retry-after": text}, NOW) == seconds


def test_a_retry_date_is_measured_on_the_clock_of_the_source():
    date = format_datetime(NOW - timedelta(hours=3), usegmt=True)
    until = format_datetime(NOW - timedelta(hours=3) + timedelta(seconds=9), usegmt=True)
    assert parse_retry_after({"retry-after": until, "date": date}, NOW) == 9.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("12", 12.0),
        (str(int(NOW.timestamp()) + 20), 20.0),
        (str((int(NOW.timestamp()) + 20) * 1000), 20.0),
        (str(int(NOW.timestamp()) - 20), 0.0),
        ("Mon, 06 Apr 2026 10:00:30 GMT", 30.0),
        ("?", None),
    ],
)
def test_a_reset_is_a_length_a_point_in_time_or_a_date(text, seconds):
    assert parse_reset(text, NOW) == seconds


@pytest.mark.parametrize(
    ("own", "announced", "rate"),
    [(None, "", None), (2.0, "", 2.0), (2.0, "0.5", 0.5), (2.0, "10", 2.0), (None, " 5.0 ", 5.0),
     (2.0, "soon", 2.0), (2.0, "0", 2.0), (None, "-1", None)],
)  # fmt: skip
def test_of_two_limits_the_lower_one_is_kept(own, announced, rate):
    assert find_rate(own, announced) == rate


@pytest.mark.parametrize(
    ("text", "seconds"), [("15000", 15.0), (str((int(NOW.timestamp()) + 20) * 1000), 20.0)]
)
def test_a_length_may_count_milliseconds_and_a_point_in_time_stays_one(text, seconds):
    assert parse_reset(text, NOW, in_milliseconds=True) == seconds

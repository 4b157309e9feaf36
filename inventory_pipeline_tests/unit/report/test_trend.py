"""Trend: the last finished check of each local day; a day without one stays a hole."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo, available_timezones

import polars as pl

from inventory_pipeline.model.hours import find_hours_of_day
from inventory_pipeline.report.chart import draw_trend
from inventory_pipeline.report.trend import compute_trend, render_trend
from inventory_pipeline_tests.support.report_day import DAY, ZONE, build_cycles


def build_day(day: date, rate: float, *, status: str = "drift") -> pl.DataFrame:
    last = find_hours_of_day(day, ZONE)[-1:]
    return build_cycles(last, drift_rate=rate, record_accuracy=1 - rate, status=status)


def test_each_day_shows_its_last_finished_check():
    hours = find_hours_of_day(DAY, ZONE)
    cycles = pl.concat([build_cycles(hours[:1], drift_rate=0.5), build_day(DAY, 0.02)])
    trend = compute_trend(cycles, DAY, ZONE)
    assert len(trend) == 14
    assert (trend[-1].day, trend[-1].drift_rate) == (DAY, 0.02)


def test_an_evening_hour_belongs_to_the_day_of_the_business_not_of_utc():
    evening = find_hours_of_day(DAY, ZONE)[-1]
    assert evening.date() == DAY + timedelta(days=1)
    assert compute_trend(build_cycles([evening]), DAY, ZONE)[-1].drift_rate == 0.0


def test_every_zone_that_may_be_configured_has_days():
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        evening = find_hours_of_day(DAY, zone)[-1]
        assert compute_trend(build_cycles([evening]), DAY, zone)[-1].drift_rate == 0.0, name


def test_a_failed_check_is_no_point_of_the_trend():
    trend = compute_trend(build_day(DAY, 0.3, status="failed"), DAY, ZONE)
    assert trend[-1].drift_rate is None


def test_the_words_carry_every_figure_and_the_holes():
    cycles = pl.concat([build_day(DAY - timedelta(days=2), 0.01), build_day(DAY, 0.0213)])
    words = render_trend(compute_trend(cycles, DAY, ZONE))
    assert "04-04 1.00% / 99.0%; 04-06 2.13% / 97.9%." in words
    assert "12 of 14 days have no finished check." in words


def test_an_empty_trend_is_told_in_words():
    trend = compute_trend(build_cycles([]), DAY, ZONE)
    assert render_trend(trend) == "No finished check in the last 14 days."


def test_the_picture_is_a_png_even_of_nothing_and_the_same_every_time():
    trend = compute_trend(build_day(DAY, 0.0213), DAY, ZONE)
    nothing = compute_trend(build_cycles([]), DAY, ZONE)
    first, second = draw_trend(trend, line=0.02), draw_trend(trend, line=0.02)
    assert first == second
    assert first != draw_trend(nothing, line=0.02)
    assert first.startswith(b"\x89PNG")
    assert len(first) < 100_000

"""Sources: a feed counts as whole only for the hours in which it was complete and fresh."""

from datetime import timedelta

import polars as pl

from inventory_pipeline.model.hours import find_hours_of_day
from inventory_pipeline.report.sources import compute_sources
from inventory_pipeline.report.summary import Source
from inventory_pipeline_tests.support.report_day import DAY, ZONE, build_batches

HOURS = find_hours_of_day(DAY, ZONE)


def find(batches: pl.DataFrame, system: str, *, hours=HOURS) -> Source:
    sources = compute_sources(batches, systems=["erp", "shelf"], hours=hours)
    return next(source for source in sources if source.system == system)


def test_a_source_heard_whole_every_hour_is_whole():
    source = find(build_batches(HOURS), "erp")
    assert source.is_whole
    assert (source.complete, source.others, source.keys) == (24, (), 564)
    assert source.source_at == HOURS[-1] + timedelta(minutes=55)


def test_a_system_that_was_never_heard_stands_there_with_nothing():
    source = find(build_batches(HOURS, systems=["shelf"]), "erp")
    assert not source.is_whole
    assert (source.complete, source.others) == (0, (("silent", 24),))


def test_one_late_hour_makes_a_source_short_and_says_why():
    is_late = (pl.col("system") == "erp") & (pl.col("hour_at") == HOURS[7])
    batches = build_batches(HOURS).with_columns(
        status=pl.when(is_late).then(pl.lit("late")).otherwise("status"),
        reason=pl.when(is_late).then(pl.lit("27 h old")).otherwise("reason"),
    )
    source = find(batches, "erp")
    assert (source.is_whole, source.complete, source.others) == (False, 23, (("late", 1),))
    assert source.reason == "27 h old"


def test_an_hour_without_any_record_is_silence_not_completeness():
    source = find(build_batches(HOURS[:-1]), "erp")
    assert (source.is_whole, source.others) == (False, (("silent", 1),))


def test_only_checked_hours_are_asked_of_a_source():
    source = find(build_batches(HOURS[:20]), "erp", hours=HOURS[:20])
    assert (source.is_whole, source.hours) == (True, 20)


def test_a_second_feed_is_evidence_too():
    moves = build_batches(HOURS[:5], systems=["shelf"]).with_columns(feed=pl.lit("movements"))
    sources = compute_sources(
        pl.concat([build_batches(HOURS), moves]), systems=["shelf"], hours=HOURS
    )
    shelf = {source.feed: source.is_whole for source in sources if source.system == "shelf"}
    assert shelf == {"counts": True, "movements": False}


def test_without_a_checked_hour_no_source_is_whole():
    assert not find(build_batches([]), "erp", hours=[]).is_whole

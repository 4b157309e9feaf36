"""F-88: a report far too big for a mail is cut with counts, never silently."""

from datetime import timedelta

import polars as pl
import pytest

from inventory_pipeline.report.attachment import ROWS
from inventory_pipeline.report.findings import LISTED
from inventory_pipeline_tests.support.report_day import (
    MORNING,
    build_finding,
    build_problems,
    build_records,
    report,
)

MANY = 100_000


def build_many() -> pl.DataFrame:
    """Return that many open findings with long details, as one frame."""
    row = build_problems(build_finding(details='{"note": "' + "x" * 500 + '"}'))
    numbers = pl.int_range(MANY, eager=True).cast(pl.String)
    return pl.concat([row] * MANY, rechunk=True).with_columns(
        finding_id="F-" + numbers, sku="SKU-" + numbers
    )


@pytest.mark.slow
def test_F_88_a_hundred_thousand_findings_fit_a_mail_and_are_all_counted():
    made = report(build_records(problems=build_many()))
    left = f"and {MANY - LISTED:,} more, see the attached CSV"
    assert left in made.text
    assert left in made.html
    assert made.attachment.name == f"findings-2026-04-06-{ROWS}-of-{MANY}.csv"
    assert (made.attachment.shown, made.attachment.total) == (ROWS, MANY)
    assert "100,000 major" in made.subject
    size = len(made.html) + len(made.text) + len(made.attachment.content) + len(made.chart)
    assert size < 3_000_000


def test_F_88_many_hours_and_sources_of_trouble_stay_one_line_each():
    records = build_records()
    late = records.batches.with_columns(status=pl.lit("late"), reason=pl.lit("r" * 10_000))
    made = report(build_records(batches=late, cycles=records.cycles.clear()))
    assert len(made.text) < 20_000


def test_F_88_a_long_queue_of_minor_findings_is_named_in_part_and_counted():
    problems = (
        build_many()
        .head(3_000)
        .with_columns(severity=pl.lit("minor"), is_settled=pl.lit(value=False))
    )
    made = report(build_records(problems=problems))
    assert "3,000 minor findings, 3,000 of them still settling" in made.text
    assert "and 2,990 more, see the attached CSV" in made.text
    assert len(made.text) < 20_000


def test_F_88_ages_of_years_are_told_short():
    old = build_finding(first_seen_at=MORNING - timedelta(days=4_000), streak=96_000)
    made = report(build_records(problems=build_problems(old)))
    words = " ".join(made.text.split())
    assert "first seen 2015-04-25 07:00 PDT (4000 d ago), 96,000 checks in a row" in words

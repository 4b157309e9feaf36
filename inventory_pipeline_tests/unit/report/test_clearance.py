"""Clearance: ALL CLEAR only on complete evidence (ACL-03, L8)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.model.hours import find_hours_of_day
from inventory_pipeline.report.clearance import Evidence, compute_verdict
from inventory_pipeline.report.measures import Structural
from inventory_pipeline.report.summary import (
    Attendance,
    Counts,
    Findings,
    Hour,
    MirrorCount,
    Source,
)
from inventory_pipeline_tests.support.report_day import DAY, ZONE

HOURS = find_hours_of_day(DAY, ZONE)
DONE = tuple(Hour(hour_at, "done", "clear", 1128) for hour_at in HOURS)
WHOLE = Source("shelf", "counts", 24, 24, (), HOURS[-1], 564, "")
MIRROR = MirrorCount("storefront", "available", 564, 564, 0, 0, 0, 0)
CLEAN = Evidence(
    attendance=Attendance(DONE, is_over=True),
    sources=(WHOLE,),
    counts=Counts(HOURS[-1], (MIRROR,), 27_072),
    findings=Findings(),
    authority=(),
    structural=Structural(),
)


def spoil(**parts: object) -> Evidence:
    return replace(CLEAN, **parts)


def with_hour(**known: object) -> Evidence:
    hours = (replace(DONE[0], **known), *DONE[1:])
    return spoil(attendance=Attendance(hours, is_over=True))


def test_complete_evidence_and_nothing_wrong_is_all_clear():
    verdict = compute_verdict(CLEAN)
    assert (verdict.status, verdict.missing, verdict.troubles) == ("ALL CLEAR", (), ())


LACKING = {
    "23 of 24 hours": with_hour(state="never_ran"),
    "a failed hour": with_hour(state="failed"),
    "a killed hour": with_hour(state="died"),
    "a missed hour": with_hour(state="missed"),
    "a day not over": spoil(
        attendance=Attendance((*DONE[:-1], Hour(HOURS[-1], "pending")), is_over=False)
    ),
    "an hour on incomplete evidence": with_hour(cycle_status="incomplete"),
    "an hour that compared nothing": with_hour(compared=0),
    "no hour at all": spoil(attendance=Attendance((), is_over=True)),
    "a late source": spoil(sources=(replace(WHOLE, complete=23, others=(("late", 1),)),)),
    "a silent source": spoil(sources=(WHOLE, Source("erp", "counts", 24, 0, (), None, 0, ""))),
    "no source": spoil(sources=()),
    "a mirror that compared nothing": spoil(
        counts=Counts(HOURS[-1], (MIRROR, replace(MIRROR, mirror="erp", compared=0)), 1)
    ),
    "no mirror": spoil(counts=Counts(HOURS[-1], (), 0)),
}
TROUBLED = {
    "a major": spoil(findings=Findings(major=1, needing=1)),
    "a notable": spoil(findings=Findings(notable=1, needing=1)),
    "an authority gap": spoil(authority=(("price", "nobody owns it"),)),
    "structural drift": spoil(structural=Structural(is_structural=True)),
}


@pytest.mark.parametrize("evidence", LACKING.values(), ids=LACKING)
def test_lacking_evidence_is_incomplete_and_says_what_lacks(evidence: Evidence):
    verdict = compute_verdict(evidence)
    assert verdict.status == "INCOMPLETE"
    assert verdict.missing


@pytest.mark.parametrize("evidence", TROUBLED.values(), ids=TROUBLED)
def test_trouble_on_complete_evidence_is_attention(evidence: Evidence):
    verdict = compute_verdict(evidence)
    assert (verdict.status, verdict.missing) == ("ATTENTION", ())
    assert verdict.troubles


@pytest.mark.parametrize("evidence", LACKING.values(), ids=LACKING)
def test_lacking_evidence_outranks_trouble_and_both_are_named(evidence: Evidence):
    verdict = compute_verdict(replace(evidence, findings=Findings(major=2, needing=2)))
    assert verdict.status == "INCOMPLETE"
    assert verdict.troubles == ("2 major and 0 notable findings open",)


def test_a_minor_gap_that_may_settle_does_not_spoil_the_day():
    assert compute_verdict(spoil(findings=Findings(minor=3, settling=3))).status == "ALL CLEAR"


def test_an_unfinished_day_says_so_far():
    verdict = compute_verdict(LACKING["a day not over"])
    assert "so far" in verdict.missing[0]


HOUR_STATES = st.sampled_from(["done", "failed", "died", "missed", "never_ran", "pending"])
HOUR = st.builds(
    Hour,
    hour_at=st.sampled_from(HOURS),
    state=HOUR_STATES,
    cycle_status=st.sampled_from(["clear", "drift", "incomplete", ""]),
    compared=st.integers(-1, 2),
)
SOURCE = st.builds(
    Source,
    system=st.sampled_from(["erp", "shelf"]),
    feed=st.just("counts"),
    hours=st.integers(0, 3),
    complete=st.integers(0, 3),
    others=st.just(()),
    source_at=st.none(),
    keys=st.integers(0, 2),
    reason=st.just(""),
)
COUNT = st.integers(0, 1)
MIRRORS = st.builds(
    MirrorCount, st.just("erp"), st.just("on_hand"), st.integers(-1, 2), COUNT, COUNT, COUNT,
    COUNT, COUNT,
)  # fmt: skip
EVIDENCE = st.builds(
    Evidence,
    attendance=st.builds(
        Attendance, hours=st.lists(HOUR, max_size=4).map(tuple), is_over=st.booleans()
    ),
    sources=st.lists(SOURCE, max_size=2).map(tuple),
    counts=st.builds(
        Counts, st.just(HOURS[-1]), st.lists(MIRRORS, max_size=2).map(tuple), st.integers(0, 9)
    ),
    findings=st.builds(Findings, major=COUNT, notable=COUNT, minor=COUNT),
    authority=st.sampled_from([(), (("price", "nobody owns it"),)]),
    structural=st.builds(Structural, is_structural=st.booleans()),
)


@given(EVIDENCE)
def test_no_input_without_full_evidence_is_ever_all_clear(evidence: Evidence):
    hours, sources = evidence.attendance.hours, evidence.sources
    mirrors = evidence.counts.mirrors
    is_evident = (
        bool(hours)
        and all(hour.state == "done" for hour in hours)
        and all(hour.cycle_status in ("clear", "drift") for hour in hours)
        and all(hour.compared > 0 for hour in hours)
        and bool(sources)
        and all(source.complete >= source.hours > 0 for source in sources)
        and bool(mirrors)
        and all(mirror.compared > 0 for mirror in mirrors)
    )
    is_quiet = (
        not evidence.findings.major
        and not evidence.findings.notable
        and not evidence.authority
        and not evidence.structural.is_structural
    )
    verdict = compute_verdict(evidence)
    assert (verdict.status == "ALL CLEAR") == (is_evident and is_quiet)
    assert (verdict.status == "INCOMPLETE") == (not is_evident)
    assert (verdict.status == "ALL CLEAR") == (not verdict.missing and not verdict.troubles)

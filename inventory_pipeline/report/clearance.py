"""Is it truly all clear? Only complete evidence says so; doubt is never clear (ACL-03)."""

from dataclasses import dataclass

from inventory_pipeline.report import outbox
from inventory_pipeline.report.measures import Structural
from inventory_pipeline.report.outbox import NOTHING, Outbox
from inventory_pipeline.report.summary import (
    Attendance,
    Counts,
    Findings,
    HourState,
    Source,
    Status,
)
from inventory_pipeline.report.words import neutralise, render_count, render_list

_HOUR_WORDS: dict[HourState, str] = {
    "failed": "failed",
    "died": "began and never ended",
    "missed": "cannot be recovered",
    "never_ran": "never ran",
    "pending": "still to come",
}
_FINISHED = ("clear", "drift")


@dataclass(frozen=True)
class Evidence:
    """All that a verdict rests on."""

    attendance: Attendance
    sources: tuple[Source, ...]
    counts: Counts
    findings: Findings
    authority: tuple[tuple[str, str], ...]
    structural: Structural
    outbox: Outbox = NOTHING


@dataclass(frozen=True)
class Verdict:
    """A status and why: ``missing`` evidence first, then what needs a person."""

    status: Status
    missing: tuple[str, ...]
    troubles: tuple[str, ...]


def compute_verdict(evidence: Evidence) -> Verdict:
    """Judge one day. ALL CLEAR exactly when nothing is missing and nothing needs a person."""
    missing = (
        *_find_missing_hours(evidence.attendance),
        *_find_missing_sources(evidence),
        *_find_missing_counts(evidence),
    )
    troubles = _find_troubles(evidence)
    status: Status = "INCOMPLETE" if missing else "ATTENTION" if troubles else "ALL CLEAR"
    return Verdict(status, tuple(missing), tuple(troubles))


def _find_missing_hours(attendance: Attendance) -> list[str]:
    if not attendance.hours:
        return ["no hour of this day is known"]
    if attendance.done == attendance.expected:
        return []
    states = [
        f"{len(hours):,} {word}"
        for state, word in _HOUR_WORDS.items()
        if (hours := attendance.find(state))
    ]
    done = f"{attendance.done} of {render_count(attendance.expected, 'hour')} checked"
    so_far = "" if attendance.is_over else " so far: the day is not over"
    return [f"{done}{so_far} ({', '.join(states)})"]


def _find_missing_sources(evidence: Evidence) -> list[str]:
    if not evidence.sources:
        return ["no source is configured"]
    if not evidence.attendance.done:
        return []
    short = [source for source in evidence.sources if not source.is_whole]
    partial = [h for h in evidence.attendance.find("done") if h.cycle_status not in _FINISHED]
    if partial and not short:
        return [f"{render_count(len(partial), 'hour')} checked on incomplete evidence"]
    return [
        f"source {neutralise(source.system)} {neutralise(source.feed)}: "
        f"complete in {source.complete} of "
        f"{render_count(source.hours, 'checked hour')} ({_render_others(source)})"
        for source in short
    ]


def _render_others(source: Source) -> str:
    others = [f"{hours:,} {neutralise(status)}" for status, hours in source.others]
    return ", ".join(others) or "never heard"


def _find_missing_counts(evidence: Evidence) -> list[str]:
    if not evidence.attendance.done:
        return []
    missing = []
    empty = [h for h in evidence.attendance.find("done") if h.compared <= 0]
    if empty:
        missing.append(f"nothing was compared in {render_count(len(empty), 'checked hour')}")
    mirrors = evidence.counts.mirrors
    idle = [
        f"{neutralise(mirror.mirror)} {neutralise(mirror.fact)}"
        for mirror in mirrors
        if mirror.compared <= 0
    ]
    if idle or not mirrors:
        names = render_list(idle) or "any mirror"
        missing.append(f"the last check compared nothing for {names}")
    return missing


def _find_troubles(evidence: Evidence) -> list[str]:
    findings, troubles = evidence.findings, []
    if findings.major or findings.notable:
        troubles.append(f"{findings.major:,} major and {findings.notable:,} notable findings open")
    troubles += [f"{neutralise(fact)} has no single owner" for fact, _ in evidence.authority]
    if evidence.structural.is_structural:
        troubles.append("drift is structural: the systems are wired to disagree")
    return [*troubles, *outbox.find_troubles(evidence.outbox)]

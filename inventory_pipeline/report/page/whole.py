"""From a day's summary to the whole page: band, key figures, every section, footer."""

from inventory_pipeline.report.page.evidence import (
    build_authority,
    build_counts,
    build_hours,
    build_sources,
)
from inventory_pipeline.report.page.figures import (
    build_accuracy,
    build_costs,
    build_risk,
    build_structural,
    build_trend,
)
from inventory_pipeline.report.page.findings import (
    build_cleared,
    build_judgement,
    build_kinds,
    build_negative,
    build_waiting,
)
from inventory_pipeline.report.page.parts import Page, Section, Tile, Tone
from inventory_pipeline.report.page.work import (
    ALERTS,
    build_fixes,
    build_outbox,
    build_pipeline,
    build_proposals,
    build_tasks,
)
from inventory_pipeline.report.summary import DaySummary, Status
from inventory_pipeline.report.words import (
    neutralise,
    render_count,
    render_moment,
    render_share,
)

TONES: dict[Status, Tone] = {
    "ALL CLEAR": "clear",
    "ATTENTION": "attention",
    "INCOMPLETE": "incomplete",
}
SILENCE = "If this mail does not come one morning, that is the alarm: see docs/runbook.md."
SIGNS = (
    "Every difference is what the mirror shows minus what it should show: "
    "+ sells what is not there, - hides what is."
)


def build_page(summary: DaySummary) -> Page:
    """Put the whole summary into words."""
    return Page(
        tone=TONES[summary.status],
        status=summary.status,
        heading=_build_heading(summary),
        lead=_build_lead(summary),
        tiles=_build_tiles(summary),
        sections=_build_sections(summary),
        footer=(SILENCE, SIGNS, f"Written {render_moment(summary.written_at, summary.zone)}."),
        link=summary.base_url,
    )


def _build_heading(summary: DaySummary) -> str:
    sequence = summary.mail.sequence
    number = "" if sequence is None else f", mail #{sequence}"
    name = neutralise(summary.business)
    return f"{name}, {summary.day:%A} {summary.day.isoformat()}{number}"


def _build_lead(summary: DaySummary) -> tuple[str, ...]:
    findings, attendance = summary.findings, summary.attendance
    lines = tuple(f"{reason[:1].upper()}{reason[1:]}." for reason in summary.reasons)
    if summary.status == "ALL CLEAR":
        hours = render_count(attendance.expected, "hour")
        lines = (f"All {hours} checked, every source complete and fresh, nothing to decide.",)
    if findings.opened_since:
        found = render_count(findings.opened_since, "major finding")
        lines = (*lines, f"Since the day ended: {found} opened and still open.")
    return lines


def _build_tiles(summary: DaySummary) -> tuple[Tile, ...]:
    counts, record, inputs = summary.counts, summary.accuracy.record, summary.structural
    attendance = summary.attendance
    matched = f"{counts.matched:,} match, {counts.in_flight:,} in flight"
    drifting = f"{inputs.drifting_skus:,} of {inputs.active_skus:,} SKUs"
    so_far = "checked" if attendance.is_over else "checked so far"
    return (
        Tile("Hours", f"{attendance.done} of {attendance.expected}", so_far),
        Tile("Compared", f"{counts.compared:,}", matched),
        Tile("Drift rate", render_share(inputs.drift_rate, digits=2), drifting),
        Tile("Record accuracy", render_share(record.value if record else None), "of active SKUs"),
    )


def _build_sections(summary: DaySummary) -> tuple[Section, ...]:
    return (
        build_judgement(summary),
        build_waiting(summary),
        build_cleared(summary),
        build_trend(summary),
        build_hours(summary),
        build_sources(summary),
        build_counts(summary),
        build_accuracy(summary),
        build_structural(summary),
        build_risk(summary),
        build_kinds(summary),
        build_costs(summary),
        build_proposals(summary),
        build_tasks(summary),
        build_fixes(summary),
        build_outbox(summary),
        ALERTS,
        build_negative(summary),
        build_authority(summary),
        build_pipeline(summary),
    )

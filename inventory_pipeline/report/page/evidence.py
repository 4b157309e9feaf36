"""The evidence of a page: hours, sources, and what was compared."""

from zoneinfo import ZoneInfo

from inventory_pipeline.report.page.parts import Section, Table
from inventory_pipeline.report.summary import DaySummary, Hour, HourState, Source
from inventory_pipeline.report.words import (
    neutralise,
    render_count,
    render_list,
    render_moment,
)

_HOUR_TITLES: dict[HourState, str] = {
    "failed": "Failed",
    "died": "Began and never ended",
    "missed": "Missed, cannot be recovered",
    "never_ran": "Never ran",
    "pending": "Still to come",
}
NOTE_LIMIT = 160


def build_hours(summary: DaySummary) -> Section:
    """Say how many hours were checked, and name each of the others with its state."""
    attendance = summary.attendance
    title = f"Hours checked, {attendance.done} of {attendance.expected}"
    lines = [
        f"{words} ({len(hours)}): {_render_hours(hours, summary.zone)}."
        for state, words in _HOUR_TITLES.items()
        if (hours := attendance.find(state))
    ]
    partial = [hour for hour in attendance.find("done") if hour.cycle_status == "incomplete"]
    if partial:
        named = _render_hours(tuple(partial), summary.zone)
        lines.append(f"Checked on incomplete evidence ({len(partial)}): {named}.")
    if not lines:
        return Section(title, ("Every hour of the day has a finished check.",), is_brief=True)
    return Section(title, tuple(lines))


def _render_hours(hours: tuple[Hour, ...], zone: ZoneInfo) -> str:
    return render_list([_render_hour(hour, zone) for hour in hours], limit=8)


def _render_hour(hour: Hour, zone: ZoneInfo) -> str:
    clock = f"{hour.hour_at.astimezone(zone):%H:%M %Z}"
    return f"{clock} ({neutralise(hour.note, limit=NOTE_LIMIT)})" if hour.note else clock


def build_sources(summary: DaySummary) -> Section:
    """Show for each feed in how many checked hours it was whole and fresh."""
    if not summary.sources:
        return Section("Sources", ("No source is configured.",))
    whole = sum(source.is_whole for source in summary.sources)
    rows = tuple(_build_row(source, summary.zone) for source in summary.sources)
    reasons = tuple(
        f"{neutralise(source.system)} {neutralise(source.feed)}: "
        f"{neutralise(source.reason, limit=NOTE_LIMIT)}"
        for source in summary.sources
        if source.reason and not source.is_whole
    )
    head = ("Source", "Complete", "Newest data", "Keys")
    return Section(
        f"Sources, {whole} of {len(summary.sources)} complete and fresh in every checked hour",
        table=Table(head, rows, numeric=(3,)),
        notes=reasons,
    )


def _build_row(source: Source, zone: ZoneInfo) -> tuple[str, ...]:
    others = "".join(f", {hours:,} {neutralise(status)}" for status, hours in source.others)
    return (
        f"{neutralise(source.system)} {neutralise(source.feed)}",
        f"{source.complete} of {source.hours}{others}",
        render_moment(source.source_at, zone),
        f"{source.keys:,}",
    )


def build_counts(summary: DaySummary) -> Section:
    """Prove what was compared: matches are counted too (REC-07)."""
    counts = summary.counts
    if counts.hour_at is None:
        return Section("Compared", ("Nothing: no check finished.",), is_brief=True)
    rows = tuple(
        (
            f"{neutralise(mirror.mirror)} {neutralise(mirror.fact)}",
            f"{mirror.compared:,}",
            f"{mirror.matched:,}",
            f"{mirror.in_flight + mirror.lagging:,}",
            f"{mirror.differing:,}",
        )
        for mirror in counts.mirrors
    )
    unknown = "; ".join(
        f"{neutralise(mirror.mirror)} {neutralise(mirror.fact)} {mirror.unknown:,}"
        for mirror in counts.mirrors
        if mirror.unknown
    )
    head = ("Mirror", "Compared", "Matched", "In flight", "Differ")
    return Section(
        f"Compared in the last check, {render_moment(counts.hour_at, summary.zone)}",
        table=Table(head, rows, numeric=(1, 2, 3, 4)),
        notes=(
            f"Could not be compared, one side not known: {unknown or 'none'}.",
            f"The whole day: {render_count(counts.compared_day, 'comparison')}.",
        ),
    )


def build_authority(summary: DaySummary) -> Section:
    """Name every fact without exactly one owner, and every review that is late."""
    lines = tuple(neutralise(text, limit=NOTE_LIMIT) for _, text in summary.authority)
    late = tuple(neutralise(text, limit=NOTE_LIMIT) for text in summary.overdue)
    told = (*(lines or ("Every fact has exactly one owner.",)), *late)
    return Section("Authority", told, is_brief=len(told) == 1)

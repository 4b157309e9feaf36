"""From what was recorded of a day to its summary and its mail. Pure: same records, same mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from inventory_pipeline.config.models import Settings
from inventory_pipeline.model.ports import Mail
from inventory_pipeline.report.accuracy import compute_accuracy, compute_structural
from inventory_pipeline.report.asks import Ask
from inventory_pipeline.report.attachment import Attachment, build_attachment
from inventory_pipeline.report.attendance import (
    FINISHED,
    Attempt,
    compute_attendance,
    compute_backlog,
)
from inventory_pipeline.report.chart import draw_trend
from inventory_pipeline.report.clearance import Evidence, compute_verdict
from inventory_pipeline.report.costs import compute_costs
from inventory_pipeline.report.findings import compute_findings, compute_risk, sort_worst_first
from inventory_pipeline.report.outbox import NOTHING, Outbox
from inventory_pipeline.report.page.figures import TREND_CID
from inventory_pipeline.report.page.whole import build_page
from inventory_pipeline.report.render import render_html, render_subject, render_text
from inventory_pipeline.report.sources import compute_sources
from inventory_pipeline.report.summary import Counts, DaySummary, MailFacts, MirrorCount
from inventory_pipeline.report.trend import compute_trend


@dataclass(frozen=True)
class Records:
    """What was recorded of one local day, as it was read.

    Attributes:
        hours: the UTC hours of the day.
        due_hours: hours that should have been checked by now, back to the trend's start.
        cycles, batches, tallies, problems: rows of the queries of the same names.
        opened_since: majors that opened after the day's end and are still open.
        attempts: newest attempt at each hour that was tried.
        proposals, tasks: all that were not replaced or closed.
        authority: (fact, problem) of every fact without exactly one owner.
        overdue: reviews that are late; they spoil nothing.
    """

    day: date
    hours: tuple[datetime, ...]
    due_hours: tuple[datetime, ...]
    cycles: pl.DataFrame
    batches: pl.DataFrame
    tallies: pl.DataFrame
    problems: pl.DataFrame
    opened_since: int
    attempts: Mapping[datetime, Attempt]
    proposals: tuple[Ask, ...]
    tasks: tuple[Ask, ...]
    authority: tuple[tuple[str, str], ...]
    overdue: tuple[str, ...]
    heartbeat_at: datetime | None
    outbox: Outbox = NOTHING


@dataclass(frozen=True)
class Report:
    """A day's summary in every form it is given."""

    summary: DaySummary
    subject: str
    text: str
    html: str
    chart: bytes
    attachment: Attachment | None


def compute_summary(
    records: Records, settings: Settings, *, mail: MailFacts, now: datetime
) -> DaySummary:
    """Judge one day and gather everything the mail says."""
    proposals = _keep_open(records.proposals, records.problems)
    tasks = _keep_open(records.tasks, records.problems)
    cycle = find_last_cycle(records)
    evidence = _compute_evidence(records, settings, cycle, (*proposals, *tasks), now)
    verdict = compute_verdict(evidence)
    zone, currency = settings.business.zone, settings.business.currency
    return DaySummary(
        day=records.day,
        business=settings.business.name,
        zone=zone,
        currency=currency,
        written_at=now,
        status=verdict.status,
        reasons=(*verdict.missing, *verdict.troubles),
        attendance=evidence.attendance,
        sources=evidence.sources,
        counts=evidence.counts,
        findings=evidence.findings,
        authority=records.authority,
        overdue=records.overdue,
        accuracy=compute_accuracy(cycle, evidence.counts),
        structural=evidence.structural,
        oversell=compute_risk(records.problems, is_over=True),
        lost_sales=compute_risk(records.problems, is_over=False),
        trend=compute_trend(records.cycles, records.day, zone),
        costs=compute_costs(
            evidence.structural, evidence.findings, costs=settings.costs, currency=currency
        ),
        proposals=proposals,
        tasks=tasks,
        backlog=compute_backlog(records.due_hours, records.cycles),
        heartbeat_at=records.heartbeat_at,
        mail=mail,
        outbox=records.outbox,
        base_url=settings.mail.base_url,
    )


def _compute_evidence(
    records: Records,
    settings: Settings,
    cycle: Mapping[str, Any] | None,
    asks: tuple[Ask, ...],
    now: datetime,
) -> Evidence:
    attendance = compute_attendance(records.hours, records.cycles, records.attempts, now=now)
    done = [hour.hour_at for hour in attendance.find("done")]
    return Evidence(
        attendance=attendance,
        sources=compute_sources(records.batches, systems=list(settings.systems), hours=done),
        counts=_compute_counts(records, cycle),
        findings=compute_findings(records.problems, asks, opened_since=records.opened_since),
        authority=records.authority,
        structural=compute_structural(cycle, settings.structural),
        outbox=records.outbox,
    )


def _keep_open(asks: tuple[Ask, ...], problems: pl.DataFrame) -> tuple[Ask, ...]:
    """Keep what belongs to a finding that is open, the worst finding's first."""
    worst_first = sort_worst_first(problems.filter(pl.col("state") == "open"))
    rank = {finding_id: place for place, finding_id in enumerate(worst_first["finding_id"])}
    return tuple(
        sorted((ask for ask in asks if ask.finding_id in rank), key=lambda a: rank[a.finding_id])
    )


def find_last_cycle(records: Records) -> dict[str, Any] | None:
    """Return the last finished check of the day, if there was one."""
    finished = records.cycles.filter(
        pl.col("status").is_in(FINISHED) & pl.col("hour_at").is_in(list(records.hours))
    ).sort("hour_at")
    return finished.tail(1).to_dicts()[0] if finished.height else None


def _compute_counts(records: Records, cycle: Mapping[str, Any] | None) -> Counts:
    if cycle is None:
        return Counts()
    day = records.cycles.filter(pl.col("hour_at").is_in(list(records.hours)))
    mirrors = tuple(MirrorCount(**row) for row in records.tallies.iter_rows(named=True))
    return Counts(cycle["hour_at"], mirrors, int(day["compared"].sum()))


def build_report(records: Records, summary: DaySummary) -> Report:
    """Render the summary: subject, both parts, picture, attachment."""
    page = build_page(summary)
    return Report(
        summary=summary,
        subject=render_subject(summary),
        text=render_text(page),
        html=render_html(page),
        chart=draw_trend(summary.trend, line=summary.structural.line),
        attachment=build_attachment(records.problems, slug=records.day.isoformat()),
    )


def compose_mail(report: Report, settings: Settings, message_id: str) -> Mail:
    """Put the report into a mail to the configured people."""
    files = report.attachment
    return Mail(
        subject=report.subject,
        text=report.text,
        html=report.html,
        message_id=message_id,
        to=tuple(settings.mail.to),
        sender=settings.mail.sender,
        images={TREND_CID: report.chart},
        attachments={files.name: files.content} if files else {},
    )

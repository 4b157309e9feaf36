"""The work of a page: what was proposed, asked, queued, and the state of the pipeline itself."""

from inventory_pipeline.report.page.parts import Section
from inventory_pipeline.report.summary import Ask, DaySummary
from inventory_pipeline.report.words import (
    neutralise,
    render_age,
    render_count,
    render_moment,
    render_units,
)

SHOWN = 10
REASON_LIMIT = 120


def build_proposals(summary: DaySummary) -> Section:
    """List corrected numbers that wait for a decision, with the reason of each."""
    return _build_asks("Corrections proposed", summary.proposals)


def build_tasks(summary: DaySummary) -> Section:
    """List the bins somebody is asked to count."""
    return _build_asks("Count tasks", summary.tasks)


def _build_asks(title: str, asks: tuple[Ask, ...]) -> Section:
    if not asks:
        return Section(f"{title} (0)", ("None.",), is_brief=True)
    lines = tuple(_render_ask(ask) for ask in asks[:SHOWN])
    left = len(asks) - SHOWN
    notes = (f"and {left:,} more",) if left > 0 else ()
    return Section(f"{title} ({len(asks):,})", lines, notes=notes)


def _render_ask(ask: Ask) -> str:
    item = f"{neutralise(ask.sku)} at {neutralise(ask.location_id)}"
    place, units = neutralise(ask.place), render_units(ask.units)
    wanted = (
        f"set {place} to {units}"
        if ask.kind == "proposal"
        else f"count bin {place}, recorded {units}"
    )
    why = neutralise(ask.reason, limit=REASON_LIMIT)
    return f"{item}: {wanted} ({neutralise(ask.state)}); {why}"


def build_unchanged() -> tuple[Section, ...]:
    """Say of fixes, stock alerts and the outbox what is true while no room writes outside."""
    said = (
        ("Fixes made", "None: this version changes nobody's stock."),
        ("Stock alerts", "None: this version computes no stock alerts."),
        ("Outbox queue", "Nothing queued: this version sends no corrections."),
    )
    return tuple(Section(title, (line,), is_brief=True) for title, line in said)


def build_pipeline(summary: DaySummary) -> Section:
    """State backlog, heartbeat and the row of mails, so that a reader sees a hole."""
    return Section(
        "The pipeline itself",
        (_render_backlog(summary), _render_heartbeat(summary), _render_mails(summary)),
    )


def _render_backlog(summary: DaySummary) -> str:
    backlog = summary.backlog
    newest = render_moment(backlog.newest_checked_at, summary.zone)
    if not backlog.hours:
        return f"Backlog: 0 hours. Newest checked hour: {newest}."
    oldest = render_moment(backlog.oldest_at, summary.zone)
    return (
        f"Backlog: {render_count(backlog.hours, 'hour')} without a finished check, "
        f"oldest {oldest}. Newest checked hour: {newest}."
    )


def _render_heartbeat(summary: DaySummary) -> str:
    if summary.heartbeat_at is None:
        return "Heartbeat: no hourly run has signed it yet."
    age = render_age(summary.written_at - summary.heartbeat_at)
    return f"Heartbeat: signed by the last hourly run {age} before this summary was written."


def _render_mails(summary: DaySummary) -> str:
    mail = summary.mail
    this = "This is a preview, not sent" if mail.sequence is None else f"This is #{mail.sequence}"
    if mail.sent_at is not None:
        this += f", sent {render_moment(mail.sent_at, summary.zone)}"
    previous = (
        "no mail before it"
        if mail.previous_sequence is None
        else f"previous: #{mail.previous_sequence}, "
        f"sent {render_moment(mail.previous_sent_at, summary.zone)}"
    )
    return f"{this}; {previous}; next due {render_moment(mail.next_due_at, summary.zone)}."

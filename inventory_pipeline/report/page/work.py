"""The work of a page: what was proposed, asked, queued, and the state of the pipeline itself."""

from inventory_pipeline.report.asks import Ask
from inventory_pipeline.report.outbox import Fix
from inventory_pipeline.report.page.parts import Section
from inventory_pipeline.report.summary import DaySummary
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


ALERTS = Section("Stock alerts", ("None: this version computes no stock alerts.",), is_brief=True)


def build_fixes(summary: DaySummary) -> Section:
    """List corrections that arrived in the day: from what to what, who decided, and why."""
    outbox = summary.outbox
    would = (
        f"In shadow mode: {render_count(outbox.would, 'correction')} would have been made."
        if outbox.would
        else ""
    )
    if not outbox.fixed:
        return Section("Fixes made (0)", ("None.", would) if would else ("None.",), is_brief=True)
    lines = tuple(_render_fix(fix) for fix in outbox.fixes)
    left = outbox.fixed - len(outbox.fixes)
    notes = tuple(note for note in (f"and {left:,} more" if left else "", would) if note)
    return Section(f"Fixes made ({outbox.fixed:,})", lines, notes=notes)


def _render_fix(fix: Fix) -> str:
    item = f"{neutralise(fix.sku)} at {neutralise(fix.location_id)}"
    cause = f", {fix.cause.replace('_', ' ')}" if fix.cause else ""
    return (
        f"{item}: {neutralise(fix.system)} {neutralise(fix.fact)} from "
        f"{render_units(fix.before_units)} to {render_units(fix.target_units)}{cause}; decided by "
        f"{neutralise(fix.decided_by)}, receipt {fix.receipt_id}."
    )


def build_outbox(summary: DaySummary) -> Section:
    """State the queue: how long, how old, what is stuck, what was stopped."""
    queue, brakes = summary.outbox.queue, summary.outbox.brakes
    lines = []
    if queue.oldest_at:
        age = render_age(summary.written_at - queue.oldest_at)
        lines.append(f"{render_count(queue.depth, 'receipt')} on the way, the oldest for {age}.")
    if queue.stuck:
        lines.append(f"{render_count(queue.stuck, 'receipt')} stuck: see 'receipts --open'.")
    if queue.for_people:
        lines.append(f"{render_count(queue.for_people, 'receipt')} refused, or of unknown effect.")
    lines += [f"Stopped for {neutralise(scope)}: {neutralise(why)}" for scope, why in brakes]
    title = f"Outbox queue ({queue.depth:,})"
    return Section(title, tuple(lines) or ("Nothing queued.",), is_brief=not lines)


def build_pipeline(summary: DaySummary) -> Section:
    """State backlog, heartbeat and the row of mails, so that a reader sees a hole."""
    lines = [_render_backlog(summary), _render_heartbeat(summary), _render_mails(summary)]
    if summary.outbox.head:
        lines.append(f"Audit chain: link {summary.outbox.head}.")
    return Section("The pipeline itself", tuple(lines))


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

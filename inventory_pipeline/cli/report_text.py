"""What ``report`` does: compute, send, write the files, and print the short of it."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from inventory_pipeline.cli import console as terminal
from inventory_pipeline.connectors.mail import embed_images, write_whole
from inventory_pipeline.errors import StoreError, UsageError
from inventory_pipeline.report.daily import Report
from inventory_pipeline.report.delivery import Delivery
from inventory_pipeline.report.page.figures import TREND_CID
from inventory_pipeline.report.page.whole import build_page
from inventory_pipeline.report.step import find_yesterday
from inventory_pipeline.report.summary import DaySummary, FindingLine
from inventory_pipeline.report.words import render_age, render_delta, render_moment
from inventory_pipeline.wiring.daily import report_day
from inventory_pipeline.wiring.house import House

STYLES = {"ALL CLEAR": "bold green", "ATTENTION": "bold yellow", "INCOMPLETE": "bold red"}
SHOWN = ("Needs nothing yet", "Hours checked", "Sources", "The pipeline itself")


def tell_day(
    house: House, day: str | None, *, send: bool, html: str | None, as_json: bool
) -> DaySummary:
    """Do all of it and return the summary.

    Args:
        house: the installation.
        day: such as 2026-04-06; None: yesterday.
        send: mail it, unless it was mailed before.
        html: write the page there too.
        as_json: print the summary for machines instead.

    Raises:
        DeliveryError: not every recipient took the mail.
        UsageError: ``day`` is no day, or has not begun.
    """
    wanted = parse_day(day) if day else find_yesterday(house)
    report, delivery = report_day(house, wanted, send=send)
    places = _write_files(house, report, delivery, html)
    if as_json:
        terminal.print_json(describe(report, delivery))
    else:
        _print(report, delivery, places)
    return report.summary


def parse_day(text: str) -> date:
    """Read a day.

    Raises:
        UsageError: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no day; write it as 2026-04-06") from None


def _write_files(
    house: House, report: Report, delivery: Delivery | None, html: str | None
) -> list[Path]:
    """Write the page beside the mails: as a preview, or as a copy of what went out by SMTP.

    The folder mailer wrote its own files, and what was sent before is left as it was sent.
    """
    page = embed_images(report.html, {TREND_CID: report.chart}).encode("utf-8", "replace")
    text = report.text.encode("utf-8", "replace")
    wanted = {Path(html): page} if html else {}
    stem = house.storage / "mails" / f"daily-{report.summary.day.isoformat()}"
    preview = [stem.with_name(f"{stem.name}.preview.{suffix}") for suffix in ("html", "txt")]
    if delivery is None:
        wanted |= dict(zip(preview, (page, text), strict=True))
    elif delivery.is_new and house.settings.mail.smtp is not None:
        wanted |= {stem.with_suffix(".html"): page, stem.with_suffix(".txt"): text}
    for path, content in wanted.items():
        _save(path, content)
    for path in preview if delivery is not None else ():
        path.unlink(missing_ok=True)
    return list(wanted)


def _save(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}") from None


def describe(report: Report, delivery: Delivery | None) -> dict[str, Any]:
    """Return the summary as plain data, beside what became of the mail."""
    summary = report.summary
    data = asdict(summary)
    data |= {
        "zone": summary.zone.key,
        "hours_expected": summary.attendance.expected,
        "hours_done": summary.attendance.done,
        "subject": report.subject,
        "sent": None
        if delivery is None
        else {
            "is_new": delivery.is_new,
            "sequence": delivery.slot.sequence,
            "sent_at": delivery.slot.sent_at,
            "message_id": delivery.slot.message_id,
        },
    }
    return data


def _print(report: Report, delivery: Delivery | None, places: list[Path]) -> None:
    out, summary = terminal.build_console(), report.summary
    page = build_page(summary)
    hours = f"{summary.attendance.done} of {summary.attendance.expected} hours"
    terminal.print_line(
        out, f"{summary.status}  {page.heading}, {hours}", style=STYLES[summary.status]
    )
    for line in page.lead:
        terminal.print_line(out, f"  {line}")
    figures = (f"{tile.label} {tile.value}" for tile in page.tiles)
    terminal.print_line(out, f"  {'; '.join(figures)}")
    _print_findings(out, summary)
    for section in page.sections:
        if section.title.split(",")[0] in SHOWN:
            terminal.print_line(out, section.title, style="bold")
            for line in (*section.lines, *section.notes):
                terminal.print_line(out, f"  {line}")
    _print_mail(out, summary, delivery, places)


def _print_findings(out: Console, summary: DaySummary) -> None:
    if not summary.findings.listed:
        return
    now = summary.as_of
    terminal.print_table(
        out,
        ("severity", "item", "location", "mirror", "gap", "class", "open for", "checks"),
        [
            _build_row(line, render_age(now - line.first_seen_at))
            for line in summary.findings.listed
        ],
    )
    left = summary.findings.needing - len(summary.findings.listed)
    if left:
        terminal.print_line(out, f"and {left:,} more: inventory-pipeline findings")


def _build_row(line: FindingLine, age: str) -> tuple[str, ...]:
    delta = "" if line.delta_units is None else render_delta(line.delta_units)
    item = line.sku or line.fact or line.kind
    return (
        line.severity, item, line.location_id, line.mirror, delta, line.finding_class, age,
        str(line.streak),
    )  # fmt: skip


def _print_mail(
    out: Console, summary: DaySummary, delivery: Delivery | None, places: list[Path]
) -> None:
    for path in places:
        terminal.print_line(out, f"wrote {path}")
    terminal.print_line(out, _describe_mail(summary, delivery))


def _describe_mail(summary: DaySummary, delivery: Delivery | None) -> str:
    if delivery is not None and delivery.is_new:
        return f"sent as #{delivery.slot.sequence}: {delivery.place}"
    mail = summary.mail
    sent_at = delivery.slot.sent_at if delivery is not None else mail.sent_at
    if sent_at is None:
        return "not sent; --send mails it, once"
    when = render_moment(sent_at, summary.zone)
    return f"already sent as #{mail.sequence} at {when}; nothing was sent now"

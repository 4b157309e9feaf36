"""From a page to the two parts of a mail. Both say the same: they are written from one page."""

from functools import cache
from textwrap import fill

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from inventory_pipeline.report.page.parts import Page, Table
from inventory_pipeline.report.summary import DaySummary
from inventory_pipeline.report.words import clean_header, render_count

TEXT_WIDTH = 76


def render_html(page: Page) -> str:
    """Return the HTML part: autoescaped, inline styles, nothing remote."""
    return _environment().get_template("page.html").render(page=page)


def render_text(page: Page) -> str:
    """Return the plain-text part: the same facts in the same order."""
    return _environment().get_template("page.txt").render(page=page)


def render_subject(summary: DaySummary) -> str:
    """Return the subject: fixed words and numbers; no item's name ever stands in it.

    The status follows the bracket at once, so that an outside mailbox check may look for
    ``] ALL CLEAR``.
    """
    attendance = summary.attendance
    hours = f"{attendance.done} of {render_count(attendance.expected, 'hour')}"
    so_far = "" if attendance.is_over else " so far"
    number = f" (#{summary.mail.sequence})" if summary.mail.sequence is not None else ""
    facts = [_render_result(summary), f"{hours}{so_far}"]
    if summary.status == "INCOMPLETE":
        facts.reverse()
    if short := sum(not source.is_whole and source.hours > 0 for source in summary.sources):
        facts.append(f"{render_count(short, 'source')} short")
    if summary.findings.opened_since:
        facts.append(f"{summary.findings.opened_since:,} major since")
    name = clean_header(summary.business)
    return f"[{name}] {summary.status} {summary.day.isoformat()}: {'; '.join(facts)}{number}"


def _render_result(summary: DaySummary) -> str:
    findings = summary.findings
    if findings.major or findings.notable:
        return f"{findings.major:,} major, {findings.notable:,} notable"
    gaps = f"{findings.minor:,} settling" if findings.minor else "0 gaps"
    return f"{summary.counts.compared:,} checked, {gaps}"


def render_table(table: Table) -> str:
    """Write a table in columns of plain text; one too wide is written row by row."""
    rows = [table.head, *table.rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(table.head))]
    if sum(widths) + 2 * len(widths) > TEXT_WIDTH + 2:
        return "\n".join(_render_row(table.head, row) for row in table.rows)
    return "\n".join(
        "  ".join(
            cell.rjust(width) if i in table.numeric else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _render_row(head: tuple[str, ...], row: tuple[str, ...]) -> str:
    facts = "; ".join(f"{name}: {cell}" for name, cell in zip(head[1:], row[1:], strict=True))
    return f"{wrap(row[0])}\n{wrap(facts, '  ')}"


def wrap(text: str, indent: str = "") -> str:
    """Break a paragraph at spaces; a word is never cut."""
    return fill(
        text,
        TEXT_WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("inventory_pipeline.report"),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["columns"] = render_table
    environment.filters["wrapped"] = wrap
    return environment

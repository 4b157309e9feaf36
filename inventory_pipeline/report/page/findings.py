"""The findings of a page: those that need judgement first, the rest in one line."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from inventory_pipeline.report.advice import render_next, render_title
from inventory_pipeline.report.asks import Ask
from inventory_pipeline.report.page.parts import Card, Section, Tone
from inventory_pipeline.report.summary import DaySummary, FindingLine
from inventory_pipeline.report.words import (
    neutralise,
    render_age,
    render_count,
    render_delta,
    render_details,
    render_moment,
    render_money,
    render_units,
)

_TONES: dict[str, Tone] = {"major": "major", "notable": "notable"}
# Three faults on one item, each with its records and its step, fit.
SENTENCE_LIMIT = 1000
# The three symptoms of REC-14, by their numbers.
_SYMPTOMS = {
    1: "same SKU with different numbers",
    2: "order accepted, pick failed",
    3: "a fix that opened another gap",
}


def build_judgement(summary: DaySummary) -> Section:
    """List what needs a person, worst first, and say how many are not listed."""
    findings = summary.findings
    title = f"Needs judgement ({findings.needing:,})"
    if not findings.needing:
        return Section(title, ("Nothing.",), is_brief=True)
    cards = build_cards(findings.listed, summary.zone, summary.currency, summary.as_of)
    left = findings.needing - len(findings.listed)
    notes = (f"and {left:,} more, see the attached CSV",) if left else ()
    return Section(title, _list_causes(summary), cards=cards, notes=notes)


def _list_causes(summary: DaySummary) -> tuple[str, ...]:
    """Count what needs a person by its cause; nothing where nobody looked for one."""
    causes = summary.findings.by_cause
    if not causes:
        return ()
    named = ", ".join(f"{cause.replace('_', ' ')} {number:,}" for cause, number in causes)
    return (f"By cause: {named}.",)


def build_cards(
    lines: tuple[FindingLine, ...], zone: ZoneInfo, currency: str, now: datetime
) -> tuple[Card, ...]:
    """Write one card a finding."""
    return tuple(_build_card(line, zone, currency, now) for line in lines)


def _build_card(line: FindingLine, zone: ZoneInfo, currency: str, now: datetime) -> Card:
    asked = [_render_ask(ask, line) for ask in line.asked]
    why, then = _split_sentence(line)
    lines = [why, _render_history(line, zone, currency, now)]
    if details := render_details(line.details):
        lines.append(details)
    lines.append(" ".join((f"Next: {then}", *asked)))
    delta = "" if line.delta_units is None else f" {render_delta(line.delta_units)}"
    return Card(
        tone=_TONES.get(line.severity, "minor"),
        title=render_subject(line),
        badge=f"{line.severity}{delta}",
        lines=tuple(lines),
    )


def name_class(line: FindingLine) -> str:
    """Write the class of a finding in words."""
    return line.finding_class.replace("_", " ")


def render_subject(line: FindingLine) -> str:
    """Name what the finding is about: item and place, or the fact where there is no item."""
    names = [neutralise(name) for name in (line.sku, line.location_id) if name]
    if names:
        return " at ".join(names)
    return f"{neutralise(line.fact)}, as a whole" if line.fact else "All items together"


def _split_sentence(line: FindingLine) -> tuple[str, str]:
    """Return why, in the words of the diagnosis, and the next step it ends with.

    Without a diagnosis: what the two sides show, and what a finding of this class asks for.
    """
    if not line.sentence:
        return _render_gap(line), render_next(line)
    words = neutralise(line.sentence, limit=SENTENCE_LIMIT)
    why, mark, then = words.rpartition("; next: ")
    if not mark:
        return _start(words), render_next(line)
    return f"{_start(why)}.", then


def _start(words: str) -> str:
    return words[:1].upper() + words[1:]


def _render_gap(line: FindingLine) -> str:
    title = render_title(line)
    if line.observed_units is None and line.expected_units is None:
        where = f" ({neutralise(line.mirror)})" if line.mirror else ""
        return f"{title.capitalize()}{where}."
    shows = "no number" if line.observed_units is None else render_units(line.observed_units)
    words = f"{neutralise(line.mirror)} shows {shows}"
    if line.expected_units is not None:
        words += f", expected {render_units(line.expected_units)}"
    if line.owner_units is not None:
        words += f" ({neutralise(line.owner)} has {render_units(line.owner_units)})"
    return f"{words}: {title}."


def _render_history(line: FindingLine, zone: ZoneInfo, currency: str, now: datetime) -> str:
    age = render_age(now - line.first_seen_at)
    words = [
        f"{name_class(line)}, first seen {render_moment(line.first_seen_at, zone)} ({age} ago)",
        f"{render_count(line.streak, 'check')} in a row",
    ]
    if line.recurrence > 1:
        words.append(f"came back {render_count(line.recurrence - 1, 'time')}")
    if line.money_at_risk:
        words.append(f"{render_money(line.money_at_risk, currency)} at risk")
    return ", ".join(words) + "."


def _render_ask(ask: Ask, line: FindingLine) -> str:
    state = neutralise(ask.state)
    if ask.kind == "count":
        bins = f"bin {neutralise(ask.place)}" if ask.place else "the shelf"
        return f"Asked: count {bins} ({state})."
    # The page shows the last check of its day; what is proposed now may be of a later one.
    is_later = line.expected_units is not None and ask.units != max(line.expected_units, 0)
    proposed = "Proposed by a later check" if is_later else "Proposed"
    return f"{proposed}: {neutralise(ask.place)} to {render_units(ask.units)} ({state})."


def build_waiting(summary: DaySummary) -> Section:
    """Put what needs nothing yet into one line each, with counts (RPT-08)."""
    findings, counts = summary.findings, summary.counts
    moving = render_count(counts.in_flight, "comparison")
    lines = [f"{moving} in flight or lagging, explained by open orders and sync times."]
    if findings.minor:
        named = "; ".join(_name_short(line) for line in findings.minors)
        left = findings.minor - len(findings.minors)
        more = f"; and {left:,} more, see the attached CSV" if left else ""
        lines.append(
            f"{render_count(findings.minor, 'minor finding')}, {findings.settling:,} of them "
            f"still settling: {named}{more}."
        )
    return Section("Needs nothing yet", tuple(lines), is_brief=not findings.minor)


def _name_short(line: FindingLine) -> str:
    mirror = f" ({neutralise(line.mirror)})" if line.mirror else ""
    delta = "" if line.delta_units is None else f" {render_delta(line.delta_units)}"
    return f"{render_subject(line)}{mirror}{delta}, {name_class(line)}"


def build_cleared(summary: DaySummary) -> Section:
    """Name what cleared within the day."""
    findings = summary.findings
    title = f"Cleared in the day ({findings.cleared_total:,})"
    if not findings.cleared_total:
        return Section(title, ("Nothing.",), is_brief=True)
    left = findings.cleared_total - len(findings.cleared)
    named = [
        f"{render_subject(line)} ({neutralise(line.mirror)}), {name_class(line)}, "
        f"{_render_life(summary.as_of - line.first_seen_at)}"
        for line in findings.cleared
    ]
    return Section(title, (*named, *((f"and {left:,} more",) if left else ())))


def _render_life(age: timedelta) -> str:
    return f"first seen {render_age(age)} ago"


def build_kinds(summary: DaySummary) -> Section:
    """Count the open findings by class and by symptom of REC-14."""
    findings = summary.findings
    classes = ", ".join(
        f"{neutralise(word).replace('_', ' ')} {number:,}" for word, number in findings.by_class
    )
    symptoms = ", ".join(
        f"{_SYMPTOMS.get(label, f'symptom {label}')} {number:,}"
        for label, number in findings.by_symptom
    )
    return Section(
        f"All open findings ({findings.total:,})",
        (
            f"{findings.major:,} major, {findings.notable:,} notable, {findings.minor:,} minor.",
            f"By class: {classes or 'none'}.",
            f"By symptom: {symptoms or 'none'}.",
        ),
    )


def build_negative(summary: DaySummary) -> Section:
    """Name what stands below zero; it is never clamped away."""
    found = summary.findings.negative_stock
    if not found:
        return Section("Negative stock", ("None.",), is_brief=True)
    total = dict(summary.findings.by_class).get("negative_stock", len(found))
    named = [
        f"{render_subject(line)}: {neutralise(line.mirror or line.owner)} "
        f"{render_units(line.observed_units if line.mirror else line.owner_units)}"
        for line in found
    ]
    left = total - len(found)
    return Section("Negative stock", (*named, *((f"and {left:,} more",) if left > 0 else ())))

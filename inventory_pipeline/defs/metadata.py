"""What a person sees of a step in the web UI: numbers that plot over the hours, and tables."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import dagster as dg
import polars as pl

from inventory_pipeline.config.registry import ExerciseRow
from inventory_pipeline.correct.deliver import Delivered
from inventory_pipeline.correct.step import Proposed
from inventory_pipeline.defs.markdown import escape, render_page, render_table
from inventory_pipeline.diagnose.step import Diagnosed
from inventory_pipeline.ingest.batch import FeedResult
from inventory_pipeline.model.hours import compute_key
from inventory_pipeline.model.ownership import Registry
from inventory_pipeline.report.daily import Report
from inventory_pipeline.report.delivery import Delivery
from inventory_pipeline.report.notices import Told
from inventory_pipeline.report.page.whole import build_page
from inventory_pipeline.report.words import neutralise
from inventory_pipeline.wiring.audit import Audit
from inventory_pipeline.wiring.overview import Overview
from inventory_pipeline.wiring.shift import Signature

Metadata = dict[str, Any]
UNHEARD = ("missing", "failed")
WORST = 15
LONGEST = 200


def describe_feeds(feeds: Sequence[FeedResult]) -> Metadata:
    """Return one system's hour: ``received`` is false where nobody spoke, which is no error."""
    counts = next((feed for feed in feeds if feed.feed == "counts"), None)
    told: Metadata = {
        "status": counts.status if counts else "no counts feed",
        "received": any(feed.status not in UNHEARD for feed in feeds),
        "rows": sum(feed.rows for feed in feeds),
        "keys": counts.keys if counts else 0,
        "quarantined": sum(feed.quarantined for feed in feeds),
        "feeds": _tabulate_feeds(feeds),
    }
    if counts and counts.source_at:
        told["as_of"] = dg.MetadataValue.timestamp(counts.source_at)
        age = counts.hour_at - counts.source_at
        told["age_minutes"] = max(0, round(age.total_seconds() / 60))
    return told


def _tabulate_feeds(feeds: Sequence[FeedResult]) -> dg.TableMetadataValue:
    columns = ("feed", "status", "rows", "keys", "quarantined", "as of", "reason")
    rows = [(f.feed, f.status, f.rows, f.keys, f.quarantined, f.source_at, f.reason) for f in feeds]
    return _build_table(columns, rows)


def describe_comparisons(overview: Overview) -> Metadata:
    """Return what was compared and what agreed, mirror by mirror."""
    names = (
        "mirror", "fact", "status", "compared", "matched", "in_flight", "lagging", "drifting",
        "ghosts", "absents", "unknown", "expects",
    )  # fmt: skip
    columns = {name: name for name in names}
    totals = {
        name: int(overview.mirrors[name].sum())
        for name in ("compared", "matched", "in_flight", "drifting", "unknown")
    }
    return {**totals, "mirrors": _tabulate(overview.mirrors, columns)}


def describe_findings(overview: Overview) -> Metadata:
    """Return how many problems are open, and the worst of them."""
    columns = {
        "severity": "severity", "class": "class", "sku": "sku", "place": "location_id",
        "mirror": "mirror", "shows": "observed_units", "should": "expected_units",
        "delta": "delta_units", "checks": "streak", "finding": "finding_id",
    }  # fmt: skip
    found = overview.findings
    counts = {
        name: found.filter(pl.col("severity") == name).height
        for name in ("major", "notable", "minor")
    }
    worst = found.head(WORST)
    return {"open": found.height, **counts, "worst": _tabulate(worst, columns)}


def describe_cycle(overview: Overview) -> Metadata:
    """Return the hour in one row, and how fresh its sources were."""
    cycle = overview.cycle
    names = (
        "status", "drift_rate", "drifting_skus", "active_skus", "record_accuracy",
        "unit_accuracy", "over_units", "under_units", "structural", "sources_complete",
        "sources_expected", "seconds",
    )  # fmt: skip
    told: Metadata = {name: _round(cycle[name]) for name in names if cycle.get(name) is not None}
    columns = {
        "system": "system", "feed": "feed", "status": "status", "as of": "source_at",
        "rows": "rows", "reason": "reason",
    }  # fmt: skip
    told["freshness"] = _tabulate(overview.sources.sort("system", "feed"), columns)
    if cycle.get("reason"):
        told["lacking"] = cycle["reason"]
    return told


def describe_diagnosed(diagnosed: Diagnosed) -> Metadata:
    """Return how many findings have a cause, which, and why the gravest are there."""
    causes = [(cause.replace("_", " "), number) for cause, number in diagnosed.by_cause]
    worst = [
        (
            verdict.case.sku, verdict.case.location_id, verdict.case.mirror,
            verdict.cause.replace("_", " "), f"{verdict.confidence:.0%}",
            "yes" if verdict.is_proven else "no", sentence,
        )
        for verdict, sentence in diagnosed.worst
    ]  # fmt: skip
    head = ("sku", "place", "mirror", "cause", "confidence", "proven", "because")
    return {
        "findings": diagnosed.findings,
        "named": diagnosed.named,
        "proven": diagnosed.proven,
        "unknown": diagnosed.findings - diagnosed.named,
        "causes": dg.MetadataValue.md(render_table(("cause", "findings"), causes)),
        "why": dg.MetadataValue.md(render_table(head, worst)),
        "leans": dg.MetadataValue.md(
            render_table(("mirror", "leans to", "signs"), diagnosed.leans)
        ),
    }


def describe_proposed(proposed: Proposed) -> Metadata:
    """Return how much the hour asks for; what was asked before is not counted again."""
    return {
        "new_proposals": proposed.proposals,
        "new_count_tasks": proposed.tasks,
        "fixed_by_the_assistant": proposed.fixed,
        "receipts_for_movements": proposed.told,
    }


def describe_delivered(delivered: Delivered) -> Metadata:
    """Return what one pass of the worker came to; numbers are receipts."""
    names = ("confirmed", "again", "uncertain", "superseded", "dead", "for_people")
    return {
        **{name: delivered.tally[name] for name in names},
        "left_alone": ", ".join(sorted(delivered.left)),
        "busy": ", ".join(sorted(delivered.busy)),
    }


def describe_signature(signature: Signature, *, is_signed: bool) -> Metadata:
    """Return what the heartbeat says; a backfill leaves it as it was."""
    return {
        "status": signature.status,
        "majors": signature.majors,
        "notables": signature.notables,
        "late": signature.is_late,
        "done_minutes_after": max(0, signature.late_by // timedelta(minutes=1)),
        "signed": is_signed,
    }


def describe_report(report: Report, delivery: Delivery | None) -> Metadata:
    """Return the day's verdict and its mail, as people read it."""
    summary = report.summary
    told: Metadata = {
        "status": summary.status,
        "subject": report.subject,
        "hours_done": summary.attendance.done,
        "hours_expected": summary.attendance.expected,
        "open_findings": summary.findings.total,
        "major_findings": summary.findings.major,
        "mailed_now": delivery is not None and delivery.is_new,
        "mail": dg.MetadataValue.md(render_page(build_page(summary))),
    }
    if delivery and delivery.place:
        told["mailed_to"] = delivery.place
    return told


def describe_told(told: Told) -> Metadata:
    """Return what people were told of at once."""
    place = told.delivery.place if told.delivery else ""
    hour = compute_key(told.hour_at) if told.hour_at else "no hour yet"
    return {"hour": hour, "findings": told.findings, "mailed_to": place or "nothing to tell"}


def describe_audit(found: Audit) -> Metadata:
    """Return the quarter's item in every system, where it is off first, and overdue reviews."""
    first = found.first_off
    head = ("place", "system", "role", "fact", "shows", "expected", "gap", "status", "first off")
    numbers = [
        (
            r.location_id, r.system, r.role, r.fact, _show(r.units), _show(r.expected),
            _show(r.delta), r.status, "here" if r is each.failure else "",
        )
        for each in found.journey.traces
        for r in each.readings
    ]  # fmt: skip
    overdue = "\n".join(f"- {escape(text)}" for text in found.overdue)
    return {
        "quarter": found.quarter,
        "sku": neutralise(found.journey.sku, limit=LONGEST),
        "hour": compute_key(found.journey.hour_at),
        "verdict": found.verdict,
        "first_off": first.system if first else "nothing",
        "numbers": dg.MetadataValue.md(render_table(head, numbers)),
        "overdue_reviews": len(found.overdue),
        "overdue": dg.MetadataValue.md(overdue or "none"),
    }


def _show(units: int | None) -> str:
    return "not known" if units is None else str(units)


def describe_authority(registry: Registry, rows: Sequence[ExerciseRow]) -> Metadata:
    """Return the authority exercise: facts down, systems across, bugs and gaps first."""
    systems = list(rows[0].cells) if rows else []
    exercise = render_table(
        ("fact", "state", *systems), [(row.fact, row.state, *row.cells.values()) for row in rows]
    )
    kinds = [str(problem.kind) for problem in registry.problems]
    problems = "\n".join(f"- {escape(problem.text)}" for problem in registry.problems)
    return {
        "facts": len(rows),
        "owned": sum(row.state == "owned" for row in rows),
        "bugs": kinds.count("bug"),
        "gaps": kinds.count("gap"),
        "overdue_reviews": kinds.count("overdue"),
        "exercise": dg.MetadataValue.md(exercise),
        "problems": dg.MetadataValue.md(problems or "none"),
    }


def _round(value: object) -> object:
    return round(value, 4) if isinstance(value, float) else value


def _tabulate(frame: pl.DataFrame, columns: Mapping[str, str]) -> dg.TableMetadataValue:
    """Return columns of a frame under headings of their own: heading → column."""
    return _build_table(list(columns), frame.select(columns.values()).iter_rows())


def _build_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> dg.TableMetadataValue:
    """Return a table whose cells are words: a stranger's text in them can only be read."""
    records = [dg.TableRecord(dict(zip(columns, map(_write, row), strict=True))) for row in rows]
    schema = dg.TableSchema([dg.TableColumn(column) for column in columns])
    return dg.MetadataValue.table(records, schema=schema)


def _write(cell: object) -> str | int:
    if isinstance(cell, int):
        return cell
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%MZ")
    return "" if cell is None else neutralise(str(cell), limit=LONGEST)

"""The figures of a page: accuracy, structure, risk, trend; and estimates, kept apart."""

from inventory_pipeline.report.accuracy import DEFINITION, PUBLISHED_LINE
from inventory_pipeline.report.measures import CostLine, Interval, Risk
from inventory_pipeline.report.page.parts import Picture, Section, Table
from inventory_pipeline.report.summary import DaySummary
from inventory_pipeline.report.trend import DAYS, render_trend
from inventory_pipeline.report.words import (
    render_count,
    render_delta,
    render_money,
    render_share,
)

TREND_CID = "trend@inventory-pipeline"


def build_accuracy(summary: DaySummary) -> Section:
    """Show what was measured, with intervals and the definition; nothing is netted."""
    accuracy = summary.accuracy
    rows = (
        _build_interval("Record accuracy", accuracy.record, "SKUs"),
        _build_interval("Mirror agreement", accuracy.mirror, "comparisons"),
        ("Unit accuracy", render_share(accuracy.unit_accuracy), "", ""),
    )
    units = (
        f"Units too many: {accuracy.over_units:,}; units too few: {accuracy.under_units:,}; "
        f"net {render_delta(accuracy.net_units)}, which says nothing about accuracy."
    )
    notes = (units, _render_line(accuracy.record), DEFINITION)
    head = ("Measured", "Value", "95% range", "Counted")
    return Section("Accuracy", table=Table(head, rows, numeric=(1,)), notes=notes)


def _build_interval(label: str, interval: Interval | None, noun: str) -> tuple[str, ...]:
    if interval is None:
        return label, "unknown", "", "nothing counted"
    low, high = render_share(interval.low), render_share(interval.high)
    return label, render_share(interval.value), f"{low} to {high}", f"{interval.n:,} {noun}"


def _render_line(record: Interval | None) -> str:
    line = f"published line of {PUBLISHED_LINE:.0%}"
    if record is None:
        return f"Not known against the {line}."
    side = "below" if record.value < PUBLISHED_LINE else "at or above"
    return f"Record accuracy is {side} the {line} (a benchmark: 65% of retailers are below it)."


def build_structural(summary: DaySummary) -> Section:
    """Give the verdict and all three inputs, whatever the configured rule (C6)."""
    inputs = summary.structural
    verdict = "Yes: the systems are wired to disagree." if inputs.is_structural else "No."
    rate = (
        f"{render_share(inputs.drift_rate, digits=2)}: {inputs.drifting_skus:,} of "
        f"{render_count(inputs.active_skus, 'active SKU')}, line {inputs.line:.2%}"
    )
    lean = {None: "no data", True: "yes", False: "no"}[inputs.has_integration_lean]
    rows = (
        ("Drift rate", rate),
        ("Same gap again and again", render_count(inputs.consistent_findings, "finding")),
        ("Signs of a broken integration", lean),
    )
    return Section(
        "Structural drift",
        (verdict,),
        table=Table(("Input", "Last check"), rows),
        notes=(f"Rule: {inputs.rule}.",),
    )


def build_risk(summary: DaySummary) -> Section:
    """Keep oversell and lost sales apart: they never cancel out (RPT-07)."""
    rows = (
        _build_risk("Oversell: shown, not there", summary.oversell, summary.currency),
        _build_risk("Lost sales: there, not shown", summary.lost_sales, summary.currency),
    )
    head = ("Direction", "Findings", "Units", "Money at risk")
    return Section("Risk, both directions apart", table=Table(head, rows, numeric=(1, 2, 3)))


def _build_risk(label: str, risk: Risk, currency: str) -> tuple[str, ...]:
    money = render_money(risk.money, currency)
    if risk.priced < risk.findings:
        money = (
            f"{money} ({risk.priced:,} of {risk.findings:,} priced)" if risk.priced else "no price"
        )
    return label, f"{risk.findings:,}", f"{risk.units:,}", money


def build_trend(summary: DaySummary) -> Section:
    """Show the last days as a picture whose words carry the same figures."""
    picture = Picture(TREND_CID, render_trend(summary.trend))
    return Section(f"The last {DAYS} days", picture=picture)


def build_costs(summary: DaySummary) -> Section:
    """Label every estimate with its basis and the settings it came from (RPT-09)."""
    rows = tuple(
        (cost.label, f"{cost.count:,}", _render_range(cost), cost.basis) for cost in summary.costs
    )
    settings = "; ".join(cost.settings for cost in summary.costs)
    return Section(
        "What this may cost",
        ("An estimate from published figures; nothing of it was measured here.",),
        table=Table(("Estimate", "Cases", "Range", "Basis"), rows, numeric=(1,)),
        notes=(f"Settings used: {settings}.",),
    )


def _render_range(cost: CostLine) -> str:
    if not cost.count:
        return "nothing"
    if cost.unit == "h":
        return f"{cost.low:,.4g} to {cost.high:,.4g} h"
    return f"{render_money(cost.low, cost.unit)} to {cost.high:,.2f}"

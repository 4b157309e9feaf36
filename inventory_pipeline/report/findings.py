"""Open findings: counted whole, sorted so that the few that need judgement come first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

import polars as pl

from inventory_pipeline.report.asks import Ask
from inventory_pipeline.report.measures import Risk
from inventory_pipeline.report.summary import FindingLine, Findings

LISTED = 20
NAMED = 10
SEVERITIES = ("major", "notable", "minor")
_READ = {field.name for field in fields(FindingLine)} - {"finding_class", "asked"}


def sort_worst_first(findings: pl.DataFrame) -> pl.DataFrame:
    """Order by severity, then settled, money at risk, size and age; ties by name."""
    rank = pl.col("severity").replace_strict(
        dict(zip(SEVERITIES, range(3), strict=True)), default=3, return_dtype=pl.Int64
    )
    return findings.sort(
        rank, ~pl.col("is_settled"), -pl.col("money_at_risk").fill_null(0.0),
        -pl.col("delta_units").abs().fill_null(0), "first_seen_at", "sku", "location_id", "mirror",
        "finding_id",
    )  # fmt: skip


def needs_judgement() -> pl.Expr:
    """Return an expression: more than minor; the rest may yet clear itself (RPT-08)."""
    return pl.col("severity").is_in(["major", "notable"])


def compute_findings(
    problems: pl.DataFrame, asks: Sequence[Ask], *, opened_since: int = 0
) -> Findings:
    """Count every open finding and list the few a person should judge.

    Args:
        problems: rows of find_findings.sql, open and cleared ones, one per problem.
        asks: proposals and tasks that findings led to.
        opened_since: majors that opened after the day's end and are still open.
    """
    rows = sort_worst_first(problems.filter(pl.col("state") == "open"))
    cleared = problems.filter(pl.col("state") != "open").sort("sku", "location_id", "mirror")
    needing, minors = rows.filter(needs_judgement()), rows.filter(~needs_judgement())
    severities, asked = _count(rows, "severity"), _group_asks(asks)
    return Findings(
        major=severities.get("major", 0),
        notable=severities.get("notable", 0),
        minor=minors.height,
        listed=read_lines(needing.head(LISTED), asked),
        needing=needing.height,
        minors=read_lines(minors.head(NAMED)),
        settling=minors.filter(~pl.col("is_settled")).height,
        by_class=_rank(_count(rows, "class")),
        by_cause=_rank(_count(needing.filter(pl.col("cause") != ""), "cause")),
        by_symptom=tuple(sorted(_count(rows.drop_nulls("symptom"), "symptom").items())),
        negative_stock=read_lines(rows.filter(pl.col("class") == "negative_stock").head(NAMED)),
        cleared=read_lines(cleared.head(NAMED)),
        cleared_total=cleared.height,
        opened_since=opened_since,
    )


def compute_risk(problems: pl.DataFrame, *, is_over: bool) -> Risk:
    """Add up one direction of the settled gaps: over is oversell, under is lost sales."""
    delta = pl.col("delta_units")
    direction = (delta > 0) if is_over else (delta < 0)
    rows = problems.filter((pl.col("state") == "open") & pl.col("is_settled") & direction)
    money = rows["money_at_risk"].drop_nulls()
    return Risk(
        findings=rows.height,
        units=int(rows["delta_units"].abs().sum()),
        priced=money.len(),
        money=float(money.sum()),
    )


def read_lines(
    rows: pl.DataFrame, asked: Mapping[str, tuple[Ask, ...]] | None = None
) -> tuple[FindingLine, ...]:
    """Turn rows of findings into lines, in their order."""
    return tuple(_read_line(row, asked or {}) for row in rows.iter_rows(named=True))


def _read_line(row: Mapping[str, Any], asked: Mapping[str, tuple[Ask, ...]]) -> FindingLine:
    same = {name: row[name] for name in _READ}
    return FindingLine(**same, finding_class=row["class"], asked=asked.get(row["finding_id"], ()))


def _group_asks(asks: Iterable[Ask]) -> dict[str, tuple[Ask, ...]]:
    grouped: dict[str, tuple[Ask, ...]] = {}
    for ask in asks:
        grouped[ask.finding_id] = (*grouped.get(ask.finding_id, ()), ask)
    return grouped


def _rank(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _count(rows: pl.DataFrame, column: str) -> dict[Any, int]:
    return {word: int(number) for word, number in rows[column].value_counts().iter_rows()}

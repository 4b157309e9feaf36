"""A day to report: small records of hours, sources and findings, complete unless told otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from inventory_pipeline.config.models import Settings
from inventory_pipeline.model.frames import INSTANT
from inventory_pipeline.model.hours import HOUR, find_hours_of_day
from inventory_pipeline.report.daily import Records, Report, build_report, compute_summary
from inventory_pipeline.report.page.whole import build_page
from inventory_pipeline.report.render import render_html, render_subject, render_text
from inventory_pipeline.report.summary import DaySummary, MailFacts

DAY = date(2026, 4, 6)
ZONE = ZoneInfo("America/Los_Angeles")
MORNING = datetime(2026, 4, 7, 14, tzinfo=UTC)

PROBLEM_SCHEMA: dict[str, Any] = {
    "finding_id": pl.String, "state": pl.String, "kind": pl.String, "fact": pl.String,
    "sku": pl.String, "location_id": pl.String, "mirror": pl.String, "subject": pl.String,
    "owner": pl.String, "class": pl.String, "symptom": pl.Int16, "severity": pl.String,
    "delta_units": pl.Int64, "owner_units": pl.Int64, "observed_units": pl.Int64,
    "expected_units": pl.Int64, "first_seen_at": INSTANT, "opened_at": INSTANT,
    "streak": pl.Int32, "recurrence": pl.Int32, "is_settled": pl.Boolean,
    "money_at_risk": pl.Float64, "details": pl.String, "cause": pl.String,
    "sentence": pl.String,
}  # fmt: skip
BATCH_SCHEMA: dict[str, Any] = {
    "hour_at": INSTANT, "system": pl.String, "feed": pl.String, "status": pl.String,
    "reason": pl.String, "key_count": pl.Int64, "source_at": INSTANT,
}  # fmt: skip
TALLY_SCHEMA: dict[str, Any] = {
    "mirror": pl.String, "fact": pl.String, "compared": pl.Int64, "matched": pl.Int64,
    "in_flight": pl.Int64, "lagging": pl.Int64, "differing": pl.Int64, "unknown": pl.Int64,
}  # fmt: skip
CYCLE_SCHEMA: dict[str, Any] = {
    "hour_at": INSTANT, "status": pl.String, "compared": pl.Int64, "matched": pl.Int64,
    "in_flight": pl.Int64, "drifting_skus": pl.Int64, "active_skus": pl.Int64,
    "drift_rate": pl.Float64, "structural": pl.Boolean, "record_accuracy": pl.Float64,
    "accuracy_low": pl.Float64, "accuracy_high": pl.Float64, "unit_accuracy": pl.Float64,
    "net_units": pl.Int64, "over_units": pl.Int64, "under_units": pl.Int64,
    "consistent_findings": pl.Int32, "leans_to_integration": pl.Boolean, "reason": pl.String,
}  # fmt: skip


def build_settings(**more: Any) -> Settings:
    """Return a small shop: a shelf that owns, an ERP and a storefront that mirror."""
    system = {"connector": "files", "options": {}}
    return Settings.model_validate(
        {
            "business": {
                "name": "Harbor & Pine", "time_zone": ZONE.key, "currency": "USD",
            },
            "systems": {
                "shelf": {"role": "wms", **system},
                "erp": {"role": "erp", **system},
                "storefront": {"role": "storefront", **system},
            },
            "facts": {"on_hand": {"owner": "shelf"}},
            "mirrors": [
                {"system": "erp", "fact": "on_hand", "expects": "on_hand"},
                {"system": "storefront", "fact": "available", "expects": "on_hand"},
            ],
            "mail": {"to": ["ops@example.com"], "from": "pipeline@example.com"},
            **more,
        }
    )  # fmt: skip


def build_finding(**known: Any) -> dict[str, Any]:
    """Return one open, settled gap of 2 at the storefront; ``known`` says what differs."""
    return {
        "finding_id": "F-1", "state": "open", "kind": "gap", "fact": "available",
        "sku": "SKU-1", "location_id": "MAIN", "mirror": "storefront", "subject": "",
        "owner": "shelf", "class": "phantom_stock", "symptom": 1, "severity": "major",
        "delta_units": 2, "owner_units": 2, "observed_units": 4, "expected_units": 2,
        "first_seen_at": MORNING - 21 * HOUR, "opened_at": MORNING - 21 * HOUR,
        "streak": 14, "recurrence": 1, "is_settled": True, "money_at_risk": 59.8,
        "details": "{}", "cause": "", "sentence": "", **known,
    }  # fmt: skip


def build_problems(*rows: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([dict(row) for row in rows], schema=PROBLEM_SCHEMA)


def build_cycle(hour_at: datetime, **known: Any) -> dict[str, Any]:
    """Return one finished check of 564 items in two mirrors, all of them right."""
    return {
        "hour_at": hour_at, "status": "clear", "compared": 1128, "matched": 1128, "in_flight": 0,
        "drifting_skus": 0, "active_skus": 564, "drift_rate": 0.0, "structural": False,
        "record_accuracy": 1.0, "accuracy_low": 0.9932, "accuracy_high": 1.0,
        "unit_accuracy": 1.0, "net_units": 0, "over_units": 0, "under_units": 0,
        "consistent_findings": 0, "leans_to_integration": False, "reason": "", **known,
    }  # fmt: skip


def build_cycles(hours: Sequence[datetime], **known: Any) -> pl.DataFrame:
    return pl.DataFrame([build_cycle(hour, **known) for hour in hours], schema=CYCLE_SCHEMA)


def build_batches(
    hours: Sequence[datetime], *, systems: Sequence[str] = ("erp", "shelf", "storefront")
) -> pl.DataFrame:
    rows = [
        {
            "hour_at": hour, "system": system, "feed": "counts", "status": "complete",
            "reason": "", "key_count": 564, "source_at": hour + timedelta(minutes=55),
        }
        for hour in hours
        for system in systems
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=BATCH_SCHEMA)


def build_tallies(*, differing: int = 0, in_flight: int = 0) -> pl.DataFrame:
    """Return both mirrors of the last check; what differs does so at the storefront."""
    rows = [
        {
            "mirror": mirror, "fact": fact, "compared": 564, "matched": 564 - wrong - moving,
            "in_flight": moving, "lagging": 0, "differing": wrong, "unknown": 0,
        }
        for mirror, fact, wrong, moving in (
            ("erp", "on_hand", 0, 0),
            ("storefront", "available", differing, in_flight),
        )
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=TALLY_SCHEMA)


def build_records(**known: Any) -> Records:
    """Return a day on which every hour was checked and nothing was wrong."""
    day = known.pop("day", DAY)
    hours = tuple(find_hours_of_day(day, ZONE))
    return replace(
        Records(
            day=day,
            hours=hours,
            due_hours=hours,
            cycles=build_cycles(hours),
            batches=build_batches(hours),
            tallies=build_tallies(),
            problems=build_problems(),
            opened_since=0,
            attempts={},
            proposals=(),
            tasks=(),
            authority=(),
            overdue=(),
            heartbeat_at=MORNING - timedelta(minutes=57),
        ),
        **known,
    )


def build_mail_facts(**known: Any) -> MailFacts:
    return replace(
        MailFacts(
            sequence=12,
            due_at=MORNING,
            next_due_at=MORNING + timedelta(days=1),
            previous_sequence=11,
            previous_sent_at=MORNING - timedelta(days=1),
        ),
        **known,
    )


def summarise(
    records: Records | None = None, *, settings: Settings | None = None, now: datetime = MORNING
) -> DaySummary:
    return compute_summary(
        records or build_records(), settings or build_settings(), mail=build_mail_facts(), now=now
    )


@dataclass(frozen=True)
class Rendered:
    """The words of a mail, without its picture."""

    subject: str
    text: str
    html: str


def render(records: Records | None = None, **known: Any) -> Rendered:
    summary = summarise(records or build_records(), **known)
    page = build_page(summary)
    return Rendered(render_subject(summary), render_text(page), render_html(page))


def report(records: Records | None = None, **known: Any) -> Report:
    records = records or build_records()
    return build_report(records, summarise(records, **known))

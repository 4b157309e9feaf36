"""Notices: a major or structural trouble is told in the hour it appears, once (ACL-08).

Only the newest hour speaks: an old hour that is run late, and a backfill, tell nobody.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from inventory_pipeline.config.models import Settings
from inventory_pipeline.model.hours import compute_key
from inventory_pipeline.model.ports import Mail, Mailer
from inventory_pipeline.report import maillog
from inventory_pipeline.report.delivery import Delivery, send_once
from inventory_pipeline.report.findings import LISTED, read_lines, sort_worst_first
from inventory_pipeline.report.maillog import NOTICE, MailSlot
from inventory_pipeline.report.page.findings import build_cards
from inventory_pipeline.report.page.parts import Page, Section
from inventory_pipeline.report.page.whole import SIGNS
from inventory_pipeline.report.records import House
from inventory_pipeline.report.render import render_html, render_text
from inventory_pipeline.report.words import (
    clean_header,
    neutralise,
    render_count,
    render_moment,
)
from inventory_pipeline.store.journal import Journal, write_instant
from inventory_pipeline.store.queries import load_query

logger = logging.getLogger(__name__)

Row = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """What one look for notices came to.

    Attributes:
        hour_at: the newest hour there is; None before the first.
        findings: how many were told of now.
        delivery: the mail that told of them, if there was anything to tell.
    """

    hour_at: datetime | None
    findings: int = 0
    delivery: Delivery | None = None


def notify(house: House, mailer: Mailer, *, hour_at: datetime | None = None) -> Told:
    """Tell people of what is urgent in the newest hour and was not told before.

    Args:
        house: the installation.
        mailer: takes the mail to people.
        hour_at: speak only if this is the newest hour; None: whatever is the newest.

    Raises:
        DeliveryError: it was not sent; the same is told again by the next call.
    """
    with house.warehouse() as warehouse:
        newest = warehouse.query(load_query("report", "find_first_cycle"))["newest_at"][0]
        if newest is None or hour_at not in (None, newest):
            return Told(newest)
        urgent = warehouse.query(load_query("report", "find_urgent_findings"), hour_at=newest)
    with house.journal() as journal:
        untold = find_untold(journal, urgent)
        stopped = journal.query(load_query("report", "find_untold_brakes"))
        if untold.is_empty() and not stopped:
            return Told(newest)
        delivery = _tell(house, journal, mailer, newest, untold, stopped)
    return Told(newest, untold.height + len(stopped), delivery)


def find_untold(journal: Journal, urgent: pl.DataFrame) -> pl.DataFrame:
    """Leave out episodes that people know of; one that cleared and came back is a new one."""
    if urgent.is_empty():
        return urgent
    since = write_instant(urgent["opened_at"].min())  # type: ignore[arg-type]
    rows = journal.query(load_query("report", "find_notices"), since=since)
    known = {(row["finding_id"], row["opened_at"]) for row in rows}
    is_new = [episode not in known for episode in _find_episodes(urgent)]
    return sort_worst_first(urgent.filter(pl.Series(is_new, dtype=pl.Boolean)))


def _find_episodes(findings: pl.DataFrame) -> list[tuple[str, str]]:
    return [
        (finding_id, write_instant(opened_at))
        for finding_id, opened_at in findings.select("finding_id", "opened_at").iter_rows()
    ]


def _tell(
    house: House,
    journal: Journal,
    mailer: Mailer,
    hour_at: datetime,
    untold: pl.DataFrame,
    stopped: list[Row],
) -> Delivery:
    episodes = [*_find_episodes(untold), *((b["brake_id"], b["pulled_at"]) for b in stopped)]
    slot = maillog.reserve_slot(
        journal,
        compute_mail_key(episodes),
        kind=NOTICE,
        domain=house.settings.mail.sender.rpartition("@")[2],
        now=house.clock.now(),
    )
    mail = compose_notice(
        house.settings, slot, hour_at, untold, now=house.clock.now(), stopped=stopped
    )
    delivery = send_once(journal, mailer, mail, slot, clock=house.clock)
    told_at = write_instant(house.clock.now())
    with journal.transaction():
        for finding_id, opened_at in episodes:
            journal.execute(
                load_query("report", "insert_notice"),
                finding_id=finding_id,
                opened_at=opened_at,
                told_at=told_at,
                mail_key=slot.mail_key,
            )
    logger.info("told of findings hour=%s findings=%d", compute_key(hour_at), untold.height)
    return delivery


def compute_mail_key(episodes: Sequence[tuple[str, str]]) -> str:
    """Return the same key for the same episodes, so that a crash sends the same mail again."""
    text = "\n".join(" ".join(episode) for episode in sorted(episodes))
    return f"{NOTICE}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def compose_notice(
    settings: Settings,
    slot: MailSlot,
    hour_at: datetime,
    untold: pl.DataFrame,
    *,
    now: datetime,
    stopped: Sequence[Row] = (),
) -> Mail:
    """Write one mail about every new trouble of the hour, the worst first.

    Args:
        stopped: what stopped corrections: it holds everything up until somebody looks.
    """
    zone = settings.business.zone
    lines = read_lines(untold.head(LISTED))
    cards = build_cards(lines, zone, settings.business.currency, now)
    left = untold.height - len(lines)
    notes = (f"and {left:,} more: they stand in tomorrow's summary",) if left else ()
    found = render_count(untold.height, "new finding")
    held = _build_stopped(stopped)
    if held:
        found = f"corrections stopped, {found}" if untold.height else "corrections stopped"
    page = Page(
        tone="attention",
        status="ATTENTION",
        heading=f"{neutralise(settings.business.name)}, hour {render_moment(hour_at, zone)}",
        lead=(f"{found[:1].upper()}{found[1:]}: this should not wait for tomorrow's summary.",),
        tiles=(),
        sections=(
            *held,
            Section(f"Needs judgement ({untold.height:,})", cards=cards, notes=notes),
        ),
        footer=(SIGNS, "Each of these is told once; the daily summary repeats what stays open."),
        link=settings.mail.base_url,
    )
    name = clean_header(settings.business.name)
    return Mail(
        subject=f"[{name}] NOTICE {compute_key(hour_at)}: {found} (#N{slot.sequence})",
        text=render_text(page),
        html=render_html(page),
        message_id=slot.message_id,
        to=tuple(settings.mail.to),
        sender=settings.mail.sender,
    )


def _build_stopped(stopped: Sequence[Row]) -> tuple[Section, ...]:
    """Say what was stopped, why, and how it goes on."""
    if not stopped:
        return ()
    lines = tuple(f"{neutralise(row['scope'])}: {neutralise(row['reason'])}." for row in stopped)
    go_on = "Look at 'inventory-pipeline proposals'; then: inventory-pipeline resume --by NAME"
    return (Section(f"Corrections stopped ({len(stopped):,})", lines, notes=(go_on,)),)

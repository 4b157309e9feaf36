"""The step: judge one day, keep the verdict, and mail it once."""

import logging
from datetime import date, timedelta

import polars as pl

from inventory_pipeline.model.ports import Mailer
from inventory_pipeline.report import maillog
from inventory_pipeline.report.daily import (
    Records,
    Report,
    build_report,
    compose_mail,
    compute_summary,
)
from inventory_pipeline.report.delivery import Delivery, send_once
from inventory_pipeline.report.heartbeat import FILE_NAME, LastMail, write_mail
from inventory_pipeline.report.maillog import DAILY, MailSlot
from inventory_pipeline.report.records import House, load_records
from inventory_pipeline.report.rewording import Reword, reword_problems
from inventory_pipeline.report.summary import DaySummary, MailFacts
from inventory_pipeline.report.timetable import compute_due_at, find_next_due_at
from inventory_pipeline.store.journal import Journal

logger = logging.getLogger(__name__)


def find_yesterday(house: House) -> date:
    """Return the local day whose mail is due this morning."""
    now = house.clock.now().astimezone(house.settings.business.zone)
    return now.date() - timedelta(days=1)


def compute_mail_key(day: date) -> str:
    """Return what makes a daily mail this one, whatever is run again."""
    return f"{DAILY}:{day.isoformat()}"


def write_report(house: House, day: date, *, reword: Reword | None = None) -> Report:
    """Compute one day's report and keep its verdict; mails nothing.

    Args:
        reword: puts the sentences of listed findings into easier words; None: nobody does.

    Raises:
        NoDataError: no hour was ever tried here.
        UsageError: the day has not begun.
    """
    with house.journal() as journal:
        slot = maillog.find_slot(journal, compute_mail_key(day))
        records = reword_problems(house, load_records(house, journal, day), reword)
        return _build(house, journal, records, slot)


def send_report(
    house: House, mailer: Mailer, day: date, *, reword: Reword | None = None
) -> tuple[Report, Delivery]:
    """Compute one day's report and mail it, once; a second call sends nothing.

    Returns:
        The report, and what became of its mail.

    Raises:
        DeliveryError: not every recipient took it; it stays unsent and is tried again.
        NoDataError: no hour was ever tried here.
        StoreBusyError: another process is sending it now.
        UsageError: the day has not begun.
    """
    with house.journal() as journal:
        records = reword_problems(house, load_records(house, journal, day), reword)
        slot = maillog.reserve_slot(
            journal,
            compute_mail_key(day),
            kind=DAILY,
            domain=house.settings.mail.sender.rpartition("@")[2],
            now=house.clock.now(),
        )
        report = _build(house, journal, records, slot)
        mail = compose_mail(report, house.settings, slot.message_id)
        delivery = send_once(journal, mailer, mail, slot, clock=house.clock)
    if delivery.is_new:
        _sign(house, report.summary, delivery.slot)
    return report, delivery


def _build(house: House, journal: Journal, records: Records, slot: MailSlot | None) -> Report:
    facts = _find_mail_facts(house, journal, records.day, slot)
    summary = compute_summary(records, house.settings, mail=facts, now=house.clock.now())
    _save_summary(house, summary)
    logger.info(
        "reported day=%s status=%s hours=%d findings=%d",
        summary.day.isoformat(),
        summary.status,
        summary.attendance.done,
        summary.findings.total,
    )
    return build_report(records, summary)


def _find_mail_facts(house: House, journal: Journal, day: date, slot: MailSlot | None) -> MailFacts:
    at, zone = house.settings.mail.at, house.settings.business.zone
    sequence = slot.sequence if slot else None
    previous = maillog.find_previous(journal, kind=DAILY, before=sequence)
    return MailFacts(
        sequence=sequence,
        due_at=compute_due_at(day, at=at, zone=zone),
        next_due_at=find_next_due_at(house.clock.now(), at=at, zone=zone),
        previous_sequence=previous.sequence if previous else None,
        previous_sent_at=previous.sent_at if previous else None,
        sent_at=slot.sent_at if slot else None,
    )


def _save_summary(house: House, summary: DaySummary) -> None:
    record = summary.accuracy.record
    row = {
        "date": summary.day,
        "status": summary.status,
        "hours_expected": summary.attendance.expected,
        "hours_done": summary.attendance.done,
        "compared": summary.counts.compared,
        "matched": summary.counts.matched,
        "drift_rate": summary.structural.drift_rate,
        "record_accuracy": record.value if record else None,
        "open_findings": summary.findings.total,
        "major_findings": summary.findings.major,
    }
    shares = {"drift_rate": pl.Float64, "record_accuracy": pl.Float64}
    frame = pl.DataFrame([row], schema_overrides=shares)
    with house.warehouse() as warehouse, warehouse.transaction():
        warehouse.replace_partition("report.summaries", frame, where={"date": summary.day})


def _sign(house: House, summary: DaySummary, slot: MailSlot) -> None:
    now = house.clock.now()
    mail = LastMail(summary.day.isoformat(), slot.sequence, summary.status, slot.sent_at or now)
    write_mail(house.storage / FILE_NAME, mail, now=now)

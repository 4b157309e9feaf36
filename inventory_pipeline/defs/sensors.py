"""Sensors: missed hours, notices, a mail that did not go out, runs that failed or died.

They read the journal, never the warehouse: a busy warehouse must not hold up the watch.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import dagster as dg

from inventory_pipeline.connectors.heartbeat import HeartbeatPing
from inventory_pipeline.defs.jobs import daily, deliver, hourly, notify
from inventory_pipeline.defs.partitions import BACKFILL_TAG, read_hours
from inventory_pipeline.defs.places import HOURLY
from inventory_pipeline.model.hours import HOUR, compute_key, floor_hour
from inventory_pipeline.report.maillog import find_slot
from inventory_pipeline.report.step import compute_mail_key, find_yesterday
from inventory_pipeline.report.timetable import compute_due_at
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.wiring import ledger
from inventory_pipeline.wiring.daily import is_mailable
from inventory_pipeline.wiring.house import House
from inventory_pipeline.wiring.outbox import count_due
from inventory_pipeline.wiring.sweep import sweep

# The schedule comes at minute five; until then a closed hour is no gap.
GRACE = timedelta(minutes=20)
AT_ONCE = 12
HOURLY_ROOMS = {"ingest", "ledger", "reconcile", "diagnose", "correct"}
RETRY_MAIL_EVERY = timedelta(minutes=30)
IN_PROGRESS = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
Requests = list[dg.RunRequest] | dg.SkipReason


def build_sensors(house: House) -> list[dg.SensorDefinition]:
    """Return every sensor of the house."""
    return [
        build_fill_gaps(house),
        build_tell_at_once(house),
        build_send_late_mail(house),
        build_deliver_due(house),
        build_record_failures(house),
        build_bury_the_dead(house),
    ]


def find_status(house: House) -> dg.DefaultSensorStatus:
    """Return whether sensors run before anybody touches their switch."""
    status = dg.DefaultSensorStatus
    return status.RUNNING if house.settings.automatic else status.STOPPED


def build_fill_gaps(house: House) -> dg.SensorDefinition:
    """Return the sensor that catches up; each hour is asked for once, and again if it failed."""

    @dg.sensor(
        name="fill_gaps",
        job=hourly,
        minimum_interval_seconds=300,
        default_status=find_status(house),
        description="Hours of the last 48 that were not reconciled, oldest first. A source that "
        "keeps its answers by hour is read; any other is missing for that hour.",
    )
    def fill_gaps(_context: dg.SensorEvaluationContext) -> Requests:
        with house.journal() as journal:
            gaps = ledger.find_gaps(journal, now=house.clock.now(), grace=GRACE)
        asked = [(compute_key(gap.hour_at), gap.tries) for gap in gaps[:AT_ONCE]]
        return [
            dg.RunRequest(run_key=f"gap:{key}:{tries}", partition_key=key) for key, tries in asked
        ] or dg.SkipReason("no hour of the last 48 is missing")

    return fill_gaps


def build_tell_at_once(house: House) -> dg.SensorDefinition:
    """Return the drift sensor: people are told in the hour it appears, once (ACL-08)."""

    @dg.sensor(
        name="tell_at_once",
        job=notify,
        minimum_interval_seconds=60,
        default_status=find_status(house),
        description="When the newest hour has an urgent finding, one look at whether people "
        "know of it. Old hours and backfills tell nobody.",
    )
    def tell_at_once(_context: dg.SensorEvaluationContext) -> Requests:
        with house.journal() as journal:
            newest = ledger.find_newest(journal)
            stopped = journal.query(load_query("report", "find_untold_brakes"))
        oldest_news = floor_hour(house.clock.now()) - 2 * HOUR
        if stopped:
            return [dg.RunRequest(run_key=f"stopped:{stopped[-1]['brake_id']}")]
        if newest is None or newest.urgent == 0 or newest.hour_at < oldest_news:
            return dg.SkipReason("the newest hour has nothing urgent")
        return [dg.RunRequest(run_key=f"notify:{compute_key(newest.hour_at)}")]

    return tell_at_once


def build_send_late_mail(house: House) -> dg.SensorDefinition:
    """Return the sensor that tries a mail again that is due and not out."""

    @dg.sensor(
        name="send_late_mail",
        job=daily,
        minimum_interval_seconds=300,
        default_status=find_status(house),
        description="Yesterday's mail, if it is due and not sent: every half hour until it is.",
    )
    def send_late_mail(_context: dg.SensorEvaluationContext) -> Requests:
        attempt = find_late_attempt(house)
        day = find_yesterday(house).isoformat()
        if attempt < 1:
            return dg.SkipReason(f"the mail of {day} is out or not due")
        return [dg.RunRequest(run_key=f"mail:{day}:{attempt}", partition_key=day)]

    return send_late_mail


def build_deliver_due(house: House) -> dg.SensorDefinition:
    """Return the minute worker's sensor: it asks for a run only when something is due.

    A run costs seconds and a file; an idle minute costs one question to the journal.
    """

    @dg.sensor(
        name="deliver_due",
        job=deliver,
        minimum_interval_seconds=60,
        default_status=find_status(house),
        description="Receipts that may leave now. Idle minutes start nothing; the command line's "
        "'deliver' may run beside it.",
    )
    def deliver_due(_context: dg.SensorEvaluationContext) -> Requests:
        now = house.clock.now()
        with house.journal() as journal:
            due = count_due(journal, now=now)
        if not due:
            return dg.SkipReason("nothing is due")
        return [dg.RunRequest(run_key=f"deliver:{now:%Y-%m-%dT%H:%M}")]

    return deliver_due


def find_late_attempt(house: House) -> int:
    """Return how many half hours yesterday's mail is late; 0 when it is out or not due."""
    day = find_yesterday(house)
    if not is_mailable(house, day):
        return 0
    with house.journal() as journal:
        slot = find_slot(journal, compute_mail_key(day))
    if slot is not None and slot.is_sent:
        return 0
    due_at = compute_due_at(day, at=house.settings.mail.at, zone=house.settings.business.zone)
    return max(0, (house.clock.now() - due_at) // RETRY_MAIL_EVERY)


def build_record_failures(house: House) -> dg.SensorDefinition:
    """Return the sensor that keeps failed hours where the mail looks for them."""

    @dg.run_failure_sensor(
        name="record_failures",
        monitor_all_code_locations=True,
        minimum_interval_seconds=60,
        default_status=find_status(house),
        description="A run that failed or was killed: its hours are failed in the run ledger, "
        "and the outside check is told.",
    )
    def record_failures(context: dg.RunFailureSensorContext) -> None:
        record_failure(house, context.dagster_run, context.failure_event.message or "")

    return record_failures


def record_failure(house: House, run: dg.DagsterRun, message: str) -> list[datetime]:
    """Write down a failed run of ours; return the hours that nobody had written down yet."""
    if not is_ours(run):
        return []
    is_backfill = BACKFILL_TAG in run.tags
    kind = ledger.BACKFILL if is_backfill else ledger.RUN
    error = message.partition("\n")[0] or "the run failed"
    with house.journal() as journal:
        told = ledger.save_failure(
            journal, read_hours(run.tags),
            kind=kind, run=run.run_id, error=error, now=house.clock.now(),
        )  # fmt: skip
    if told and not is_backfill:
        ping = HeartbeatPing(house.settings.heartbeat, root=str(house.root))
        ping.fail(UUID(run.run_id), error)
    return told


def is_ours(run: dg.DagsterRun) -> bool:
    """Return whether a run is about our hours: the job, or assets picked in the web UI."""
    rooms = {key.path[0] for key in run.asset_selection or ()}
    return run.job_name == HOURLY or bool(rooms & HOURLY_ROOMS)


def build_bury_the_dead(house: House) -> dg.SensorDefinition:
    """Return the sensor that ends runs whose machine died under them.

    Dagster would call such a run started for ever, and let nothing else run beside it.
    """

    @dg.sensor(
        name="bury_the_dead",
        minimum_interval_seconds=60,
        default_status=find_status(house),
        description="Runs that are called running although their process is gone.",
    )
    def bury_the_dead(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        runs = find_runs(context.instance)

        def bury(run_id: str) -> None:
            run = next(run for run in runs if run.run_id == run_id)
            context.instance.report_run_failed(run, message=ledger.DIED)

        dead = sweep(house, [run.run_id for run in runs if is_ours(run)], bury=bury)
        return dg.SkipReason(f"{len(dead)} of {len(runs)} running runs were dead")

    return bury_the_dead


def find_runs(instance: dg.DagsterInstance) -> Sequence[dg.DagsterRun]:
    """Return the runs that Dagster believes to be in progress."""
    return instance.get_runs(filters=dg.RunsFilter(statuses=IN_PROGRESS))

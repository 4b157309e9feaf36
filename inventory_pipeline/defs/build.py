"""The whole roof, from one house: an explicit list of what there is."""

import logging
import warnings
from datetime import datetime

import dagster as dg

from inventory_pipeline.defs.assets.audit import build_quarterly_audit
from inventory_pipeline.defs.assets.authority import build_authority
from inventory_pipeline.defs.assets.correct import build_proposals, build_receipts
from inventory_pipeline.defs.assets.diagnose import build_diagnoses
from inventory_pipeline.defs.assets.ingest import build_ingest
from inventory_pipeline.defs.assets.ledger import build_handoffs
from inventory_pipeline.defs.assets.reconcile import build_reconcile
from inventory_pipeline.defs.assets.report import (
    build_daily_summary,
    build_heartbeat,
    build_notices,
)
from inventory_pipeline.defs.checks import build_automation_check, build_checks
from inventory_pipeline.defs.jobs import EXECUTOR, JOBS
from inventory_pipeline.defs.partitions import build_days, build_hours, find_start
from inventory_pipeline.defs.resources import (
    SHIFT,
    build_console,
    build_shift,
    nowhere,
    tell_nobody,
)
from inventory_pipeline.defs.schedules import (
    build_every_hour,
    build_every_morning,
    build_every_quarter,
)
from inventory_pipeline.defs.sensors import build_sensors
from inventory_pipeline.wiring.house import House
from inventory_pipeline.wiring.shift import Tell


def build_definitions(
    house: House,
    *,
    start: datetime | None = None,
    tell: Tell = tell_nobody,
    log_level: int = logging.INFO,
) -> dg.Definitions:
    """Return everything Dagster may know of an installation.

    Args:
        house: the installation; a test gives one with a stopped clock.
        start: the first hour there is a partition for; default: see ``find_start``.
        tell: is called with the name of each step and its hour before it begins.
        log_level: what a run prints; the web UI shows everything all the same.
    """
    first = start or find_start(house)
    with warnings.catch_warnings():
        # backfill_policy is called beta; what it does is tested here.
        warnings.simplefilter("ignore", dg.BetaWarning)
        return dg.Definitions.merge(
            _build(house, build_hours(first), build_days(house, first)),
            dg.Definitions(
                resources={SHIFT: build_shift(house, tell), "io_manager": nowhere},
                loggers={"console": build_console(log_level)},
            ),
        )


def _build(
    house: House, hours: dg.PartitionsDefinition[str], days: dg.PartitionsDefinition[str]
) -> dg.Definitions:
    schedules = [
        build_every_hour(house),
        build_every_morning(house, days),
        build_every_quarter(house),
    ]
    sensors = build_sensors(house)
    names = [*(schedule.name for schedule in schedules), *(sensor.name for sensor in sensors)]
    return dg.Definitions(
        assets=[
            build_authority(house),
            *build_ingest(house, hours),
            build_handoffs(house, hours),
            build_reconcile(house, hours),
            build_diagnoses(hours),
            build_proposals(hours),
            build_receipts(house),
            build_heartbeat(hours),
            build_daily_summary(house, days),
            build_notices(house),
            build_quarterly_audit(house),
        ],
        asset_checks=[build_checks(house), build_automation_check(names)],
        jobs=JOBS,
        schedules=schedules,
        sensors=sensors,
        executor=EXECUTOR,
    )

"""Many hours through the real jobs, in this process: the demo, and whoever moves in.

Each run takes up to a day of hours and stands in the web UI's history like any other.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import dagster as dg

from inventory_pipeline.defs.build import build_definitions
from inventory_pipeline.defs.partitions import PARTITION_TAG, build_range_tags
from inventory_pipeline.defs.places import DAILY, HOURLY
from inventory_pipeline.errors import InventoryPipelineError
from inventory_pipeline.wiring.house import House

RUN_HOURS = 24
# Beside one step for each system: reconcile, diagnose, propose, sign.
OTHER_STEPS = 5
# Without it a run prints through Dagster's own logger, whatever level ours has.
QUIETLY: dict[str, Any] = {"loggers": {"console": {}}}
OnHour = Callable[[float, int], None]


def run_hours(
    house: House,
    hours: Sequence[datetime],
    *,
    instance: dg.DagsterInstance,
    on_hour: OnHour = lambda _done, _total: None,
) -> None:
    """Run the hourly job for consecutive hours, oldest first.

    Args:
        house: the installation.
        hours: consecutive hours; file drops of them are read where they were not landed.
        instance: where the run history is kept.
        on_hour: is told (hours done so far, hours) as the steps go by.

    Raises:
        InventoryPipelineError: a run failed; its own words.
    """
    steps = (len(house.settings.systems) + OTHER_STEPS) * len(hours)
    done = 0

    def tell(_step: str, _hour_at: datetime) -> None:
        nonlocal done
        done += 1
        on_hour(done / steps * len(hours), len(hours))

    definitions = build_definitions(house, start=hours[0], tell=tell, log_level=logging.ERROR)
    for batch in _split(hours):
        _execute(definitions, HOURLY, build_range_tags(batch), instance)


def run_days(
    house: House, days: Sequence[date], *, instance: dg.DagsterInstance, start: datetime
) -> None:
    """Run the daily job for some local days, so that the web UI shows their summaries.

    A day that closed long ago is computed and mails nothing.

    Args:
        house: the installation.
        days: local calendar days.
        instance: where the run history is kept.
        start: the first hour there is a partition for.

    Raises:
        InventoryPipelineError: a run failed; its own words.
    """
    definitions = build_definitions(house, start=start, log_level=logging.ERROR)
    for day in days:
        _execute(definitions, DAILY, {PARTITION_TAG: day.isoformat()}, instance)


def _execute(
    definitions: dg.Definitions, job: str, tags: dict[str, str], instance: dg.DagsterInstance
) -> None:
    result = definitions.resolve_job_def(job).execute_in_process(
        QUIETLY, instance=instance, tags=tags, raise_on_error=False
    )
    if not result.success:
        raise InventoryPipelineError(_find_failure(result))


def _split(hours: Sequence[datetime]) -> Iterator[list[datetime]]:
    rest = iter(hours)
    while batch := list(islice(rest, RUN_HOURS)):
        yield batch


def _find_failure(result: dg.ExecuteInProcessResult) -> str:
    """Return the words of the first step that failed, and of what caused it."""
    failed = [event for event in result.all_node_events if event.is_step_failure]
    if not failed:
        return f"run {result.run_id} failed; its log is in the web UI"
    data = failed[0].step_failure_data
    if data.user_failure_data and data.user_failure_data.description:
        return data.user_failure_data.description
    error = data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return error.message.strip() if error else str(failed[0].message)


def open_instance(folder: Path, *, template: Path | None = None) -> dg.DagsterInstance:
    """Return the run history kept in ``folder``, with the settings of ``template``.

    Args:
        folder: becomes $DAGSTER_HOME of the web UI.
        template: a ``dagster.yaml`` to copy there; none: what is there, or the defaults.
    """
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "dagster.yaml"
    if template is not None and template.exists():
        settings.write_bytes(template.read_bytes())
    settings.touch()
    return dg.DagsterInstance.from_config(str(folder))

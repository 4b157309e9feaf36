"""Checks: each asks one question about the house as it stands now.

They look at the newest hour and at the clock, never at the hours of the run they happen to
run in: a check that an old backfill turned green would be a lie. So they can be asked at any
time, and only ``every_gap_adds_up`` stops what comes after it.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta

import dagster as dg

from inventory_pipeline.config.registry import compute_registry
from inventory_pipeline.defs.places import (
    AUTHORITY,
    COMPARISONS,
    CYCLES,
    DAILY_SUMMARY,
    name_ingest,
)
from inventory_pipeline.defs.questions import (
    Answer,
    Row,
    ask_attendance,
    ask_automation,
    ask_completeness,
    ask_drift,
    ask_freshness,
    ask_future,
    ask_owners,
    ask_registry,
    ask_sums,
    ask_uniqueness,
)
from inventory_pipeline.defs.resources import plainly
from inventory_pipeline.model.ownership import Registry
from inventory_pipeline.wiring.house import House
from inventory_pipeline.wiring.overview import State, load_state

# After its end an hour may be on its way for so long: the schedule comes at minute five.
GRACE = timedelta(minutes=30)
TWO_PERCENT = 0.02
ABOUT = {
    "registry_is_valid": "Has every fact one owner, and was every decision looked at in time?",
    "every_owner_was_heard": "Did the owner of every fact speak in the newest hour?",
    "every_gap_adds_up": "Do in flight, lag and delta add up to the raw gap? If not, nothing "
    "is proposed.",
    "every_hour_of_the_last_day_is_present": "Was every hour of the last day reconciled?",
    "snapshot_is_complete": "Is the newest snapshot whole? If not, absent keys are unknown.",
    "keys_are_unique": "Does every key stand with one number?",
    "source_is_fresh": "Was what the source said young enough?",
    "no_observation_from_the_future": "Did every row have a possible time?",
}
BLOCKING = "every_gap_adds_up"


@dataclass(frozen=True)
class Question:
    """One check: its name, the asset it stands at, and the function that answers it."""

    name: str
    key: dg.AssetKey
    answer: Callable[[State], Answer]

    @property
    def spec(self) -> dg.AssetCheckSpec:
        """Return what Dagster is told of it."""
        about = ABOUT.get(self.name, "Is the share of drifting items at or under the line?")
        return dg.AssetCheckSpec(
            self.name, asset=self.key, description=about, blocking=self.name == BLOCKING
        )


def name_drift_check(line: float) -> str:
    """Return a name that is true of the configured line."""
    words = "two_percent" if line == TWO_PERCENT else f"{line:.2%}".replace(".", "_")
    return f"drift_is_under_{words.replace('%', '_percent')}"


def build_questions(house: House) -> list[Question]:
    """Return every check of the hour with the function that answers it."""
    settings = house.settings
    line = settings.structural.drift_rate
    questions = [
        Question("registry_is_valid", AUTHORITY, lambda _: ask_registry(_read_registry(house))),
        Question("every_owner_was_heard", COMPARISONS, lambda state: ask_owners(state, settings)),
        Question("every_gap_adds_up", COMPARISONS, ask_sums),
        Question(name_drift_check(line), CYCLES, lambda state: ask_drift(state, line)),
        Question("every_hour_of_the_last_day_is_present", CYCLES, ask_attendance),
    ]
    for name, system in settings.systems.items():
        questions += _build_system_questions(name, system.max_age)
    return questions


def _read_registry(house: House) -> Registry:
    return compute_registry(house.settings, today=house.clock.now().date())


def _build_system_questions(name: str, max_age: timedelta) -> Iterator[Question]:
    def find(state: State) -> Row:
        return next((row for row in state.counts.to_dicts() if row["system"] == name), None)

    key = name_ingest(name)
    yield Question("snapshot_is_complete", key, lambda state: ask_completeness(find(state)))
    yield Question("keys_are_unique", key, lambda state: ask_uniqueness(find(state)))
    yield Question("source_is_fresh", key, lambda state: ask_freshness(find(state), max_age))
    yield Question("no_observation_from_the_future", key, lambda state: ask_future(find(state)))


def build_checks(house: House) -> dg.AssetChecksDefinition:
    """Return one step that asks all questions after the hour was reconciled."""
    questions = {question.spec.key: question for question in build_questions(house)}

    @dg.multi_asset_check(
        name="ask_the_newest_hour",
        specs=[question.spec for question in questions.values()],
        can_subset=True,
        config_schema={},
        description="Every check of the hour, answered from one look at the newest hour.",
    )
    def ask(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        with plainly():
            state = load_state(house, grace=GRACE)
        for key in context.selected_asset_check_keys:
            yield report_answer(key, questions[key].answer(state))

    return ask


def build_automation_check(names: Collection[str]) -> dg.AssetChecksDefinition:
    """Return the check of the schedules and sensors that somebody may have switched off."""

    @dg.asset_check(
        asset=DAILY_SUMMARY,
        name="every_schedule_is_running",
        config_schema={},
        description="Schedules and sensors that were switched off in the web UI.",
    )
    def every_schedule_is_running(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        stopped = find_stopped(context.instance) & set(names)
        key = dg.AssetCheckKey(DAILY_SUMMARY, "every_schedule_is_running")
        return report_answer(key, ask_automation(stopped))

    return every_schedule_is_running


def find_stopped(instance: dg.DagsterInstance) -> set[str]:
    """Return the schedules and sensors that a person switched off."""
    if instance.schedule_storage is None:  # an instance in memory has no switches
        return set()
    states = instance.all_instigator_state()
    return {state.name for state in states if state.status.value == "STOPPED"}


def report_answer(key: dg.AssetCheckKey, answer: Answer) -> dg.AssetCheckResult:
    """Return an answer as Dagster keeps it."""
    grave = dg.AssetCheckSeverity.ERROR
    return dg.AssetCheckResult(
        passed=answer.is_passed,
        check_name=key.name,
        asset_key=key.asset_key,
        severity=grave if answer.is_grave else dg.AssetCheckSeverity.WARN,
        description=answer.text,
        metadata=dict(answer.numbers),
    )

"""Checks: each asks one question about the house as it stands now.

They look at the newest hour and at the clock, never at the hours of the run they happen to
run in: a check that an old backfill turned green would be a lie. So they can be asked at any
time, and only ``every_gap_adds_up`` stops what comes after it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import dagster as dg

from inventory_pipeline.config.models import Settings
from inventory_pipeline.config.registry import compute_registry
from inventory_pipeline.defs.places import (
    AUTHORITY,
    COMPARISONS,
    CYCLES,
    name_ingest,
)
from inventory_pipeline.defs.resources import plainly
from inventory_pipeline.model.hours import compute_key
from inventory_pipeline.report.words import render_list, render_share
from inventory_pipeline.wiring.house import House
from inventory_pipeline.wiring.overview import State, load_state

# After its end an hour may be on its way for so long: the schedule comes at minute five.
GRACE = timedelta(minutes=30)
UNHEARD = ("missing", "failed")
TWO_PERCENT = 0.02


@dataclass(frozen=True)
class Answer:
    """What a check found; a warning is yellow, an error red, and neither stops anything."""

    is_passed: bool
    text: str
    numbers: Mapping[str, float | int]
    is_grave: bool = False


Row = Mapping[str, Any] | None


def ask_completeness(row: Row) -> Answer:
    """Is the newest snapshot whole?"""
    if row is None:
        return Answer(False, "nobody ever spoke", {"keys": 0}, is_grave=True)
    numbers = {"keys": row["key_count"], "rows": row["row_count"]}
    passed = row["status"] in ("complete", "late")
    text = f"{row['status']}: {row['reason']}"
    return Answer(passed, text, numbers, is_grave=row["status"] in UNHEARD)


def ask_uniqueness(row: Row) -> Answer:
    """Does every key stand once, or with one number?"""
    found = row["conflicting"] if row else 0
    return Answer(found == 0, f"{found} rows contradict another one", {"conflicting_rows": found})


def ask_freshness(row: Row, max_age: timedelta) -> Answer:
    """Is what the source said younger than it may be?"""
    if row is None or row["source_at"] is None:
        return Answer(False, "nothing with a time was heard", {}, is_grave=True)
    age = row["reference_at"] - row["source_at"]
    minutes = max(0, round(age.total_seconds() / 60))
    numbers = {"age_minutes": minutes, "max_age_minutes": max_age.total_seconds() / 60}
    return Answer(age <= max_age, f"{minutes} minutes old at the hour", numbers)


def ask_future(row: Row) -> Answer:
    """Was any row put aside because of its time?"""
    found = row["impossible"] if row else 0
    return Answer(found == 0, f"{found} rows with an impossible time", {"impossible_rows": found})


def ask_owners(state: State, settings: Settings) -> Answer:
    """Was the owner of every fact heard in the newest hour?"""
    owners = {name for fact in settings.facts.values() for name in fact.owners}
    owners |= {scope.owner for fact in settings.facts.values() for scope in fact.scopes}
    heard = {row["system"]: row["status"] not in UNHEARD for row in state.counts.to_dicts()}
    silent = sorted(name for name in owners if not heard.get(name, False))
    numbers = {"owners": len(owners), "heard": len(owners) - len(silent)}
    text = f"not heard: {render_list(silent)}" if silent else "all were heard"
    return Answer(not silent, text, numbers, is_grave=True)


def ask_drift(state: State, line: float) -> Answer:
    """Is the share of drifting items at or under the line?"""
    cycle = state.newest.cycle if state.newest else {}
    rate = cycle.get("drift_rate")
    if rate is None:
        return Answer(True, "no active item", {"line": line})
    numbers = {"drift_rate": rate, "line": line, "drifting_skus": cycle["drifting_skus"]}
    share = render_share(rate, digits=2)
    text = f"{cycle['drifting_skus']} of {cycle['active_skus']} active SKUs drift: {share}"
    return Answer(rate <= line, text, numbers, is_grave=True)


def ask_attendance(state: State) -> Answer:
    """Was every hour of the last day reconciled?"""
    absent = state.absent_hours
    numbers = {"expected": len(state.expected_hours), "absent": len(absent)}
    text = f"absent: {render_list([compute_key(hour) for hour in absent])}" if absent else "all are"
    return Answer(not absent, text, numbers, is_grave=True)


def ask_sums(state: State) -> Answer:
    """Do in flight, lag and delta add up to the raw gap, always?"""
    broken = state.broken_sums
    text = f"{broken} comparisons do not add up: a fault of the program, nothing is proposed"
    return Answer(broken == 0, text if broken else "all do", {"broken": broken}, is_grave=True)


def ask_registry(house: House) -> Answer:
    """Has every fact one owner, and was every decision looked at in time?"""
    registry = compute_registry(house.settings, today=house.clock.now().date())
    found = registry.problems
    text = "; ".join(problem.text for problem in found) or "every fact has one owner"
    return Answer(not found, text, {"problems": len(found)})


def name_drift_check(line: float) -> str:
    """Return a name that is true of the configured line."""
    words = "two_percent" if line == TWO_PERCENT else f"{line:.2%}".replace(".", "_")
    return f"drift_is_under_{words.replace('%', '_percent')}"


Question = Callable[[State], Answer]


def build_questions(house: House) -> dict[dg.AssetCheckKey, tuple[dg.AssetCheckSpec, Question]]:
    """Return every check of the hour with the function that answers it."""
    settings = house.settings
    line = settings.structural.drift_rate
    named: list[tuple[str, dg.AssetKey, Question]] = [
        ("registry_is_valid", AUTHORITY, lambda _state: ask_registry(house)),
        ("every_owner_was_heard", COMPARISONS, lambda state: ask_owners(state, settings)),
        ("every_gap_adds_up", COMPARISONS, ask_sums),
        (name_drift_check(line), CYCLES, lambda state: ask_drift(state, line)),
        ("every_hour_of_the_last_day_is_present", CYCLES, ask_attendance),
    ]
    for name, system in settings.systems.items():
        named += _build_system_questions(name, system.max_age)
    questions = {}
    for name, key, question in named:
        spec = dg.AssetCheckSpec(name, asset=key, blocking=name == "every_gap_adds_up")
        questions[spec.key] = (spec, question)
    return questions


def _build_system_questions(
    name: str, max_age: timedelta
) -> Iterator[tuple[str, dg.AssetKey, Question]]:
    def find(state: State) -> Row:
        return next((row for row in state.counts.to_dicts() if row["system"] == name), None)

    key = name_ingest(name)
    yield "snapshot_is_complete", key, lambda state: ask_completeness(find(state))
    yield "keys_are_unique", key, lambda state: ask_uniqueness(find(state))
    yield "source_is_fresh", key, lambda state: ask_freshness(find(state), max_age)
    yield "no_observation_from_the_future", key, lambda state: ask_future(find(state))


def build_checks(house: House) -> dg.AssetChecksDefinition:
    """Return one step that asks all questions after the hour was reconciled."""
    questions = build_questions(house)

    @dg.multi_asset_check(
        name="ask_the_newest_hour",
        specs=[spec for spec, _question in questions.values()],
        can_subset=True,
        config_schema={},
        description="Every check of the hour, answered from one look at the newest hour.",
    )
    def ask(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        with plainly():
            state = load_state(house, grace=GRACE)
        for key in context.selected_asset_check_keys:
            yield report_answer(key, questions[key][1](state))

    return ask


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

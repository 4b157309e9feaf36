"""Questions about the house as it stands: each is answered in words and numbers. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from inventory_pipeline.config.models import Settings
from inventory_pipeline.model.hours import compute_key
from inventory_pipeline.model.ownership import Registry
from inventory_pipeline.report.words import render_list, render_share
from inventory_pipeline.wiring.overview import State

UNHEARD = ("missing", "failed")


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


def ask_registry(registry: Registry) -> Answer:
    """Has every fact one owner, and was every decision looked at in time?"""
    found = registry.problems
    text = "; ".join(problem.text for problem in found) or "every fact has one owner"
    return Answer(not found, text, {"problems": len(found)})


def ask_automation(stopped: Collection[str]) -> Answer:
    """Does everything run that should run by itself?"""
    text = f"switched off: {render_list(sorted(stopped))}" if stopped else "all run"
    return Answer(not stopped, text, {"stopped": len(stopped)}, is_grave=True)

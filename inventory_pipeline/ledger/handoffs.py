"""Handoffs: the state of every path of the map, as an hour's logs show it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from inventory_pipeline.config.handoffs import Missing
from inventory_pipeline.ledger.paths import Path
from inventory_pipeline.ledger.traffic import Key, Traffic
from inventory_pipeline.ledger.triggers import Exposure, is_late
from inventory_pipeline.model.frames import INSTANT

State = Literal["firing", "silent", "duplicated", "missing", "unmapped", "unobserved"]
MOST_NAMED = 5

HANDOFF: dict[str, Any] = {
    "hour_at": INSTANT, "path": str, "source": str, "target": str, "state": str, "trigger": str,
    "carries": str, "responsible": str, "resolution": str, "resolution_status": str,
    "events": int, "lost_events": int, "duplicate_events": int, "retried_events": int,
    "delay_p50_seconds": float, "delay_p95_seconds": float, "delay_p99_seconds": float,
    "max_delay_seconds": int, "key_coverage": float, "source_movements": int,
    "log_reaches_to": INSTANT, "last_success_at": INSTANT, "is_late": bool,
    "worst_lag_seconds": int, "chain_lag_seconds": int, "units_per_hour": float,
    "exposed_units": int, "uncertain_units": int, "advice": str, "conversion_rank": int,
    "audit": str,
}  # fmt: skip
_EMPTY: dict[str, Any] = {
    **dict.fromkeys(name for name in HANDOFF if name != "hour_at"),
    "source": "", "target": "", "trigger": "", "carries": "", "responsible": "", "resolution": "",
    "resolution_status": "none", "events": 0, "lost_events": 0, "duplicate_events": 0,
    "retried_events": 0, "max_delay_seconds": 0, "is_late": False, "advice": "", "audit": "{}",
}  # fmt: skip


@dataclass(frozen=True)
class Trip:
    """What the clock of a path makes of news: see ``paths`` and ``triggers``."""

    chain_lag: timedelta
    exposure: Exposure
    rank: int | None


def name_state(path: Path, traffic: Traffic, *, duplicate_share: float) -> State:
    """Return what a declared path does.

    A path that no log tells of is silent only where a log of its kind was heard; where
    none was, nobody can say.
    """
    if not path.handoff.exists:
        return "missing"
    measure = traffic.measures.get(path.name)
    if measure:
        share = traffic.duplicates.get(path.name, 0) / max(1, measure["recent"])
        return "duplicated" if share > duplicate_share else "firing"
    runs = traffic.syncs.get(path.name)
    if runs:
        return "firing" if runs["good_runs"] else "silent"
    if traffic.witnesses.get(path.key):
        return "firing"
    is_heard = traffic.reach.is_heard or (traffic.reach.runs_heard and path.sync.trigger == "batch")
    return "silent" if is_heard else "unobserved"


def describe_path(path: Path, state: State, traffic: Traffic, trip: Trip) -> dict[str, Any]:
    """Return the HANDOFF row of a declared path, without its hour."""
    handoff = path.handoff
    measured = measure(path.name, traffic)
    succeeded = measured["last_success_at"]
    return {
        **_EMPTY,
        **measured,
        "path": path.name,
        "source": path.source,
        "target": path.target,
        "state": state,
        "trigger": path.sync.trigger,
        "carries": " ".join(handoff.carries),
        "responsible": handoff.responsible,
        "resolution": handoff.resolution,
        "resolution_status": handoff.resolution_status,
        "max_delay_seconds": _seconds(handoff.max_delay),
        "source_movements": traffic.moved.get(path.key),
        "is_late": is_late(path, succeeded, as_of=traffic.as_of),
        "worst_lag_seconds": _seconds(path.worst_lag),
        "chain_lag_seconds": _seconds(trip.chain_lag),
        "units_per_hour": trip.exposure.units_per_hour,
        "exposed_units": trip.exposure.exposed_units,
        "uncertain_units": trip.exposure.uncertain_units,
        "advice": trip.exposure.advice,
        "conversion_rank": trip.rank,
        "audit": write_audit(path.name, traffic, unknown=traffic.unknown.get(path.key, 0)),
    }


def describe_missing(missing: Missing) -> dict[str, Any]:
    """Return the HANDOFF row of a point that the map lacks."""
    told = {"lacks": missing.point.words}
    return {
        **_EMPTY, "path": missing.point.name, "source": missing.source, "target": missing.target,
        "state": "missing", "carries": " ".join(missing.point.carries), "audit": json.dumps(told),
    }  # fmt: skip


def describe_unmapped(name: str, traffic: Traffic) -> dict[str, Any]:
    """Return the HANDOFF row of a path that is used and that nobody declared."""
    audit = write_audit(name, traffic, unknown=0)
    return {**_EMPTY, **measure(name, traffic), "path": name, "state": "unmapped", "audit": audit}


def measure(name: str, traffic: Traffic) -> dict[str, Any]:
    """Return what the logs tell of one path, whoever declared it."""
    told = traffic.measures.get(name, {})
    runs = traffic.syncs.get(name, {})
    events = told.get("events", 0)
    return {
        "events": events or runs.get("runs", 0),
        "lost_events": told.get("lost", 0),
        "duplicate_events": traffic.duplicates.get(name, 0),
        "retried_events": told.get("retried", 0),
        "delay_p50_seconds": told.get("delay_p50_seconds"),
        "delay_p95_seconds": told.get("delay_p95_seconds"),
        "delay_p99_seconds": told.get("delay_p99_seconds"),
        "key_coverage": told["keyed"] / events if events else None,
        "log_reaches_to": traffic.reach.since,
        "last_success_at": runs.get("last_success_at"),
    }


def write_audit(name: str, traffic: Traffic, *, unknown: int) -> str:
    """Return what of one path's log is worth naming, as JSON; the question asked beside it."""
    low, high = traffic.window
    told: dict[str, Any] = {"path": name, "from": _stamp(low), "to": _stamp(high)}
    parts: Mapping[str, Sequence[Mapping[str, Any]]] = {
        "late": traffic.slow.get(name, ()),
        "lost": traffic.lost.get(name, ()),
        "retries": traffic.retries.get(name, ()),
        "holes": traffic.holes.get(name, ()),
        "mappings": traffic.mappings.get(name, ()),
    }
    for part, rows in parts.items():
        if rows:
            told[part] = [write_record(row) for row in rows[:MOST_NAMED]]
    if traffic.reach.since:
        told["log_reaches_to"] = _stamp(traffic.reach.since)
    if unknown:
        told["answer"] = "unknown"
        told["unknown_movements"] = unknown
    return json.dumps(told, sort_keys=True)


def write_record(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return one record for details: without its path, instants as text."""
    return {
        name: _stamp(value) if isinstance(value, datetime) else value
        for name, value in row.items()
        if name != "path" and value is not None
    }


def find_key(row: Mapping[str, Any]) -> Key:
    """Return what tells a row of the map from every other one."""
    return row["path"], row["source"], row["target"]


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())

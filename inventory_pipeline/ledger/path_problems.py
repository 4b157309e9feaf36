"""Path problems: what is wrong with a handoff, one row each, in the words of a finding.

Severity ``none`` is for what the map itself lacks: no number is wrong because of it yet.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from inventory_pipeline.config.meaning import is_reserveless
from inventory_pipeline.config.policy import Severity
from inventory_pipeline.config.traffic import Middleware
from inventory_pipeline.ledger.handoffs import MOST_NAMED, write_record
from inventory_pipeline.ledger.problems import Row, name_severity, write_details
from inventory_pipeline.ledger.traffic import Traffic

LEAST_MISSED = 3
_WHOLE = 1.0


def find_map_problems(handoff: Mapping[str, Any], traffic: Traffic) -> Iterator[Row]:
    """Yield what the map says of one row of it: nobody owns it, nothing comes, twice comes."""
    state, moved = handoff["state"], handoff["source_movements"]
    window: dict[str, Any] = {"from": traffic.window[0], "to": traffic.window[1]}
    if state == "unmapped":
        yield _build(handoff, "unmapped_path", "minor", events=handoff["events"], **window)
        return
    if not handoff["responsible"].strip():
        yield _build(handoff, "unowned_path", "none", because="nobody owns it")
    if state == "silent" and moved and moved >= LEAST_MISSED:
        yield _build(handoff, "silent_path", "notable", events=0, source_movements=moved, **window)
    if state == "duplicated":
        told: dict[str, Any] = {name: handoff[name] for name in ("events", "duplicate_events")}
        yield _build(handoff, "duplicated_path", "notable", **told, **window)
    if handoff["is_late"]:
        yield _build(
            handoff,
            "late_path",
            "minor",
            finding_class="stale",
            last_success_at=handoff["last_success_at"],
            every_seconds=handoff["worst_lag_seconds"],
            advice=handoff["advice"],
        )


def find_log_problems(
    handoff: Mapping[str, Any], traffic: Traffic, middleware: Middleware
) -> Iterator[Row]:
    """Yield what one path's event log shows: late, lost, holes, keys and old mappings."""
    name = handoff["path"]
    yield from _find_late(handoff, traffic.slow.get(name, []), middleware.delay_suspect)
    if handoff["lost_events"]:
        yield _build(
            handoff,
            "lost_events",
            "notable",
            emitted=traffic.measures[name]["recent"],
            processed=traffic.measures[name]["recent"] - handoff["lost_events"],
            lost=handoff["lost_events"],
            records=_name(traffic.lost.get(name, [])),
        )
    holes = [row for row in traffic.holes.get(name, []) if row["movements"] >= LEAST_MISSED]
    if holes:
        yield _build(handoff, "log_hole", "minor", holes=_name(holes))
    coverage = handoff["key_coverage"]
    if coverage is not None and coverage < _WHOLE:
        keyed, events = traffic.measures[name]["keyed"], handoff["events"]
        yield _build(
            handoff, "key_coverage", "none", keyed=keyed, events=events, coverage=coverage, wanted=1
        )
    yield from _find_mapping_problems(handoff, traffic, middleware)


def _find_late(
    handoff: Mapping[str, Any], slow: list[dict[str, Any]], suspect: timedelta
) -> Iterator[Row]:
    if not slow:
        return
    seconds = suspect.total_seconds()
    suspects = [row for row in slow if row["delay_seconds"] >= seconds]
    yield _build(
        handoff,
        "late_events",
        "notable" if suspects else "minor",
        because="dropped and sent again when old" if suspects else "delayed",
        suspected=_name(suspects),
        delayed=_name([row for row in slow if row["delay_seconds"] < seconds]),
    )


def _find_mapping_problems(
    handoff: Mapping[str, Any], traffic: Traffic, middleware: Middleware
) -> Iterator[Row]:
    limit = timedelta(days=middleware.mapping_review_days)
    for row in traffic.mappings.get(handoff["path"], []):
        changed_at = row["mapping_changed_at"]
        if changed_at is not None and traffic.as_of - changed_at > limit:
            yield _build(
                handoff,
                "stale_mapping",
                "none",
                finding_class="rule",
                mapping=row["mapping"],
                changed_at=changed_at,
                days=(traffic.as_of - changed_at).days,
            )
        if is_reserveless(row["mapping"]):
            yield _build(
                handoff,
                "reserve_missing",
                "none",
                finding_class="rule",
                mapping=row["mapping"],
                because="on-hand is handed over as sellable with no reserve taken off",
            )


def find_disorder(
    rows: Iterable[Mapping[str, Any]], ends: Mapping[str, tuple[str, str]], bands: Severity
) -> Iterator[Row]:
    """Yield levels that stand wrong because an older message was written last (MID-03).

    Args:
        rows: rows of ``find_disorder``.
        ends: path → source, target.
    """
    for row in rows:
        source, target = ends.get(row["path"], ("", ""))
        delta = row["units"] - row["newest_units"]
        if not delta:
            continue
        severity = name_severity(
            delta, minor_up_to=bands.minor_up_to, notable_up_to=bands.notable_up_to
        )
        details = {
            "path": row["path"], "event_id": row["event_id"], "sequence": row["sequence"],
            "attempt": row["attempt"], "has_key": bool(row["idempotency_key"]),
            "processed_at": row["processed_at"], "overwrote": row["newest_event_id"],
            "overwritten_sequence": row["newest_sequence"],
            "overwritten_at": row["newest_processed_at"],
        }  # fmt: skip
        yield {
            "kind": "disorder",
            "mirror": target,
            "key_id": row["key_id"],
            "subject": row["path"],
            "owner": source,
            "class": "ordering",
            "severity": severity,
            "delta_units": delta,
            "observed_units": row["units"],
            "expected_units": row["newest_units"],
            "details": write_details(details),
        }


def _name(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [write_record(row) for row in list(rows)[:MOST_NAMED]]


def _build(
    handoff: Mapping[str, Any],
    kind: str,
    severity: str,
    *,
    finding_class: str = "handoff",
    **details: Any,
) -> Row:
    told = {"path": handoff["path"], "responsible": handoff["responsible"], **details}
    return {
        "kind": kind,
        "mirror": handoff["target"],
        "key_id": -1,
        "subject": handoff["path"],
        "owner": handoff["source"],
        "class": finding_class,
        "severity": severity,
        "details": write_details(told),
    }

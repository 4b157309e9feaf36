"""Check: fixes that would have been wrong, and findings that nothing true stands behind."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from benchmarks.driftbench.answer import Act
from benchmarks.driftbench.plan import Plan
from benchmarks.driftbench.truth import CORRECTABLE, OVER, READ_FROM, Key, Label, Truth
from inventory_pipeline.model.hours import HOUR

# Findings of one number; the others speak of a whole system or a whole document.
KINDS = ("gap", "ghost", "absent", "count_variance", "misplaced")
# What was off in one reading may still be told of in the next: the owner was read before.
ECHO = HOUR


def check_acts(plan: Plan, rows: Sequence[Mapping[str, Any]], truth: Truth) -> Iterator[Act]:
    """Yield every finding called proven, with what is wrong in the first hour it was wrong."""
    by_finding: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["is_proven"]:
            by_finding.setdefault(row["finding_id"], []).append(row)
    for proven in by_finding.values():
        ordered = sorted(proven, key=lambda row: row["hour_at"])
        faults = [(row, _find_fault(row, truth)) for row in ordered]
        row, fault = next((pair for pair in faults if pair[1]), faults[-1])
        key = _find_key(row)
        live = truth.find_live(row["hour_at"], key)
        yield Act(
            plan=plan,
            key=key,
            hour_at=row["hour_at"],
            hours=len(proven),
            cause=row["cause"],
            correction=row["correction_units"],
            truth=" + ".join(sorted(label.cause for label in live)),
            fault=fault,
        )


def _find_fault(row: Mapping[str, Any], truth: Truth) -> str:
    """Return what is wrong with a proven verdict; '' if nothing."""
    hour_at, key = row["hour_at"], _find_key(row)
    live = truth.find_live(hour_at, key)
    if (hour_at, key) not in truth.gaps:
        return "nothing is off"
    if row["cause"] not in {label.cause for label in live}:
        return "another cause"
    wanted = find_wanted(truth, hour_at, key)
    if row["correction_units"] not in (wanted, _find_part(row, live)):
        return f"another correction: {wanted} is wanted"
    return ""


def _find_part(row: Mapping[str, Any], live: Sequence[Label]) -> int:
    """Return what puts right the faults that were named, where others are beside them.

    The others may be too young to be told from what is on its way, or not for a correction.
    """
    named = {row["cause"], *json.loads(row["also"])}
    return sum(
        label.correction or 0
        for label in live
        if label.cause in named and label.remedy == CORRECTABLE
    )


def find_wanted(truth: Truth, hour_at: datetime, key: Key) -> int | None:
    """Return the units that put a number right for good; what closes by itself is left alone.

    None where any of the faults is not for a correction.
    """
    units, _ = truth.gaps.get((hour_at, key), (None, ()))
    live = truth.find_live(hour_at, key)
    if units is None or not live:
        return None
    lasting = [label for label in live if not _is_passing(label, hour_at)]
    if any(label.remedy != CORRECTABLE for label in lasting) or not lasting:
        return None
    if len(lasting) == len(live):
        return -units
    return sum(label.correction or 0 for label in lasting)


def _is_passing(label: Label, hour_at: datetime) -> bool:
    ends = label.ended_at is not None and label.ended_at > hour_at + READ_FROM
    return label.remedy in OVER or ends


def find_false(
    rows: Sequence[Mapping[str, Any]], truth: Truth
) -> Iterator[tuple[str, Key, datetime]]:
    """Yield every finding of a number that was right in all hours it was found wrong."""
    spans: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["kind"] in KINDS:
            spans.setdefault(row["finding_id"], []).append(row)
    places = {label.key[:2] for label in truth.labels.values()}
    for found in spans.values():
        first = min(found, key=lambda row: row["hour_at"])
        key = _find_key(first)
        is_count = first["kind"] in ("count_variance", "misplaced")
        if is_count and key[:2] in places:
            continue
        if not any(_was_off(truth, row["hour_at"], key) for row in found):
            yield first["kind"], key, first["hour_at"]


def _was_off(truth: Truth, hour_at: datetime, key: Key) -> bool:
    return any((at, key) in truth.gaps for at in (hour_at, hour_at - ECHO))


def _find_key(row: Mapping[str, Any]) -> Key:
    return row["sku"], row["location_id"], row["mirror"], row["fact"]

"""The gate: is a snapshot whole, fresh and free of contradictions (reliability A6)?

Row count is not completeness and missing is not zero: what is not proven whole is
``partial`` or ``suspect``, and the keys it lacks are unknown.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Limits:
    """How much may go missing or fall to zero before a snapshot is doubted."""

    min_known_share: float
    max_missing_keys: int
    max_newly_zero_share: float
    max_newly_zero_keys: int
    max_age: timedelta
    max_moved_share: float = 0.15
    min_moved_units: int = 1_000


@dataclass(frozen=True)
class Evidence:
    """What is known of one snapshot.

    Attributes:
        repeats: rows that were equal to another one.
        nameless_rows: refused rows of which nobody can tell the key.
        known_keys: keys of the last whole snapshot of this system.
        missing_keys: those of them that are not in this one.
        missing_before: whether the same keys were missing in the two snapshots before.
        newly_zero_keys: keys above zero before and zero now.
        moved_units: sum of absolute changes since the last whole snapshot, in eaches, less
            what movements explain; known_units is the sum it is measured against.
    """

    rows: int
    repeats: int
    keys: int
    is_complete: bool
    is_suspect: bool
    end_marker: str
    declared_keys: int | None
    notes: tuple[str, ...]
    conflicts: int
    nameless_rows: int
    known_keys: int
    missing_keys: int
    missing_before: bool
    newly_zero_keys: int
    moved_units: int
    known_units: int
    source_at: datetime | None
    reference_at: datetime


@dataclass(frozen=True)
class Verdict:
    """What the snapshot is worth: a status of the contract and the reason in words."""

    status: str
    reason: str


def judge(evidence: Evidence, limits: Limits) -> Verdict:
    """Return the verdict; the gravest doubt wins."""
    for doubt in (_find_suspicion, _find_gap, _find_age):
        verdict = doubt(evidence, limits)
        if verdict:
            return verdict
    return Verdict("complete", "; ".join((evidence.end_marker, *evidence.notes)))


def _find_suspicion(e: Evidence, limits: Limits) -> Verdict | None:
    if e.is_suspect:
        return Verdict("suspect", "; ".join(e.notes) or "the answer contradicts itself")
    if e.rows == 0:
        return Verdict("suspect", "the answer holds no row; empty is never read as all gone")
    if e.keys == 0 and not e.conflicts:
        return Verdict("suspect", "; ".join((f"none of {e.rows} rows could be read", *e.notes)))
    # Rows may outnumber keys (bins); rows sent twice beside a total that fits hide lost ones.
    honest = {e.keys} if e.repeats else {e.keys, e.rows}
    if e.declared_keys is not None and e.declared_keys not in honest:
        return Verdict(
            "suspect", f"the source declares {e.declared_keys} rows, {e.keys} different came"
        )
    allowed = max(limits.max_newly_zero_keys, limits.max_newly_zero_share * e.known_keys)
    if e.newly_zero_keys > allowed:
        return Verdict(
            "suspect",
            f"{e.newly_zero_keys} of {e.known_keys} keys fell to zero at once "
            f"(at most {allowed:.0f} are believed)",
        )
    allowed = max(limits.min_moved_units, limits.max_moved_share * e.known_units)
    if e.moved_units > allowed:
        return Verdict(
            "suspect",
            f"{e.moved_units} units changed that no movement explains "
            f"(at most {allowed:.0f} of {e.known_units} are believed)",
        )
    return None


def _find_gap(e: Evidence, limits: Limits) -> Verdict | None:
    if not e.is_complete:
        return Verdict("partial", e.end_marker or "no end marker was seen")
    if e.conflicts:
        return Verdict("partial", f"{e.conflicts} keys stand with two quantities and are unknown")
    if not e.known_keys:
        return _find_nameless(e, limits)
    if not e.missing_keys or e.missing_before:
        return None
    share = 1 - e.missing_keys / e.known_keys
    if share < limits.min_known_share or e.missing_keys > limits.max_missing_keys:
        return Verdict(
            "partial",
            f"{e.missing_keys} of {e.known_keys} known keys are gone "
            f"({share:.1%} present, wanted {limits.min_known_share:.1%} "
            f"and at most {limits.max_missing_keys} missing)",
        )
    return None


def _find_nameless(e: Evidence, limits: Limits) -> Verdict | None:
    """Before the first whole snapshot, rows without a key are all that tells what may be missing.

    A refused row whose key can be read is no gap: that key is unknown, and it is said to be.
    """
    share = 1 - e.nameless_rows / e.rows
    if share >= limits.min_known_share:
        return None
    return Verdict(
        "partial",
        f"{e.nameless_rows} of {e.rows} rows were refused and their keys are not known; no whole "
        f"snapshot before this one names them ({share:.1%} readable, "
        f"wanted {limits.min_known_share:.1%})",
    )


def _find_age(e: Evidence, limits: Limits) -> Verdict | None:
    if e.source_at is None:
        return None
    age = e.reference_at - e.source_at
    if age > limits.max_age:
        return Verdict(
            "late",
            f"as of {e.source_at:%Y-%m-%dT%H:%MZ}, {_hours(age)} old; "
            f"at most {_hours(limits.max_age)} is fresh",
        )
    return None


def _hours(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"

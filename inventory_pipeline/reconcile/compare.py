"""Compare: one mirror's numbers against what the owner's numbers say they should be.

Everything here is array work over all keys; only what differs leaves as a frame, beside
the counts of what agreed. ``raw = in_flight + lag + delta`` holds for every row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from inventory_pipeline.reconcile.dense import Column, Int, Mask, Owned

Evaluate = Callable[[Mapping[str, Int]], Int]


@dataclass(frozen=True)
class MirrorRule:
    """What one mirror should show.

    Attributes:
        primary: the fact whose owner the mirror is judged against.
        names: every fact of the formula; the ones beside ``primary`` count as 0 where the
            whole snapshot of their owner does not list the key.
        evaluate: the formula, exact over Int64 arrays.
        factors: eaches per unit the mirror counts in, key by key, at least 1: an each.
    """

    mirror: str
    fact: str
    primary: str
    names: tuple[str, ...]
    evaluate: Evaluate
    factors: Int | None
    absent_means: str


@dataclass(frozen=True)
class Comparison:
    """One mirror rule over all keys of an hour.

    Attributes:
        is_compared: both numbers are known and present.
        is_judged: both sides answer for the key, present or provably absent.
        is_unknown: the owner has the key and the mirror does not answer for it, or the
            other way round.
        exceptions: keys where something is to be said.
    """

    rule: MirrorRule
    expected: Int
    observed: Int
    is_compared: Mask
    is_judged: Mask
    is_unknown: Mask
    is_ghost: Mask
    is_absent: Mask
    is_match: Mask


def compute_expected(rule: MirrorRule, values: Mapping[str, Int]) -> Int:
    """Return what the mirror should show, in eaches; whole units of the mirror, rounded down."""
    expected = rule.evaluate({name: values[name] for name in rule.names})
    if rule.factors is None:
        return expected
    whole: Int = expected // rule.factors
    whole *= rule.factors
    return whole


def compare(
    rule: MirrorRule,
    facts: Mapping[str, Owned],
    seen: Column,
    *,
    covers: Mask,
    adjusted: Mask,
) -> Comparison:
    """Compare one mirror with the owners of the facts its rule names.

    Args:
        seen: what the mirror shows.
        covers: keys in places the mirror reports at all; elsewhere it is not expected to.
        adjusted: keys for which something in flight or lagging must be judged even when
            the raw numbers agree.
    """
    owned = facts[rule.primary]
    judged_by = np.array([owner != rule.mirror for owner in owned.owners])[owned.owner_of]
    others_known = np.ones(seen.units.size, np.bool_)
    for name in rule.names:
        if name != rule.primary:
            others_known &= facts[name].column.is_known
    expected = compute_expected(rule, {name: facts[name].column.units for name in rule.names})
    has_owner = owned.column.is_present & judged_by
    observed_here = seen.is_present
    if rule.absent_means == "zero":
        observed_here = observed_here | (has_owner & seen.is_known & covers)
    is_compared = has_owner & others_known & observed_here
    gone = has_owner & others_known & ~observed_here & seen.is_known & covers & (expected > 0)
    is_ghost = (seen.is_present & ~owned.column.is_present & owned.column.is_known & judged_by) & (
        seen.units != 0
    )
    is_unknown = (
        (has_owner & covers & ~(observed_here & others_known) & ~gone & ~seen.is_known)
        | (has_owner & ~others_known)
        | (seen.is_present & judged_by & ~owned.column.is_present & ~owned.column.is_known)
    )
    is_same = is_compared & (seen.units == expected) & ~adjusted
    return Comparison(
        rule=rule,
        expected=expected,
        observed=seen.units,
        is_compared=is_compared,
        is_judged=judged_by & owned.column.is_known & others_known & seen.is_known,
        is_unknown=is_unknown,
        is_ghost=is_ghost,
        is_absent=gone if rule.absent_means == "unknown" else np.zeros_like(gone),
        is_match=is_same,
    )


def find_exceptions(comparison: Comparison, owned: Owned) -> pl.DataFrame:
    """Return the keys that are no plain match.

    Returns:
        key_id, owner, owner_units, observed_units, expected_units, raw_delta_units, status
        (``drift`` until in flight and lag are taken off, ``ghost``, ``absent``).
    """
    c = comparison
    differs = np.flatnonzero(c.is_compared & ~c.is_match)
    ghosts, absents = np.flatnonzero(c.is_ghost), np.flatnonzero(c.is_absent)
    parts = [
        _tabulate(c, owned, differs, "drift"),
        _tabulate(c, owned, ghosts, "ghost"),
        _tabulate(c, owned, absents, "absent"),
    ]
    return pl.concat(parts).sort("key_id")


def _tabulate(c: Comparison, owned: Owned, keys: Any, status: str) -> pl.DataFrame:
    names = pl.Series(owned.owners, dtype=pl.String)
    observed, expected = c.observed[keys], c.expected[keys]
    if status == "ghost":
        expected = np.zeros_like(observed)
    frame = pl.DataFrame(
        {
            "key_id": keys.astype(np.int32),
            "owner": names.gather(owned.owner_of[keys].astype(np.uint32)),
            "owner_units": owned.column.units[keys],
            "observed_units": observed,
            "expected_units": expected,
            "raw_delta_units": observed - expected,
        }
    ).with_columns(status=pl.lit(status))
    if status == "ghost":
        return frame.with_columns(owner_units=pl.lit(None, pl.Int64))
    if status == "absent":
        nothing = pl.lit(None, pl.Int64)
        return frame.with_columns(observed_units=nothing, raw_delta_units=nothing)
    return frame

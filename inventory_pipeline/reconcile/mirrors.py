"""Mirrors: one rule of the configuration judged over one hour, from arrays to rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from inventory_pipeline.config.facts import Mirror
from inventory_pipeline.config.formula import Formula, parse_formula
from inventory_pipeline.config.models import Settings
from inventory_pipeline.config.timing import compute_delay
from inventory_pipeline.model.quantities import COMMITTED, ON_HAND, SAFETY_STOCK
from inventory_pipeline.reconcile import in_flight, receipts
from inventory_pipeline.reconcile.compare import (
    Comparison,
    MirrorRule,
    compare,
    compute_expected,
    find_exceptions,
)
from inventory_pipeline.reconcile.dense import Int, Mask, Owned
from inventory_pipeline.reconcile.hour import Picture

TERMS = {"key_id": pl.Int32, "in_flight_units": pl.Int64, "lag_units": pl.Int64}
RETAINED = timedelta(days=14)
# Few keys show most places: all of them are looked at only where some place stays unseen.
_STRETCH = 1 << 16


@dataclass(frozen=True)
class Outcome:
    """One mirror rule over one hour.

    Attributes:
        exceptions: rows of reconcile.exceptions without severity, gaps explained as far as
            they can be.
        status: of the mirror's snapshot: ``missing`` where it did not speak.
        ahead: purchases the mirror counts and its owner has not received, where they
            explain a gap: key_id, ahead_units, purchases.
    """

    mirror: Mirror
    formula: Formula
    comparison: Comparison
    exceptions: pl.DataFrame
    status: str
    qualifiers: tuple[str, ...]
    primary: str
    ahead: pl.DataFrame


def find_primary(formula: Formula, facts: Mapping[str, Owned]) -> str | None:
    """Return the fact whose owner a mirror is judged against: on_hand, else the first named."""
    named = [name for name in formula.names if name in facts and name != SAFETY_STOCK]
    return ON_HAND if ON_HAND in named else (named[0] if named else None)


def judge_mirror(
    picture: Picture,
    settings: Settings,
    mirror: Mirror,
    *,
    facts: Mapping[str, Owned],
    factors: Int | None,
    movements: pl.DataFrame,
    open_units: Mapping[datetime, pl.DataFrame],
    pending: pl.DataFrame,
) -> Outcome | None:
    """Judge one mirror rule; None if a fact of its formula has no single owner.

    Args:
        factors: eaches per unit the mirror counts in, key by key.
        movements: rows of ``load_movements`` that any alignment may need.
        open_units: as-of instant → key_id, open_units.
        pending: corrections on their way: mirror, fact, key_id, pending_units (signed).
    """
    formula = parse_formula(mirror.expects)
    primary = find_primary(formula, facts)
    if primary is None or any(name not in facts for name in formula.names):
        return None
    rule = MirrorRule(
        mirror=mirror.system,
        fact=mirror.fact,
        primary=primary,
        names=formula.names,
        evaluate=formula.evaluate,
        factors=factors,
        absent_means=settings.systems[mirror.system].snapshot.absent_means,
    )
    terms = _compute_terms(
        picture, settings, rule, facts=facts, movements=movements,
        open_units=open_units, pending=pending,
    )  # fmt: skip
    seen = picture.find_column(mirror.system, mirror.fact)
    comparison = compare(
        rule, facts, seen,
        covers=_find_covered(picture, seen.is_present, mirror),
        adjusted=_mark(picture, terms["key_id"]),
    )  # fmt: skip
    exceptions = find_exceptions(comparison, facts[primary]).join(
        terms, on="key_id", how="left", validate="1:1"
    )
    exceptions = exceptions.with_columns(pl.col("in_flight_units", "lag_units").fill_null(0))
    recent = _find_recent(picture, settings, rule, facts=facts, movements=movements)
    exceptions = in_flight.explain_recent(exceptions, recent)
    booked = _find_booked(picture, rule, facts, movements)
    exceptions, ahead = receipts.explain(exceptions, booked)
    exceptions = _qualify(in_flight.settle(exceptions), picture, rule, facts)
    status = (
        picture.batches[mirror.system].status if mirror.system in picture.batches else "missing"
    )
    return Outcome(
        mirror=mirror,
        formula=formula,
        comparison=comparison,
        exceptions=receipts.note_sides(exceptions, terms, ahead, mirror=rule.mirror),
        status=status,
        qualifiers=_find_qualifiers(picture, rule, facts, status),
        primary=primary,
        ahead=ahead,
    )


def _find_booked(
    picture: Picture, rule: MirrorRule, facts: Mapping[str, Owned], movements: pl.DataFrame
) -> pl.DataFrame:
    """Purchases that a mirror of on_hand counts before its owners received them."""
    batch = picture.batches.get(rule.mirror)
    is_stock = rule.primary == ON_HAND
    return receipts.find_ahead(
        movements,
        mirror=rule.mirror,
        owners=facts[rule.primary].owners,
        mirror_at=batch.source_at if batch and is_stock else None,
    )


def _find_covered(picture: Picture, is_present: Mask, mirror: Mirror) -> Mask:
    """A mirror is expected to show only places it reports at all, in numbers or words."""
    is_reported = np.zeros(len(picture.places), np.bool_)
    for first in range(0, picture.size, _STRETCH):
        here = slice(first, first + _STRETCH)
        is_reported[picture.place_of[here][is_present[here]]] = True
        if is_reported.all():
            return np.ones(picture.size, np.bool_)
    words = picture.words.get((mirror.system, mirror.fact))
    if words is not None:
        is_reported[picture.place_of[words[0]]] = True
    covered: Mask = is_reported[picture.place_of]
    return covered


def _mark(picture: Picture, keys: pl.Series) -> Mask:
    """Mark keys that are told of even when both numbers agree.

    A pool is one: the view that derives plain matches knows no sums of places.
    """
    mask = np.zeros(picture.size, np.bool_)
    mask[keys.to_numpy()] = True
    mask[picture.pools] = True
    return mask


def _compute_terms(
    picture: Picture,
    settings: Settings,
    rule: MirrorRule,
    *,
    facts: Mapping[str, Owned],
    movements: pl.DataFrame,
    open_units: Mapping[datetime, pl.DataFrame],
    pending: pl.DataFrame,
) -> pl.DataFrame:
    """Return what is in flight and what two instants explain, per key; zero rows left out."""
    parts = [
        _find_moment_terms(picture, settings, rule, facts, open_units),
        pending.filter((pl.col("mirror") == rule.mirror) & (pl.col("fact") == rule.fact)).select(
            "key_id", in_flight_units=-pl.col("pending_units"), lag_units=pl.lit(0, pl.Int64)
        ),
        _find_lag_terms(picture, settings, rule, facts, movements),
    ]
    return (
        pl.concat([part.select(pl.col(n).cast(k) for n, k in TERMS.items()) for part in parts])
        .group_by("key_id")
        .agg(pl.col("in_flight_units", "lag_units").sum())
        .filter((pl.col("in_flight_units") != 0) | (pl.col("lag_units") != 0))
        .sort("key_id")
    )


def _find_moment_terms(
    picture: Picture,
    settings: Settings,
    rule: MirrorRule,
    facts: Mapping[str, Owned],
    open_units: Mapping[datetime, pl.DataFrame],
) -> pl.DataFrame:
    """Units that one side takes off at the order and the other at the shipment, once.

    A rule that takes commitments off has already taken them.
    """
    batch = picture.batches.get(rule.mirror)
    told = open_units.get(batch.source_at) if batch and batch.source_at else None
    if rule.primary != ON_HAND or COMMITTED in rule.names or told is None or told.is_empty():
        return pl.DataFrame(schema=TERMS)
    theirs = settings.systems[rule.mirror].decrements_at
    owned = facts[rule.primary]
    ours = [settings.systems[owner].decrements_at for owner in owned.owners]
    sign = pl.Series(
        [0 if moment == theirs else (-1 if theirs == "order" else 1) for moment in ours],
        dtype=pl.Int64,
    )
    keys = told["key_id"].to_numpy()
    signs = sign.gather(owned.owner_of[keys].astype(np.uint32))
    return told.select("key_id", in_flight_units=pl.col("open_units") * signs).with_columns(
        lag_units=pl.lit(0, pl.Int64)
    )


def _find_instants(
    picture: Picture, settings: Settings, rule: MirrorRule, facts: Mapping[str, Owned]
) -> in_flight.Instants | None:
    batch = picture.batches.get(rule.mirror)
    if batch is None or batch.source_at is None:
        return None
    owner_at = {
        name: {
            owner: at
            for owner in facts[name].owners
            if (known := picture.batches.get(_system_of(owner, facts, rule)))
            and (at := known.source_at)
        }
        for name in rule.names
        if name != SAFETY_STOCK
    }
    owners = facts[rule.primary].owners
    delays = [
        handoff.max_delay
        for handoff in settings.handoffs
        if handoff.source in owners and handoff.target == rule.mirror
    ]
    delay = compute_delay(
        settings.systems[rule.mirror].sync,
        mirror_at=batch.source_at,
        path_delay=max(delays, default=timedelta()),
    )
    return in_flight.Instants(batch.source_at, owner_at, delay)


def _system_of(owner: str, facts: Mapping[str, Owned], rule: MirrorRule) -> str:
    """Commitments told by movements stand at the mirror's own instant."""
    return rule.mirror if owner in ("movements", "nobody") else owner


def _find_effects(
    rule: MirrorRule, facts: Mapping[str, Owned], movements: pl.DataFrame
) -> pl.DataFrame:
    keys = movements["key_id"].unique().sort()
    owners = {}
    for name in rule.names:
        if name == SAFETY_STOCK:
            continue
        names = pl.Series(facts[name].owners, dtype=pl.String)
        by_key = names.gather(facts[name].owner_of[keys.to_numpy()].astype(np.uint32))
        owners[name] = pl.DataFrame({"key_id": keys, "owner": by_key}).with_columns(
            pl.col("owner").replace({"movements": "", "nobody": ""})
        )
    return in_flight.compute_effects(
        movements.rename({"in_force_at": "at"}), owners=owners, names=rule.names
    )


def _find_lag_terms(
    picture: Picture,
    settings: Settings,
    rule: MirrorRule,
    facts: Mapping[str, Owned],
    movements: pl.DataFrame,
) -> pl.DataFrame:
    """Expected value at the mirror's instant less expected value at the owners'."""
    instants = _find_instants(picture, settings, rule, facts)
    if instants is None or movements.is_empty():
        return pl.DataFrame(schema=TERMS)
    shifts = in_flight.compute_alignment(_find_effects(rule, facts, movements), instants)
    keys = shifts["key_id"].unique().sort()
    if keys.is_empty():
        return pl.DataFrame(schema=TERMS)
    places = keys.to_numpy()
    now = {name: facts[name].column.units[places] for name in rule.names}
    then = {name: units.copy() for name, units in now.items()}
    for fact, key_id, units in shifts.iter_rows():
        then[fact][np.searchsorted(places, key_id)] += units
    narrow = _narrow(rule, places)
    lag = compute_expected(narrow, then) - compute_expected(narrow, now)
    return pl.DataFrame({"key_id": keys, "in_flight_units": np.zeros_like(lag), "lag_units": lag})


def _narrow(rule: MirrorRule, places: Int) -> MirrorRule:
    factors = None if rule.factors is None else rule.factors[places]
    return MirrorRule(**{**rule.__dict__, "factors": factors})


def _find_recent(
    picture: Picture,
    settings: Settings,
    rule: MirrorRule,
    *,
    facts: Mapping[str, Owned],
    movements: pl.DataFrame,
) -> pl.DataFrame:
    instants = _find_instants(picture, settings, rule, facts)
    if instants is None or movements.is_empty():
        return pl.DataFrame(
            schema={"key_id": pl.Int32, "pending_units": pl.Int64, "missed": pl.Int64}
        )
    # What a system told us itself it has certainly heard of.
    heard = movements.filter(pl.col("system") != rule.mirror)
    return in_flight.compute_recent(_find_effects(rule, facts, heard), instants)


def _find_qualifiers(
    picture: Picture, rule: MirrorRule, facts: Mapping[str, Owned], status: str
) -> tuple[str, ...]:
    """Return what limits every comparison of the rule in this hour."""
    found = []
    if status == "late":
        found.append("source_stale")
    if status in ("partial", "suspect"):
        found.append(f"mirror_{status}")
    owners = {owner for name in rule.names for owner in facts[name].owners}
    states = {picture.batches[owner].status for owner in owners if owner in picture.batches}
    found.extend(f"owner_{state}" for state in ("late", "partial", "suspect") if state in states)
    if "nobody" in owners:
        found.append("committed_unreported")
    return tuple(found)


def _qualify(
    exceptions: pl.DataFrame, picture: Picture, rule: MirrorRule, facts: Mapping[str, Owned]
) -> pl.DataFrame:
    """Add to each row what a person sees at a glance: not a cause, a coincidence of numbers."""
    keys = exceptions["key_id"].to_numpy()
    notes = [pl.lit("")] * 0
    columns = {}
    if COMMITTED in facts and COMMITTED in rule.names:
        columns["promised"] = facts[COMMITTED].column.units[keys]
        hit = (pl.col("promised") > 0) & (pl.col("delta_units") == pl.col("promised"))
        notes.append(pl.when(hit).then(pl.lit("reservation_flag_missing")))
    if rule.factors is not None:
        columns["factor"] = rule.factors[keys]
        notes.extend(_find_unit_notes())
    lowered = pl.col("observed_units") < 0
    notes.append(pl.when(lowered).then(pl.lit("negative")))
    frame = exceptions.with_columns(
        pl.Series(name, values, dtype=pl.Int64) for name, values in columns.items()
    )
    return frame.with_columns(
        qualifiers=pl.concat_str(notes, separator=" ", ignore_nulls=True).fill_null("")
    ).drop(columns)


def _find_unit_notes() -> list[pl.Expr]:
    """Name the factor that would make both numbers agree, and what a whole unit leaves over."""
    factor, owner = pl.col("factor"), pl.col("owner_units")
    cases = pl.col("observed_units") // factor
    fits = (factor > 1) & (cases > 0) & (owner > 0) & (owner % cases == 0)
    is_other = fits & (owner // cases != factor) & (pl.col("delta_units") != 0)
    rest = (factor > 1) & (owner % factor != 0)
    return [
        pl.when(is_other).then(
            pl.format("observed_factor={}", owner // pl.max_horizontal(cases, 1))
        ),
        pl.when(rest).then(pl.format("remainder={}", owner % factor)),
    ]

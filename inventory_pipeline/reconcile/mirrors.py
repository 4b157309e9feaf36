"""Mirrors: one rule of the configuration judged over one hour, from arrays to rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from inventory_pipeline.config.facts import Mirror
from inventory_pipeline.config.formula import Formula, parse_formula
from inventory_pipeline.config.models import Settings
from inventory_pipeline.model.quantities import ON_HAND, SAFETY_STOCK
from inventory_pipeline.reconcile import in_flight, receipts
from inventory_pipeline.reconcile.compare import (
    Comparison,
    MirrorRule,
    compare,
    find_exceptions,
)
from inventory_pipeline.reconcile.dense import Int, Mask, Owned
from inventory_pipeline.reconcile.hour import Picture
from inventory_pipeline.reconcile.qualifiers import find_qualifiers, qualify
from inventory_pipeline.reconcile.terms import compute_terms, find_recent, find_sent

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
        pending: corrections on their way, as NOTHING_PENDING.
    """
    formula = parse_formula(mirror.expects)
    primary = find_primary(formula, facts)
    if primary is None or any(name not in facts for name in formula.names):
        return None
    rule = _build_rule(settings, mirror, formula, primary=primary, factors=factors)
    terms = compute_terms(
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
    exceptions = in_flight.explain(exceptions, find_sent(pending, rule), into="in_flight_units")
    recent = find_recent(picture, settings, rule, facts=facts, movements=movements)
    exceptions = in_flight.explain(exceptions, recent, into="lag_units")
    booked = _find_booked(picture, rule, facts, movements)
    exceptions, ahead = receipts.explain(exceptions, booked)
    exceptions = qualify(in_flight.settle(exceptions), picture, rule, facts)
    batch = picture.batches.get(mirror.system)
    status = batch.status if batch else "missing"
    return Outcome(
        mirror=mirror,
        formula=formula,
        comparison=comparison,
        exceptions=receipts.note_sides(exceptions, terms, ahead, mirror=rule.mirror),
        status=status,
        qualifiers=find_qualifiers(picture, rule, facts, status),
        primary=primary,
        ahead=ahead,
    )


def _build_rule(
    settings: Settings, mirror: Mirror, formula: Formula, *, primary: str, factors: Int | None
) -> MirrorRule:
    return MirrorRule(
        mirror=mirror.system,
        fact=mirror.fact,
        primary=primary,
        names=formula.names,
        evaluate=formula.evaluate,
        factors=factors,
        absent_means=settings.systems[mirror.system].snapshot.absent_means,
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

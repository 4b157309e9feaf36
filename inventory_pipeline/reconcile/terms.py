"""Terms: what is on its way to one mirror, and what two instants explain, key by key."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from inventory_pipeline.config.models import Settings
from inventory_pipeline.config.timing import compute_delay
from inventory_pipeline.model.quantities import COMMITTED, ON_HAND, SAFETY_STOCK
from inventory_pipeline.reconcile import in_flight
from inventory_pipeline.reconcile.compare import MirrorRule, compute_expected
from inventory_pipeline.reconcile.dense import Int, Owned
from inventory_pipeline.reconcile.hour import Picture

TERMS = {"key_id": pl.Int32, "in_flight_units": pl.Int64, "lag_units": pl.Int64}


def compute_terms(
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
        _find_pending(pending, rule, is_sent=False).select(
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


def find_sent(pending: pl.DataFrame, rule: MirrorRule) -> pl.DataFrame:
    """Return what a mirror lacks if what was sent to it has not arrived: RECENT rows.

    Nobody has heard that it did; so far as the number shows it, it has.
    """
    sent = _find_pending(pending, rule, is_sent=True)
    return sent.select("key_id", "pending_units", missed=pl.lit(1, pl.Int64))


def _find_pending(pending: pl.DataFrame, rule: MirrorRule, *, is_sent: bool) -> pl.DataFrame:
    return pending.filter(
        (pl.col("mirror") == rule.mirror)
        & (pl.col("fact") == rule.fact)
        & (pl.col("is_sent") == is_sent)
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
    signs = _find_moment_signs(settings, rule, facts[rule.primary], told["key_id"])
    return told.select("key_id", in_flight_units=pl.col("open_units") * signs).with_columns(
        lag_units=pl.lit(0, pl.Int64)
    )


def _find_moment_signs(
    settings: Settings, rule: MirrorRule, owned: Owned, keys: pl.Series
) -> pl.Series:
    """Return what one promised unit does to the mirror beside its owner, key by key."""
    theirs = settings.systems[rule.mirror].decrements_at
    ours = [settings.systems[owner].decrements_at for owner in owned.owners]
    signs = [0 if moment == theirs else (-1 if theirs == "order" else 1) for moment in ours]
    owner_of = owned.owner_of[keys.to_numpy()].astype(np.uint32)
    return pl.Series("sign", signs, dtype=pl.Int64).gather(owner_of)


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
            if (known := picture.batches.get(_system_of(owner, rule))) and (at := known.source_at)
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


def _system_of(owner: str, rule: MirrorRule) -> str:
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


def find_recent(
    picture: Picture,
    settings: Settings,
    rule: MirrorRule,
    *,
    facts: Mapping[str, Owned],
    movements: pl.DataFrame,
) -> pl.DataFrame:
    """Return per key how what moved lately may stand in a number, or not yet."""
    instants = _find_instants(picture, settings, rule, facts)
    if instants is None or movements.is_empty():
        return pl.DataFrame(schema=in_flight.RECENT)
    effects = [
        _find_effects(rule, facts, movements),
        _find_moment_effects(settings, rule, facts, movements),
    ]
    return in_flight.compute_recent(pl.concat(effects), instants, mirror=rule.mirror)


def _find_moment_effects(
    settings: Settings, rule: MirrorRule, facts: Mapping[str, Owned], movements: pl.DataFrame
) -> pl.DataFrame:
    """Orders and shipments as the term of two moments holds them: see _find_moment_terms."""
    if rule.primary != ON_HAND or COMMITTED in rule.names:
        return pl.DataFrame(schema=in_flight.EFFECT)
    keys = movements["key_id"].unique().sort()
    signs = _find_moment_signs(settings, rule, facts[ON_HAND], keys)
    sides = pl.DataFrame({"key_id": keys, "owner": "", "sign": signs})
    effects = in_flight.compute_effects(
        movements.rename({"in_force_at": "at"}),
        owners={COMMITTED: sides.drop("sign")},
        names=(COMMITTED,),
    )
    return (
        effects.join(sides.drop("owner"), on="key_id", how="inner", validate="m:1")
        .filter(pl.col("sign") != 0)
        .with_columns(effect_units=-pl.col("sign") * pl.col("effect_units"))
        .select(list(in_flight.EFFECT))
    )

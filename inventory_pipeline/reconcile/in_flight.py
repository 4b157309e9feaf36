"""In flight: what explains a gap before anybody looks for a cause.

Three terms, each counted once: units that one side takes off at the order and the other at
the shipment; corrections already on their way; and the lag between two instants, because
two numbers read at different times are not comparable until the movements between are
put in. What remains is ``delta``.

Between the moment a movement is made and the moment it is recorded nobody knows whether a
number already holds it: the mover's own system does at once, the books when they are told.
There both are possible, and the one that leaves the smaller gap is taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from inventory_pipeline.model.movements import ON_HAND_SIGN, SELLABLE_DISPOSITIONS
from inventory_pipeline.model.quantities import COMMITTED, ON_HAND

COMMITTED_SIGN = {"order_placed": 1, "order_cancelled": -1, "shipment": -1}
# Of this many movements every mixture of the ways they may stand in two numbers is tried;
# of more only one way at a time, which is how a whole path lags.
FEW = 4
# What one unit of the fact does to a mirror that shows what is free to sell.
_SIGNS = {ON_HAND: ON_HAND_SIGN, COMMITTED: COMMITTED_SIGN}
EFFECT = {
    "fact": pl.String(),
    "owner": pl.String(),
    "system": pl.String(),
    "key_id": pl.Int32(),
    "order_id": pl.String(),
    "moved_at": pl.Datetime("us", "UTC"),
    "at": pl.Datetime("us", "UTC"),
    "effect_units": pl.Int64(),
}
RECENT = {"key_id": pl.Int32(), "pending_units": pl.Int64(), "missed": pl.Int64()}


@dataclass(frozen=True)
class Instants:
    """When two sides were read.

    Attributes:
        mirror_at: as-of time of the mirror's snapshot.
        owner_at: fact → owner → as-of time of that owner's snapshot.
        delay: how long a movement may normally take to reach the mirror.
    """

    mirror_at: datetime
    owner_at: Mapping[str, Mapping[str, datetime]]
    delay: timedelta


def compute_effects(
    movements: pl.DataFrame, *, owners: Mapping[str, pl.DataFrame], names: tuple[str, ...]
) -> pl.DataFrame:
    """Return what each movement does to each fact of a formula, by the fact's own owner.

    Args:
        movements: system, key_id, order_id, kind, units, moved_at, at, disposition; ``at``
            is when it is in force: recorded, else made.
        owners: fact → frame (key_id, owner) of who owns it there; ``''`` is any system.

    Returns:
        fact, owner, system, key_id, order_id, moved_at, at, effect_units: one row per
        movement and fact it moves.
    """
    parts = []
    for name in names:
        if name not in _SIGNS:
            continue
        sign = pl.col("kind").replace_strict(_SIGNS[name], default=0, return_dtype=pl.Int64)
        stained = (pl.col("kind") == "return_received") & ~pl.col("disposition").is_in(
            SELLABLE_DISPOSITIONS
        )
        told = movements.join(owners[name], on="key_id", how="inner", validate="m:1")
        parts.append(
            told.filter((pl.col("owner") == "") | (pl.col("owner") == pl.col("system")))
            .with_columns(
                fact=pl.lit(name),
                effect_units=pl.when(stained).then(0).otherwise(sign * pl.col("units")),
            )
            .filter(pl.col("effect_units") != 0)
            .select(list(EFFECT))
        )
    return pl.concat(parts) if parts else pl.DataFrame(schema=EFFECT)


def compute_alignment(effects: pl.DataFrame, instants: Instants) -> pl.DataFrame:
    """Return by how much each fact must be moved to stand at the mirror's instant.

    Movements after the mirror's reading and up to the owner's are taken back; movements
    after the owner's reading and up to the mirror's are put in.

    Returns:
        fact, key_id, shift_units (never 0).
    """
    at, mirror_at = pl.col("at"), pl.lit(instants.mirror_at)
    after = (at > mirror_at) & (at <= pl.col("owner_at"))
    before = (at > pl.col("owner_at")) & (at <= mirror_at)
    return (
        effects.join(_list_owner_times(instants), on=["fact", "owner"], how="inner", validate="m:1")
        .with_columns(
            shift_units=pl.when(after)
            .then(-pl.col("effect_units"))
            .when(before)
            .then(pl.col("effect_units"))
            .otherwise(0)
        )
        .group_by("fact", "key_id")
        .agg(pl.col("shift_units").sum())
        .filter(pl.col("shift_units") != 0)
        .sort("fact", "key_id")
    )


def _list_owner_times(instants: Instants) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"fact": fact, "owner": owner, "owner_at": at}
            for fact, by_owner in instants.owner_at.items()
            for owner, at in by_owner.items()
        ],
        schema={"fact": pl.String, "owner": pl.String, "owner_at": pl.Datetime("us", "UTC")},
    )


def compute_recent(effects: pl.DataFrame, instants: Instants, *, mirror: str) -> pl.DataFrame:
    """Return how the numbers may stand otherwise than the books say, per key.

    The mirror may not have heard of the last movements yet, so far as its path may take
    them; it may hold what is made and not recorded; and so may the owner.

    Args:
        mirror: what this system told us itself it has certainly heard of.

    Returns:
        key_id, pending_units: what the mirror lacks if it missed the last one, the last
        two, ... of them, or the owner holds the next one, the next two, ... already;
        negative of what the mirror holds early. missed: how many; one row per possibility.
    """
    at, moved_at, mirror_at = pl.col("at"), pl.col("moved_at"), instants.mirror_at
    owned = effects.join(
        _list_owner_times(instants), on=["fact", "owner"], how="inner", validate="m:1"
    )
    unheard = effects.filter(
        (pl.col("system") != mirror) & (at > mirror_at - instants.delay) & (at <= mirror_at)
    )
    held_early = effects.filter((moved_at <= mirror_at) & (at > mirror_at))
    owned_early = owned.filter((moved_at <= pl.col("owner_at")) & (at > pl.col("owner_at")))
    possible = _add_up(unheard.sort("at", "order_id", descending=True), sign=1)
    for early, sign in ((held_early, -1), (owned_early, 1)):
        possible = _mix(possible, _add_up(early.sort("moved_at", "order_id"), sign=sign))
    return possible


def _add_up(effects: pl.DataFrame, *, sign: int) -> pl.DataFrame:
    """Return the sums of the first movement, the first two, ... of each key, in their order."""
    free = pl.when(pl.col("fact") == COMMITTED).then(-sign).otherwise(sign)
    return (
        effects.group_by("key_id", "order_id", "moved_at", "at", maintain_order=True)
        .agg(net_units=(free * pl.col("effect_units")).sum())
        .filter(pl.col("net_units") != 0)
        .with_columns(
            pending_units=pl.col("net_units").cum_sum().over("key_id"),
            missed=pl.int_range(1, pl.len() + 1).over("key_id"),
        )
        .select(pl.col(name).cast(kind) for name, kind in RECENT.items())
    )


def _mix(first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
    """Return the possibilities of both, and a few of one with a few of the other."""
    few = pl.col("missed") <= FEW
    both = (
        first.filter(few)
        .join(second.filter(few), on="key_id", how="inner", validate="m:m", suffix="_too")
        .select(
            "key_id",
            pending_units=pl.col("pending_units") + pl.col("pending_units_too"),
            missed=pl.col("missed") + pl.col("missed_too"),
        )
    )
    return pl.concat([first, second, both])


def explain(exceptions: pl.DataFrame, possible: pl.DataFrame, *, into: str) -> pl.DataFrame:
    """Put the possibility that explains most of a gap into one of its components.

    A mirror that missed the last movements lacks their sum. The fewest movements that leave
    the smallest rest win; nothing is explained that does not shrink the rest.

    Args:
        exceptions: key_id, raw_delta_units, in_flight_units, lag_units.
        possible: RECENT rows.
        into: the component, in_flight_units or lag_units.
    """
    rest = pl.col("raw_delta_units") - pl.col("in_flight_units") - pl.col("lag_units")
    best = (
        exceptions.select("key_id", "raw_delta_units", "in_flight_units", "lag_units")
        .join(possible, on="key_id", how="inner", validate="1:m")
        .with_columns(rest=rest, after=(rest + pl.col("pending_units")).abs())
        .filter(pl.col("after") < pl.col("rest").abs())
        .sort("key_id", "after", "missed")
        .unique("key_id", keep="first", maintain_order=True)
        .select("key_id", recent_units=-pl.col("pending_units"))
    )
    return (
        exceptions.join(best, on="key_id", how="left", validate="m:1")
        .with_columns(pl.col(into) + pl.col("recent_units").fill_null(0))
        .drop("recent_units")
    )


def settle(exceptions: pl.DataFrame) -> pl.DataFrame:
    """Add ``delta_units`` and the final ``status``; rows whose gap is gone stay, explained."""
    delta = pl.col("raw_delta_units") - pl.col("in_flight_units") - pl.col("lag_units")
    is_gap = pl.col("status") == "drift"
    explained = (
        pl.when(pl.col("in_flight_units") != 0)
        .then(pl.lit("in_flight"))
        .when(pl.col("lag_units") != 0)
        .then(pl.lit("lag"))
        .otherwise(pl.lit("match"))
    )
    return exceptions.with_columns(delta_units=delta).with_columns(
        status=pl.when(is_gap & (pl.col("delta_units") == 0)).then(explained).otherwise("status")
    )

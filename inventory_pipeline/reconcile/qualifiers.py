"""Qualifiers: what limits a comparison, and what a person sees in its numbers at a glance."""

from collections.abc import Mapping

import polars as pl

from inventory_pipeline.model.quantities import COMMITTED
from inventory_pipeline.model.wording import word
from inventory_pipeline.reconcile.compare import MirrorRule
from inventory_pipeline.reconcile.dense import Owned
from inventory_pipeline.reconcile.hour import Picture


def find_qualifiers(
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


def qualify(
    exceptions: pl.DataFrame, picture: Picture, rule: MirrorRule, facts: Mapping[str, Owned]
) -> pl.DataFrame:
    """Add to each row what a person sees at a glance: not a cause, a coincidence of numbers."""
    keys = exceptions["key_id"].to_numpy()
    notes: list[pl.Expr] = []
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
        pl.when(is_other).then(word("observed_factor={}", owner // pl.max_horizontal(cases, 1))),
        pl.when(rest).then(word("remainder={}", owner % factor)),
    ]

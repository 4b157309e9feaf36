"""Severity: how much a gap matters, by size, by consequence, and by how long it stays."""

from dataclasses import dataclass

import polars as pl

BANDS = ("none", "minor", "notable", "major")
ORDER = {name: place for place, name in enumerate(BANDS)}


@dataclass(frozen=True)
class Bands:
    """The configured lines, in eaches and checks."""

    minor_up_to: int
    notable_up_to: int
    settle_checks: int
    relative_major: float
    consistent_cycles: int


def rank(column: str = "severity") -> pl.Expr:
    """Return the severity as a number from 0 (none) to 3 (major)."""
    return pl.col(column).replace_strict(ORDER, return_dtype=pl.Int8)


def judge_gaps(gaps: pl.DataFrame, bands: Bands) -> pl.DataFrame:
    """Add severity, is_settled, is_consistent and is_escalated to gaps.

    Args:
        gaps: delta_units (not 0), expected_units, owner_units, observed_units, and the
            identity's streak and same_streak, this hour included.

    Size gives the band: up to 2 minor, up to 5 notable, from 6 major. A minor gap that
    outlives ``settle_checks`` is notable; the same signed delta for ``consistent_cycles``
    checks raises the band by one. An owner at zero while the mirror sells, a mirror at
    zero with stock behind it, or a gap of half of what is expected is major at once.
    """
    size = pl.col("delta_units").abs()
    base = (
        pl.when(size <= bands.minor_up_to)
        .then(1)
        .when(size <= bands.notable_up_to)
        .then(2)
        .otherwise(3)
    )
    is_settled = (size > bands.minor_up_to) | (pl.col("streak") >= bands.settle_checks)
    is_consistent = pl.col("same_streak") >= bands.consistent_cycles
    raised = base + (is_consistent | (is_settled & (base == 1))).cast(pl.Int32)
    is_escalated = _is_grave(bands)
    place = pl.when(is_escalated).then(3).otherwise(pl.min_horizontal(raised, pl.lit(3)))
    return gaps.with_columns(
        is_settled=is_settled | is_escalated,
        is_consistent=is_consistent,
        is_escalated=is_escalated,
        severity=place.replace_strict({1: "minor", 2: "notable", 3: "major"}),
    )


def _is_grave(bands: Bands) -> pl.Expr:
    expected, observed = pl.col("expected_units"), pl.col("observed_units")
    sells_nothing = (pl.col("owner_units") <= 0) & (observed > 0)
    hides_stock = (observed <= 0) & (expected > 0)
    is_large = (expected > 0) & (pl.col("delta_units").abs() >= bands.relative_major * expected)
    return (sells_nothing | hides_stock | is_large).fill_null(value=False)


def classify_gaps(gaps: pl.DataFrame) -> pl.DataFrame:
    """Add ``class``: what a gap means for a customer.

    Phantom stock is advertised and not there (grave, over); a false stockout is there and
    not advertised (mirror at zero); anything else is sync drift: the units exist and the
    systems disagree.
    """
    expected, observed = pl.col("expected_units"), pl.col("observed_units")
    over = (pl.col("delta_units") > 0) & pl.col("is_escalated")
    hidden = (pl.col("delta_units") < 0) & (observed <= 0) & (expected > 0)
    return gaps.with_columns(
        pl.when(over)
        .then(pl.lit("phantom_stock"))
        .when(hidden)
        .then(pl.lit("false_stockout"))
        .otherwise(pl.lit("sync_drift"))
        .alias("class")
    )

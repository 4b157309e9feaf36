"""Words: a mirror that says *available* instead of a number (SYS-06)."""

from typing import Any

import numpy as np
import polars as pl

from inventory_pipeline.reconcile.dense import Owned
from inventory_pipeline.reconcile.mirrors import Outcome


def compare_words(outcome: Outcome, owned: Owned, keys: Any, says: Any) -> pl.DataFrame:
    """Return one row per key spoken of: ``match`` or ``drift``; no numeric gap is invented.

    Args:
        keys: key numbers; says: whether the mirror says *available*.
    """
    expected = outcome.comparison.expected[keys]
    has_owner = owned.column.is_present[keys]
    keys, says, expected = keys[has_owner], says[has_owner], expected[has_owner]
    names = pl.Series(owned.owners, dtype=pl.String)
    word = (
        pl.when(pl.col("says")).then(pl.lit("says_available")).otherwise(pl.lit("says_unavailable"))
    )
    agrees = pl.col("says") == (pl.col("expected_units") > 0)
    return (
        pl.DataFrame(
            {
                "key_id": keys.astype(np.int32),
                "owner": names.gather(owned.owner_of[keys].astype(np.uint32)),
                "owner_units": owned.column.units[keys],
                "expected_units": expected,
                "says": says,
            }
        )
        .with_columns(
            pl.lit(None, pl.Int64).alias(name)
            for name in ("observed_units", "raw_delta_units", "delta_units")
        )
        .with_columns(
            in_flight_units=pl.lit(0, pl.Int64),
            lag_units=pl.lit(0, pl.Int64),
            status=pl.when(agrees).then(pl.lit("match")).otherwise(pl.lit("drift")),
            qualifiers=word,
        )
        .drop("says")
        .sort("key_id")
    )

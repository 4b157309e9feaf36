"""Adding up: many rows of one item and place (lots, bins, packages) as one number. Pure.

Nothing is rounded, and nothing unknown becomes less: where one part is missing or is no
number, the sum is that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from inventory_pipeline.connectors.json_sheet import Rejection
from inventory_pipeline.model.wording import word

# Digits before and behind the point that are added exactly; what is longer is no count.
_PLAIN = r"^-?[0-9]{1,18}(\.[0-9]{1,15})?$"
_EXACT = pl.Decimal(38, 15)
_MOST_NAMED = 5


@dataclass(frozen=True)
class Kept:
    """Rows that can be read, and what is wrong with the others.

    Attributes:
        rejected: (row, reason, raw) of those that cannot.
    """

    cells: pl.DataFrame
    rejected: list[Rejection]


def add_up(cells: pl.DataFrame, *, keys: Sequence[str], quantities: Sequence[str]) -> pl.DataFrame:
    """Return one row a key, with the sum of each quantity as text.

    Args:
        cells: ``row`` and texts; every row is a part of its own.
    """
    parts = cells.with_columns(write_plainly(name) for name in quantities)
    sums = [
        pl.when(pl.col(name).is_null().any())
        .then(None)
        .when(~_is_plain(name).all())
        .then(pl.col(name).filter(~_is_plain(name)).first())
        .otherwise(_show(pl.col(name).cast(_EXACT, strict=False).sum()))
        .alias(name)
        for name in quantities
    ]
    return parts.group_by(keys, maintain_order=True).agg(pl.col("row").min(), *sums).sort("row")


def drop_twins(cells: pl.DataFrame, *, part: str, keys: Sequence[str]) -> Kept:
    """Leave out rows that came twice, and every key with a part that came in two versions.

    Args:
        part: column with the source's own id of a row.
    """
    texts = [name for name in cells.columns if name != "row"]
    once = cells.unique(texts, keep="first", maintain_order=True)
    differs = once.filter(pl.col(part).is_duplicated())
    bad = pl.struct(keys).is_in(differs.select(pl.struct(keys)).to_series().implode())
    return set_aside(
        once.with_columns(
            reason=pl.when(bad & pl.col(part).is_duplicated())
            .then(word("{} came twice, and not the same", part))
            .when(bad)
            .then(pl.lit("another part of this number came twice, and not the same"))
        )
    )


def find_shared_names(cells: pl.DataFrame, *, name: str, key: str) -> pl.Expr:
    """Return what is wrong with a name that stands for several keys; null: nothing is.

    Args:
        cells: everything that has a name, one row a key or more.
    """
    carriers = (
        cells.filter(pl.col(name).is_not_null())
        .group_by(name)
        .agg(ids=pl.col(key).unique().sort())
        .filter(pl.col("ids").list.len() > 1)
        .with_columns(shown=pl.col("ids").list.head(_MOST_NAMED).list.join(", "))
    )
    reasons = carriers.select(
        name, reason=word("{} items are called so: {}", pl.col("ids").list.len(), "shown")
    )
    words: Mapping[str, str] = dict(reasons.iter_rows())
    return pl.col(name).replace_strict(words, default=None, return_dtype=pl.String)


def set_aside(cells: pl.DataFrame) -> Kept:
    """Part the rows that have a text in ``reason`` from those that have none."""
    bad = cells.filter(pl.col("reason").is_not_null())
    rejected = [
        (
            row["row"],
            row["reason"],
            ", ".join(f"{k}={v}" for k, v in row.items() if k not in ("row", "reason")),
        )
        for row in bad.iter_rows(named=True)
    ]
    return Kept(cells.filter(pl.col("reason").is_null()).drop("reason"), rejected)


def write_plainly(name: str) -> pl.Expr:
    """Write 12.0 and 012.50 as 12 and 12.5; leave what is no plain number as it is."""
    shown = _show(pl.col(name).cast(_EXACT, strict=False))
    return pl.when(_is_plain(name)).then(shown).otherwise(pl.col(name)).alias(name)


def _is_plain(name: str) -> pl.Expr:
    return pl.col(name).str.contains(_PLAIN)


def _show(number: pl.Expr) -> pl.Expr:
    return number.cast(pl.String).str.replace(r"\.?0*$", "")

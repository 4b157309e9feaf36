"""Receipts: goods that one side counts before the other, and which side that is (DIA-09).

A mirror may count a purchase when it is posted, the owner when somebody counts the boxes.
Until then the mirror is ahead by the units of that purchase: an explained lag, no drift.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import polars as pl

from inventory_pipeline.model.wording import word
from inventory_pipeline.reconcile.problems import Row, write_details

# A purchase that the owner has not received by then is no lag any more.
RECEIPT_LAG = timedelta(hours=48)
BOOKED = ("receipt", "purchase_order_posted")
AHEAD = {
    "key_id": pl.Int32(),
    "ahead_units": pl.Int64(),
    "purchases": pl.List(pl.String),
}


def find_ahead(
    movements: pl.DataFrame, *, mirror: str, owners: Sequence[str], mirror_at: datetime | None
) -> pl.DataFrame:
    """Return what a mirror booked of purchases that its owners have not received.

    Args:
        movements: rows of ``load_movements``.
        owners: every owner of the fact.
        mirror_at: as-of instant of the mirror's reading.

    Returns:
        One row per key and possibility: a purchase alone, and all of them together.
    """
    if mirror_at is None or movements.is_empty():
        return pl.DataFrame(schema=AHEAD)
    at, is_mine = pl.col("in_force_at"), pl.col("system") == mirror
    booked = movements.filter(
        is_mine & pl.col("kind").is_in(BOOKED) & (at > mirror_at - RECEIPT_LAG) & (at <= mirror_at)
    )
    received = movements.filter(
        (pl.col("kind") == "receipt")
        & pl.col("system").is_in(owners)
        & ~is_mine
        & (at <= mirror_at)
    )
    on = ["key_id", "order_id"]
    by_kind = booked.group_by(*on, "kind").agg(pl.col("units").sum())
    left = (
        by_kind.group_by(on)
        .agg(pl.col("units").max())
        .join(received.group_by(on).agg(came=pl.col("units").sum()), on=on, how="left")
        .with_columns(ahead_units=pl.col("units") - pl.col("came").fill_null(0))
        .filter(pl.col("ahead_units") > 0)
        .sort(on)
    )
    single = left.select("key_id", "ahead_units", purchases=pl.concat_list("order_id"))
    together = left.group_by("key_id").agg(
        pl.col("ahead_units").sum(), purchases=pl.col("order_id")
    )
    return pl.concat(
        [part.select(pl.col(n).cast(k) for n, k in AHEAD.items()) for part in (single, together)]
    )


def explain(exceptions: pl.DataFrame, ahead: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Put a purchase that leaves no rest at all into ``lag_units``; nothing is half explained.

    Returns:
        The exceptions, and the rows of ``ahead`` that explained one.
    """
    rest = pl.col("raw_delta_units") - pl.col("in_flight_units") - pl.col("lag_units")
    fits = (
        exceptions.filter(pl.col("status") == "drift")
        .select("key_id", ahead_units=rest)
        .join(ahead, on=["key_id", "ahead_units"], how="inner", validate="1:m")
        .unique("key_id", keep="first", maintain_order=True)
        .select(list(AHEAD))
    )
    told = fits.select("key_id", booked_units="ahead_units")
    explained = (
        exceptions.join(told, on="key_id", how="left", validate="1:1", maintain_order="left")
        .with_columns(lag_units=pl.col("lag_units") + pl.col("booked_units").fill_null(0))
        .drop("booked_units")
    )
    return explained, fits


def note_sides(
    exceptions: pl.DataFrame, terms: pl.DataFrame, ahead: pl.DataFrame, *, mirror: str
) -> pl.DataFrame:
    """Say of each explained lag how: a level rolled forward, or which side is ahead.

    Args:
        exceptions: settled rows with ``qualifiers``.
        terms: key_id, lag_units: what two instants explain.
        ahead: rows of ``explain`` that explained one.
    """
    aligned = terms.select("key_id", aligned_units="lag_units")
    booked = ahead.select("key_id", is_booked=pl.lit(value=True))
    told = exceptions.join(aligned, on="key_id", how="left", validate="m:1", maintain_order="left")
    told = told.join(booked, on="key_id", how="left", validate="m:1", maintain_order="left")
    shifted = pl.col("aligned_units").fill_null(0)
    is_recent = (pl.col("lag_units") != shifted) & pl.col("is_booked").is_null()
    notes = [
        pl.when(pl.col("qualifiers") != "").then("qualifiers"),
        pl.when(shifted != 0).then(pl.lit("rolled_forward")),
        pl.when(pl.col("is_booked").is_not_null()).then(pl.lit(f"{mirror}_ahead")),
        pl.when(is_recent).then(word("{}_ahead", "owner")),
    ]
    return told.with_columns(
        qualifiers=pl.concat_str(notes, separator=" ", ignore_nulls=True).fill_null("")
    ).drop("aligned_units", "is_booked")


def find_receipt_lags(exceptions: pl.DataFrame, ahead: pl.DataFrame, *, mirror: str) -> list[Row]:
    """Return one problem per lag of a purchase, so that people see who waits for what."""
    told = exceptions.join(ahead, on="key_id", how="inner", validate="1:1")
    return [
        {
            "kind": "receipt_lag",
            "fact": row["fact"],
            "mirror": mirror,
            "key_id": row["key_id"],
            "subject": " ".join(row["purchases"]),
            "owner": row["owner"],
            "class": "transfer",
            "severity": "minor",
            "delta_units": row["ahead_units"],
            "owner_units": row["owner_units"],
            "observed_units": row["observed_units"],
            "expected_units": row["expected_units"],
            "details": write_details({"ahead": mirror, "purchases": row["purchases"]}),
        }
        for row in told.sort("key_id").iter_rows(named=True)
    ]

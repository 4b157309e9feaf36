"""Findings: a problem gets an identity and keeps it while it stays, goes and comes back."""

import hashlib
from datetime import datetime

import polars as pl

IDENTITY = ("kind", "fact", "mirror", "key_id", "subject")
INSTANT = pl.Datetime("us", "UTC")

# Grain: one problem seen in one hour, before it is compared with what was known.
PROBLEM: dict[str, pl.DataType] = {
    "kind": pl.String(),
    "fact": pl.String(),
    "mirror": pl.String(),
    "key_id": pl.Int32(),
    "subject": pl.String(),
    "owner": pl.String(),
    "class": pl.String(),
    "symptom": pl.Int16(),
    "severity": pl.String(),
    "delta_units": pl.Int64(),
    "owner_units": pl.Int64(),
    "observed_units": pl.Int64(),
    "expected_units": pl.Int64(),
    "is_settled": pl.Boolean(),
    "is_consistent": pl.Boolean(),
    "money_at_risk": pl.Float64(),
    "details": pl.String(),
}

# Grain: one problem in one hour, with what its past makes of it.
SIGHTING: dict[str, pl.DataType] = {
    "hour_at": INSTANT,
    **PROBLEM,
    "first_seen_at": INSTANT,
    "opened_at": INSTANT,
    "last_seen_at": INSTANT,
    "streak": pl.Int32(),
    "same_streak": pl.Int32(),
    "recurrence": pl.Int32(),
    "state": pl.String(),
}


def compute_finding_id(
    kind: str, fact: str, sku: str, location_id: str, mirror: str, subject: str
) -> str:
    """Return the id of a problem: the same problem has the same id for ever.

    The view ``contract.findings`` computes the same text in SQL.
    """
    text = f"{kind}|{fact}|{sku}|{location_id}|{mirror}|{subject}"
    digest = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    return f"F-{digest[:16]}"


def build_problems(rows: list[dict[str, object]]) -> pl.DataFrame:
    """Return PROBLEM rows from the few that are made one by one; what is left out is null."""
    defaults: dict[str, object] = {
        "fact": "", "mirror": "", "key_id": -1, "subject": "", "owner": "", "details": "{}",
        "severity": "minor", "is_settled": True, "is_consistent": False,
    }  # fmt: skip
    filled = [{name: {**defaults, **row}.get(name) for name in PROBLEM} for row in rows]
    return pl.DataFrame(filled, schema=PROBLEM)


def count_streaks(problems: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Add streak and same_streak, this hour included, to problems (severity needs them).

    Args:
        known: the newest sighting of every problem before this hour.
    """
    before = known.filter(pl.col("state") == "open").select(
        *IDENTITY, before_streak="streak", before_same="same_streak", before_delta="delta_units"
    )
    is_same = pl.col("delta_units").eq_missing(pl.col("before_delta"))
    return (
        problems.join(before, on=list(IDENTITY), how="left", validate="m:1")
        .with_columns(
            streak=pl.col("before_streak").fill_null(0) + 1,
            same_streak=pl.when(is_same).then(pl.col("before_same").fill_null(0)).otherwise(0) + 1,
        )
        .drop("before_streak", "before_same", "before_delta")
    )


def sort_rows(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Sort many rows by columns of few texts: each text is compared once, then its number."""
    return frame.sort(
        pl.col(name).cast(pl.Enum(frame[name].unique().sort()))
        if frame.schema[name] == pl.String
        else pl.col(name)
        for name in columns
    )


def fold(
    problems: pl.DataFrame, known: pl.DataFrame, judged: pl.DataFrame, *, hour_at: datetime
) -> pl.DataFrame:
    """Return this hour's sightings: problems seen, and open ones proven gone.

    Args:
        problems: PROBLEM rows of this hour.
        known: the newest sighting of every problem before this hour.
        judged: identities of ``known`` that this hour could judge. An open problem that is
            not seen is cleared only if it could be judged: silence clears nothing.
    """
    seen = count_streaks(problems, known)
    past = known.select(
        *IDENTITY,
        past_first="first_seen_at",
        past_opened="opened_at",
        past_recurrence="recurrence",
        past_state="state",
    )
    seen = seen.join(past, on=list(IDENTITY), how="left", validate="m:1")
    is_on = pl.col("past_state").fill_null("") == "open"
    opened = seen.with_columns(
        hour_at=pl.lit(hour_at).cast(INSTANT),
        first_seen_at=pl.coalesce("past_first", pl.lit(hour_at)).cast(INSTANT),
        opened_at=pl.when(is_on).then("past_opened").otherwise(pl.lit(hour_at)).cast(INSTANT),
        last_seen_at=pl.lit(hour_at).cast(INSTANT),
        recurrence=pl.col("past_recurrence").fill_null(0) + (~is_on).cast(pl.Int32),
        state=pl.lit("open"),
    )
    cleared = _find_cleared(problems, known, judged, hour_at)
    told = pl.concat([_shape(opened), _shape(cleared)])
    return sort_rows(told, "kind", "mirror", "fact", "key_id", "subject")


def _find_cleared(
    problems: pl.DataFrame, known: pl.DataFrame, judged: pl.DataFrame, hour_at: datetime
) -> pl.DataFrame:
    on = list(IDENTITY)
    return (
        known.filter(pl.col("state") == "open")
        .join(problems, on=on, how="anti")
        .join(judged, on=on, how="semi")
        .with_columns(
            hour_at=pl.lit(hour_at).cast(INSTANT),
            state=pl.lit("cleared"),
        )
    )


def _shape(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(kind) for name, kind in SIGHTING.items())

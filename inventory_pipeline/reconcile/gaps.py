"""Gaps: what the comparisons of an hour leave over, as problems with a severity."""

from collections.abc import Collection

import polars as pl

from inventory_pipeline.config.formula import parse_formula
from inventory_pipeline.config.models import Settings
from inventory_pipeline.reconcile import findings, severity
from inventory_pipeline.reconcile.hour import Picture
from inventory_pipeline.reconcile.mirrors import Outcome

GAP_KINDS = ("gap", "ghost", "absent")
_KIND = {"drift": "gap", "ghost": "ghost", "absent": "absent"}


def build_gap_problems(
    outcomes: list[Outcome], picture: Picture, known: pl.DataFrame, bands: severity.Bands
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Judge every exception of the hour.

    Returns:
        The exceptions with severity and the hour's qualifiers, and PROBLEM rows of the
        ones that are a problem (drift, ghost, absent).
    """
    rows = _gather(outcomes)
    is_problem = pl.col("status").is_in(list(_KIND))
    judged = _judge(rows.filter(is_problem), known, bands)
    quiet = rows.filter(~is_problem).with_columns(severity=pl.lit("none"))
    everything = pl.concat([judged.select(quiet.columns), quiet])
    return findings.sort_rows(everything, "mirror", "fact", "key_id"), _shape(judged)


def _gather(outcomes: list[Outcome]) -> pl.DataFrame:
    parts = [
        outcome.exceptions.with_columns(
            mirror=pl.lit(outcome.mirror.system),
            fact=pl.lit(outcome.mirror.fact),
            qualifiers=pl.concat_str(
                [pl.col("qualifiers"), pl.lit(" ".join(outcome.qualifiers))], separator=" "
            ).str.strip_chars(),
        )
        for outcome in outcomes
    ]
    columns = {
        "key_id": pl.Int32, "owner": pl.String, "owner_units": pl.Int64,
        "observed_units": pl.Int64, "expected_units": pl.Int64, "raw_delta_units": pl.Int64,
        "status": pl.String, "in_flight_units": pl.Int64, "lag_units": pl.Int64,
        "delta_units": pl.Int64, "qualifiers": pl.String, "mirror": pl.String, "fact": pl.String,
    }  # fmt: skip
    if not parts:
        return pl.DataFrame(schema=columns)
    return pl.concat([p.select(pl.col(n).cast(k) for n, k in columns.items()) for p in parts])


def _judge(rows: pl.DataFrame, known: pl.DataFrame, bands: severity.Bands) -> pl.DataFrame:
    named = rows.with_columns(
        kind=pl.col("status").replace_strict(_KIND, return_dtype=pl.String), subject=pl.lit("")
    )
    named = findings.count_streaks(named, known)
    gaps = named.filter((pl.col("kind") == "gap") & pl.col("delta_units").is_not_null())
    gaps = severity.classify_gaps(severity.judge_gaps(gaps, bands)).drop("is_escalated")
    others = named.filter((pl.col("kind") != "gap") | pl.col("delta_units").is_null())
    return pl.concat([gaps, _judge_presence(others, bands).select(gaps.columns)])


def _judge_presence(rows: pl.DataFrame, bands: severity.Bands) -> pl.DataFrame:
    """Ghosts, absents and contradicting words: there is no size, so consequence decides.

    A word that sells nothing, or hides stock, is major; a ghost is as grave as the units it
    pretends; an absent row hides stock and is notable.
    """
    is_word = pl.col("kind") == "gap"
    is_big_ghost = (pl.col("kind") == "ghost") & (pl.col("observed_units") > bands.notable_up_to)
    hides = pl.col("expected_units") > 0
    return rows.with_columns(
        severity=pl.when(is_word | is_big_ghost).then(pl.lit("major")).otherwise(pl.lit("notable")),
        is_settled=pl.lit(value=True),
        is_consistent=pl.lit(value=False),
    ).with_columns(
        pl.when(~is_word)
        .then(pl.col("kind"))
        .when(hides)
        .then(pl.lit("false_stockout"))
        .otherwise(pl.lit("phantom_stock"))
        .alias("class")
    )


def _shape(judged: pl.DataFrame) -> pl.DataFrame:
    return judged.with_columns(
        symptom=pl.lit(1, pl.Int16),
        money_at_risk=pl.lit(None, pl.Float64),
        details=pl.when(pl.col("qualifiers") == "")
        .then(pl.lit("{}"))
        .otherwise(pl.concat_str(pl.lit('{"qualifiers": "'), "qualifiers", pl.lit('"}'))),
    ).select(pl.col(name).cast(kind) for name, kind in findings.PROBLEM.items())


def find_judged(
    known: pl.DataFrame,
    outcomes: list[Outcome],
    closed: pl.DataFrame,
    *,
    mirrors: Collection[tuple[str, str]],
) -> pl.DataFrame:
    """Return which open problems this hour could judge.

    A gap, ghost or absent is judged where both sides answered for its key, and where its
    rule is gone: nobody expects that number of the mirror any more. A stockout is judged
    when ``closed`` says so. Everything else is looked at afresh every hour.

    Args:
        mirrors: (system, fact) of every rule of the configuration.
    """
    open_now = known.filter(pl.col("state") == "open").select(findings.IDENTITY)
    gaps = open_now.filter(pl.col("kind").is_in(GAP_KINDS))
    has_rule = pl.concat_str("mirror", "fact", separator="/").is_in(
        [f"{system}/{fact}" for system, fact in mirrors]
    )
    parts = [
        open_now.filter(~pl.col("kind").is_in((*GAP_KINDS, "stockout"))),
        gaps.filter(~has_rule),
        closed.select(findings.IDENTITY),
    ]
    for outcome in outcomes:
        mine = gaps.filter(
            (pl.col("mirror") == outcome.mirror.system) & (pl.col("fact") == outcome.mirror.fact)
        )
        words = outcome.exceptions.filter(pl.col("qualifiers").str.starts_with("says_"))
        is_judged = outcome.comparison.is_judged.copy()
        is_judged[words["key_id"].to_numpy()] = True
        parts.append(mine.filter(pl.Series(is_judged[mine["key_id"].to_numpy()], dtype=pl.Boolean)))
    return pl.concat(parts).unique()


def find_expected(settings: Settings) -> set[tuple[str, str]]:
    """Return (system, fact) of every rule that still asks something of a mirror.

    A system that has become the only owner of what its rule asks for mirrors nobody.
    """
    alone = {
        (fact.owners[0], name)
        for name, fact in settings.facts.items()
        if len(fact.owners) == 1 and not fact.scopes
    }
    return {
        (mirror.system, mirror.fact)
        for mirror in settings.mirrors
        if not any((mirror.system, name) in alone for name in parse_formula(mirror.expects).names)
    }

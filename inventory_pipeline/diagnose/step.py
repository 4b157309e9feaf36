"""Diagnose, the step: every open finding of one hour gets a cause, or is said to have none known.

It reads what the rooms before it wrote and writes its own partition; run twice it leaves the
same rows, byte for byte.
"""

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from inventory_pipeline.config.models import Settings
from inventory_pipeline.diagnose.evidence import Evidence, build_cases
from inventory_pipeline.diagnose.priors import build_priors
from inventory_pipeline.diagnose.standing import find_standings
from inventory_pipeline.diagnose.telling import Background, build_background, tell
from inventory_pipeline.diagnose.verdict import Verdict, judge, render_row
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.causes import CAUSES, UNKNOWN
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import DuckWarehouse

logger = logging.getLogger(__name__)

# How far back a gap is looked at: a week shows every batch, shift and weekday once.
REACH = timedelta(days=7)
# Findings that closed longer ago teach nothing of today's paths.
LEARNT = timedelta(days=28)
# An hour with more gaps than this has one cause, not so many: the structural finding says so,
# and only the gravest are looked at one by one.
MOST_CASES = 20_000
KINDS = (
    "gap", "ghost", "absent", "count_variance", "misplaced", "stockout", "receipt_lag", "phantom",
)  # fmt: skip
# A transfer is told at both its ends.
TRANSFERS = ("transfer_out", "transfer_in")
MOST_SHOWN = 15
# grain: one receipt towards a mirror; units signed, eaches; left_at, arrived_at: the moments
# between which it changed the mirror, the second null while nobody knows; is_correction: else it
# told of a movement, cause_id
NOTHING_SENT = pl.DataFrame(
    schema={
        "mirror": pl.String, "fact": pl.String, "key_id": pl.Int32, "receipt_id": pl.String,
        "reference": pl.String, "cause_id": pl.String, "is_correction": pl.Boolean,
        "units": pl.Int64, "left_at": pl.Datetime("us", "UTC"),
        "arrived_at": pl.Datetime("us", "UTC"),
    }
)  # fmt: skip
ROLES = pl.Schema({"system": pl.String, "role": pl.String})
VERDICT: dict[str, pl.DataType] = {
    "hour_at": pl.Datetime("us", "UTC"),
    "finding_id": pl.String(),
    "fact": pl.String(),
    "mirror": pl.String(),
    "key_id": pl.Int32(),
    "cause": pl.String(),
    "confidence": pl.Float64(),
    "is_proven": pl.Boolean(),
    "fix_class": pl.String(),
    "layer": pl.String(),
    "verdict": pl.String(),
    "evidence": pl.String(),
    "rivals": pl.String(),
    "what_would_settle_it": pl.String(),
    "explained_units": pl.Int64(),
    "unexplained_units": pl.Int64(),
    "correction_units": pl.Int64(),
    "sentence": pl.String(),
    "also": pl.String(),
}


@dataclass(frozen=True)
class Diagnosed:
    """How many findings of an hour were looked at, named and proven.

    Attributes:
        by_cause: (cause, findings), the commonest first.
        worst: verdict and sentence of the gravest few.
        leans: (mirror, integration, process, mixed or unknown, its signs) over all its gaps.
    """

    findings: int
    named: int
    proven: int
    by_cause: tuple[tuple[str, int], ...] = ()
    worst: tuple[tuple[Verdict, str], ...] = ()
    leans: tuple[tuple[str, str, str], ...] = ()


def run(
    warehouse: DuckWarehouse,
    settings: Settings,
    catalog: Catalog,
    *,
    hour_at: datetime,
    ours: pl.DataFrame,
) -> Diagnosed:
    """Diagnose the open findings of one hour.

    Args:
        ours: receipts towards mirrors, as NOTHING_SENT.
    """
    with warehouse.transaction():
        evidence, left_out = load_evidence(warehouse, settings, hour_at, ours)
        verdicts = judge_cases(evidence, settings, catalog)
        behind = load_background(warehouse, settings, evidence.cases, hour_at)
        frame = build_rows(evidence.cases, verdicts, left_out, behind)
        warehouse.replace_partition("diagnose.verdicts", frame, where={"hour_at": hour_at})
    done = Diagnosed(
        findings=frame.height,
        named=sum(v.cause != "unknown" for v in verdicts),
        proven=sum(v.is_proven for v in verdicts),
        by_cause=_count_causes(frame),
        worst=_list_worst(verdicts, frame),
        leans=_list_leans(frame),
    )
    logger.info(
        "diagnosed hour=%s findings=%d named=%d proven=%d",
        hour_at.isoformat(), done.findings, done.named, done.proven,
    )  # fmt: skip
    return done


def _count_causes(frame: pl.DataFrame) -> tuple[tuple[str, int], ...]:
    counted = frame.group_by("cause").agg(findings=pl.len().cast(pl.Int64))
    return tuple(counted.sort("findings", "cause", descending=[True, False]).iter_rows())


def _list_worst(verdicts: list[Verdict], frame: pl.DataFrame) -> tuple[tuple[Verdict, str], ...]:
    sentences = dict(frame.select("finding_id", "sentence").iter_rows())
    return tuple((v, sentences[v.case.finding_id]) for v in verdicts[:MOST_SHOWN])


def _list_leans(frame: pl.DataFrame) -> tuple[tuple[str, str, str], ...]:
    """Return what the signs over all gaps of each mirror say; they stand in every row of it."""
    told = frame.filter((pl.col("mirror") != "") & (pl.col("evidence") != "{}"))
    first = told.unique("mirror", keep="first", maintain_order=True).sort("mirror")
    signs = [json.loads(text)["signs"] for text in first["evidence"]]
    return tuple(
        (mirror, known["lean"], ", ".join((*known["integration"], *known["process"])))
        for mirror, known in zip(first["mirror"], signs, strict=True)
    )


def judge_cases(evidence: Evidence, settings: Settings, catalog: Catalog) -> list[Verdict]:
    """Return a verdict for every case of an hour, in the order of the frame."""
    standings = find_standings(evidence.cases, settings, catalog)
    priors, classes = build_priors(evidence.closed), _find_classes(catalog)
    return [
        judge(case, priors.find(case.mirror, case.fact, classes.get(case.sku, "")))
        for case in build_cases(evidence, standings)
    ]


def _find_classes(catalog: Catalog) -> dict[str, str]:
    return {sku: name or "" for sku, name in catalog.items.select("sku", "abc_class").iter_rows()}


def build_rows(
    cases: pl.DataFrame, verdicts: list[Verdict], left_out: pl.DataFrame, behind: Background
) -> pl.DataFrame:
    """Return the rows of ``diagnose.verdicts``: those judged, and those too many to judge."""
    keys = cases["key_id"].to_list()
    rows = [
        {**render_row(verdict), **told, "hour_at": behind.hour_at, "key_id": key}
        for verdict, told, key in zip(verdicts, tell(verdicts, keys, behind), keys, strict=True)
    ]
    judged = pl.DataFrame(rows, schema=VERDICT)
    return pl.concat([judged, _excuse(left_out, behind.hour_at)]).sort("finding_id")


def _excuse(left_out: pl.DataFrame, hour_at: datetime) -> pl.DataFrame:
    unknown = CAUSES[UNKNOWN]
    return left_out.select(
        "finding_id", "fact", "mirror", "key_id",
        pl.lit(hour_at).cast(VERDICT["hour_at"]).alias("hour_at"),
        pl.col("delta_units").fill_null(0).alias("unexplained_units"),
        cause=pl.lit(unknown.name),
        confidence=pl.lit(0.0),
        is_proven=pl.lit(value=False),
        fix_class=pl.lit(unknown.fix_class),
        layer=pl.lit(unknown.layer),
        verdict=pl.lit("unknown"),
        evidence=pl.lit("{}"),
        rivals=pl.lit("[]"),
        what_would_settle_it=pl.lit("the cause of the structural drift, before any single gap"),
        explained_units=pl.lit(0, pl.Int64),
        correction_units=pl.lit(None, pl.Int64),
        sentence=pl.lit(f"one of more than {MOST_CASES} gaps in one hour: see the structural one"),
        also=pl.lit("[]"),
    ).select(pl.col(name).cast(kind) for name, kind in VERDICT.items())  # fmt: skip


def load_evidence(
    warehouse: DuckWarehouse, settings: Settings, hour_at: datetime, ours: pl.DataFrame
) -> tuple[Evidence, pl.DataFrame]:
    """Read everything that may explain the open findings of one hour.

    Returns:
        The evidence on the gravest findings, and the rows of those left out.
    """
    window: dict[str, Any] = {"hour_at": hour_at, "since": hour_at - REACH}
    cases = warehouse.query(load_query("diagnose", "load_cases"), hour_at=hour_at)
    everything = cases.filter(pl.col("kind").is_in(KINDS) & (pl.col("key_id") >= 0))
    cases, left_out = everything[:MOST_CASES], everything[MOST_CASES:]
    wanted = cases.select("mirror", "fact", "key_id").unique(maintain_order=True)
    keys = wanted.select("key_id").unique(maintain_order=True)
    moves = warehouse.query_with(keys, load_query("diagnose", "load_moves"), **window)
    incoming = warehouse.query_with(keys, load_query("diagnose", "load_incoming"), **window)
    log = warehouse.query_with(wanted, load_query("diagnose", "load_log"), **window)
    evidence = Evidence(
        cases=cases,
        series=warehouse.query_with(wanted, load_query("diagnose", "load_series"), **window),
        moves=_add_roles(moves, settings),
        incoming=_add_roles(incoming, settings),
        log=log,
        messages=warehouse.query_with(keys, load_query("diagnose", "load_messages"), **window),
        changes=warehouse.query(load_query("diagnose", "load_changes"), **window),
        feeds=warehouse.query(load_query("diagnose", "load_feeds"), **window),
        silences=warehouse.query(load_query("diagnose", "load_silences"), **window),
        crowds=warehouse.query(load_query("diagnose", "load_crowds"), **window),
        additions=warehouse.query(load_query("diagnose", "load_additions"), **window),
        namesakes=_load_namesakes(warehouse, moves, log, hour_at),
        strays=warehouse.query_with(
            _name_moves(moves), load_query("diagnose", "load_strays"), **window
        ),
        ours=ours,
        closed=warehouse.query_with(
            cases.select("finding_id"),
            load_query("diagnose", "load_closed"),
            hour_at=hour_at,
            since=hour_at - LEARNT,
        ),
    )
    return evidence, left_out


def load_background(
    warehouse: DuckWarehouse, settings: Settings, cases: pl.DataFrame, hour_at: datetime
) -> Background:
    """Read what stands behind every case: both sides, other mirrors, earlier spells, drift."""
    keys = cases.select("key_id").unique(maintain_order=True)
    back = cases.filter(pl.col("recurrence") > 1).select(
        "finding_id", "kind", "fact", "mirror", "key_id", "subject"
    )
    window: dict[str, Any] = {"hour_at": hour_at, "since": hour_at - 2 * REACH}
    return build_background(
        settings,
        hour_at,
        cases=cases,
        sides=warehouse.query(load_query("diagnose", "load_sides"), hour_at=hour_at),
        readings=warehouse.query_with(
            keys, load_query("diagnose", "load_readings"), hour_at=hour_at
        ),
        spells=warehouse.query_with(back, load_query("diagnose", "load_spells"), **window),
        drift=warehouse.query(load_query("diagnose", "load_drift"), hour_at=hour_at),
    )


def _add_roles(moves: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    roles = [(name, system.role) for name, system in settings.systems.items()]
    named = pl.DataFrame(roles, schema=ROLES, orient="row")
    return moves.join(named, on="system", how="left", validate="m:1", maintain_order="left")


def _name_moves(moves: pl.DataFrame) -> pl.DataFrame:
    """Return key_id, movement_id, reference_id: what a log may call a movement of one place."""
    told = moves.filter(~pl.col("kind").is_in(TRANSFERS)).select(
        "key_id", "movement_id", "reference_id"
    )
    named = pl.concat([told, told.with_columns(reference_id="movement_id")])
    return named.filter(pl.col("reference_id") != "").unique()


def _load_namesakes(
    warehouse: DuckWarehouse, moves: pl.DataFrame, log: pl.DataFrame, hour_at: datetime
) -> pl.DataFrame:
    """Return the items that references of these keys belong to, where they are not their own."""
    own = pl.concat(
        [moves.select("key_id", reference_id="movement_id"), moves.select("key_id", "reference_id")]
    ).unique()
    ordered = moves.filter(pl.col("kind") == "order_placed").select("key_id", "reference_id")
    foreign = log.select("key_id", "reference_id").join(
        own, on=["key_id", "reference_id"], how="anti"
    )
    unordered = moves.filter(pl.col("kind") == "shipment").select("key_id", "reference_id")
    unordered = unordered.join(ordered, on=["key_id", "reference_id"], how="anti")
    caused = moves.filter(pl.col("kind") == "order_placed").select(
        "key_id", reference_id="cause_id"
    )
    caused = caused.join(own, on=["key_id", "reference_id"], how="anti")
    named = pl.concat([foreign, unordered, caused]).filter(pl.col("reference_id") != "")
    wanted = named.unique()
    query = load_query("diagnose", "load_namesakes")
    return warehouse.query_with(wanted.sort("key_id", "reference_id"), query, hour_at=hour_at)

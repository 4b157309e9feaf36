"""Reconcile, the step: one hour's counts against their owners, recorded and nothing else.

The only file of the room that touches the store. It changes no source and no outbox line,
and run twice it leaves the same tables.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from inventory_pipeline.config.models import Settings
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.frames import INSTANT
from inventory_pipeline.model.quantities import COMMITTED, ON_HAND
from inventory_pipeline.reconcile import findings, problems, severity, structural
from inventory_pipeline.reconcile.dense import Owned
from inventory_pipeline.reconcile.gaps import build_gap_problems, find_judged
from inventory_pipeline.reconcile.hour import (
    SPOKE,
    Picture,
    derive_committed,
    find_committed_source,
    load_picture,
    spread_by_sku,
)
from inventory_pipeline.reconcile.mirrors import RETAINED, Outcome, judge_mirror
from inventory_pipeline.reconcile.stockouts import find_stockouts
from inventory_pipeline.reconcile.words import compare_words
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import DuckWarehouse

logger = logging.getLogger(__name__)

EXCEPTION_COLUMNS = (
    "hour_at", "mirror", "fact", "key_id", "owner", "owner_units", "observed_units",
    "expected_units", "raw_delta_units", "in_flight_units", "lag_units", "delta_units",
    "status", "severity", "qualifiers",
)  # fmt: skip
NOTHING_PENDING = pl.DataFrame(
    schema={"mirror": pl.String, "fact": pl.String, "key_id": pl.Int32, "pending_units": pl.Int64}
)


@dataclass(frozen=True)
class Cycle:
    """One hour in one row: ``contract.cycles`` and what a person asks of it first."""

    hour_at: datetime
    status: str
    compared: int
    matched: int
    in_flight: int
    drifting_skus: int
    active_skus: int
    drift_rate: float | None
    structural: bool
    sources_expected: int
    sources_complete: int
    seconds: float
    majors: int
    reason: str


def run(
    warehouse: DuckWarehouse,
    settings: Settings,
    catalog: Catalog,
    *,
    hour_at: datetime,
    pending: pl.DataFrame = NOTHING_PENDING,
) -> Cycle:
    """Reconcile one hour.

    Args:
        pending: corrections on their way to a mirror, signed eaches: they explain a gap
            before anything else does (OUT-12).
    """
    started = time.monotonic()
    with warehouse.transaction():
        picture = load_picture(warehouse, settings, catalog, hour_at)
        outcomes = _judge_mirrors(warehouse, picture, settings, catalog, pending)
        known = _load_known(warehouse, hour_at)
        rows, sightings = _fold(warehouse, picture, settings, catalog, outcomes, known)
        cycle = _close(warehouse, picture, settings, outcomes, sightings, started)
        _write(warehouse, picture, settings, outcomes, rows, sightings)
    logger.info(
        "reconciled hour=%s status=%s compared=%d matched=%d drifting_skus=%d",
        hour_at.isoformat(), cycle.status, cycle.compared, cycle.matched, cycle.drifting_skus,
    )  # fmt: skip
    return cycle


def _judge_mirrors(
    warehouse: DuckWarehouse,
    picture: Picture,
    settings: Settings,
    catalog: Catalog,
    pending: pl.DataFrame,
) -> list[Outcome]:
    as_ofs = sorted({b.source_at for b in picture.batches.values() if b.source_at})
    movements = _load_movements(warehouse, picture, as_ofs)
    open_units = {at: _load_open_units(warehouse, picture, settings, at) for at in as_ofs}
    outcomes = []
    for mirror in settings.mirrors:
        facts = dict(picture.facts)
        if COMMITTED in mirror.expects and COMMITTED not in facts:
            facts[COMMITTED] = _find_committed(picture, settings, mirror.system, open_units)
        outcome = judge_mirror(
            picture, settings, mirror,
            facts=facts,
            factors=_find_factors(warehouse, picture, catalog, mirror.system, mirror.unit),
            movements=movements,
            open_units=open_units,
            pending=pending,
        )  # fmt: skip
        if outcome:
            outcomes.append(_add_words(outcome, picture, facts[outcome.primary]))
    return outcomes


def _load_movements(
    warehouse: DuckWarehouse, picture: Picture, as_ofs: list[datetime]
) -> pl.DataFrame:
    high = as_ofs[-1] if as_ofs else picture.hour_at
    low = max(as_ofs[0] if as_ofs else high, high - RETAINED) - timedelta(days=2)
    return warehouse.query(
        load_query("reconcile", "load_movements"), hour_at=picture.hour_at, low=low, high=high
    )


def _load_open_units(
    warehouse: DuckWarehouse, picture: Picture, settings: Settings, as_of: datetime
) -> pl.DataFrame:
    return warehouse.query(
        load_query("reconcile", "load_open_orders"),
        hour_at=picture.hour_at,
        as_of=as_of,
        since=as_of - timedelta(days=settings.active_days),
    )


def _find_committed(
    picture: Picture,
    settings: Settings,
    mirror: str,
    open_units: Mapping[datetime, pl.DataFrame],
) -> Owned:
    """Commitments that no fact declares: counted by a system, else the open orders."""
    source = find_committed_source(settings, picture)
    if source is not None:
        column = picture.find_column(source, COMMITTED)
        return Owned(column, np.zeros(picture.size, np.int8), (source,))
    batch = picture.batches.get(mirror)
    told = open_units.get(batch.source_at) if batch and batch.source_at else None
    units = np.zeros(picture.size, np.int64)
    if told is not None and told.height:
        units[told["key_id"].to_numpy()] = told["open_units"].to_numpy()
    is_told = any(
        "movements" in s.options or s.connector != "files" for s in settings.systems.values()
    )
    return derive_committed(picture, units, is_told=is_told)


def _find_factors(
    warehouse: DuckWarehouse, picture: Picture, catalog: Catalog, system: str, unit: str | None
) -> Any:
    if unit is None:
        return None
    at = pl.lit(picture.hour_at)
    valid = catalog.identities.filter(
        (pl.col("system") == system)
        & (pl.col("unit") == unit.upper())
        & (pl.col("denominator") == 1)
        & (pl.col("numerator") > 0)
        & (pl.col("valid_from") <= at)
        & (at < pl.col("valid_to"))
    )
    per_sku = valid.select("sku", "numerator").unique("sku", keep="first", maintain_order=True)
    return spread_by_sku(warehouse, picture, per_sku, default=1)


def _add_words(outcome: Outcome, picture: Picture, owned: Owned) -> Outcome:
    words = picture.words.get((outcome.mirror.system, outcome.mirror.fact))
    if words is None:
        return outcome
    spoken = compare_words(outcome, owned, *words)
    columns = outcome.exceptions.columns
    merged = pl.concat([outcome.exceptions, spoken.select(columns)], how="vertical")
    return Outcome(**{**outcome.__dict__, "exceptions": merged.sort("key_id")})


def _load_known(warehouse: DuckWarehouse, hour_at: datetime) -> pl.DataFrame:
    """Return what was known before this hour; the fast way when the hour is the newest."""
    newest = warehouse.query(load_query("reconcile", "find_newest_sighting"))["hour_at"][0]
    if newest is None or newest < hour_at:
        return warehouse.query(load_query("reconcile", "load_findings_now"))
    return warehouse.query(load_query("reconcile", "load_findings_before"), hour_at=hour_at)


def _fold(
    warehouse: DuckWarehouse,
    picture: Picture,
    settings: Settings,
    catalog: Catalog,
    outcomes: list[Outcome],
    known: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the hour's exceptions with severity, and its sightings."""
    bands = severity.Bands(
        minor_up_to=settings.severity.minor_up_to,
        notable_up_to=settings.severity.notable_up_to,
        settle_checks=settings.severity.settle_checks,
        relative_major=settings.severity.relative_major,
        consistent_cycles=settings.structural.consistent_cycles,
    )
    rows, gaps = build_gap_problems(outcomes, picture, known, bands)
    gaps = _price(warehouse, _link_orders(warehouse, picture, gaps), catalog)
    others = problems.build(_find_other_problems(warehouse, picture, settings))
    opened, closed = find_stockouts(picture, outcomes, known)
    seen = pl.concat([gaps, others, opened])
    drift = _measure_drift(warehouse, picture, settings, gaps)
    if structural.is_structural(
        drift, rule=settings.structural.rule, drift_rate=settings.structural.drift_rate
    ):
        seen = pl.concat([seen, problems.build([_describe_structural(drift)])])
    judged = find_judged(known, outcomes, closed)
    return rows, findings.fold(seen, known, judged, hour_at=picture.hour_at)


def _describe_structural(drift: structural.Drift) -> dict[str, object]:
    return {
        "kind": "structural",
        "class": "structural",
        "severity": "major",
        "is_consistent": drift.consistent > 0,
        "details": problems.write_details(
            {
                "drifting_skus": drift.drifting_skus,
                "active_skus": drift.active_skus,
                "drift_rate": drift.rate,
                "consistent_gaps": drift.consistent,
                "leans_to_integration": drift.leans_to_integration,
            }
        ),
    }


def _find_other_problems(
    warehouse: DuckWarehouse, picture: Picture, settings: Settings
) -> list[dict[str, object]]:
    at, day = picture.hour_at, timedelta(days=1)
    rows = [
        *problems.find_authority_problems(settings),
        *problems.find_moment_problems(settings),
        *_find_negatives(picture, settings),
    ]
    writes = warehouse.query(load_query("reconcile", "find_direct_writes"), hour_at=at)
    rows += problems.find_non_owner_writes(writes, settings, _find_owned_units(picture, writes))
    early = warehouse.query(load_query("reconcile", "find_early_levels"), hour_at=at)
    rows += problems.find_early_levels(early, settings)
    owner = problems.find_owner(settings, ON_HAND)
    if owner is None:
        return rows
    counts = warehouse.query(
        load_query("reconcile", "load_count_movements"), hour_at=at, since=at - day
    ).filter(pl.col("system") == owner)
    if counts.height:
        rows += _find_variances(warehouse, picture, settings, counts)
    bins = warehouse.query(
        load_query("reconcile", "find_misplaced"), hour_at=at, owner=owner, fact=ON_HAND
    )
    return rows + problems.find_misplaced(bins, owner=owner)


def _find_variances(
    warehouse: DuckWarehouse, picture: Picture, settings: Settings, counts: pl.DataFrame
) -> list[dict[str, object]]:
    since = picture.hour_at - timedelta(days=2)
    records = warehouse.query(
        load_query("reconcile", "load_records"),
        hour_at=picture.hour_at,
        since=since,
        fact=ON_HAND,
        key_ids=counts["key_id"].unique().to_list(),
    )
    movements = warehouse.query(
        load_query("reconcile", "load_movements"),
        hour_at=picture.hour_at,
        low=since,
        high=picture.hour_at + timedelta(hours=1),
    )
    return problems.find_variances(counts, records, movements, bands=settings.severity)


def _find_negatives(picture: Picture, settings: Settings) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for (system, fact), column in picture.hour.columns.items():
        allowed = settings.systems[system].snapshot.allow_negative
        for key_id in np.flatnonzero(column.units < 0):
            rows.append(
                {
                    "kind": "negative_stock",
                    "fact": fact,
                    "mirror": system,
                    "key_id": int(key_id),
                    "class": "negative_stock",
                    "severity": "minor" if allowed else "major",
                    "observed_units": int(column.units[key_id]),
                }
            )
    return rows


def _find_owned_units(
    picture: Picture, writes: pl.DataFrame
) -> dict[tuple[str, int], tuple[str, int]]:
    found = {}
    for fact, key_id in writes.select("fact", "key_id").unique().iter_rows():
        owned = picture.facts.get(fact)
        if owned and owned.column.is_present[key_id]:
            owner = owned.owners[owned.owner_of[key_id]]
            found[fact, key_id] = (owner, int(owned.column.units[key_id]))
    return found


def _link_orders(warehouse: DuckWarehouse, picture: Picture, gaps: pl.DataFrame) -> pl.DataFrame:
    """Tie over-advertised gaps to the orders they disappointed (REC-16)."""
    over = gaps.filter((pl.col("delta_units") > 0) & (pl.col("severity") == "major"))
    if over.is_empty():
        return gaps
    orders = warehouse.query(
        load_query("reconcile", "load_short_orders"),
        hour_at=picture.hour_at,
        since=picture.hour_at - timedelta(days=2),
        key_ids=over["key_id"].unique().to_list(),
    )
    return problems.link_short_orders(gaps, orders)


def _price(warehouse: DuckWarehouse, gaps: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """Add the money a gap puts at risk: its size at the price, else at the unit cost."""
    price = catalog.items.select("sku", each=pl.coalesce("price", "unit_cost")).drop_nulls()
    if gaps.is_empty() or price.is_empty():
        return gaps
    names = warehouse.query(
        load_query("reconcile", "load_key_names"), key_ids=gaps["key_id"].unique().to_list()
    ).join(price, on="sku", how="left", validate="m:1")
    each = names.select("key_id", "each")
    units = pl.coalesce("delta_units", "observed_units", "expected_units").abs()
    return (
        gaps.join(each, on="key_id", how="left", validate="m:1")
        .with_columns(money_at_risk=units * pl.col("each"))
        .drop("each")
    )


def _measure_drift(
    warehouse: DuckWarehouse, picture: Picture, settings: Settings, gaps: pl.DataFrame
) -> structural.Drift:
    settled = gaps.filter((pl.col("kind") == "gap") & pl.col("is_settled"))
    consistent = settled.filter("is_consistent")
    alike = (
        settled.drop_nulls("delta_units")
        .group_by("mirror", "delta_units")
        .agg(skus=pl.len())
        .filter(pl.col("skus") >= 3)
    )
    leans = alike.height > 0 or 2 * consistent.height > settled.height
    skus = np.unique(picture.sku_of[settled["key_id"].to_numpy()])
    return structural.Drift(
        drifting_skus=len(skus),
        active_skus=_count_active(warehouse, picture, settings),
        consistent=consistent.height,
        leans_to_integration=leans,
    )


def _count_active(warehouse: DuckWarehouse, picture: Picture, settings: Settings) -> int:
    """Count SKUs with stock anywhere this hour, or a movement in the window."""
    is_active = np.zeros(picture.size, np.bool_)
    for column in picture.hour.columns.values():
        is_active |= column.units != 0
    for keys, says in picture.words.values():
        is_active[keys[says]] = True
    moved = warehouse.arrays(
        load_query("reconcile", "load_active_keys"),
        hour_at=picture.hour_at,
        since=picture.hour_at - timedelta(days=settings.active_days),
    )
    is_active[moved["key_id"]] = True
    return len(np.unique(picture.sku_of[is_active]))


def _close(
    warehouse: DuckWarehouse,
    picture: Picture,
    settings: Settings,
    outcomes: list[Outcome],
    sightings: pl.DataFrame,
    started: float,
) -> Cycle:
    """Write the hour's one row, after everything it counts is known."""
    is_open = pl.col("state") == "open"
    gaps = sightings.filter(is_open & (pl.col("kind") == "gap"))
    drift = _measure_drift(warehouse, picture, settings, gaps)
    complete = sum(picture.batches[s].status == "complete" for s in picture.batches)
    expected = len(settings.systems)
    lacking = [
        f"{name} {picture.batches[name].status if name in picture.batches else 'missing'}"
        for name in settings.systems
        if name not in picture.batches or picture.batches[name].status != "complete"
    ]
    tallies = [_tally(picture, outcome) for outcome in outcomes]
    total = {
        name: sum(int(t[name]) for t in tallies) for name in ("compared", "matched", "in_flight")
    }
    is_clear = not sightings.filter(is_open & ~pl.col("severity").is_in(["none"])).height
    spoke = any(b.status in SPOKE for b in picture.batches.values())
    status = (
        "missed" if not spoke
        else "incomplete" if lacking
        else "clear" if is_clear else "drift"
    )  # fmt: skip
    is_structural = bool(sightings.filter(is_open & (pl.col("kind") == "structural")).height)
    row = {
        "hour_at": picture.hour_at,
        "status": status,
        **total,
        "drifting_skus": drift.drifting_skus,
        "active_skus": drift.active_skus,
        "drift_rate": drift.rate,
        "structural": is_structural,
        "sources_expected": expected,
        "sources_complete": complete,
        "seconds": round(time.monotonic() - started, 3),
        **_measure_accuracy(drift, tallies, gaps),
        "consistent_findings": drift.consistent,
        "reason": "; ".join(lacking),
    }
    frame = pl.DataFrame(
        row,
        schema_overrides={
            "hour_at": INSTANT,
            "drift_rate": pl.Float64,
            "record_accuracy": pl.Float64,
            "accuracy_low": pl.Float64,
            "accuracy_high": pl.Float64,
            "unit_accuracy": pl.Float64,
        },
    )
    warehouse.replace_partition("reconcile.cycles", frame, where={"hour_at": picture.hour_at})
    majors = sightings.filter(is_open & (pl.col("severity") == "major")).height
    names = Cycle.__dataclass_fields__
    return Cycle(**{k: v for k, v in row.items() if k in names}, majors=majors)  # type: ignore[arg-type]


def _measure_accuracy(
    drift: structural.Drift, tallies: list[dict[str, Any]], gaps: pl.DataFrame
) -> dict[str, Any]:
    """Accuracy by record, never netted: 95 and 105 instead of 100 are two wrong records."""
    right = drift.active_skus - drift.drifting_skus
    interval = structural.compute_wilson(right, drift.active_skus) or (None, None)
    expected = sum(int(tally["units_expected"]) for tally in tallies)
    wrong = sum(int(tally["units_wrong"]) for tally in tallies)
    deltas = gaps["delta_units"].drop_nulls()
    return {
        "record_accuracy": right / drift.active_skus if drift.active_skus else None,
        "accuracy_low": interval[0],
        "accuracy_high": interval[1],
        "unit_accuracy": 1 - wrong / expected if expected else None,
        "net_units": int(deltas.sum()),
        "over_units": int(deltas.filter(deltas > 0).sum()),
        "under_units": int(-deltas.filter(deltas < 0).sum()),
    }


def _tally(picture: Picture, outcome: Outcome) -> dict[str, Any]:
    """Count what one mirror rule compared; a match is provable (REC-07)."""
    c, rows = outcome.comparison, outcome.exceptions
    counts = dict(rows.group_by("status").len().iter_rows())
    words = rows.filter(pl.col("qualifiers").str.starts_with("says_"))
    spoken = words.height
    batch = picture.batches.get(outcome.mirror.system)
    matched = int(c.is_match.sum()) + int(counts.get("match", 0))
    wrong = rows["delta_units"].drop_nulls().abs().sum()
    return {
        "hour_at": picture.hour_at,
        "mirror": outcome.mirror.system,
        "fact": outcome.mirror.fact,
        "fact_id": picture.fact_ids.get(outcome.mirror.fact, -1),
        "owner_fact": outcome.primary,
        "expects": outcome.mirror.expects,
        "batch_id": batch.batch_id if batch else None,
        "status": outcome.status,
        "qualifiers": " ".join(outcome.qualifiers),
        "compared": int(c.is_compared.sum()) + spoken,
        "matched": matched,
        "in_flight": int(counts.get("in_flight", 0)),
        "lagging": int(counts.get("lag", 0)),
        "drifting": int(counts.get("drift", 0)),
        "ghosts": int(counts.get("ghost", 0)),
        "absents": int(counts.get("absent", 0)),
        "unknown": int(c.is_unknown.sum()) - spoken,
        "units_expected": int(c.expected[c.is_compared].sum()),
        "units_wrong": int(wrong),
    }


def _write(
    warehouse: DuckWarehouse,
    picture: Picture,
    settings: Settings,
    outcomes: list[Outcome],
    rows: pl.DataFrame,
    sightings: pl.DataFrame,
) -> None:
    at = {"hour_at": picture.hour_at}
    tallies = pl.DataFrame(
        [_tally(picture, outcome) for outcome in outcomes], schema_overrides=_TALLY_TYPES
    )
    warehouse.replace_partition("reconcile.tallies", tallies, where=at)
    warehouse.replace_partition("reconcile.rulings", _list_rulings(picture, settings), where=at)
    exceptions = rows.with_columns(hour_at=pl.lit(picture.hour_at).cast(INSTANT))
    warehouse.replace_partition(
        "reconcile.exceptions", exceptions.select(EXCEPTION_COLUMNS), where=at
    )
    had = warehouse.query(load_query("reconcile", "load_sightings_of"), hour_at=picture.hour_at)
    warehouse.replace_partition("reconcile.sightings", sightings, where=at)
    _update_findings(warehouse, pl.concat([had, sightings.select(findings.IDENTITY)]).unique())


_TALLY_TYPES = {"hour_at": INSTANT, "batch_id": pl.Int32, "fact_id": pl.Int16}


def _update_findings(warehouse: DuckWarehouse, touched: pl.DataFrame) -> None:
    """Put the newest sighting of every touched problem into ``reconcile.findings``."""
    if touched.is_empty():
        return
    warehouse.replace_by_query(
        touched,
        delete=load_query("reconcile", "delete_touched_findings"),
        insert=load_query("reconcile", "insert_touched_findings"),
    )


def _list_rulings(picture: Picture, settings: Settings) -> pl.DataFrame:
    rows = []
    for name, fact in settings.facts.items():
        if len(fact.owners) != 1:
            continue
        scopes = [(s.location, s.abc_class, s.owner) for s in fact.scopes]
        for location, abc_class, owner in [(None, None, fact.owners[0]), *scopes]:
            batch = picture.batches.get(owner)
            rows.append(
                {
                    "hour_at": picture.hour_at,
                    "fact": name,
                    "fact_id": picture.fact_ids.get(name, -1),
                    "location_id": location,
                    "abc_class": abc_class,
                    "owner": owner,
                    "batch_id": batch.batch_id if batch else None,
                    "status": batch.status if batch else "missing",
                }
            )
    return pl.DataFrame(
        rows,
        schema={
            "hour_at": INSTANT, "fact": pl.String, "fact_id": pl.Int16, "location_id": pl.String,
            "abc_class": pl.String, "owner": pl.String, "batch_id": pl.Int32, "status": pl.String,
        },
    )  # fmt: skip

"""Inspection: the hour's logs read, every path of the map judged, the map written.

Beside ``step`` the one module of the room that asks the store.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from inventory_pipeline.config.handoffs import find_missing
from inventory_pipeline.config.models import Settings
from inventory_pipeline.ledger import handoffs, path_problems, traffic, triggers
from inventory_pipeline.ledger.paths import Path, build_paths, compute_chain_lags
from inventory_pipeline.ledger.problems import Row
from inventory_pipeline.ledger.traffic import Key, Traffic
from inventory_pipeline.model.frames import INSTANT
from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import DuckWarehouse

# A path that runs once a week was run within it.
RUNS_REACH = timedelta(days=31)
# A log that names more undeclared paths than this names something else by them.
MOST_STRANGE = 200
_STRETCH: dict[str, Any] = {
    "path": pl.String, "target": pl.String, "system": pl.String, "kind": pl.String,
    "started_at": INSTANT, "finished_at": INSTANT,
}  # fmt: skip


def inspect(
    warehouse: DuckWarehouse,
    settings: Settings,
    owners: list[str],
    *,
    hour_at: datetime,
    as_of: datetime,
) -> list[Row]:
    """Write the map of one hour in place of what it held before; return its problems.

    Args:
        owners: the systems that own on_hand anywhere: there every chain of news begins.
        as_of: the newest instant that the hour's counts tell of.
    """
    paths = build_paths(settings)
    seen = load_traffic(warehouse, settings, paths, hour_at=hour_at, as_of=as_of)
    sales = _ask(
        warehouse, "measure_sales",
        hour_at=hour_at, since=seen.as_of - triggers.REACH, as_of=seen.as_of,
    )  # fmt: skip
    rows = build_rows(settings, paths, owners, seen, sales)
    frame = pl.DataFrame(
        [{**row, "hour_at": hour_at} for row in rows], schema=handoffs.HANDOFF
    ).sort("path", "source", "target")
    warehouse.replace_partition("ledger.handoffs", frame, where={"hour_at": hour_at})
    wrong = _ask(warehouse, "find_disorder", hour_at=hour_at, since=seen.window[0])
    ends = {path.name: (path.source, path.target) for path in reversed(paths)}
    return [
        *find_problems(rows, seen, settings),
        *path_problems.find_disorder(wrong.iter_rows(named=True), ends, settings.severity),
    ]


def build_rows(
    settings: Settings,
    paths: list[Path],
    owners: list[str],
    seen: Traffic,
    sales: pl.DataFrame,
) -> list[dict[str, Any]]:
    """Return the rows of the map: what is declared, what it lacks, what nobody declared. Pure."""
    speeds = triggers.measure_velocities(sales, as_of=seen.as_of)
    runs = {name: row["last_success_at"] for name, row in seen.syncs.items()}
    exposures = {
        path.key: triggers.measure_exposure(path, speeds, runs.get(path.name), seen.as_of)
        for path in paths
    }
    ranks = triggers.rank_conversions(paths, exposures, channel_key=settings.conversion.channel_key)
    chains = compute_chain_lags(paths, owners)
    share = settings.middleware.duplicate_share
    declared = [
        handoffs.describe_path(
            path,
            handoffs.name_state(path, seen, duplicate_share=share),
            seen,
            handoffs.Trip(chains[path.key], exposures[path.key], ranks.get(path.key)),
        )
        for path in paths
    ]
    strange = sorted(seen.find_names() - {path.name for path in paths})[:MOST_STRANGE]
    return [
        *declared,
        *(handoffs.describe_missing(each) for each in find_missing(settings)),
        *(handoffs.describe_unmapped(name, seen) for name in strange),
    ]


def find_problems(rows: Iterable[dict[str, Any]], seen: Traffic, settings: Settings) -> list[Row]:
    """Return what is wrong with each row of the map; a path told of twice is judged once. Pure."""
    found: list[Row] = []
    judged: set[str] = set()
    for row in rows:
        if row["state"] == "missing":
            continue
        found += path_problems.find_map_problems(row, seen)
        if row["path"] not in judged:
            found += path_problems.find_log_problems(row, seen, settings.middleware)
        judged.add(row["path"])
    return found


def load_traffic(
    warehouse: DuckWarehouse,
    settings: Settings,
    paths: list[Path],
    *,
    hour_at: datetime,
    as_of: datetime,
) -> Traffic:
    """Read what the logs tell, with the movements that quiet paths should have told of."""
    rules = settings.middleware
    since = hour_at - rules.silent_after
    measures, syncs = _measure(warehouse, settings, hour_at, as_of)
    newest = [row["newest_at"] for row in (*measures.values(), *syncs.values())]
    as_of = min(max([as_of, *newest]), hour_at + HOUR)
    lately = as_of - rules.audit_window
    asked: dict[str, Any] = {"hour_at": hour_at, "since": since, "audit_since": lately}
    lost_before = as_of - rules.delay_warn
    late, lost = traffic.split_slow(
        _ask(
            warehouse, "find_slow_events", **asked, lost_before=lost_before,
            warn_seconds=int(rules.delay_warn.total_seconds()),
        )
    )  # fmt: skip
    logs = _ask(warehouse, "find_logs", hour_at=hour_at, since=since)
    reach = traffic.find_reach(logs, retention=rules.retention)
    quiet = [path for path in paths if path.name not in {*measures, *syncs}]
    return Traffic(
        as_of=as_of,
        window=(since, as_of),
        reach=reach,
        measures=measures,
        duplicates=_count_duplicates(warehouse, paths, hour_at, lately),
        syncs=syncs,
        moved=_count_moved(warehouse, quiet, hour_at, max(since, reach.since or since), as_of),
        unknown=_count_moved(warehouse, paths, hour_at, lately, reach.since),
        witnesses=_find_witnesses(warehouse, quiet, hour_at, lately),
        slow=traffic.group_rows(late),
        lost=traffic.group_rows(lost),
        retries=traffic.group_rows(_ask(warehouse, "find_retries", **asked)),
        holes=_find_holes(warehouse, settings, paths, hour_at=hour_at, since=lately, as_of=as_of),
        mappings=traffic.group_rows(_ask(warehouse, "find_mappings", hour_at=hour_at, since=since)),
    )


def _measure(
    warehouse: DuckWarehouse, settings: Settings, hour_at: datetime, as_of: datetime
) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    rules = settings.middleware
    events = _ask(
        warehouse, "measure_paths",
        hour_at=hour_at, since=hour_at - rules.silent_after,
        audit_since=as_of - rules.audit_window, lost_before=as_of - rules.delay_warn,
    )  # fmt: skip
    runs = _ask(warehouse, "measure_syncs", hour_at=hour_at, since=hour_at - RUNS_REACH)
    return (
        {row["path"]: row for row in events.iter_rows(named=True)},
        {row["path"]: row for row in runs.iter_rows(named=True)},
    )


def _count_duplicates(
    warehouse: DuckWarehouse, paths: list[Path], hour_at: datetime, since: datetime
) -> dict[str, int]:
    ends = pl.DataFrame(
        [(path.name, path.target) for path in paths],
        schema={"path": pl.String, "target": pl.String}, orient="row",
    ).unique("path", keep="first", maintain_order=True)  # fmt: skip
    query = load_query("ledger", "count_duplicates")
    counted = warehouse.query_with(ends, query, hour_at=hour_at, since=since)
    return dict(counted.iter_rows())


def _count_moved(
    warehouse: DuckWarehouse,
    paths: list[Path],
    hour_at: datetime,
    low: datetime,
    high: datetime | None,
) -> dict[Key, int]:
    """Return what each path's source told from ``low`` on and is due by ``high``."""
    if high is None:
        return {}
    dues = [(path, low, high - path.handoff.max_delay) for path in paths]
    stretches = _build_stretches([(path, since, due) for path, since, due in dues if since < due])
    if stretches.is_empty():
        return {}
    return traffic.sum_by_path(_count(warehouse, stretches, hour_at), "movements")


def _build_stretches(asked: list[tuple[Path, datetime, datetime]]) -> pl.DataFrame:
    rows = [
        (path.name, path.target, path.source, kind, low, high)
        for path, low, high in asked
        for kind in path.kinds
    ]
    return pl.DataFrame(rows, schema=_STRETCH, orient="row")


def _count(warehouse: DuckWarehouse, stretches: pl.DataFrame, hour_at: datetime) -> pl.DataFrame:
    low, high = stretches["started_at"].min(), stretches["finished_at"].max()
    query = load_query("ledger", "count_source_movements")
    return warehouse.query_with(stretches, query, hour_at=hour_at, low=low, high=high)


def _find_witnesses(
    warehouse: DuckWarehouse, paths: list[Path], hour_at: datetime, since: datetime
) -> dict[Key, int]:
    """Return how often the target of a path that no log tells of follows its source."""
    carried = [
        (path.name, path.target, path.source, kind)
        for path in paths
        for kind in path.handoff.carries or path.kinds
        if path.source != path.target
    ]
    names: dict[str, Any] = dict.fromkeys(["path", "target", "system", "kind"], pl.String)
    asked = pl.DataFrame(carried, schema=names, orient="row")
    if asked.is_empty():
        return {}
    query = load_query("ledger", "find_witnesses")
    found = warehouse.query_with(asked, query, hour_at=hour_at, since=since)
    return traffic.sum_by_path(found, "witnesses")


def _find_holes(
    warehouse: DuckWarehouse,
    settings: Settings,
    paths: list[Path],
    *,
    hour_at: datetime,
    since: datetime,
    as_of: datetime,
) -> dict[str, list[dict[str, Any]]]:
    """Return long silences of each path, with how many movements its source told meanwhile."""
    rules = settings.middleware
    holes = _ask(
        warehouse, "find_holes", hour_at=hour_at, since=since, as_of=as_of,
        least_seconds=int(rules.hole_from.total_seconds()), factor=rules.hole_factor,
    )  # fmt: skip
    by_name: dict[str, list[Path]] = {}
    for path in paths:
        by_name.setdefault(path.name, []).append(path)
    stretches = _build_stretches(
        [
            (path, row["started_at"], row["finished_at"])
            for row in holes.iter_rows(named=True)
            for path in by_name.get(row["path"], [])
        ]
    )
    if stretches.is_empty():
        return {}
    missed = (
        _count(warehouse, stretches, hour_at)
        .group_by("path", "started_at")
        .agg(pl.col("movements").max())
    )
    counted = holes.join(missed, on=["path", "started_at"], how="left", validate="1:1")
    return traffic.group_rows(
        counted.with_columns(pl.col("movements").fill_null(0)).sort("path", "started_at")
    )


def _ask(warehouse: DuckWarehouse, name: str, **params: Any) -> pl.DataFrame:
    return warehouse.query(load_query("ledger", name), **params)

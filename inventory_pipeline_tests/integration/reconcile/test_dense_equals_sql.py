"""The arrays of ``dense`` and ``compare`` and the SQL of ``compare.sql`` are one comparison."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import polars as pl
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from inventory_pipeline.config.formula import parse_formula
from inventory_pipeline.config.models import Settings
from inventory_pipeline.ingest.identity import load_catalog
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.frames import INSTANT
from inventory_pipeline.reconcile.hour import Picture, load_picture
from inventory_pipeline.reconcile.mirrors import Outcome
from inventory_pipeline.reconcile.round import judge_picture
from inventory_pipeline.reconcile.step import NOTHING_PENDING
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import DuckWarehouse, open_warehouse

AT = datetime(2026, 4, 6, 10, tzinfo=UTC)
FACTS = ("on_hand", "committed", "available")
SKUS, PLACES = 5, 3
KEYS = [(key, key // PLACES, key % PLACES) for key in range(SKUS * PLACES)]
SAFETY_STOCK = {0: 2}
EACHES_PER_CASE = {0: 4, 2: 3}
FREE = "greatest(0, on_hand - committed - safety_stock)"
RULES = (
    ("on_hand", "on_hand", "CS"),
    ("available", FREE, None),
    ("available", "floor(on_hand / 2) - committed", "CS"),
    ("on_hand", "on_hand - safety_stock", None),
)
MEANINGS = ("unknown", "unknown", "zero", "deleted")
CODES = {
    "ingest.skus": [{"sku_id": n, "sku": f"S{n}"} for n in range(SKUS)],
    "ingest.places": [{"place_id": n, "location_id": f"L{n}"} for n in range(PLACES)],
    "ingest.key_codes": [dict(zip(("key_id", "sku_id", "place_id"), k, strict=True)) for k in KEYS],
}

# What a system says of one fact, key by key: a number, a row nobody could read, or nothing.
NOTHING, UNREAD = "nothing", None
UNITS = (0, 0, 1, 2, 4, 7, 9, -2, NOTHING, NOTHING, NOTHING, UNREAD, UNREAD)
STATUSES = st.sampled_from(["complete"] * 3 + ["late", "partial", "partial", "suspect", "missing"])
Rule = tuple[str, str, str | None]
Told = dict[str, dict[int, int | None]]
Speech = tuple[str, Told]


def tell(dice: Random) -> Told:
    """Throw fact → key → units; now and then a fact or a place is never named."""
    told: Told = {}
    for fact in FACTS:
        named = [place for place in range(PLACES) if dice.random() < 0.8]
        says = {key: dice.choice(UNITS) for key, _, place in KEYS if place in named}
        told[fact] = {key: units for key, units in says.items() if units != NOTHING}
    return {fact: says for fact, says in told.items() if dice.random() < 0.75}


# Small examples say little about whole tables: the numbers are thrown, not searched for.
TOLD = st.randoms(use_true_random=True).map(tell)
SPEECHES = st.tuples(STATUSES, TOLD).map(lambda s: s if s[0] != "missing" else ("missing", {}))


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    folder = tmp_path_factory.mktemp("catalog")
    items = [f"S{n},{units}" for n, units in SAFETY_STOCK.items()]
    cases = [f"S{n},web,S{n},CS,{eaches}" for n, eaches in EACHES_PER_CASE.items()]
    for name, lines in (
        ("items.csv", ["sku,safety_stock", *items]),
        ("identities.csv", ["sku,system,item_id,unit,eaches_per_unit", *cases]),
    ):
        (folder / name).write_text("\n".join(lines), encoding="utf-8")
    return load_catalog(folder, items="items.csv", locations=None, identities="identities.csv")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a warehouse that knows every key and no hour."""
    path = tmp_path_factory.mktemp("warehouse") / "w.duckdb"
    with open_warehouse(path, wait=timedelta(seconds=1)) as warehouse:
        for table, rows in CODES.items():
            warehouse.append(table, pl.DataFrame(rows))
    return path


def configure(rule: Rule, absent_means: str) -> Settings:
    fact, expects, unit = rule
    counts = {"connector": "files", "options": {"counts": "{hour}.csv"}}
    snapshot = {"absent_means": absent_means}
    return Settings.model_validate(
        {
            "business": {"name": "Test"},
            "systems": {
                "shelf": {"role": "wms", **counts},
                "web": {"role": "storefront", "snapshot": snapshot, **counts},
            },
            "facts": {"on_hand": {"owner": "shelf"}, "committed": {"owner": "shelf"}},
            "mirrors": [{"system": "web", "fact": fact, "expects": expects, "unit": unit}],
        }
    )


def write_hour(warehouse: DuckWarehouse, shelf: Speech, web: Speech, stray: Told) -> None:
    """Put the hour in place of the last one, beside a bystander and an hour before it."""
    spoke = [
        (AT, "shelf", "counts", *shelf),
        (AT, "web", "counts", *web),
        (AT, "till", "counts", "complete", stray),
        (AT, "shelf", "movements", "complete", stray),
        (AT - timedelta(hours=1), "web", "counts", "complete", stray),
    ]
    names = [fact for fact in FACTS if any(told.get(fact) for *_, told in spoke)]
    readings = pl.DataFrame(
        [
            (batch_id, names.index(fact), key, units)
            for batch_id, (*_, told) in enumerate(spoke)
            for fact, says in told.items()
            for key, units in says.items()
        ],
        schema={"batch_id": pl.Int32, "fact_id": pl.Int16, "key_id": pl.Int32, "units": pl.Int64},
        orient="row",
    )
    counts = readings.drop_nulls("units").with_columns(age_seconds=0)
    unread = readings.filter(pl.col("units").is_null()).drop("units")
    facts = pl.DataFrame({"fact": names}, schema={"fact": pl.String}).with_row_index("fact_id")
    with warehouse.transaction():
        warehouse.replace_all("ingest.fact_names", facts)
        warehouse.replace_all("ingest.batches", tabulate_batches([row[:4] for row in spoke]))
        warehouse.replace_all("ingest.recent_counts", counts)
        warehouse.replace_all("ingest.unknowns", unread)
        warehouse.replace_all("ingest.batch_facts", counts.select("batch_id", "fact_id").unique())


def tabulate_batches(spoke: list[tuple[datetime, str, str, str]]) -> pl.DataFrame:
    schema = {"hour_at": INSTANT, "system": pl.String, "feed": pl.String, "status": pl.String}
    frame = pl.DataFrame(spoke, schema=schema, orient="row").with_row_index("batch_id")
    return frame.with_columns(
        source_at="hour_at", reference_at="hour_at", reason=pl.lit(""), digest=pl.lit(""),
        row_count=1, key_count=1,
    )  # fmt: skip


@cache
def render(expects: str) -> str:
    """Return ``compare.sql`` with another rule in the place of its own."""
    names = {name: name for name in ("on_hand", "committed", "safety_stock")}
    rule = sqlglot.parse_one(parse_formula(expects).render_sql(names), read="duckdb")
    tree = sqlglot.parse_one(load_query("reconcile", "compare"), read="duckdb")
    ruled = next(cte for cte in tree.find_all(exp.CTE) if cte.alias == "ruled")
    ruled.find(exp.Greatest).replace(rule)
    return tree.sql(dialect="duckdb")


def list_sql(warehouse: DuckWarehouse, rule: Rule, absent_means: str) -> dict[int, tuple[Any, ...]]:
    """Return key → owner, observed, expected, raw delta, status of every key that has one."""
    fact, expects, unit = rule
    per_case = EACHES_PER_CASE if unit else {}
    stock = pl.DataFrame(
        [(n, SAFETY_STOCK.get(n, 0), per_case.get(n, 1)) for n in range(SKUS)],
        schema=["sku_id", "safety_stock", "factor"],
        orient="row",
    )
    frame = warehouse.query_with(
        stock, render(expects), hour_at=AT, owner="shelf", mirror="web", fact=fact,
        absent_means=absent_means, names_committed="committed" in expects,
    )  # fmt: skip
    rows = {key: tuple(rest) for key, *rest in frame.iter_rows()}
    assert len(rows) == frame.height
    return rows


def list_dense(picture: Picture, outcome: Outcome) -> dict[int, tuple[Any, ...]]:
    """Return the same of the arrays: matches and unknowns by mask, exceptions by row."""
    c, owned = outcome.comparison, picture.facts[outcome.primary].column
    seen = picture.find_column(outcome.mirror.system, outcome.mirror.fact)
    rows: dict[int, tuple[Any, ...]] = {
        int(key): (int(owned.units[key]), int(c.observed[key]), int(c.expected[key]), 0, "match")
        for key in np.flatnonzero(c.is_match)
    }
    for key in np.flatnonzero(c.is_unknown):
        assert key not in rows
        owner = int(owned.units[key]) if owned.is_present[key] else None
        observed = int(seen.units[key]) if seen.is_present[key] else None
        rows[int(key)] = (owner, observed, int(c.expected[key]), None, "unknown")
    names = (
        "key_id", "owner_units", "observed_units", "expected_units", "raw_delta_units", "status",
    )  # fmt: skip
    for key, *rest in outcome.exceptions.select(names).iter_rows():
        assert key not in rows
        rows[key] = tuple(rest)
    return rows


def judge(
    warehouse: DuckWarehouse,
    catalog: Catalog,
    rule: Rule,
    absent_means: str,
) -> dict[int, tuple[Any, ...]]:
    """Return what arrays and SQL both say; fail if they do not say the same."""
    configured = configure(rule, absent_means)
    picture = load_picture(warehouse, configured, catalog, AT)
    [outcome] = judge_picture(
        picture, configured, catalog,
        movements=pl.DataFrame(), open_units={}, pending=NOTHING_PENDING,
    )  # fmt: skip
    by_arrays = list_dense(picture, outcome)
    assert by_arrays == list_sql(warehouse, rule, absent_means)
    return by_arrays


@pytest.mark.slow
def test_arrays_and_sql_say_the_same_of_every_key(path: Path, catalog: Catalog) -> None:
    with open_warehouse(path, wait=timedelta(seconds=1)) as warehouse:

        @settings(max_examples=100)
        @given(SPEECHES, SPEECHES, TOLD, st.sampled_from(RULES), st.sampled_from(MEANINGS))
        def compare_both(
            shelf: Speech, web: Speech, stray: Told, rule: Rule, absent_means: str
        ) -> None:
            write_hour(warehouse, shelf, web, stray)
            judge(warehouse, catalog, rule, absent_means)

        compare_both()


def test_both_know_every_status(path: Path, catalog: Catalog) -> None:
    shelf = {"on_hand": {0: 9, 3: 9, 6: 9, 9: 9, 1: UNREAD}, "committed": {0: 3, 3: 3}}
    web = {"available": {0: 4, 3: 5, 6: UNREAD, 1: 7, 4: 2}}
    with open_warehouse(path, wait=timedelta(seconds=1)) as warehouse:
        write_hour(warehouse, ("complete", shelf), ("complete", web), stray=shelf)

        told = judge(warehouse, catalog, ("available", FREE, None), "unknown")

    assert told == {
        0: (9, 4, 4, 0, "match"),
        1: (None, 7, 0, None, "unknown"),
        3: (9, 5, 6, -1, "drift"),
        4: (None, 2, 0, 2, "ghost"),
        6: (9, None, 9, None, "unknown"),
        9: (9, None, 9, None, "absent"),
    }

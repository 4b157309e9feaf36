"""Every SQL file of a room is one statement, says its grain, binds, and goes to Spark."""

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import polars as pl
import pytest
import sqlglot
from sqlglot import ErrorLevel, exp

from inventory_pipeline.store.journal import Journal, open_journal
from inventory_pipeline.store.migrate import find_migrations
from inventory_pipeline.store.warehouse import DuckWarehouse, open_warehouse

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "inventory_pipeline").glob("*/sql/*.sql"))
# Functions that sqlglot hands on as they are and Spark does not have; each says what replaces it.
FOREIGN = {"to_seconds": "make_dt_interval(0, 0, 0, seconds)"}
# Columns of frames that a file is given and no table of ours has.
NO_COLUMN_OF_OURS = {
    "created_at": "timestamptz",
    "closed_at": "timestamptz",
    "confirmed_at": "timestamptz",
    "first_sent_at": "timestamptz",
    "is_correction": "boolean",
    "task_id": "varchar",
    "receipt_id": "varchar",
    "as_of": "timestamptz",
    "factor": "bigint",
    "safety_stock": "bigint",
    "reference": "varchar",
}


@cache
def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def parse(path: Path) -> exp.Expression:
    return sqlglot.parse_one(read(path), read="duckdb")


def is_of_journal(path: Path) -> bool:
    """Return whether the file speaks to the journal, whose tables have no schema."""
    known = {cte.alias for cte in parse(path).find_all(exp.CTE)} | {"given_rows"}
    named = [table for table in parse(path).find_all(exp.Table) if table.name not in known]
    assert len({bool(table.db) for table in named}) == 1, f"{path} mixes warehouse and journal"
    return not named[0].db


def find_parameters(path: Path) -> set[str]:
    return set(re.findall(r"[$]([a-z_]+)", re.sub(r"--.*", "", read(path))))


def find_foreign(path: Path) -> set[str]:
    """Return functions that sqlglot does not know; macros of the schema go to Spark with it."""
    macros = re.findall(r"create macro [a-z]+\.(\w+)", "".join(find_migrations("warehouse")))
    return {call.name.lower() for call in parse(path).find_all(exp.Anonymous)} - set(macros)


def name_path(path: Path) -> str:
    return f"{path.parts[-3]}/{path.stem}"


each_file = pytest.mark.parametrize("path", FILES, ids=name_path)
# The journal stays SQLite whatever the engine of the warehouse is.
each_of_warehouse = pytest.mark.parametrize(
    "path", [path for path in FILES if not is_of_journal(path)], ids=name_path
)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckWarehouse]:
    path = tmp_path_factory.mktemp("store") / "w.duckdb"
    with open_warehouse(path, wait=timedelta(seconds=1)) as opened:
        yield opened


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    with open_journal(tmp_path_factory.mktemp("store") / "j.sqlite") as opened:
        yield opened


def build_given(warehouse: DuckWarehouse, sql: str) -> pl.DataFrame:
    """Return the empty frame that the file says it is given, in the types of the schema."""
    [named] = re.findall(r"^-- reads: .*given_rows \(([\w, ]+)\)", sql, re.MULTILINE) or [""]
    types = dict(
        warehouse.query(
            "select column_name, min(data_type) from information_schema.columns group by all"
        ).rows()
    )
    columns = {name: types.get(name) or NO_COLUMN_OF_OURS[name] for name in named.split(", ")}
    return warehouse.query(
        "select " + ", ".join(f"cast(null as {kind}) as {name}" for name, kind in columns.items())
    )


def test_there_are_files_to_look_at() -> None:
    assert {path.parts[-3] for path in FILES} >= {"ingest", "ledger", "reconcile", "report"}


@each_file
def test_a_file_is_one_statement(path: Path) -> None:
    assert len(sqlglot.parse(read(path), read="duckdb")) == 1


@each_file
def test_a_file_begins_with_its_grain_and_describes_its_parameters(path: Path) -> None:
    comments = " ".join(line for line in read(path).splitlines() if line.startswith("-- "))
    _, _, said = comments.partition("-- param: ")

    assert re.match(r"-- grain: \w+", read(path))
    assert find_parameters(path) <= set(re.findall(r"\w+", said))


@each_file
def test_a_file_binds_on_the_schema(path: Path, warehouse: DuckWarehouse, journal: Journal) -> None:
    if is_of_journal(path):
        journal.query(f"explain {read(path)}", **dict.fromkeys(find_parameters(path)))
    elif "given_rows" in read(path):
        given = build_given(warehouse, read(path))
        warehouse.execute_with(given, f"prepare probe as {read(path)}")
    else:
        warehouse.execute(f"prepare probe as {read(path)}")


@each_of_warehouse
def test_a_file_of_the_warehouse_goes_to_spark(path: Path) -> None:
    spark = parse(path).sql(dialect="spark", unsupported_level=ErrorLevel.RAISE)

    assert not sqlglot.parse_one(spark, read="spark").find(exp.Command)
    assert find_foreign(path) <= set(FOREIGN)


def test_every_function_spark_lacks_is_still_in_use() -> None:
    asked = [path for path in FILES if not is_of_journal(path)]
    assert set().union(*map(find_foreign, asked)) == set(FOREIGN)


def test_every_file_is_asked_for_by_name() -> None:
    folders = (ROOT / "inventory_pipeline", ROOT / "inventory_pipeline_tests")
    code = "".join(read(path) for folder in folders for path in sorted(folder.rglob("*.py")))

    assert [path for path in FILES if not is_named(path.stem, code)] == []


def is_named(name: str, code: str) -> bool:
    """Return whether the code says the name, or a family and its rest apart."""
    family, _, rest = name.partition("_")
    return f'"{name}"' in code or (f'f"{family}_{{' in code and f'"{rest}"' in code)

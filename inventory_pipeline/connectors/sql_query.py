"""SQL queries of the configuration: one statement that only reads, with known parameters. Pure.

This is the first of two locks; the second is the database's own read-only transaction.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy
import sqlglot
from sqlglot import exp

from inventory_pipeline.model.hours import HOUR

PARAMETERS = ("hour_start", "hour_end", "hour_at", "since")
HOUR_BOUNDS = ("hour_start", "hour_end")
# SQLAlchemy's names for databases → sqlglot's, where they differ.
_DIALECTS = {"postgresql": "postgres", "mssql": "tsql", "mariadb": "mysql"}
_WRITES = (exp.DML, exp.DDL, exp.Into, exp.Lock, exp.Command, exp.Copy, exp.Set)


def check_query(query: str, database: str, parameters: Sequence[str] = PARAMETERS) -> None:
    """Refuse what is not one statement that reads.

    Args:
        query: the text of the configuration.
        database: SQLAlchemy's name of the kind of database, such as ``postgresql``.
        parameters: the names it may use.

    Raises:
        ValueError: the text says what stands there and what is wanted.
    """
    statements = parse_statements(query, database)
    if len(statements) != 1:
        raise ValueError(f"it has {len(statements)} statements, wanted one select")
    statement = statements[0]
    is_query = isinstance(statement, exp.Query)
    if not is_query:
        raise ValueError(f"it is {_name(statement)}, wanted a select")
    for node in statement.find_all(*_WRITES):
        raise ValueError(f"it has {_name(node)} in it; wanted a select that only reads")
    check_parameters(query, parameters)


def check_parameters(query: str, parameters: Sequence[str]) -> None:
    """Raise ValueError for a parameter that nobody fills."""
    for name in find_parameters(query):
        if name not in parameters:
            known = ", ".join(f":{known}" for known in parameters)
            raise ValueError(
                f"it has the parameter :{name}, known are {known}; "
                f"where it is no parameter write \\:{name}"
            )


def parse_statements(query: str, database: str) -> list[exp.Expr]:
    """Return the statements of a text.

    Raises:
        ValueError: it is no SQL of this kind of database.
    """
    if "/*!" in query:
        raise ValueError("it has a comment /*! that MySQL runs; leave it out")
    dialect = _DIALECTS.get(database, database)
    known = dialect if dialect in sqlglot.Dialect.classes else None
    try:
        parsed = sqlglot.parse(query, read=known)
    except sqlglot.errors.ParseError as error:
        place = error.errors[0]
        raise ValueError(
            f"line {place['line']}, column {place['col']}: {place['description']}"
        ) from None
    except sqlglot.errors.SqlglotError as error:
        raise ValueError(f"it cannot be read as SQL: {str(error).splitlines()[0]}") from None
    return [node for node in parsed if node is not None and not isinstance(node, exp.Semicolon)]


def _name(node: exp.Expr) -> str:
    return type(node).__name__.upper()


@lru_cache(maxsize=256)
def find_parameters(query: str) -> tuple[str, ...]:
    """Return the names of ``:name`` parameters; ``::text`` is none, a colon in quotes may be."""
    return tuple(sqlalchemy.text(query).compile().params)


def fill_parameters(
    query: str, database: str, hour_at: datetime, *, since: datetime
) -> dict[str, Any]:
    """Return the value of every parameter the query names.

    SQLite has no type for instants: there it is text as its own ``datetime()`` writes it.
    """
    values = {"hour_at": hour_at, "hour_start": hour_at, "hour_end": hour_at + HOUR, "since": since}
    if database == "sqlite":
        form = "%Y-%m-%d %H:%M:%S"
        return {n: values[n].astimezone(UTC).strftime(form) for n in find_parameters(query)}
    return {name: values[name] for name in find_parameters(query)}

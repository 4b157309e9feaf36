"""The SQL writer: guarded updates in one transaction, counted by the rows they hit."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy
from sqlalchemy import URL, Connection, TextClause, exc

from inventory_pipeline.connectors.sql_engine import Deadline, build_engine, forbid_writing
from inventory_pipeline.connectors.sql_errors import clean, translating
from inventory_pipeline.connectors.sql_query import find_parameters
from inventory_pipeline.connectors.sql_write_options import SqlWrite, is_guarded
from inventory_pipeline.connectors.write_words import find_words, parse_whole, shorten
from inventory_pipeline.errors import (
    ConfigError,
    SourceContractError,
    SourceError,
    SourceRefusedError,
)
from inventory_pipeline.model.delivery import (
    Answer,
    DeliveryClass,
    Line,
    LineAnswer,
    Operation,
    answer_all,
)

# What drivers call a value that stands there already: SQLSTATE, SQLite, MySQL.
_UNIQUE = {"23505", "1555", "2067", "1062"}
Found = tuple[URL, list[str]]


class SqlWriter:
    """Runs the configured updates; all lines of a request take effect, or none does."""

    caches_errors = False
    rate: float | None = None

    def __init__(
        self, write: SqlWrite, *, find_url: Callable[[], Found], system: str, root: str
    ) -> None:
        self._write, self._find_url = write, find_url
        self._system, self._root = system, root
        # Asked for each line: a statement is taken apart once and not every time.
        self._class = write.delivery_class
        self._is_guarded = {name: is_guarded(text) for name, text in write.statements.items()}

    @property
    def delivery_class(self) -> DeliveryClass:
        return self._class

    @property
    def key_lifetime(self) -> timedelta | None:
        return None if self._write.remember is None else self._write.key_lifetime

    @property
    def operations(self) -> frozenset[Operation]:
        return frozenset(self._write.statements)

    @property
    def max_lines(self) -> int:
        return self._write.max_lines

    def encode(self, lines: Sequence[Line], key: str) -> bytes:
        """Return the values that are bound, as JSON. Pure: same lines and key, same bytes."""
        order = {"key": key, "lines": [vars(line) for line in lines]}
        return json.dumps(order, sort_keys=True, separators=(",", ":")).encode()

    def send(self, lines: Sequence[Line], key: str, body: bytes) -> Answer:
        """Run one transaction; it is rolled back for all if one line cannot be taken."""
        order = json.loads(body)
        told = [Line(**line) for line in order["lines"]]
        try:
            url, secrets = self._find_url()
            engine = build_engine(url, root=self._root, mode="rw")
        except (ConfigError, SourceError) as error:
            return answer_all(lines, "unapplied", shorten(str(error)), is_down=True)
        deadline, is_committing = Deadline(self._write.deadline), False
        try:
            with engine.connect() as connection, deadline.watching(connection):
                self._bound_time(connection)
                answer, is_whole = self._change_all(connection, told, order["key"])
                if is_whole:
                    is_committing = True
                    connection.commit()
                return answer
        except SourceError as error:
            return answer_all(lines, "unapplied", shorten(f"rolled back: {error}"))
        except exc.SQLAlchemyError as error:
            said = clean(str(getattr(error, "orig", None) or error), secrets)
            if is_committing:
                return answer_all(lines, "ambiguous", shorten(f"lost while committing: {said}"))
            return answer_all(
                lines, "unapplied", shorten(f"rolled back: {said}"), is_down=not _is_passing(error)
            )

    def read(self, lines: Sequence[Line]) -> Mapping[str, int | None]:
        """Return receipt_id → the number as the database shows it; None where there is no row.

        Raises:
            SourceError: it cannot be read, or shows two rows, or no whole number.
        """
        try:
            url, secrets = self._find_url()
            engine, deadline = build_engine(url, root=self._root), Deadline(self._write.deadline)
            with (
                translating(secrets),
                engine.connect() as connection,
                deadline.watching(connection),
            ):
                forbid_writing(connection, timeout=self._write.timeout)
                return {line.receipt_id: self._read_number(connection, line) for line in lines}
        except ConfigError as error:
            raise SourceRefusedError(str(error), system=self._system) from None
        except SourceError as error:
            raise type(error)(str(error), system=self._system) from None

    def _change_all(
        self, connection: Connection, told: Sequence[Line], key: str
    ) -> tuple[Answer, bool]:
        """Return what became of the lines, and whether there is something to commit."""
        answers: dict[str, LineAnswer] = {}
        for at, line in enumerate(told):
            if self._was_done(connection, line, key, is_first=at == 0):
                word = LineAnswer("confirmed", "done before: it is remembered in the database")
                is_of_all = self._remembers_keys()
                return _blame(told, told if is_of_all else [line], word), False
            word = self._change(connection, line, key)
            if word.outcome != "confirmed":
                return _blame(told, [line], word), False
            answers[line.receipt_id] = word
        return Answer(answers), True

    def _was_done(self, connection: Connection, line: Line, key: str, *, is_first: bool) -> bool:
        """Remember the key, or the receipt; return whether it is remembered already."""
        statement = self._write.remember
        if statement is None or (self._remembers_keys() and not is_first):
            return False
        try:
            return self._execute(connection, statement, line, key) == 0
        except exc.IntegrityError as error:
            if _find_codes(error) & _UNIQUE:
                return True
            raise

    def _change(self, connection: Connection, line: Line, key: str) -> LineAnswer:
        try:
            count = self._execute(connection, self._write.statements[line.operation], line, key)
        except (exc.IntegrityError, exc.DataError) as error:
            return LineAnswer(
                "refused", shorten(f"the database said: {clean(str(error.orig), [])}")
            )
        if count == 1:
            return LineAnswer("confirmed", "1 row updated")
        if count < 0:
            return LineAnswer("refused", "rolled back: the driver does not count rows")
        if count > 1:
            said = f"rolled back: {count:,} rows fit the where of {line.operation}, wanted one"
            return LineAnswer("refused", said)
        return self._explain_nothing(connection, line)

    def _explain_nothing(self, connection: Connection, line: Line) -> LineAnswer:
        """Say why no row fitted."""
        if not self._is_guarded[line.operation]:
            return LineAnswer("refused", "no row of this item and place")
        if self._write.read is None:
            return LineAnswer("stale", f"no row with {line.before}")
        shown = self._read_number(connection, line)
        if shown is None:
            return LineAnswer("refused", "no row of this item and place")
        is_target = line.operation == "set" and shown == line.quantity
        if is_target and self._write.remember is not None:
            return LineAnswer("confirmed", f"it shows {shown} already")
        return LineAnswer("stale", f"it shows {shown}, not {line.before}")

    def _read_number(self, connection: Connection, line: Line) -> int | None:
        if self._write.read is None:
            raise SourceRefusedError("what was written cannot be read back: write.read is missing")
        values = self._bind(self._write.read, line, "")
        rows = connection.execute(sqlalchemy.text(self._write.read), values).fetchmany(2)
        if len(rows) > 1:
            raise SourceContractError("reading back: more than one row fits; wanted one")
        return None if not rows or rows[0][0] is None else parse_whole(rows[0][0])

    def _execute(self, connection: Connection, statement: str, line: Line, key: str) -> int:
        """Return how many rows a statement changed."""
        values = self._bind(statement, line, key)
        return connection.execute(_prepare(statement), values).rowcount

    def _bind(self, statement: str, line: Line, key: str) -> dict[str, Any]:
        words = find_words(line, key)
        return {name: words[name] for name in find_parameters(statement)}

    def _bound_time(self, connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            milliseconds = int(self._write.timeout.total_seconds() * 1000)
            connection.exec_driver_sql(f"set local statement_timeout = {milliseconds}")

    def _remembers_keys(self) -> bool:
        return "key" in find_parameters(self._write.remember or "")


@lru_cache(maxsize=64)
def _prepare(statement: str) -> TextClause:
    return sqlalchemy.text(statement)


def _blame(told: Sequence[Line], named: Sequence[Line], word: LineAnswer) -> Answer:
    rest = LineAnswer("unapplied", f"rolled back: another line was {word.outcome}")
    return Answer({line.receipt_id: word if line in named else rest for line in told})


def _find_codes(error: exc.DBAPIError) -> set[str]:
    """Return what the driver calls the error, as text, whatever driver it is."""
    cause = error.orig
    named = (getattr(cause, name, None) for name in ("sqlstate", "pgcode", "sqlite_errorcode"))
    first = cause.args[0] if cause is not None and cause.args else None
    return {str(code) for code in (*named, first) if code is not None}


# A deadlock, a serialization failure, a lock or statement timeout, a busy SQLite file.
_PASSING = {"40001", "40P01", "55P03", "57014", "5", "6"}


def _is_passing(error: exc.SQLAlchemyError) -> bool:
    return isinstance(error, exc.DBAPIError) and bool(_find_codes(error) & _PASSING)

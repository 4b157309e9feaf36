"""SQL write options: statements of the configuration that change one row, and who runs them."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Self

from pydantic import Field, field_validator, model_validator
from sqlalchemy import URL
from sqlglot import exp

from inventory_pipeline.config.strict import Model
from inventory_pipeline.config.values import Duration, Secret
from inventory_pipeline.connectors.sql_engine import parse_url
from inventory_pipeline.connectors.sql_query import (
    check_parameters,
    check_query,
    find_parameters,
    parse_statements,
)
from inventory_pipeline.model.delivery import DeliveryClass, Operation

OF_LINE = (
    "item_id", "location_id", "quantity", "before", "fact", "receipt_id", "reference", "reason",
)  # fmt: skip
PARAMETERS = (*OF_LINE, "key")
_KEY = re.compile(r"(?<![:\\\w]):key\b")  # a word of MySQL's own, which a parameter may not be
_GUESSES = ("postgresql", "mysql", "mssql", "oracle")
_CHANGES = (exp.DML, exp.DDL, exp.Command, exp.Copy, exp.Set)


class SqlWrite(Model):
    """The statements that write, each one statement with bound parameters.

    Parameters: :item_id :location_id :quantity :before :fact :receipt_id :key :reference :reason.
    """

    url: Secret | str | None = Field(
        None, description="SQLAlchemy URL of the user that may write; as url of the system."
    )
    username: str | None = Field(None, description="Or only the name of that user ...")
    password: Secret | None = Field(None, description="... and its password.")
    set: str | None = Field(
        None, description="One update that sets a number, where … = :item_id and … = :before."
    )
    add: str | None = Field(None, description="One update that adds :quantity (signed).")
    read: str | None = Field(None, description="One select of the number of :item_id.")
    remember: str | None = Field(
        None, description="One insert of :key (or :receipt_id) into a table where it is unique."
    )
    timeout: Duration = Field(timedelta(seconds=30), description="Longest time of a statement.")
    deadline: Duration = Field(timedelta(minutes=2), description="Longest time of a request.")
    max_lines: int = Field(50, ge=1, le=1000, description="The most lines of one transaction.")
    key_lifetime: Duration = Field(
        timedelta(days=365), description="How long rows of remember are kept."
    )

    @property
    def statements(self) -> dict[Operation, str]:
        """Return operation → the update that does it."""
        given: dict[Operation, str | None] = {"set": self.set, "add": self.add}
        return {name: text for name, text in given.items() if text is not None}

    @property
    def delivery_class(self) -> DeliveryClass:
        """Return what the statements hold against doubled effects."""
        if self.remember is not None:
            return "A" if all(map(is_guarded, self.statements.values())) else "B"
        return "D" if self.add is not None else "C"

    @field_validator("url")
    @classmethod
    def _holds_no_password(cls, value: Secret | str | None) -> Secret | str | None:
        if isinstance(value, str) and parse_url(value).password is not None:
            raise ValueError("the url holds a password; write url: {env: NAME} instead")
        return value

    @model_validator(mode="after")
    def _keeps_its_promise(self) -> Self:
        check_statements(self, "")
        for fault in _find_faults(self):
            raise ValueError(fault)
        return self


def check_statements(write: SqlWrite, database: str) -> None:
    """Raise ValueError for the first statement that is not what it must be."""
    for name, text in write.statements.items():
        _naming(name, _check_update, text, database)
    if write.read is not None:
        _naming("read", _check_read, write.read, database)
    if write.remember is not None:
        _naming("remember", _check_insert, write.remember, database)


def check_user(write: SqlWrite, url: URL | None) -> None:
    """Raise ValueError unless somebody else writes than reads; ``url`` is the system's, if known.

    A SQLite file has no users: it is opened for writing by the writer alone.
    """
    is_named = write.url is not None or write.username is not None
    if not is_named and (url is None or url.get_backend_name() != "sqlite"):
        raise ValueError(
            "write: name the user that may write, username and password, or url: {env: NAME}; "
            "the user that reads needs no such right"
        )
    if write.url is not None and (write.username or write.password):
        raise ValueError("write: give url, or username and password; not both")
    if url is not None:
        named = parse_url(write.url) if isinstance(write.url, str) else url
        check_statements(write, named.get_backend_name())


def build_write_url(write: SqlWrite, find_url: Callable[[], URL], root: str) -> URL:
    """Return the address with the password of the user that writes.

    Raises:
        ValueError: it is no address.
        ConfigError: a secret is missing.
    """
    if isinstance(write.url, Secret):
        return parse_url(write.url.reveal(root))
    if write.url is not None:
        return parse_url(write.url)
    url = find_url()
    if write.username is None:
        return url
    url = url._replace(password=None).set(username=write.username)
    return url.set(password=write.password.reveal(root)) if write.password else url


def is_guarded(statement: str) -> bool:
    """Return whether the update takes place only where the number is :before."""
    [update] = _parse(statement, "")
    return "before" in _find_conditions(update)


def _find_faults(write: SqlWrite) -> Iterator[str]:
    if not write.statements:
        yield "write: name set or add, the update that writes"
    if write.remember is None:
        if write.set is not None and not is_guarded(write.set):
            yield (
                "set: it has no guard and nothing is remembered, so a second try could undo what "
                "others did; add … = :before to its where, or give remember"
            )
        if write.delivery_class == "C" and write.read is None:
            yield "read: give the select of the number; without remember it is read before a set"
    elif "key" in find_parameters(write.remember):
        others = {*find_parameters(write.remember)} - {"key"}
        if others and write.max_lines > 1:
            yield (
                f"remember: :key is one for all lines and :{min(others)} is not; "
                "leave that out, or say max_lines: 1"
            )
    elif "receipt_id" not in find_parameters(write.remember):
        yield "remember: it never says :key"


def _naming(name: str, check: Callable[[str, str], None], text: str, database: str) -> None:
    try:
        check(text, database)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _check_read(text: str, database: str) -> None:
    if not database:  # what it may say depends on it; this is asked again when it is known
        return
    check_query(text, database, OF_LINE)
    if "item_id" not in find_parameters(text):
        raise ValueError("it never says :item_id")


def _check_update(text: str, database: str) -> None:
    update = _check_one(text, database, exp.Update, "update")
    if "item_id" not in _find_conditions(update):
        raise ValueError("its where never says … = :item_id; it would hit rows of other items")
    if "quantity" not in find_parameters(text):
        raise ValueError("it never says :quantity")


def _check_insert(text: str, database: str) -> None:
    _check_one(text, database, exp.Insert, "insert")


def _check_one(text: str, database: str, kind: type[exp.Expr], word: str) -> exp.Expr:
    statements = _parse(text, database)
    if len(statements) != 1:
        raise ValueError(f"it has {len(statements)} statements, wanted one {word}")
    [statement] = statements
    is_kind = isinstance(statement, kind)
    if not is_kind:
        raise ValueError(f"it is {type(statement).__name__.upper()}, wanted one {word}")
    inner = [node for node in statement.find_all(*_CHANGES) if node is not statement]
    if inner:
        raise ValueError(f"it has {type(inner[0]).__name__.upper()} in it; wanted one {word}")
    check_parameters(text, PARAMETERS)
    return statement


def _parse(text: str, database: str) -> list[exp.Expr]:
    """Return the statements; where nobody says what kind of database it is, any may take them."""
    text = _KEY.sub(":key_", text)
    if not database:
        for guess in ("", *_GUESSES):
            with suppress(ValueError):
                return parse_statements(text, guess)
    return parse_statements(text, database)


def _find_conditions(update: exp.Expr) -> set[str]:
    """Return the parameters that the where compares with, each of which must hold."""
    where = update.args.get("where")
    if where is None:
        return set()
    conditions = where.this.flatten() if isinstance(where.this, exp.And) else [where.this]
    named = (exp.EQ, exp.NullSafeEQ)
    equal = [one for each in conditions for one in [each.unnest()] if isinstance(one, named)]
    return {hole.name for one in equal for hole in one.find_all(exp.Placeholder)}

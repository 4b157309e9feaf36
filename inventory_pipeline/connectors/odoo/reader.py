"""The reader: the pages of one model, and single questions beside them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from inventory_pipeline.connectors.http import (
    Badge,
    HttpDoor,
    Surroundings,
    judge_json,
    judge_status,
)
from inventory_pipeline.connectors.http_options import Call
from inventory_pipeline.connectors.http_questions import Scribe
from inventory_pipeline.connectors.http_wire import Answer, Deadline, Question
from inventory_pipeline.connectors.json_paths import Path, find_text
from inventory_pipeline.connectors.json_strict import decode_text, load_strictly
from inventory_pipeline.connectors.odoo.door import Login, XmlRpcDoor
from inventory_pipeline.connectors.odoo.options import Feed, OdooOptions
from inventory_pipeline.connectors.odoo.questions import Table, build_feed, write_call
from inventory_pipeline.connectors.rest import RestConnector, RestOptions
from inventory_pipeline.connectors.sweep import Query, Sweep
from inventory_pipeline.connectors.templates import render_json
from inventory_pipeline.errors import ConfigError, SourceContractError, SourceError
from inventory_pipeline.model.ports import FetchContext

_MESSAGE = Path.parse("message")


@dataclass(frozen=True)
class House:
    """Where a connector stands: what every reader and the writer are built with."""

    system: str
    root: str
    world: Surroundings


class OdooReader(RestConnector):
    """Reads one table, and asks single questions."""

    def __init__(self, feed: Feed, table: Table, options: OdooOptions, house: House) -> None:
        http = options.build_http()
        rest = RestOptions.model_validate(
            {**dict(http), "feeds": {feed: build_feed(feed, table, options)}}
        )
        super().__init__(system=house.system, options=rest, root=house.root, world=house.world)
        self._odoo, self._table = options, table

    def ask(
        self,
        door: HttpDoor,
        until: Deadline,
        model: str,
        method: str,
        *,
        ids: Sequence[int] | None = None,
        **named: Any,
    ) -> Any:
        """Return what a method that changes nothing returns.

        Raises:
            SourceError: as the door.
        """
        answer = door.ask(
            self.write_question(door, model, method, ids, named),
            until,
            judge=lambda answer: self._judge_answer(door, answer, ()),
            badge=self._badge,
            label=f"{model} {method}",
        )
        return load_strictly(decode_text(answer.body))

    def may(self, door: HttpDoor, until: Deadline, model: str, operation: str) -> bool:
        """Return whether the user may do something to a model; Odoo 18 has another word for it."""
        if self._odoo.transport == "json2":
            said = self.ask(door, until, model, "has_access", operation=operation)
        else:
            said = self.ask(
                door, until, model, "check_access_rights",
                operation=operation, raise_exception=False,
            )  # fmt: skip
        return said is True

    def write_question(
        self,
        door: HttpDoor,
        model: str,
        method: str,
        ids: Sequence[int] | None,
        named: dict[str, Any],
    ) -> Question:
        """Return one call, ready to send."""
        path, body = write_call(self._odoo, model, method, ids, named)
        question = door.scribe.write(Call(path=path, method="POST", body={}), {})
        return replace(question, body=render_json(body))

    @property
    def badge(self) -> Badge:
        """Return who we are."""
        return self._badge

    def open_door(self) -> HttpDoor:
        """Return a door for questions outside of any feed."""
        return self._build_door(_read_clock)

    def start_deadline(self, door: HttpDoor) -> Deadline:
        """Return how long single questions may take together."""
        seconds = self._options.timeouts.feed.total_seconds()
        return door.start_deadline(seconds, f"not all answers came within {seconds:g} s")

    def _build_door(self, now: Callable[[], datetime]) -> HttpDoor:
        odoo = self._odoo
        if odoo.transport == "json2":
            return super()._build_door(now)
        if odoo.key is None:
            raise ConfigError("key: none is given")
        login = Login(odoo.database or "", odoo.login or "", odoo.key.reveal(self._root))
        return XmlRpcDoor(self._options, root=self._root, world=self._world, now=now, login=login)

    def _judge_answer(self, door: HttpDoor, answer: Answer, _also: tuple[int, ...]) -> None:
        try:
            judge_status(answer)
            judge_json(answer)
        except SourceError as error:
            raise type(error)(f"{error}{quote_message(answer, door.scribe)}") from None

    def _write_query(self, feed: str, context: FetchContext, door: HttpDoor) -> Query:
        query = super()._write_query(feed, context, door)
        since: datetime = query.words["since"]
        overlap: timedelta = self._odoo.overlap
        words = {**query.words, "since": (since - overlap).astimezone(UTC)}
        return replace(query, words=words, label=f"{query.label} ({self._table.model})")

    def _read(self, door: HttpDoor, query: Query, until: Deadline, staging: str | None) -> Sweep:
        if not self._table.is_counted:
            return super()._read(door, query, until, staging)
        sweep, lack = self._read_counted(door, query, until, staging)
        if lack:
            sweep.spool.close()
            sweep, lack = self._read_counted(door, query, until, staging)
        if lack:
            sweep.end = replace(sweep.end, marker=f"{sweep.end.marker}, but {lack}", is_whole=False)
        return sweep

    def _read_counted(
        self, door: HttpDoor, query: Query, until: Deadline, staging: str | None
    ) -> tuple[Sweep, str]:
        """Return the rows, and how many of them did not come, in words.

        Rows come and go all the time; more than were counted is no sign of anything.
        """
        before = self._count(door, until)
        sweep = super()._read(door, query, until, staging)
        try:
            after = self._count(door, until)
        except BaseException:
            sweep.spool.close()
            raise
        if sweep.items >= min(before, after):
            return sweep, ""
        return sweep, f"{sweep.items:,} rows came, and Odoo counts {min(before, after):,}"

    def _count(self, door: HttpDoor, until: Deadline) -> int:
        domain = self._table.domain
        return read_whole(self.ask(door, until, self._table.model, "search_count", domain=domain))


def quote_message(answer: Answer, scribe: Scribe) -> str:
    """Return what Odoo says is wrong, as " (...)"; nothing where it says nothing."""
    try:
        said = load_strictly(decode_text(answer.body))
    except SourceContractError:
        return ""
    text = said if isinstance(said, str) else find_text(said, _MESSAGE)
    return f" ({scribe.redact(' '.join(text.split()))})" if text else ""


def read_whole(value: Any) -> int:
    """Read a whole number of an answer.

    Raises:
        SourceContractError: there is none.
    """
    if not (isinstance(value, str) and value.isascii() and value.isdigit()):
        raise SourceContractError("the answer is no whole number where one should be")
    return int(value)


def _read_clock() -> datetime:
    return datetime.now(UTC)

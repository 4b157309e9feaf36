"""The desk: NetSuite asked, page by page or one question at a time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from inventory_pipeline.connectors.http import HttpDoor, Surroundings, judge_json, judge_status
from inventory_pipeline.connectors.http_options import Call
from inventory_pipeline.connectors.http_questions import Scribe
from inventory_pipeline.connectors.http_wire import Answer
from inventory_pipeline.connectors.json_paths import Path, RowsPath, find_text
from inventory_pipeline.connectors.json_strict import decode_text, load_strictly
from inventory_pipeline.connectors.netsuite.options import MOST_ROWS, NetsuiteOptions
from inventory_pipeline.connectors.netsuite.queries import tidy
from inventory_pipeline.connectors.rest import RestConnector
from inventory_pipeline.connectors.templates import render_json
from inventory_pipeline.errors import (
    ConfigError,
    SourceContractError,
    SourceError,
    SourceRefusedError,
)

_JSON = "application/vnd.oracle.resource+json"
_DETAILS, _DETAIL = RowsPath.parse("o:errorDetails[]"), Path.parse("detail")


class NetsuiteDesk(RestConnector):
    """Speaks to one account: its address, its token, its ways of saying no."""

    def __init__(self, *, options: NetsuiteOptions, **place: Any) -> None:
        super().__init__(options=options.build_rest(), **place)
        self._account, self._where = options, place

    @property
    def system(self) -> str:
        """Return what the account is called in the configuration."""
        return self._system

    @property
    def root(self) -> str:
        """Return the folder of the configuration."""
        return self._root

    @property
    def world(self) -> Surroundings:
        """Return what is taken from the world besides the network."""
        return self._world

    def ask(self, query: str, parameters: Sequence[str]) -> list[dict[str, Any]]:
        """Return the rows of one query, which are not many.

        Raises:
            SourceError: as the door; there are more rows than one page holds.
        """
        try:
            with self._build_door(_read_clock) as door:
                return self._ask(door, query, parameters)
        except ConfigError as error:
            raise SourceRefusedError(str(error), system=self._system) from None
        except SourceError as error:
            raise type(error)(str(error), system=self._system) from None

    def _ask(self, door: HttpDoor, query: str, parameters: Sequence[str]) -> list[dict[str, Any]]:
        call = Call(
            path="query/v1/suiteql",
            method="POST",
            query={"limit": MOST_ROWS, "offset": 0},
            headers={"Prefer": "transient"},
            body={},
        )
        body = render_json({"q": tidy(query), "params": list(parameters)})
        seconds = self._options.timeouts.answer.total_seconds()
        answer = door.ask(
            replace(door.scribe.write(call, {}), body=body),
            door.start_deadline(seconds, f"no whole answer within {seconds:g} s"),
            judge=lambda answer: self._judge_answer(door, answer, ()),
            badge=self._badge,
            label="suiteql",
        )
        document = load_strictly(decode_text(answer.body))
        rows = document.get("items") if type(document) is dict else None
        if type(rows) is not list or document.get("hasMore") is not False:
            raise SourceContractError("suiteql: the answer is no whole list of rows")
        return rows

    def _judge_answer(self, door: HttpDoor, answer: Answer, _also: tuple[int, ...]) -> None:
        try:
            judge_status(answer)
            judge_json(answer, also=(_JSON,))
        except SourceError as error:
            raise type(error)(f"{error}{quote_details(answer, door.scribe)}") from None


def quote_details(answer: Answer, scribe: Scribe) -> str:
    """Return what NetSuite says is wrong, as " (...)"; nothing where it says nothing."""
    try:
        document = load_strictly(decode_text(answer.body))
    except SourceContractError:
        return ""
    details = [find_text(chain[-1], _DETAIL) for chain in _DETAILS.walk(document)]
    text = next(filter(None, details), "")
    return f" ({scribe.redact(' '.join(text.split()))})" if text else ""


def _read_clock() -> datetime:
    return datetime.now(UTC)

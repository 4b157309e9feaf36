"""Tryton's REST interface, as far as a stock count needs it: find, create, look again, confirm.

Every request has a connection of its own and is made once: a connection that was kept open
may be asked again when it turns out closed, and a write must never be.
"""

import base64
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, cast

from inventory_pipeline.connectors.http import HttpDoor, Surroundings, judge_json
from inventory_pipeline.connectors.http_auth import build_badge
from inventory_pipeline.connectors.http_options import Call, HttpOptions
from inventory_pipeline.connectors.http_wire import Answer
from inventory_pipeline.connectors.json_strict import decode_text, load_strictly
from inventory_pipeline.connectors.json_take import read_decimal
from inventory_pipeline.connectors.patience import parse_retry_after
from inventory_pipeline.errors import ConfigError, SourceContractError, SourceRefusedError

Method = Literal["GET", "POST", "PUT", "DELETE"]
COUNT = "stock.inventory"
PRODUCT = "product.product"
_STATE = {"f": ["number", "state", "create_date", "lines.expected_quantity"]}


class TrytonError(Exception):
    """Tryton answered, and the answer is no.

    Attributes:
        status: 400 (rule broken or not allowed), 401, 403, 404; 5xx is a fault of its own.
        wait: how long something in front of Tryton asks us to stay away.
    """

    def __init__(self, status: int, message: str, wait: timedelta | None = None) -> None:
        super().__init__(f"HTTP {status} {message}".strip())
        self.status, self.message, self.wait = status, message, wait

    @property
    def has_changed_nothing(self) -> bool:
        """Return whether the transaction was surely rolled back: one request is one of them."""
        return self.status in (400, 401, 403, 404)

    @property
    def is_about_us(self) -> bool:
        """Return whether the user lacks a right; Tryton says so with 400, in English if asked."""
        return self.status in (401, 403) or self.message.startswith("You are not allowed")

    @property
    def is_down(self) -> bool:
        """Return whether the answer is that of a proxy with nobody behind it."""
        return self.status in (502, 503, 504)


@dataclass(frozen=True)
class Count:
    """A stock count as Tryton shows it.

    Attributes:
        expected: what Tryton noted as being there; confirming adds counted minus expected.
    """

    id: int
    number: str
    state: str
    created_at: datetime
    expected: tuple[Decimal, ...]


class TrytonApi:
    """Asks one database, once a question."""

    def __init__(
        self,
        options: HttpOptions,
        *,
        root: str,
        world: Surroundings,
        company: int,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._options = options.model_copy(update={"retries": 0})
        self._root, self.world, self.company, self._now = root, world, company, now

    def find_quantities(self, codes: Sequence[str], location: int) -> dict[str, int]:
        """Return what Tryton shows of products at one location, by code.

        A code that several products share is absent, and so is a number that is not whole.
        """
        context = {"locations": [location], "with_childs": False}
        query = {"f": ["code", "quantity"], "d": _pack([["code", "in", list(codes)]])}
        rows = _list(self._ask("GET", PRODUCT, query=query, context=context))
        seen = [(str(_take(row, "code")), read_decimal(_take(row, "quantity"))) for row in rows]
        shared = Counter(code for code, _ in seen)
        return {
            code: int(units)
            for code, units in seen
            if shared[code] == 1 and units == units.to_integral_value()
        }

    def find_products(self, code: str) -> list[int]:
        """Return the ids of the products with this code."""
        query = {"f": ["code"], "d": _pack([["code", "=", code], ["type", "=", "goods"]])}
        rows = _list(self._ask("GET", PRODUCT, query=query))
        return [int(read_decimal(_take(row, "id"))) for row in rows]

    def find_counts(self, domain: Sequence[Any]) -> list[Count]:
        """Return the stock counts of a domain."""
        query = {**_STATE, "d": _pack(domain), "o": _pack([["id", "ASC"]])}
        return [_read_count(row) for row in _list(self._ask("GET", COUNT, query=query))]

    def create_count(self, values: Mapping[str, Any]) -> Count:
        """Create a draft; from here on it is in the way of others, and changes nothing."""
        return _read_count(self._ask("POST", COUNT, query=_STATE, body=values))

    def refresh_count(self, number: int) -> Count:
        """Let Tryton note anew what is there, which it does whenever a draft is written."""
        path, body = f"{COUNT}/{number}", {"empty_quantity": "keep"}
        return _read_count(self._ask("PUT", path, query=_STATE, body=body))

    def confirm_count(self, number: int) -> Count:
        """Book the difference."""
        return _read_count(self._ask("POST", f"{COUNT}/{number}/confirm", query=_STATE, body={}))

    def delete_count(self, number: int) -> None:
        """Take a draft back."""
        self._ask("DELETE", f"{COUNT}/{number}")

    def _ask(
        self,
        method: Method,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> Any:
        told = {"company": self.company, **(context or {})}
        call = Call(
            path=path,
            query=dict(query or {}),
            headers={"X-Tryton-Context": _pack(told), "Accept-Language": "en"},
        )
        answer = self._exchange(call, method, body)
        if answer.status == 204:
            return None
        self._judge(answer)
        return load_strictly(decode_text(answer.body))

    def _judge(self, answer: Answer) -> None:
        if not 200 <= answer.status < 300:
            seconds = parse_retry_after(answer.headers, self._now())
            wait = None if seconds is None else timedelta(seconds=seconds)
            raise TrytonError(answer.status, _find_message(answer), wait)
        judge_json(answer)

    def _exchange(self, call: Call, method: Method, body: Mapping[str, Any] | None) -> Answer:
        try:
            with HttpDoor(self._options, root=self._root, world=self.world, now=self._now) as door:
                question = replace(door.scribe.write(call, {}), method=method)
                if body is not None:
                    headers = {**question.headers, "Content-Type": "application/json"}
                    question = replace(question, headers=headers, body=json.dumps(body).encode())
                until = door.start_deadline(
                    self._options.timeouts.answer.total_seconds(), "no whole answer in time"
                )
                badge = build_badge(self._options)
                label = f"{method} {call.path}"
                return door.ask(question, until, judge=_accept, badge=badge, label=label)
        except ConfigError as error:
            raise SourceRefusedError(str(error)) from None


def _accept(_answer: Answer) -> None:
    """Take every answer; what it means depends on what was asked."""


def _find_message(answer: Answer) -> str:
    """Return Tryton's own words; a fault comes as a page of HTML, of which nothing is said."""
    try:
        document = load_strictly(decode_text(answer.body))
    except SourceContractError:
        return ""
    said = document.get("message") if isinstance(document, dict) else None
    return re.sub(r"[^ -~]+", " ", str(said or ""))[:200]


def _read_count(row: Any) -> Count:
    try:
        return Count(
            int(row["id"]),
            str(row["number"] or ""),
            str(row["state"]),
            _read_instant(row["create_date"]),
            tuple(read_decimal(line["expected_quantity"]) for line in row["lines"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SourceContractError(f"the answer is no stock count ({error})") from None


def _read_instant(value: Mapping[str, str]) -> datetime:
    """Read Tryton's object of a time; it is UTC and does not say so."""
    day = (int(value["year"]), int(value["month"]), int(value["day"]))
    clock = (int(value["hour"]), int(value["minute"]), int(value["second"]))
    return datetime(*day, *clock, int(value["microsecond"]), tzinfo=UTC)


def _take(row: Any, name: str) -> Any:
    """Return one field; one the user may not read is left out by Tryton without a word."""
    if not isinstance(row, dict) or row.get(name) is None:
        raise SourceContractError(f"the answer has no {name!r}; may the user read that field?")
    return row[name]


def _list(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise SourceContractError("the answer is no list of records")
    return cast("list[dict[str, Any]]", value)


def _pack(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()

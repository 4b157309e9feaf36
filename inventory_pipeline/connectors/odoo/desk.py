"""The desk: what an adjustment asks of Odoo, and what it changes there.

Every call is a transaction of its own: one that is answered with an error changed nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from inventory_pipeline.connectors.http import HttpDoor
from inventory_pipeline.connectors.http_wire import Answer, Deadline
from inventory_pipeline.connectors.json_strict import decode_text, load_strictly
from inventory_pipeline.connectors.json_take import read_decimal
from inventory_pipeline.connectors.odoo.options import ON_HAND, OdooOptions
from inventory_pipeline.connectors.odoo.questions import (
    PLACES,
    PRODUCTS,
    QUANTS,
    describe_tables,
)
from inventory_pipeline.connectors.odoo.reader import (
    House,
    OdooReader,
    quote_message,
    read_whole,
)
from inventory_pipeline.connectors.patience import parse_retry_after
from inventory_pipeline.errors import SourceContractError

_COUNTING = {"inventory_mode": True}
_PARTS = ("lot_id", "package_id")
# One item at one place has few quants; where it has more, something else is wrong.
_MOST_QUANTS = 1_000
_LONGEST_WAIT = timedelta(hours=1)


class DeniedError(Exception):
    """Odoo answered a call that changes something, and the answer is no: nothing was changed.

    Attributes:
        status: 400, 422: never this; any other says something about us, or about now.
    """

    def __init__(self, status: int, said: str, wait: timedelta | None = None) -> None:
        super().__init__(f"HTTP {status}{said}")
        self.status, self.wait = status, wait

    @property
    def is_about_line(self) -> bool:
        """Return whether Odoo will never take this: one of its rules says no."""
        return self.status in (400, 422)


@dataclass(frozen=True)
class Quant:
    """A quant as Odoo shows it.

    Attributes:
        counted: the quantity somebody noted and has not applied; none: nobody has.
    """

    id: int
    quantity: Decimal
    counted: Decimal | None
    has_parts: bool
    amounts: Mapping[str, Decimal]


class OdooDesk:
    """Asks and changes one database, through one door at a time."""

    def __init__(self, options: OdooOptions, house: House) -> None:
        self._options = options
        self._reader = OdooReader("counts", describe_tables("counts", options)[0], options, house)

    def open(self) -> "Counter":
        """Return a way to ask and to change; close it when done."""
        return Counter(self._reader, self._options)


class Counter:
    """One open door."""

    def __init__(self, reader: OdooReader, options: OdooOptions) -> None:
        self._reader, self._options = reader, options
        self._door: HttpDoor = reader.open_door()
        self._until: Deadline = reader.start_deadline(self._door)

    def __enter__(self) -> "Counter":
        return self

    def __exit__(self, *raised: object) -> None:
        self._door.__exit__(*raised)

    def find_products(self, name: str) -> list[int]:
        """Return the ids of the products that are called so."""
        if self._options.identify_by == "id":
            return _read_id(name)
        return self._find_ids(PRODUCTS, [["default_code", "=", name]])

    def find_places(self, name: str) -> list[int]:
        """Return the ids of the locations that are called so."""
        if self._options.locate_by == "id":
            return _read_id(name)
        return self._find_ids(PLACES, [["complete_name", "=", name]])

    def find_quants(self, product: int, place: int) -> list[Quant]:
        """Return what lies at one place of one product, as far as it is counted."""
        owner = [["owner_id", "=", False]] if self._options.consigned == "leave_out" else []
        domain = [["product_id", "=", product], ["location_id", "=", place], *owner]
        return self._read_quants(domain)

    def find_quant(self, number: int) -> Quant | None:
        """Return one quant; none: it is gone."""
        found = self._read_quants([["id", "=", number]])
        return found[0] if found else None

    def count(self, quant: Quant | None, product: int, place: int, quantity: int) -> int:
        """Note a counted quantity, which changes no stock; return the id of the quant.

        Raises:
            DeniedError: Odoo says no.
            SourceError: whether it was noted is not known.
        """
        if quant is not None:
            values: Any = {"inventory_quantity": quantity}
            self._change("write", ids=[quant.id], vals=values)
            return quant.id
        values = {"product_id": product, "location_id": place, "inventory_quantity": quantity}
        made = self._change("create", vals_list=[values])
        if not (type(made) is list and len(made) == 1):
            raise SourceContractError("creating a quant returned no id")
        return read_whole(made[0])

    def forget_count(self, number: int) -> None:
        """Take a noted quantity back, so that nobody applies it later.

        Raises:
            DeniedError, SourceError: as ``count``.
        """
        values = {"inventory_quantity": 0, "inventory_quantity_set": False}
        self._change("write", ids=[number], vals=values)

    def apply(self, number: int) -> Any:
        """Book the difference; return what Odoo returned.

        Raises:
            DeniedError, SourceError: as ``count``.
        """
        return self._change("action_apply_inventory", ids=[number])

    def redact(self, text: str) -> str:
        """Return foreign text fit for a message."""
        return self._door.scribe.redact(text)

    def _find_ids(self, model: str, domain: list[list[Any]]) -> list[int]:
        found = self._reader.ask(self._door, self._until, model, "search", domain=domain, limit=5)
        if type(found) is not list:
            raise SourceContractError(f"{model} search: the answer is no list of ids")
        return [read_whole(number) for number in found]

    def _read_quants(self, domain: list[list[Any]]) -> list[Quant]:
        amounts = list(dict.fromkeys([ON_HAND, *self._options.facts.values()]))
        fields = [*amounts, "inventory_quantity", "inventory_quantity_set", *_PARTS]
        found = self._reader.ask(
            self._door, self._until, QUANTS, "search_read",
            domain=domain, fields=fields, order="id", limit=_MOST_QUANTS, load="",
        )  # fmt: skip
        if type(found) is not list:
            raise SourceContractError(f"{QUANTS} search_read: the answer is no list of records")
        return [_read_quant(row, amounts) for row in found]

    def _change(self, method: str, *, ids: Sequence[int] | None = None, **named: Any) -> Any:
        named = {**named, "context": _COUNTING}
        question = self._reader.write_question(self._door, QUANTS, method, ids, named)
        answer = self._door.send(question, badge=self._reader.badge)
        self._refuse_no(answer)
        return load_strictly(decode_text(answer.body))

    def _refuse_no(self, answer: Answer) -> None:
        if 200 <= answer.status < 300:
            return
        said = quote_message(answer, self._door.scribe)
        if answer.status >= 500 or answer.status == 408:
            raise SourceContractError(f"HTTP {answer.status}{said}")
        seconds = parse_retry_after(answer.headers, datetime.now(UTC))
        wait = None if seconds is None else min(_LONGEST_WAIT, timedelta(seconds=seconds))
        raise DeniedError(answer.status, said, wait)


def _read_quant(row: Any, amounts: Sequence[str]) -> Quant:
    is_whole = type(row) is dict and {"id", "inventory_quantity_set", *_PARTS, *amounts} <= set(row)
    if not is_whole:
        raise SourceContractError("the answer is no quant; may the user read all of its fields?")
    numbers = {name: read_decimal(row[name]) for name in amounts}
    is_counted = row["inventory_quantity_set"] is True
    return Quant(
        id=read_whole(row["id"]),
        quantity=numbers[ON_HAND],
        counted=read_decimal(row.get("inventory_quantity")) if is_counted else None,
        has_parts=any(row[name] is not False for name in _PARTS),
        amounts=numbers,
    )


def _read_id(name: str) -> list[int]:
    return [int(name)] if name.isascii() and name.isdigit() and len(name) <= 10 else []

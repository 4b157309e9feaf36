"""The writer: class C, one number is one inventory adjustment.

Odoo remembers no key of ours. It does remember, with a noted count, what lay there when it was
noted, and does not book a count whose quantity has moved since: it returns a wizard then, with
a good status. So a count is noted, looked at, and applied; and what lies there afterwards is
looked at, too. Only both together are a yes.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from inventory_pipeline.connectors.odoo.desk import Counter, DeniedError, OdooDesk, Quant
from inventory_pipeline.connectors.odoo.options import ON_HAND, OdooOptions
from inventory_pipeline.connectors.odoo.reader import House
from inventory_pipeline.connectors.write_words import shorten
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
    Outcome,
    answer_all,
)

# Asked for one line where nothing is in the way.
QUESTIONS = 7
_CONFLICT = "stock.inventory.conflict"


class OdooWriter:
    """Sets what lies of one product at one location."""

    delivery_class: DeliveryClass = "C"
    key_lifetime: timedelta | None = None
    caches_errors = False
    operations: frozenset[Operation] = frozenset({"set"})
    max_lines = 1

    def __init__(self, options: OdooOptions, house: House) -> None:
        self._options, self._desk = options, OdooDesk(options, house)
        rate = options.rate_limit.per_second
        self.rate = rate and rate / QUESTIONS

    def encode(self, lines: Sequence[Line], key: str) -> bytes:
        """Return what is wanted, in our words: Odoo's ids are looked up when it is sent."""
        [line] = lines
        wish = {
            "item": line.item_id,
            "place": line.location_id,
            "fact": line.fact,
            "operation": line.operation,
            "quantity": line.quantity,
            "before": line.before,
            "key": key,
        }
        return json.dumps(wish, sort_keys=True).encode()

    def send(self, lines: Sequence[Line], key: str, body: bytes) -> Answer:
        """Note, look, apply, look again."""
        wish = json.loads(body)
        if said := self._find_objection(wish):
            return answer_all(lines, "refused", said)
        try:
            with self._desk.open() as counter:
                return _send(counter, wish, lines)
        except ConfigError as error:
            return answer_all(lines, "unapplied", shorten(str(error)), is_down=True)

    def read(self, lines: Sequence[Line]) -> Mapping[str, int | None]:
        """Return the number each line is about; None: no such product or place, or no whole one.

        Raises:
            SourceError: Odoo could not be read.
        """
        try:
            with self._desk.open() as counter:
                return {line.receipt_id: self._read_one(counter, line) for line in lines}
        except ConfigError as error:
            raise SourceRefusedError(str(error)) from None

    def _read_one(self, counter: Counter, line: Line) -> int | None:
        amount = self._options.facts.get(line.fact)
        products = counter.find_products(line.item_id)
        places = counter.find_places(line.location_id)
        if amount is None or len(products) != 1 or len(places) != 1:
            return None
        quants = counter.find_quants(products[0], places[0])
        total = sum((quant.amounts[amount] for quant in quants), Decimal(0))
        return int(total) if total == total.to_integral_value() else None

    def _find_objection(self, wish: Mapping[str, Any]) -> str:
        """Return why this can never be done, if it cannot."""
        name = self._options.facts.get(wish["fact"], wish["fact"])
        if wish["operation"] != "set" or name != ON_HAND:
            return f"only the fact read from {ON_HAND} is set, not {wish['operation']} {name}"
        if wish["quantity"] < 0:
            return "a counted quantity is never below zero"
        return ""


def _send(counter: Counter, wish: Mapping[str, Any], lines: Sequence[Line]) -> Answer:
    attempt = _Attempt(counter, wish)
    try:
        word = attempt.adjust()
    except DeniedError as error:
        attempt.take_back()
        said = shorten(counter.redact(str(error)))
        if error.is_about_line:
            return answer_all(lines, "refused", said)
        return answer_all(lines, "unapplied", said, wait=error.wait, is_down=error.wait is None)
    except (SourceError, ConfigError) as error:
        # Before it is applied nothing can have changed, whoever does not answer.
        attempt.take_back()
        outcome: Outcome = "ambiguous" if attempt.is_applying else "unapplied"
        is_down = not isinstance(error, SourceContractError)
        return answer_all(lines, outcome, shorten(counter.redact(str(error))), is_down=is_down)
    return answer_all(lines, word.outcome, shorten(counter.redact(word.evidence)))


class _Attempt:
    """One adjustment on its way.

    Attributes:
        is_applying: it was handed over to be booked; from here on nobody knows but Odoo.
    """

    def __init__(self, counter: Counter, wish: Mapping[str, Any]) -> None:
        self._counter, self._wish = counter, wish
        self._noted: int | None = None
        self.is_applying = False

    def adjust(self) -> LineAnswer:
        """Return what became of it.

        Raises:
            DeniedError, SourceError: as the desk.
        """
        wish, counter = self._wish, self._counter
        products = counter.find_products(wish["item"])
        if len(products) != 1:
            return LineAnswer("refused", f"{len(products)} products are called {wish['item']!r}")
        places = counter.find_places(wish["place"])
        if len(places) != 1:
            return LineAnswer("refused", f"{len(places)} locations are called {wish['place']!r}")
        quants = counter.find_quants(products[0], places[0])
        if word := _find_word(quants, wish):
            return word
        quant = quants[0] if quants else None
        return self._note_and_apply(quant, products[0], places[0])

    def take_back(self) -> None:
        """Take a noted count back; one that stays changes nothing until a person applies it."""
        number, self._noted = self._noted, None
        if number is not None and not self.is_applying:
            try:
                self._counter.forget_count(number)
            except (DeniedError, SourceError):
                return

    def _note_and_apply(self, quant: Quant | None, product: int, place: int) -> LineAnswer:
        counter, wish = self._counter, self._wish
        lay = quant.quantity if quant else Decimal(0)
        # A count that was noted and never answered for is of this quant, if there is one.
        self._noted = quant.id if quant else None
        self._noted = counter.count(quant, product, place, wish["quantity"])
        seen = counter.find_quant(self._noted)
        if seen is None or seen.quantity != lay or seen.counted != wish["quantity"]:
            self.take_back()
            there = "nothing" if seen is None else f"{seen.quantity.normalize():f}"
            return LineAnswer("stale", f"{there} is there, not {lay.normalize():f}")
        self.is_applying = True
        try:
            said = counter.apply(self._noted)
        except DeniedError:
            self.is_applying = False
            raise
        if said is not None and said is not True:
            return self._explain_wizard(said)
        return self._look_again(product, place)

    def _explain_wizard(self, said: Any) -> LineAnswer:
        """Return what it means that Odoo wants a person to decide: it has booked nothing."""
        self.is_applying = False
        self.take_back()
        asks = said.get("res_model") if type(said) is dict else None
        if asks == _CONFLICT:
            return LineAnswer("stale", "Odoo found that the quantity moved since it was counted")
        if type(said) is not dict:
            return LineAnswer("ambiguous", "Odoo returned something that is neither yes nor no")
        return LineAnswer("refused", f"Odoo wants a person to decide: {str(asks)[:60]}")

    def _look_again(self, product: int, place: int) -> LineAnswer:
        quants = self._counter.find_quants(product, place)
        there = sum((quant.quantity for quant in quants), Decimal(0))
        shown = f"{there.normalize():f} are there now"
        if there != self._wish["quantity"]:
            return LineAnswer("ambiguous", f"Odoo said yes, and {shown}")
        return LineAnswer("confirmed", f"applied, {shown}")


def _find_word(quants: Sequence[Quant], wish: Mapping[str, Any]) -> LineAnswer | None:
    """Return what there is to say before anything is changed."""
    if any(quant.has_parts for quant in quants):
        return LineAnswer("refused", "it is kept by lot or package: one number sets none of them")
    if len(quants) > 1:
        # Odoo merges such quants by itself.
        return LineAnswer("unapplied", f"{len(quants)} quants hold this number just now")
    lay = quants[0].quantity if quants else Decimal(0)
    if lay == wish["quantity"]:
        return LineAnswer("confirmed", f"{lay.normalize():f} are there already")
    if wish["before"] is not None and lay != wish["before"]:
        return LineAnswer("stale", f"{lay.normalize():f} is there, not {wish['before']}")
    counted = quants[0].counted if quants else None
    if counted is not None and counted != wish["quantity"]:
        said = f"somebody counted {counted.normalize():f} in Odoo: apply that there, or clear it"
        return LineAnswer("unapplied", said)
    return None

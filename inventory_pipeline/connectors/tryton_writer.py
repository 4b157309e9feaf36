"""The writing side of Tryton: one absolute number is one stock count of one line, confirmed.

A count fixes its difference when it is created (counted minus expected) and books that
difference when it is confirmed. So two counts created at 400, to 410 and to 420, leave 430.
Therefore:

* the draft is looked at anew right before it is confirmed: what Tryton then expects must be
  the number we were told, else the draft is taken back and the answer is ``stale``;
* a draft of ours is a lock: who sees another one for the same product and location, younger
  than ``LEFT_BEHIND`` in Tryton's own time, does not confirm. The lower id goes first, the
  higher one withdraws and begins again. Two of us can never both confirm: the one whose draft
  was stored later looks for drafts after both are stored, so it finds the other one open, or
  done; and done, it shows in what Tryton expects;
* between that look and the confirmation (one request) others can still move stock. An order
  there is added to, never overwritten; a person's count there adds up, and is seen in what is
  read back.

Class B: the count carries our key in its ``number``, which can be searched, and a confirmed
count can never be deleted. A draft has no effect. So after an ambiguous outcome the same key
finds what became of it: done is confirmed; a draft is deleted, after which it can have no
effect any more, and everything begins again.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from inventory_pipeline.connectors.tryton_api import Count, TrytonApi, TrytonError
from inventory_pipeline.errors import SourceContractError, SourceError, SourceUnavailableError
from inventory_pipeline.model.delivery import (
    Answer,
    DeliveryClass,
    Line,
    LineAnswer,
    Operation,
    Outcome,
    answer_all,
)

# What our counts are called in Tryton, before the key.
PREFIX = "inventory-pipeline/"
# No attempt takes this long: an older draft belongs to nobody who is still at it.
LEFT_BEHIND = timedelta(minutes=10)
# A confirmed count is kept for ever; ten years stand for that.
LIFETIME = timedelta(days=3650)
ROUNDS, PAUSE_SECONDS = 20, 0.25
# Asked for one line where nothing is in the way.
QUESTIONS = 7


class TrytonWriter:
    """Sets ``on_hand`` of one product at one location."""

    delivery_class: DeliveryClass = "B"
    key_lifetime: timedelta | None = LIFETIME
    caches_errors = False
    operations: frozenset[Operation] = frozenset({"set"})
    max_lines = 1

    def __init__(
        self, api: TrytonApi, locations: Mapping[str, int], *, rate: float | None = None
    ) -> None:
        self._api, self._locations = api, locations
        self.rate = rate and rate / QUESTIONS

    def encode(self, lines: Sequence[Line], key: str) -> bytes:
        """Return the count in Tryton's words, but the product by its code."""
        [line] = lines
        wish = {
            "number": f"{PREFIX}{key}",
            "location": self._locations.get(line.location_id),
            "product": line.item_id,
            "fact": line.fact,
            "operation": line.operation,
            "quantity": line.quantity,
            "before": line.before,
        }
        return json.dumps(wish, sort_keys=True).encode()

    def send(self, lines: Sequence[Line], key: str, body: bytes) -> Answer:
        """Settle what this key did before, then count and confirm."""
        [line] = lines
        attempt = _Attempt(self._api, json.loads(body))
        try:
            word = attempt.find_hindrance() or attempt.settle() or attempt.count()
        except (SourceError, TrytonError) as error:
            attempt.withdraw()
            # Before the key's past is known, nobody knows; from there to confirming, a draft
            # is all there can be.
            outcome: Outcome = "unapplied" if attempt.has_settled else "ambiguous"
            said = _shorten(str(error))
            if isinstance(error, TrytonError):
                return answer_all(lines, outcome, said, wait=error.wait, is_down=error.is_down)
            is_down = isinstance(error, SourceUnavailableError)
            return answer_all(lines, outcome, said, is_down=is_down)
        word = LineAnswer(word.outcome, _shorten(word.evidence))
        return Answer({line.receipt_id: word}, is_down=attempt.is_down)

    def read(self, lines: Sequence[Line]) -> Mapping[str, int | None]:
        """Return what each location shows of each product; one question a location."""
        found: dict[str, int | None] = {}
        for place in sorted({line.location_id for line in lines}):
            here = [line for line in lines if line.location_id == place]
            units = self._read_place(place, [line.item_id for line in here])
            found |= {line.receipt_id: units.get(line.item_id) for line in here}
        return found

    def _read_place(self, place: str, codes: Sequence[str]) -> Mapping[str, int]:
        if place not in self._locations:
            return {}
        try:
            return self._api.find_quantities(sorted(set(codes)), self._locations[place])
        except TrytonError as error:
            raise SourceContractError(f"the stock cannot be read: {error}") from None


class _Attempt:
    """One key's way through Tryton.

    Attributes:
        has_settled: nothing of this key can have an effect any more, but for this attempt.
    """

    def __init__(self, api: TrytonApi, wish: Mapping[str, Any]) -> None:
        self._api, self._wish = api, wish
        self._draft: Count | None = None
        self._product = 0
        self.has_settled = self.is_down = False

    def find_hindrance(self) -> LineAnswer | None:
        """Return why this can never be done, if it cannot."""
        wish = self._wish
        if (wish["operation"], wish["fact"]) != ("set", "on_hand"):
            said = f"only on_hand can be set, not {wish['operation']} {wish['fact']}"
            return LineAnswer("refused", said)
        if wish["location"] is None:
            return LineAnswer("refused", "the place is none of the configured locations")
        if wish["quantity"] < 0:
            return LineAnswer("refused", "a count is never below zero")
        return None

    def settle(self) -> LineAnswer | None:
        """Return what an earlier attempt came to; its drafts are gone when this returns none."""
        for count in self._api.find_counts([["number", "=", self._wish["number"]]]):
            if count.state == "done":
                return LineAnswer("confirmed", f"count {count.id} was done under this key before")
            if count.state == "cancelled":
                return LineAnswer("refused", f"count {count.id} was cancelled by somebody")
            self._api.delete_count(count.id)
        self.has_settled = True
        return None

    def count(self) -> LineAnswer:
        """Create a draft, wait until it stands alone, confirm it."""
        products = self._api.find_products(self._wish["product"])
        if len(products) != 1:
            code = self._wish["product"]
            return LineAnswer("refused", f"{len(products)} products have the code {code!r}")
        self._product = products[0]
        for _ in range(ROUNDS):
            try:
                draft = self._draft = self._draft or self._create()
            except TrytonError as error:
                if not error.has_changed_nothing or error.is_about_us:
                    raise
                return LineAnswer("refused", str(error))
            rivals = self._find_rivals(draft)
            if not rivals:
                return self._confirm(draft)
            if min(rivals) < draft.id:
                self.withdraw()
            self._api.world.sleep(PAUSE_SECONDS)
        self.withdraw()
        return LineAnswer("unapplied", f"another count of this number is open: {rivals}")

    def withdraw(self) -> None:
        """Take the draft back; one that stays has no effect, and the next attempt finds it."""
        draft, self._draft = self._draft, None
        if draft is not None:
            try:
                self._api.delete_count(draft.id)
            except (SourceError, TrytonError):
                return

    def _create(self) -> Count:
        wish = self._wish
        line = {"product": self._product, "quantity": wish["quantity"]}
        return self._api.create_count(
            {
                "number": wish["number"],
                "location": wish["location"],
                "company": self._api.company,
                "empty_quantity": "keep",
                "lines": [["create", [line]]],
            }
        )

    def _find_rivals(self, draft: Count) -> list[int]:
        found = self._api.find_counts(
            [
                ["state", "=", "draft"],
                ["number", "like", f"{PREFIX}%"],
                ["location", "=", self._wish["location"]],
                ["lines.product", "=", self._product],
                ["id", "!=", draft.id],
            ]
        )
        return [c.id for c in found if draft.created_at - c.created_at < LEFT_BEHIND]

    def _confirm(self, draft: Count) -> LineAnswer:
        before = self._wish["before"]
        expected = self._api.refresh_count(draft.id).expected
        if len(expected) != 1:
            raise SourceContractError(f"count {draft.id} has {len(expected)} lines, wanted one")
        if before is not None and expected[0] != before:
            self.withdraw()
            return LineAnswer("stale", f"{expected[0].normalize():f} is there, not {before}")
        try:
            state = self._api.confirm_count(draft.id).state
        except TrytonError as error:
            return self._explain(draft, error)
        except SourceError as error:
            self.is_down = isinstance(error, SourceUnavailableError)
            return LineAnswer("ambiguous", f"confirming count {draft.id}: {error}")
        if state != "done":
            return LineAnswer("ambiguous", f"count {draft.id} was confirmed and is {state[:20]!r}")
        return LineAnswer("confirmed", f"count {draft.id} is done, {self._read_back()}")

    def _explain(self, draft: Count, error: TrytonError) -> LineAnswer:
        """Return what a confirmation that Tryton answered with an error means."""
        said = f"confirming count {draft.id}: {error}"
        if not error.has_changed_nothing:
            return LineAnswer("ambiguous", said)
        try:
            # Somebody else may have confirmed or cancelled it: then this is about its state.
            word = self.settle()
        except (SourceError, TrytonError):
            return LineAnswer("ambiguous", said)
        return word or LineAnswer("unapplied" if error.is_about_us else "refused", said)

    def _read_back(self) -> str:
        try:
            found = self._api.find_quantities([self._wish["product"]], self._wish["location"])
        except (SourceError, TrytonError):
            return "what is there now could not be read"
        return f"{found.get(self._wish['product'])} are there now"


def _shorten(text: str) -> str:
    """Return text of Tryton's fit to be kept: short, on one line."""
    return "".join(char if char.isprintable() else " " for char in text)[:200]

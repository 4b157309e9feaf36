"""Delivery: the words in which a change travels to another system, and what comes back.

Exactly-once is a property of the receiver, so a writer declares what its receiver offers
(`delivery_class`); the outbox obeys. Quantities here are in the receiver's own unit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, Protocol, runtime_checkable

# A: key and compare-and-set. B: key or unique external id. C: absolute set. D: nothing.
DeliveryClass = Literal["A", "B", "C", "D"]
Operation = Literal["set", "add"]
# confirmed: the receiver says it is done, or was done before under this key.
# stale: the number was not what we said it was; nothing was changed.
# refused: this line can never be taken (item gone, number not allowed); nothing was changed.
# unapplied: nothing was changed and nothing is wrong with this line: send it again.
# waiting: it was handed over and the receiver has not answered yet (a dropped file).
# ambiguous: nobody knows whether it was applied (timeout, reset, 5xx, half an answer).
# spent: the receiver remembers a failure under this key; whether it was applied is not known.
Outcome = Literal[
    "confirmed", "stale", "refused", "unapplied", "waiting", "ambiguous", "spent"
]  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One number of one item that another system shall change, in that system's words.

    Attributes:
        receipt_id: ours, unique for ever.
        item_id: what the receiver calls the item.
        location_id: what the receiver calls the place.
        fact: which number of the item: on_hand, available.
        operation: set the number to ``quantity``, or add it (signed).
        quantity: in the receiver's unit.
        before: the number we expect to find there, where known; compare-and-set uses it.
        reference: a URI that names the receipt, for the receiver's own history.
        reason: why, in one word of ours: correction, restock, sale, return, count, transfer.
    """

    receipt_id: str
    item_id: str
    location_id: str
    fact: str
    operation: Operation
    quantity: int
    before: int | None
    reference: str
    reason: str


@dataclass(frozen=True)
class LineAnswer:
    """What became of one line, and in which words the receiver said so."""

    outcome: Outcome
    evidence: str


@dataclass(frozen=True)
class Answer:
    """What became of one request.

    Attributes:
        lines: receipt_id → answer; a line that is not named here is ambiguous.
        wait: the receiver asks us to come back no sooner (429, throttled).
        is_down: the receiver was not reached at all or not in time: leave it for this pass.
    """

    lines: Mapping[str, LineAnswer] = field(default_factory=dict)
    wait: timedelta | None = None
    is_down: bool = False


def answer_all(
    lines: Sequence[Line],
    outcome: Outcome,
    evidence: str,
    *,
    wait: timedelta | None = None,
    is_down: bool = False,
) -> Answer:
    """Return one answer for every line of a request."""
    word = LineAnswer(outcome, evidence)
    return Answer({line.receipt_id: word for line in lines}, wait, is_down)


@runtime_checkable
class Writer(Protocol):
    """The writing side of one system; a connector without one is read only.

    ``encode`` and ``send`` are apart so that the exact bytes are stored before the first
    attempt, and sent again unchanged, whatever version of us sends them.
    """

    @property
    def delivery_class(self) -> DeliveryClass:
        """Return what the receiver offers against doubled effects."""

    @property
    def key_lifetime(self) -> timedelta | None:
        """Return how long the receiver remembers a key; None where it knows none (C, D)."""

    @property
    def caches_errors(self) -> bool:
        """Return whether a failure is answered again for the same key."""

    @property
    def operations(self) -> frozenset[Operation]:
        """Return what the receiver can do: set, add."""

    @property
    def max_lines(self) -> int:
        """Return how many lines one request may carry."""

    @property
    def rate(self) -> float | None:
        """Return how many requests a second the receiver allows; None: as fast as it answers."""

    def encode(self, lines: Sequence[Line], key: str) -> bytes:
        """Return the exact bytes of one request. Pure: same lines and key, same bytes.

        Args:
            lines: at most ``max_lines``, all of one operation and fact, no item twice.
            key: unique to this request; the receiver's idempotency key, where it knows one.
        """

    def send(self, lines: Sequence[Line], key: str, body: bytes) -> Answer:
        """Hand over one request that ``encode`` made; never raises for what a receiver does.

        Called again with the same key and bytes after an ambiguous outcome (A, B).
        """

    def read(self, lines: Sequence[Line]) -> Mapping[str, int | None]:
        """Return the number each line is about as the receiver shows it now.

        Returns:
            receipt_id → quantity in the receiver's unit; None where it shows none.

        Raises:
            SourceError: the receiver could not be read; then nothing is known.
        """


@runtime_checkable
class PreparingWriter(Protocol):
    """A writer that must look something up before it can write bytes down."""

    def prepare(self, lines: Sequence[Line]) -> None:
        """Look up what ``encode`` needs of these lines; asks the receiver, changes nothing.

        Raises:
            SourceError: the receiver could not be asked; nothing is sent.
        """

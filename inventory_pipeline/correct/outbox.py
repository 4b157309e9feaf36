"""The outbox as a pure machine: what becomes of a receipt, given what its receiver said.

    created -> leased -> sent -> confirmed | uncertain | superseded | dead | held

Nothing is crossed off without evidence, nothing ambiguous is sent again where its effect
could be counted twice, and whatever nobody can know goes to a person.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from inventory_pipeline.model.delivery import DeliveryClass, Operation, Outcome

State = Literal[
    "created", "leased", "sent", "confirmed", "uncertain", "superseded", "dead", "held"
]  # fmt: skip
OVER = ("confirmed", "superseded", "dead")
# The next pass of the minute worker is the retry.
PASS = timedelta(minutes=1)
# What was asked may still be on its way: nobody looks for its effect before that.
SETTLING = timedelta(minutes=2)
# A receiver that answers the same failure for ever is asked what it holds instead.
MAX_SENDINGS = 5
MAX_GENERATIONS = 5
LONGEST_PAUSE = timedelta(hours=1)
# Of the lifetime of a key: by then nobody's clock can have let it end.
TRUSTED_SHARE = 0.9


@dataclass(frozen=True)
class Contract:
    """What the receiver of a receipt offers; see ``Writer``."""

    delivery_class: DeliveryClass
    key_lifetime: timedelta | None = None


@dataclass(frozen=True)
class Sending:
    """How often and when one request went out."""

    sendings: int
    first_sent_at: datetime
    last_sent_at: datetime
    is_spent: bool = False


@dataclass(frozen=True)
class Step:
    """What becomes of a receipt.

    Attributes:
        state: its next state.
        due_after: how long it then rests.
        waits_for: person, where nobody else can go on.
        is_new_generation: it gets another key: the old request had no effect, for certain.
        evidence: what this rests on.
    """

    state: State
    evidence: str
    due_after: timedelta = timedelta()
    waits_for: str = ""
    is_new_generation: bool = False


def judge_answer(
    outcome: Outcome,
    evidence: str,
    *,
    wait: timedelta | None = None,
    is_alone: bool = True,
    was: State = "leased",
    operation: Operation = "set",
) -> Step:
    """Return what becomes of a receipt that was sent and answered for.

    Args:
        wait: how long the receiver asks us to stay away.
        is_alone: it was the only line of its request; else the others held it back, and it
            may leave again at once.
        was: its state before this sending. Where an earlier one may have had an effect, that
            this one had none says nothing.
        operation: what it does; an addition that left as a number is worked out anew where
            that number moved, for units that were told are never given up.
    """
    rest = min(wait or timedelta(), LONGEST_PAUSE)
    if outcome == "stale" and operation == "add":
        outcome = "unapplied"
    if outcome == "confirmed":
        return Step("confirmed", evidence)
    if outcome == "stale":
        return Step("superseded", evidence)
    if outcome == "refused":
        return Step("dead", evidence, waits_for="person")
    if outcome == "unapplied" and was in ("sent", "uncertain"):
        return Step(was, evidence, max(rest, PASS))
    if outcome == "unapplied":
        rest = max(rest, PASS) if is_alone else rest
        return Step("created", evidence, rest, is_new_generation=True)
    if outcome == "waiting":
        return Step("sent", evidence, max(rest, PASS))
    return Step("uncertain", evidence, max(rest, PASS))


Plan = Literal["send_again", "read", "rest", "person"]


def plan_uncertain(contract: Contract, sending: Sending, *, now: datetime) -> Plan:
    """Return what may be done about a request of which nobody knows whether it was applied.

    A key protects for as long as its receiver remembers it, less a tenth: it counts by another
    clock, and ours may step back. After that, and where there is no key, only looking helps (A2).
    """
    life = contract.key_lifetime
    is_protected = (
        contract.delivery_class in ("A", "B")
        and life is not None
        and sending.first_sent_at <= now < sending.first_sent_at + life * TRUSTED_SHARE
        and not sending.is_spent
    )
    if is_protected and sending.sendings < MAX_SENDINGS:
        return "send_again"
    return "read" if now >= sending.last_sent_at + SETTLING else "rest"


def judge_reading(
    contract: Contract,
    operation: Operation,
    *,
    quantity: int,
    before: int | None,
    shown: int | None,
    generation: int,
) -> Step:
    """Return what becomes of an uncertain receipt, by what its receiver shows.

    Args:
        quantity: of the receipt, in the receiver's unit.
        before: the number it was to be changed from.
        shown: the number that is there now.
    """
    if shown is None:
        return Step("dead", "the receiver shows no such item any more", waits_for="person")
    target = _find_target(operation, quantity, before)
    if shown == target:
        return Step("confirmed", f"read back: it shows {shown}, the target")
    if shown == before:
        return _judge_not_landed(contract, shown, generation)
    if operation == "set" and contract.delivery_class != "D":
        # Whatever it was, the next check sees what is left of the gap.
        return Step("superseded", f"read back: it shows {shown}, neither {before} nor {target}")
    text = f"it shows {shown}: whether {quantity:+d} is in it, nobody can tell"
    return Step("uncertain", text, waits_for="person")


def _judge_not_landed(contract: Contract, shown: int, generation: int) -> Step:
    text = f"read back: it still shows {shown}, so it had no effect"
    if contract.delivery_class == "D":
        # A sale of as many units would look the same: sending again might count it twice.
        return Step("uncertain", f"{text}, or as much left at once", waits_for="person")
    if generation >= MAX_GENERATIONS:
        return Step("dead", f"{text}, {generation} times over", waits_for="person")
    return Step("created", text, PASS, is_new_generation=True)


def _find_target(operation: Operation, quantity: int, before: int | None) -> int | None:
    if operation == "set":
        return quantity
    return None if before is None else before + quantity


def judge_effect(
    operation: Operation, *, quantity: int, before: int | None, shown: int | None
) -> str:
    """Return what is wrong with what a receiver shows after it confirmed, or nothing.

    A receiver may take a change and not make it: it ignores it, clamps it at zero, caps it.
    An order that lands in between also moves the number; then it shows something else than
    both, and the next check tells.
    """
    target = _find_target(operation, quantity, before)
    if shown is None or target is None or shown == target:
        return ""
    if shown == before:
        return f"it confirmed and still shows {shown}: nothing was changed"
    return f"it confirmed {target} and shows {shown}"

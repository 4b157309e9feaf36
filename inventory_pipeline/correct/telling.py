"""Telling: movements of the owner become changes that mirrors hear of by receipts (OUT-01).

Only for the kinds of movement that a system `receives` from this pipeline, because nothing else
tells it of them: two tellers of one movement would count it twice.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from inventory_pipeline.config.models import Settings
from inventory_pipeline.correct import queue
from inventory_pipeline.correct.addresses import AddressBook
from inventory_pipeline.correct.receipts import Change, ChangeKind, Effect
from inventory_pipeline.store.journal import Journal

Row = dict[str, Any]
KINDS: Mapping[str, ChangeKind] = {
    "shipment": "sale",
    "pos_sale": "sale",
    "receipt": "restock",
    "return_received": "return",
    "transfer_out": "transfer",
    "transfer_in": "transfer",
    "adjustment": "manual",
    "damage": "manual",
    "write_off": "manual",
}


def tell(
    journal: Journal,
    movements: Iterable[Row],
    receives: Mapping[str, Mapping[str, frozenset[str]]],
    book: AddressBook,
    *,
    now: datetime,
) -> int:
    """Write one change per movement and one receipt per system that receives its kind.

    Args:
        movements: the owner's, with effect_units: what each does to on_hand, signed eaches.
        receives: kind → system → facts that it moves there.

    Returns:
        How many receipts are new; a movement that was told before adds none.
    """
    told = 0
    for movement in movements:
        effects = list(_find_effects(movement, receives.get(movement["kind"], {}), book, now))
        if effects:
            told += len(queue.add_change(journal, _describe(movement, effects), effects, now=now))
    return told


def find_receives(settings: Settings) -> dict[str, dict[str, frozenset[str]]]:
    """Return kind → system → the facts that a movement of that kind moves there."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for name, system in settings.systems.items():
        for kind in system.receives:
            found.setdefault(kind, {})[name] = frozenset(system.writes)
    return found


def _describe(movement: Row, effects: list[Effect]) -> Change:
    return Change(
        KINDS[movement["kind"]], effects[0].fact, movement["sku"], movement["location_id"],
        movement["effect_units"], movement["moved_at"], movement["movement_id"],
        movement["moved_at"],
    )  # fmt: skip


def _find_effects(
    movement: Row, systems: Mapping[str, frozenset[str]], book: AddressBook, now: datetime
) -> Iterable[Effect]:
    units = movement["effect_units"]
    for system, facts in sorted(systems.items()):
        address, _ = book.find(system, movement["sku"], movement["location_id"], now)
        if address is None or not units or address.convert(units)[1]:
            continue  # the hourly check finds what is not told
        for fact in sorted(facts):
            yield Effect(
                system, fact, "add", units, None, address, KINDS[movement["kind"]],
                cause_id=movement["movement_id"],
            )  # fmt: skip

"""Changing: a change of stock that a person or a program tells of at once, not at the next hour.

A box that is judged good at 10:00 is in the queue at 10:00, and with every mirror by 10:01.
"""

from dataclasses import dataclass
from datetime import datetime

from inventory_pipeline.correct import queue
from inventory_pipeline.correct.receipts import Change, ChangeKind, Effect, make_id
from inventory_pipeline.correct.step import build_book, find_receives
from inventory_pipeline.correct.telling import KINDS
from inventory_pipeline.errors import UsageError
from inventory_pipeline.model.quantities import ON_HAND
from inventory_pipeline.wiring.house import House

# What a positive number of units does to the stock.
SIGNS: dict[str, int] = {"sale": -1, "restock": 1, "return": 1, "transfer": 1, "manual": 1}
SIGNED = ("transfer", "manual")


@dataclass(frozen=True)
class Told:
    """What somebody tells of.

    Attributes:
        units: eaches; signed only where the kind has no sign of its own.
        reference: what it is about; the same reference told twice is one change.
        systems: who shall hear of it; none: those that receive this kind from us.
    """

    kind: ChangeKind
    sku: str
    location_id: str
    units: int
    by: str
    reference: str
    systems: tuple[str, ...] = ()


def change(house: House, told: Told) -> list[str]:
    """Write a change and its receipts; return the receipts that are new.

    Raises:
        UsageError: the words make no change, or nobody would hear of it.
    """
    check(house, told)
    now = house.clock.now()
    units = SIGNS[told.kind] * told.units
    source = told.reference or make_id("by", told.by, now.isoformat())
    made = Change(told.kind, ON_HAND, told.sku, told.location_id, units, now, source, now)
    effects = build_effects(house, told, units, now)
    with house.journal() as journal:
        return [row["receipt_id"] for row in queue.add_change(journal, made, effects, now=now)]


def check(house: House, told: Told) -> None:
    """Refuse what is no change.

    Raises:
        UsageError: nothing, too much at once, or a system that cannot be told.
    """
    if not told.units or (told.units < 0 and told.kind not in SIGNED):
        raise UsageError(f"--units is {told.units}; a {told.kind} is a number above zero")
    most = house.settings.approvals.four_eyes_above
    if told.kind == "manual" and abs(told.units) > most:
        raise UsageError(
            f"{told.units} units are more than one person changes alone ({most}); count the bin, "
            "or let two people approve a proposal"
        )
    for name in told.systems:
        if name not in house.settings.systems or not house.settings.systems[name].writes:
            able = [n for n, s in house.settings.systems.items() if s.writes]
            raise UsageError(
                f"{name!r} cannot be written to; these can: {', '.join(able) or 'none'}"
            )


def build_effects(house: House, told: Told, units: int, now: datetime) -> list[Effect]:
    """Return what each system shall do.

    Raises:
        UsageError: nobody would hear of it, or a system does not know the item.
    """
    book, settings = build_book(house.settings, house.catalog), house.settings
    effects = []
    for name in told.systems or find_listeners(house, told.kind):
        address, trouble = book.find(name, told.sku, told.location_id, now)
        if address is None:
            raise UsageError(trouble)
        if address.convert(units)[1]:
            raise UsageError(f"{name} counts in units of {address.eaches}; {units} is none of it")
        effects += [
            Effect(name, fact, "add", units, None, address, told.kind)
            for fact in settings.systems[name].writes
        ]
    if not effects:
        raise UsageError(
            f"no system receives a {told.kind} from here: name it with --to SYSTEM, or list the "
            "kind under its receives:"
        )
    return effects


def find_listeners(house: House, kind: ChangeKind) -> tuple[str, ...]:
    """Return the systems that hear of a kind of change from us."""
    receives = find_receives(house.settings)
    kinds = [movement for movement, change_kind in KINDS.items() if change_kind == kind]
    return tuple(sorted({name for movement in kinds for name in receives.get(movement, {})}))

"""Changing: a change of stock that a person or a program tells of at once, not at the next hour.

A box that is judged good at 10:00 is in the queue at 10:00, and with every mirror by 10:01.
Pure: who shall hear of what; the journal is written by the queue.
"""

from dataclasses import dataclass
from datetime import datetime

from inventory_pipeline.config.models import Settings
from inventory_pipeline.correct.addresses import AddressBook
from inventory_pipeline.correct.receipts import Change, ChangeKind, Effect, make_id
from inventory_pipeline.correct.telling import KINDS, find_receives
from inventory_pipeline.errors import UsageError
from inventory_pipeline.model.quantities import ON_HAND

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

    @property
    def effect_units(self) -> int:
        return SIGNS[self.kind] * self.units

    def build_change(self, now: datetime) -> Change:
        """Return the change; the owner has it, or nobody would tell of it."""
        source = self.reference or make_id("by", self.by, now.isoformat())
        place = self.sku, self.location_id
        return Change(self.kind, ON_HAND, *place, self.effect_units, now, source, now)


def check(told: Told, settings: Settings) -> None:
    """Refuse what is no change.

    Raises:
        UsageError: nothing, too much at once, or a system that cannot be told.
    """
    if not told.units or (told.units < 0 and told.kind not in SIGNED):
        raise UsageError(f"--units is {told.units}; a {told.kind} is a number above zero")
    most = settings.approvals.four_eyes_above
    if told.kind == "manual" and abs(told.units) > most:
        raise UsageError(
            f"{told.units} units are more than one person changes alone ({most}); count the bin, "
            "or let two people approve a proposal"
        )
    able = [name for name, system in settings.systems.items() if system.writes]
    for name in told.systems:
        if name not in able:
            raise UsageError(
                f"{name!r} cannot be written to; these can: {', '.join(able) or 'none'}"
            )


def build_effects(told: Told, settings: Settings, book: AddressBook, now: datetime) -> list[Effect]:
    """Return what each system shall do.

    Raises:
        UsageError: nobody would hear of it, or a system does not know the item.
    """
    effects = []
    for name in told.systems or find_listeners(settings, told.kind):
        address, trouble = book.find(name, told.sku, told.location_id, now)
        if address is None:
            raise UsageError(trouble)
        if address.convert(told.effect_units)[1]:
            raise UsageError(
                f"{name} counts in units of {address.eaches}; {told.units} is none of it"
            )
        effects += [
            Effect(name, fact, "add", told.effect_units, None, address, told.kind)
            for fact in settings.systems[name].writes
        ]
    if not effects:
        raise UsageError(
            f"no system receives a {told.kind} from here: name it with --to SYSTEM, or list the "
            "kind under its receives:"
        )
    return effects


def find_listeners(settings: Settings, kind: ChangeKind) -> tuple[str, ...]:
    """Return the systems that hear of a kind of change from us."""
    receives = find_receives(settings)
    kinds = [movement for movement, change_kind in KINDS.items() if change_kind == kind]
    return tuple(sorted({name for movement in kinds for name in receives.get(movement, {})}))

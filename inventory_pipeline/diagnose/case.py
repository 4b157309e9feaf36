"""A case: one gap between a mirror and its owner, and everything that may explain it.

Units are signed eaches. ``delta`` is observed less expected, after what is in flight.
Tuples are in order of time; a feed that nobody gives is None, one that gave nothing is empty.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Point:
    """One hour of the series.

    Attributes:
        at: as-of instant of the mirror's number.
        owner_at: as-of instant of the owner's number.
        owner: the owner's number of the primary fact.
        expected: what the mirror should have shown, aligned to ``at``, less what is pending.
        observed: what it showed.
        pending: in flight and lag that the hour's comparison already explained.
        delta: what is left.
        committed: units promised at ``at``, None where no system counts them.
        held_back: units by which the rule went below zero and was held there.
        is_moving: something moved so shortly before that the mirror may not show it yet.
    """

    hour_at: datetime
    at: datetime
    owner_at: datetime
    owner: int
    expected: int
    observed: int
    pending: int
    delta: int
    committed: int | None = None
    held_back: int = 0
    is_moving: bool = False

    @property
    def is_settled(self) -> bool:
        return not self.pending and not self.is_moving


@dataclass(frozen=True, slots=True)
class Move:
    """One movement of the key, told once.

    Attributes:
        effect: what it should do to the mirror's number; 0 if nothing.
        owner_effect: what it did to the owner's on_hand.
        is_own: the system that owns what the movement changes told of it.
        other_sku: the item that was ordered, where the order names another one.
        role: of the system that told.
    """

    movement_id: str
    system: str
    kind: str
    units: int
    effect: int
    owner_effect: int
    at: datetime
    told_at: datetime
    is_own: bool
    reference_id: str = ""
    cause_id: str = ""
    actor: str = ""
    disposition: str = ""
    destination_id: str = ""
    other_sku: str = ""
    role: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Return every id the movement goes by, its own first.

        What a customer sends back is a transaction of its own, whichever sale caused it.
        """
        is_return = self.kind == "return_initiated" and self.reference_id
        cause_id = "" if is_return else self.cause_id
        return tuple(n for n in (self.movement_id, cause_id, self.reference_id) if n)


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row of the mirror's own change log.

    Attributes:
        units: the new level for ``set``, signed for ``add``.
        other_sku: the item whose movement the reference names, where it is not this one's: of
            another item, or of this one at another place.
        other_kinds: what kinds of movement those are.
    """

    change_id: str
    operation: str
    units: int
    at: datetime
    reference_id: str = ""
    actor: str = ""
    source_at: datetime | None = None
    sequence: int | None = None
    other_sku: str = ""
    other_kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stray:
    """One movement of the key that the mirror's log tells of another key: an item, a place."""

    movement_id: str
    sku: str
    location_id: str


@dataclass(frozen=True, slots=True)
class Message:
    """One event of the middleware's history for the key."""

    event_id: str
    path: str
    operation: str
    units: int
    emitted_at: datetime
    processed_at: datetime | None
    attempt: int
    status: str
    reference_id: str = ""
    idempotency_key: str = ""
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One change of somebody's configuration."""

    at: datetime
    system: str
    kind: str
    subject: str
    before: str
    after: str
    actor: str


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another series of the hour that may tell of the same fault.

    Attributes:
        jump_at: when its gap last changed.
        is_explained: a movement of its own has just the size of that change.
        is_own_safety: its gap is as large as its own safety stock.
        named_skus: other items that rows of its own log name.
    """

    sku: str
    location_id: str
    mirror: str
    fact: str
    delta: int
    jump_at: datetime | None
    jump_units: int
    is_explained: bool = False
    is_own_safety: bool = False
    named_skus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """The documented rule of the mirror, as far as diagnosis needs it.

    Attributes:
        names: facts of its formula.
        moment: ``order`` or ``shipment``: when the mirror's number falls.
        safety: the item's safety stock, whether the rule takes it off or not.
        takes_safety: the rule takes it off.
        due_days: a refund whose box has not come by then is overdue.
        factor: eaches per unit the mirror counts in.
        is_batch: the mirror is told in batches, or looks by itself now and then.
        is_clamped: the rule never goes below zero.
    """

    names: tuple[str, ...]
    moment: str
    safety: int = 0
    takes_safety: bool = False
    due_days: int = 21
    factor: int = 1
    is_batch: bool = False
    is_clamped: bool = False
    role: str = "storefront"
    owner_role: str = "wms"


@dataclass(frozen=True)
class Case:
    """One gap.

    Attributes:
        told_units: the size of the finding where it is no gap between two series.
        points: hours in which both sides were known, oldest first; the last is the gap.
        log: the mirror's own change log of the key; None: the mirror keeps none.
        messages: the middleware's history of the key; None: there is none.
        changes: configuration changes; None: nobody reports them.
        delay: how long a movement may normally be on its way at the newest point.
        crowd: keys of the mirror that changed without a reference, by minute.
        like_orders: other gaps of the mirror that are as large as their own open orders.
        gaps_here: other gaps of the mirror.
        silent_at: hours since the window began in which the mirror's log, or the owner's
            movements, did not come whole.
        has_ids: the mirror's log names movements, over all its items.
        additions_heard: additions that the mirror's log tells of, over all its items.
        addition_heard_at: the newest of them.
        heard_until: newest row of the mirror's log, over all its items.
        strays: what the mirror wrote to another key; a transfer is meant for two.
        receipts: corrections of ours on their way: id, signed units.
        sent: corrections of ours that the mirror confirmed: id, signed units.
        peers: gaps of the same item elsewhere, and of other items at the same mirror whose
            gap changed in the same hour or has the same size.
    """

    finding_id: str
    kind: str
    finding_class: str
    subject: str
    sku: str
    location_id: str
    fact: str
    mirror: str
    owner: str
    rule: Rule
    points: tuple[Point, ...]
    told_units: int = 0
    delay: timedelta = timedelta()
    moves: tuple[Move, ...] | None = None
    log: tuple[LogRow, ...] | None = None
    messages: tuple[Message, ...] | None = None
    changes: tuple[Change, ...] | None = None
    peers: tuple[Sibling, ...] = ()
    crowd: dict[datetime, int] = field(default_factory=dict)
    like_orders: int = 0
    gaps_here: int = 0
    silent_at: tuple[datetime, ...] = ()
    has_ids: bool = False
    additions_heard: int = 0
    addition_heard_at: datetime | None = None
    heard_until: datetime | None = None
    strays: tuple[Stray, ...] = ()
    receipts: tuple[tuple[str, int], ...] = ()
    sent: tuple[tuple[str, int], ...] = ()
    qualifiers: tuple[str, ...] = ()

    @property
    def delta(self) -> int:
        """Return the gap of the newest hour."""
        return self.points[-1].delta if self.points and self.kind == "gap" else self.told_units

"""The storefront: takes orders, and sells what it believes is free."""

from datetime import datetime

from inventory_pipeline.model.movements import ORDER_MOMENT_SIGN
from inventory_pipeline.model.quantities import AVAILABLE, COMMITTED
from inventory_pipeline.simulator.deliveries import Delivery
from inventory_pipeline.simulator.systems.changes import ChangeLog, Step, compute_effect
from inventory_pipeline.simulator.words import Key, Movement, Reading


class Channel:
    """Shows what is free to sell.

    ``free`` is on hand - committed - safety stock as it heard of them, shown from 0 up. An
    order lowers it at checkout; a shipment leaves it alone, because the promise leaves
    together with the goods. ``free`` is a counter and believes every message.

    Attributes:
        clamped: keys whose counter stops at 0 and forgets what lies below.
    """

    def __init__(self, free: dict[Key, int], prefix: str, reference: str = "movement") -> None:
        self.free = dict(free)
        self.delisted: set[Key] = set()
        self.clamped: set[Key] = set()
        self.log = ChangeLog(prefix, reference)

    def find_available(self, key: Key) -> int:
        """Return the units a customer can put in the basket; 0 where it is not sold."""
        return 0 if key in self.delisted else max(0, self.free.get(key, 0))

    def hear(self, delivery: Delivery) -> str:
        """Take in an order or the word of a stockroom; return the id of the change, if any."""
        units = delivery.units
        if units is None:
            units = compute_effect(delivery.movement, ORDER_MOMENT_SIGN)
        return self.shift(
            delivery.booked_key,
            units,
            changed_at=delivery.heard_at,
            actor=delivery.actor,
            reference_id=delivery.find_reference(self.log.reference),
            source_at=delivery.movement.moved_at,
        )

    def shift(
        self,
        key: Key,
        units: int,
        *,
        changed_at: datetime,
        actor: str,
        reference_id: str = "",
        source_at: datetime | None = None,
    ) -> str:
        """Change the counter by signed units; return the id of the change, '' when none shows."""
        before = max(0, self.free[key])
        self.free[key] += units
        if key in self.clamped:
            self.free[key] = max(0, self.free[key])
        shown = max(0, self.free[key]) - before
        if not shown:
            return ""
        return self.log.write(
            (AVAILABLE, *key),
            Step("add", shown),
            after=before + shown,
            changed_at=changed_at,
            actor=actor,
            reference_id=reference_id,
            source_at=source_at,
        )

    def set_level(
        self,
        key: Key,
        units: int,
        *,
        changed_at: datetime,
        actor: str,
        source_at: datetime | None = None,
        reference_id: str = "",
    ) -> str:
        """Overwrite the number, as a person or an import does; return the id of the change.

        ``source_at`` is when the message was made, if it comes late.
        """
        self.free[key] = units
        return self.log.write(
            (AVAILABLE, *key),
            Step("set", max(0, units)),
            after=max(0, units),
            changed_at=changed_at,
            actor=actor,
            source_at=source_at,
            reference_id=reference_id,
        )

    def find_level(self, key: Key) -> int:
        """Return the counter, below zero as it may be."""
        return self.free[key]

    def force(self, key: Key, units: int) -> None:
        """Make the counter stand at so many units, and write nothing down."""
        self.free[key] = units

    def read(self) -> dict[Reading, int]:
        """Return what every listed product page shows, in eaches."""
        return {
            (AVAILABLE, *key): max(0, free)
            for key, free in self.free.items()
            if key not in self.delisted
        }


class Storefront(Channel):
    """A channel that also keeps the order book; the book takes each order once."""

    def __init__(self, free: dict[Key, int], reference: str = "movement") -> None:
        super().__init__(free, "LC", reference)
        self.committed = dict.fromkeys(free, 0)
        self._open_lines: dict[tuple[str, Key], int] = {}

    def hear(self, delivery: Delivery) -> str:
        """Enter it in the order book, then in the number."""
        self._keep_book(delivery.movement)
        return super().hear(delivery)

    def _keep_book(self, movement: Movement) -> None:
        line = movement.reference_id, movement.key
        if movement.kind == "order_placed" and line not in self._open_lines:
            self._open_lines[line] = movement.units
            self.committed[movement.key] += movement.units
        elif movement.kind in ("shipment", "order_cancelled"):
            kept = min(movement.units, self._open_lines.get(line, 0))
            if kept:
                self._open_lines[line] -= kept
                self.committed[movement.key] -= kept

    def read(self) -> dict[Reading, int]:
        """Return what every listed product page shows and what is promised, in eaches.

        A product that is no longer listed still stands in the order book; one that only
        an import knows does not.
        """
        readings: dict[Reading, int] = {}
        for key, free in self.free.items():
            if key not in self.delisted:
                readings[AVAILABLE, *key] = max(0, free)
            if key in self.committed:
                readings[COMMITTED, *key] = self.committed[key]
        return readings

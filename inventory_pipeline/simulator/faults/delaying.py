"""Faults of time: nothing is lost, and a number is early, late or read too soon."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.simulator.deliveries import Delivery
from inventory_pipeline.simulator.faults.dropping import DROPPED, Once
from inventory_pipeline.simulator.faults.planned import CHANNELS, Ground, Planned
from inventory_pipeline.simulator.middleware import Message, Run
from inventory_pipeline.simulator.paths import Batch, Event
from inventory_pipeline.simulator.words import CORRECTIONS, ERP, SHELF, STOREFRONT, Reading

SECOND = timedelta(seconds=1)


class InFlight(Once):
    """A word is under way, within its time, at the instant at which both sides are read."""

    cause = "in_flight"
    kinds = ("receipt", "damage")

    @classmethod
    def fits(cls, ground: Ground) -> bool:
        is_shelf = ground.layout.find_place(ground.location_id).keeper == SHELF
        return is_shelf and isinstance(ground.path.delay, Event)

    def arrange(self) -> None:
        stream, layout = self.stage.stream, self.stage.layout
        self.kind, self.is_done = stream.choice(self.kinds), False
        hour_at = self.find_work_moment(self.hour).replace(minute=0, second=0)
        self._read_at = hour_at + layout.read_at[self.mirror]
        self._longest = layout.find_feed_to(self.mirror, self.location_id).max_delay
        newest = hour_at + layout.read_at[SHELF] - SECOND
        oldest = self._read_at - self._longest + 10 * SECOND
        self.at = oldest + timedelta(seconds=stream.randint(0, (newest - oldest).seconds))
        self.trigger(self.kind, self.at)

    def strike(self, delivery: Delivery) -> Sequence[Delivery]:
        latest = delivery.movement.recorded_at + self._longest
        spare = int((latest - self._read_at).total_seconds()) - 1
        heard_at = self._read_at + timedelta(seconds=self.stage.stream.randint(1, max(1, spare)))
        self.tell_movement(delivery.movement)
        effect = self.compute_effect(delivery.movement)
        self.ended_at = max(heard_at, delivery.heard_at)
        self.shift(-effect, delivery.heard_at)
        self.shift(effect, self.ended_at)
        return (self.watch(delivery, "heard", heard_at=self.ended_at),)

    def decoy(self) -> None:
        """A look-alike of what is under way would be under way too."""


class BatchWindow(Planned):
    """One item's stock is sent every four hours, not at once."""

    cause = "batch_window"
    looks_like = "movement_dropped"
    mirrors = CHANNELS
    tail = 10
    is_lone = True
    window = Batch(4 * HOUR, 6 * 60 * SECOND)

    def arrange(self) -> None:
        self.at = self.find_work_moment(self.hour)
        # Words that come late and together are a batch; the first one may as well be lost.
        self._sent: list[datetime] = []
        stream = self.stage.stream
        for _ in range(stream.randint(3, 5)):
            moment = self.find_work_moment(self.hour + stream.uniform(0, 14))
            self.trigger(stream.choice(("receipt", "damage")), max(self.at, moment))
        cutoff = self.window.find_next_cutoff(self.at)
        while cutoff < self.stage.end:
            run = Run("stock_updates_scheduled", cutoff, cutoff + self.window.takes, 1)
            self.stage.shop.middleware.note_run(run)
            cutoff += self.window.every

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        movement = delivery.movement
        effect = self.compute_effect(movement)
        is_held = (
            self.is_heard_by_mirror(delivery)
            and not delivery.path.is_inner
            and delivery.path.name != "channel_orders"
            and movement.recorded_at >= self.at
        )
        if not is_held or not effect:
            return (delivery,)
        sent_at = self.window.find_heard_at(movement.recorded_at, self.stage.stream)
        self._sent.append(sent_at)
        self.known_from = sorted(self._sent)[1] if len(self._sent) > 1 else None
        self.tell_movement(movement)
        self.shift(-effect, delivery.heard_at)
        self.shift(effect, sent_at)
        return (self.watch(delivery, "sent with the batch", heard_at=sent_at),)


class ReceiptPending(Once):
    """A word was lost, our correction is on its way, and it takes some hours."""

    cause = "receipt_pending"
    mirrors = (STOREFRONT,)
    kinds = ("receipt", "damage")
    tail = 12

    def strike(self, delivery: Delivery) -> Sequence[Delivery]:
        effect = self.compute_effect(delivery.movement)
        self.tell_movement(delivery.movement)
        self.shift(-effect, delivery.heard_at)
        created_at = delivery.heard_at + timedelta(seconds=self.stage.stream.randint(60, 240))
        self.stage.plan(created_at, partial(self._create, effect))
        return DROPPED

    def _create(self, effect: int) -> None:
        self.receipt = build_correction(self, effect, status="pending")
        self.stage.shop.middleware.write(self.receipt)
        self.prove(self.stage.now, CORRECTIONS, "pending", self.receipt.event_id, effect)
        self.stage.plan(self.stage.now + self.draw_hours(3, 10), partial(self._confirm, effect))

    def _confirm(self, effect: int) -> None:
        now = self.stage.now
        done = replace(self.receipt, status="processed", processed_at=now, logged_at=now)
        self.stage.shop.middleware.write(done)
        self.system.shift(
            self.key, effect, changed_at=now, actor="inventory-pipeline",
            reference_id=self.receipt.reference_id, source_at=self.receipt.emitted_at,
        )  # fmt: skip
        self.shift(effect, now)
        self.ended_at = now


def build_correction(fault: Planned, units: int, *, status: str) -> Message:
    """Return the middleware's line of a correction of ours, made now."""
    middleware, now = fault.stage.shop.middleware, fault.stage.now
    event_id = middleware.open_event()
    receipt_id = f"rcpt-{event_id.removeprefix('EV-')}"
    return Message(
        event_id=event_id, path=CORRECTIONS, key=fault.key, operation="add", units=units,
        emitted_at=now, received_at=now, processed_at=None if status == "pending" else now,
        logged_at=now, attempt=1, idempotency_key=receipt_id, sequence=1, status=status,
        mapping="stock_v1", mapping_changed_at=fault.stage.start, reference_id=receipt_id,
    )  # fmt: skip


class OwnerLayerAheadPo(Planned):
    """The books count goods when the order is posted; the shelf counts them when they come."""

    cause = "owner_layer_ahead_po"
    mirrors = (ERP,)
    tail = 14

    def arrange(self) -> None:
        self.at = self.find_work_moment(self.hour)
        self._purchase_id = ""
        self.stage.plan(self.at, self._post)

    def _post(self) -> None:
        suppliers, now = self.stage.suppliers, self.stage.now
        self._purchase_id = suppliers.post(self.key, self.size)
        posted_id = self.stage.world.find_last_id()
        self.prove(now, ERP, "purchase_order_posted", posted_id, self.size)
        booked_at = now + timedelta(seconds=self.stage.stream.randint(20, 200))
        self.stage.plan(booked_at, partial(self._book, posted_id))
        arrives_at = self.find_work_moment((now - self.stage.start) / HOUR + 3.5)
        suppliers.expect(self.key, self.size, self._purchase_id, max(arrives_at, booked_at + HOUR))

    def _book(self, posted_id: str) -> None:
        now = self.stage.now
        change_id = self.system.shift(
            self.key, self.size, changed_at=now, actor="po_posting", reference_id=posted_id
        )
        self.prove(now, ERP, "counted before it came", change_id)
        self.shift(self.size, now)

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        movement = delivery.movement
        is_ours = self._purchase_id and movement.reference_id == self._purchase_id
        if not is_ours or not self.is_heard_by_mirror(delivery) or movement.kind != "receipt":
            return (delivery,)
        self.tell_movement(movement)
        self.shift(-movement.units, delivery.heard_at)
        self.ended_at = delivery.heard_at
        return (replace(delivery, units=0),)


class TransferInTransit(Planned):
    """Goods left one place; the mirror has them at the other before they arrive."""

    cause = "transfer_in_transit"
    mirrors = (ERP, STOREFRONT)
    shape = "places"
    tail = 14
    is_lone = True

    @property
    def _source(self) -> tuple[str, str]:
        return self.spot.keys[1]

    def arrange(self) -> None:
        self.at = self.find_work_moment(self.hour, self._source[1])
        self._transfer_id = ""
        self.stage.plan(self.at, self._leave)

    def _leave(self) -> None:
        units = min(self.size, self.stage.world.count(self._source))
        self._transfer_id = self.stage.shop.vans.find_next_transfer()
        wait = self.draw_hours(2, 8)
        self.stage.shop.vans.carry(self._source, self.location_id, units, wait)

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        movement = delivery.movement
        is_ours = self._transfer_id and movement.reference_id == self._transfer_id
        if not is_ours or not self.is_heard_by_mirror(delivery):
            return (delivery,)
        self.tell_movement(movement)
        if movement.kind == "transfer_out":
            self.shift(movement.units, delivery.heard_at)
            ahead = self.watch(
                delivery, "counted before it came", key=self.key, units=movement.units
            )
            return delivery, ahead
        self.shift(-movement.units, delivery.heard_at)
        self.ended_at = delivery.heard_at
        return (replace(delivery, units=0),)


class ObservationSkew(Planned):
    """An answer is some minutes older than it says: a cached page."""

    cause = "observation_skew"
    lead = 1
    tail = 8
    is_lone = True
    lasts = 9

    @classmethod
    def fits(cls, ground: Ground) -> bool:
        # The books of a batch stand still between its runs, so a cached page shows no less.
        return isinstance(ground.path.delay, Event)

    def arrange(self) -> None:
        stream = self.stage.stream
        self._ahead = timedelta(minutes=stream.randint(22, 45))
        self._cached: int | None = None
        moment = self.find_work_moment(self.hour)
        self._first = moment.replace(minute=0, second=0)
        minute = self.stage.layout.read_at[self.mirror]
        for number in range(self.lasts):
            hour_at = self._first + number * HOUR
            self.stage.plan(hour_at + minute - self._ahead, self._cache)
            if number in (0, 2, 5):
                at = hour_at + minute - self._ahead + timedelta(minutes=stream.randint(2, 14))
                self.trigger(stream.choice(("receipt", "damage")), at)

    def _cache(self) -> None:
        self._cached = self.system.read().get((self.fact, *self.key))

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        movement = delivery.movement
        if self.is_heard_by_mirror(delivery) and self.compute_effect(movement):
            minute = movement.recorded_at - movement.recorded_at.replace(minute=0, second=0)
            read_minute = self.stage.layout.read_at[self.mirror]
            is_between = read_minute - self._ahead < minute <= read_minute
            is_then = self._first <= movement.recorded_at < self._first + self.lasts * HOUR
            if is_between and is_then:
                self.tell_movement(movement)
        return (delivery,)

    def blur(self, readings: Mapping[Reading, int], read_at: datetime) -> Mapping[Reading, int]:
        """Return the answer with this fault's number as it stood some minutes before."""
        reading = (self.fact, *self.key)
        is_then = self._first <= read_at < self._first + self.lasts * HOUR
        if not is_then or self._cached is None or reading not in readings:
            return readings
        self.units = self._cached - readings[reading]
        if self.units:
            self.begin(read_at)
            self.ended_at = read_at + HOUR
        return {**readings, reading: self._cached}

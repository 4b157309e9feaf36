"""Faults of setting: somebody or something writes a number into the mirror."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from inventory_pipeline.simulator.deliveries import Delivery
from inventory_pipeline.simulator.faults.delaying import build_correction
from inventory_pipeline.simulator.faults.dropping import DROPPED, Once
from inventory_pipeline.simulator.faults.planned import CHANNELS, MINUTE, Ground, Planned
from inventory_pipeline.simulator.middleware import Message
from inventory_pipeline.simulator.paths import Batch
from inventory_pipeline.simulator.words import STOREFRONT

PEOPLE = ("admin", "store.manager", "support.desk")


class ManualEditMirror(Planned):
    """Somebody types a number; sometimes somebody takes it back."""

    cause = "manual_edit_mirror"

    def arrange(self) -> None:
        stream = self.stage.stream
        self._actor = stream.choice(PEOPLE)
        self._units = stream.choice((-1, 1)) * self.size
        at = self.find_work_moment(self.hour)
        self.stage.plan(at, self._edit)
        if stream.random() < 0.3:
            self.stage.plan(at + self.draw_hours(5, 14), self._mend)

    def _edit(self) -> None:
        self._type(self._units)
        self.tell_symptom(self.stage.now)

    def _mend(self) -> None:
        self._type(-self._units)
        self.ended_at = self.stage.now

    def _type(self, units: int) -> None:
        now = self.stage.now
        level = self.system.find_level(self.key)
        change_id = self.system.set_level(
            self.key, level + units, changed_at=now, actor=self._actor
        )
        self.prove(now, self.mirror, "edited by hand", change_id, units)
        self.shift(units, now)


class Unknown(Planned):
    """A number changes, and nothing anywhere says why."""

    cause = "unknown"
    is_answerable = False

    def arrange(self) -> None:
        self._units = self.stage.stream.choice((-1, 1)) * self.size
        self.stage.plan(self.find_moment(self.hour), self._slip)

    def _slip(self) -> None:
        self.system.force(self.key, self.system.find_level(self.key) + self._units)
        self.shift(self._units, self.stage.now)
        self.tell_symptom(self.stage.now)


class StaleOverwrite(Planned):
    """A message from before the last movements comes late and wins."""

    cause = "stale_overwrite"
    lead = 7
    is_lone = True
    # One that waited for more than an hour is a retry, whoever sent it.
    waits = (0.3, 0.9)
    attempt = 1
    actor = "stock_sync"

    @classmethod
    def fits(cls, ground: Ground) -> bool:
        # Books that stand still between batches hold the same number then and now.
        return not isinstance(ground.path.delay, Batch)

    def arrange(self) -> None:
        stream = self.stage.stream
        self.at = self.find_moment(self.hour)
        self._emitted_at = max(
            self.stage.start + 20 * MINUTE, self.at - self.draw_hours(*self.waits)
        )
        self._level: int | None = None
        self._sequence = 0
        self.stage.plan(self._emitted_at, self._emit)
        between = (self.at - self._emitted_at) * stream.uniform(0.2, 0.7)
        self.trigger(stream.choice(("receipt", "damage")), self._emitted_at + between)
        self.stage.plan(self.at, self._apply)

    @property
    def _path(self) -> str:
        return self.stage.layout.find_feed_to(self.mirror, self.location_id).name

    def _emit(self) -> None:
        self._level = self.system.find_level(self.key)
        path = self.stage.layout.find_feed_to(self.mirror, self.location_id)
        self._sequence = self.stage.shop.middleware.open_sequence(path)

    def _apply(self) -> None:
        now, before = self.stage.now, self.system.find_level(self.key)
        if self._level is None or self._level == before:
            return
        message = self._build_message(self._level)
        self.stage.shop.middleware.write(message)
        change_id = self.system.set_level(
            self.key, self._level, changed_at=now, actor=self.actor, source_at=self._emitted_at
        )
        self.prove(self._emitted_at, self._path, "emitted", message.event_id, self._level)
        self.prove(now, self.mirror, "overwritten with an older number", change_id)
        self.shift(self._level - before, now)
        self.tell_symptom(now)

    def _build_message(self, level: int) -> Message:
        event_id = self.stage.shop.middleware.open_event()
        emitted_at, now = self._emitted_at, self.stage.now
        return Message(
            event_id=event_id, path=self._path, key=self.key, operation="set", units=level,
            emitted_at=emitted_at, received_at=emitted_at + timedelta(seconds=2),
            processed_at=now, logged_at=now, attempt=self.attempt,
            idempotency_key="" if self.attempt > 1 else f"{self._path}:{event_id}",
            sequence=self._sequence, status="processed", mapping="stock_v1",
            mapping_changed_at=self.stage.start, reference_id="",
        )  # fmt: skip


class StaleRetry(StaleOverwrite):
    """The same, and the message had failed and was tried again hours later."""

    cause = "stale_retry"
    lead = 14
    waits = (5.0, 13.0)
    attempt = 3
    actor = "sync_retry"


class ClampedAtZero(Planned):
    """The number stops at 0 where it should go below, and is too high ever after."""

    cause = "clamped_at_zero"
    mirrors = CHANNELS
    tail = 10
    is_lone = True
    wants_still = True

    @classmethod
    def fits(cls, ground: Ground) -> bool:
        is_plain = ground.item.pack_units == 1
        return is_plain and ground.is_home and ground.item.safety_stock > 0

    def arrange(self) -> None:
        self._is_told = False
        at = self.find_work_moment(self.hour)
        self.stage.plan(at, self._empty)
        refilled_at = at + self.draw_hours(2, 5)
        self.trigger("receipt", refilled_at, 4 * self.size + 8)

    def _empty(self) -> None:
        channel = self.channel
        channel.clamped.add(self.key)
        safety = self.stage.world.items[self.sku].safety_stock
        below = min(self.size, safety)
        free = channel.find_level(self.key)
        self._goes_below = below
        self._damage(free + below)

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        movement = delivery.movement
        if self.is_heard_by_mirror(delivery) and movement.kind in ("damage", "receipt"):
            if not self._is_told and movement.kind == "damage":
                self._is_told = True
                self.tell_movement(movement)
                self.shift(self._goes_below, delivery.heard_at)
            elif self._is_told:
                self.tell_movement(movement)
            return (self.watch(delivery, "stopped at 0"),)
        return (delivery,)


class GhostRow(Planned):
    """An import leaves a row that nobody owns and no bin holds."""

    cause = "ghost_row"
    mirrors = CHANNELS
    shape = "ghost"
    is_lone = True

    def arrange(self) -> None:
        self.stage.plan(self.find_moment(self.hour), self._plant)

    def _plant(self) -> None:
        now = self.stage.now
        change_id = self.system.set_level(self.key, self.size, changed_at=now, actor="bulk_import")
        self.prove(now, self.mirror, "row without an owner", change_id)
        self.shift(self.size, now)


class MissingRow(Planned):
    """A page is gone; the goods are not."""

    cause = "missing_row"
    mirrors = CHANNELS
    is_lone = True
    wants_still = True

    def arrange(self) -> None:
        self.stage.plan(self.find_moment(self.hour), self._delist)

    def _delist(self) -> None:
        self.channel.delisted.add(self.key)
        self.begin(self.stage.now)
        self.prove(self.stage.now, self.mirror, "row is gone")


class OurEchoOrLoop(Once):
    """We correct a number, and an old integration writes it back; twice."""

    cause = "our_echo_or_loop"
    looks_like = "movement_dropped"
    mirrors = (STOREFRONT,)
    kinds = ("receipt", "damage")
    tail = 12
    is_lone = True

    def strike(self, delivery: Delivery) -> Sequence[Delivery]:
        effect = self.compute_effect(delivery.movement)
        self.tell_movement(delivery.movement)
        self.shift(-effect, delivery.heard_at)
        at = delivery.heard_at
        for _ in range(2):
            at += self.draw_hours(1, 2.5)
            self.stage.plan(at, partial(self._correct, effect))
            at += self.draw_hours(0.3, 1.5)
            self.stage.plan(at, partial(self._undo, effect))
        return DROPPED

    def _correct(self, effect: int) -> None:
        message = build_correction(self, effect, status="processed")
        self._receipt_id = message.reference_id
        self.stage.shop.middleware.write(message)
        self._write(effect, "inventory-pipeline", message.reference_id, "corrected")

    def _undo(self, effect: int) -> None:
        # Until somebody takes our correction back there is only the loss that asked for it.
        self.known_from = self.known_from or self.stage.now
        self._write(-effect, "legacy_sync", self._receipt_id, "written back")

    def _write(self, units: int, actor: str, reference_id: str, what: str) -> None:
        now = self.stage.now
        change_id = self.system.shift(
            self.key, units, changed_at=now, actor=actor, reference_id=reference_id
        )
        self.prove(now, self.mirror, what, change_id, units)
        self.shift(units, now)

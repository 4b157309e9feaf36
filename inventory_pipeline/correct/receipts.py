"""Receipts: one change of stock, and one receipt for each system that must hear of it.

Pure: a change in, rows out. The change and its receipts are written in one transaction, so
that neither is ever there without the other (OUT-08).
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from inventory_pipeline.correct.addresses import Address
from inventory_pipeline.model.delivery import Operation
from inventory_pipeline.store.journal import write_instant

ChangeKind = Literal["sale", "restock", "return", "count", "transfer", "manual", "fix"]
# A namespace of our own: keys are the same for the same receipt on every machine.
KEYS = uuid.UUID("6f0c7d5e-3b1a-5c52-9c58-2f6d0a1b7e44")


@dataclass(frozen=True)
class Change:
    """One change of stock.

    Attributes:
        units: signed eaches; of a count, the number that was counted.
        source: who said so, unique for ever: the same change told twice is one change.
        owner_at: when the owner had it; None: mirrors wait until it has (OUT-11).
    """

    kind: ChangeKind
    fact: str
    sku: str
    location_id: str
    units: int
    moved_at: datetime
    source: str
    owner_at: datetime | None

    @property
    def change_id(self) -> str:
        parts = (self.kind, self.fact, self.sku, self.location_id, self.source)
        return make_id("C", *parts)


@dataclass(frozen=True)
class Effect:
    """What one system shall do about a change.

    Attributes:
        units: eaches; the target of a set, the signed change of an add.
        before_units: the number it is expected to show now, where known.
        is_owner: it is the owner, so it need not wait for the owner.
        waits_for: what else it waits for before it may leave: approval.
        cause_id: the receipt or movement this takes back or stands for.
    """

    system: str
    fact: str
    operation: Operation
    units: int
    before_units: int | None
    address: Address
    reason: str
    proposal_id: str = ""
    cause_id: str = ""
    is_owner: bool = False
    waits_for: str = ""


def make_id(prefix: str, *parts: object) -> str:
    """Return a stable id; parts are told apart whatever they hold."""
    text = "".join(f"{len(str(part))}:{part}" for part in parts)
    return f"{prefix}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def make_key(receipt_id: str, generation: int) -> str:
    """Return the idempotency key of one generation of a receipt."""
    return str(uuid.uuid5(KEYS, f"{receipt_id}:{generation}"))


def describe_change(change: Change, *, now: datetime) -> dict[str, Any]:
    """Return the row of ``changes``."""
    return {
        "change_id": change.change_id,
        "kind": change.kind,
        "fact": change.fact,
        "sku": change.sku,
        "location_id": change.location_id,
        "units": change.units,
        "moved_at": write_instant(change.moved_at),
        "recorded_at": write_instant(now),
        "source": change.source,
        "owner_at": None if change.owner_at is None else write_instant(change.owner_at),
    }


def describe_receipt(
    change: Change, effect: Effect, *, sequence: int, now: datetime
) -> dict[str, Any]:
    """Return the row of ``receipts``; it waits while the owner does not have the change."""
    receipt_id = make_id("R", change.change_id, effect.system, effect.fact, effect.operation)
    is_early = change.owner_at is None and not effect.is_owner
    waits_for = effect.waits_for or ("owner" if is_early else "")
    quantity, _ = effect.address.convert(effect.units)
    before = None
    if effect.before_units is not None:
        before, _ = effect.address.convert(effect.before_units)
    at = write_instant(now)
    return {
        "receipt_id": receipt_id,
        "change_id": change.change_id,
        "proposal_id": effect.proposal_id,
        "cause_id": effect.cause_id,
        "system": effect.system,
        "is_owner": int(effect.is_owner),
        "fact": effect.fact,
        "sku": change.sku,
        "location_id": change.location_id,
        "item_id": effect.address.item_id,
        "their_location_id": effect.address.location_id,
        "operation": effect.operation,
        "units": effect.units,
        "quantity": quantity,
        "sent_operation": effect.operation,
        "sent_quantity": quantity,
        "before_units": effect.before_units,
        "before_quantity": before,
        "eaches_per_unit": effect.address.eaches,
        "sequence": sequence,
        "state": "held" if waits_for else "created",
        "waits_for": waits_for,
        "key": make_key(receipt_id, 1),
        "created_at": at,
        "due_at": at,
        "reference": f"gid://inventory-pipeline/Receipt/{receipt_id}",
        "reason": effect.reason,
    }

"""Cases drawn as small tables: a day of hours, the owner's movements, the mirror's log."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from inventory_pipeline.diagnose.case import Case, LogRow, Move, Point, Rule
from inventory_pipeline.diagnose.effects import choose_effects

DAY = datetime(2026, 4, 6, tzinfo=UTC)
READ = timedelta(minutes=55)


def at(clock: str) -> datetime:
    """Return an instant of the day: ``"10:20"``."""
    hours, minutes = map(int, clock.split(":"))
    return DAY + timedelta(hours=hours, minutes=minutes)


def series(text: str) -> tuple[Point, ...]:
    """Return points from lines of ``hour owner expected observed [committed]``."""
    points = []
    for line in text.split("\n"):
        if not line.strip():
            continue
        hour, owner, expected, observed, *rest = map(int, line.split())
        hour_at = DAY + timedelta(hours=hour)
        points.append(
            Point(
                hour_at=hour_at,
                at=hour_at + READ,
                owner_at=hour_at + READ,
                owner=owner,
                expected=expected,
                observed=observed,
                pending=0,
                delta=observed - expected,
                committed=rest[0] if rest else 0,
            )
        )
    return tuple(points)


def moves(text: str, rule: Rule, *, owner: str = "shelf") -> tuple[Move, ...]:
    """Return movements from lines of ``clock system kind units id [reference [disposition]]``."""
    rows = []
    for line in text.split("\n"):
        if not line.strip():
            continue
        clock, system, kind, units, name, *rest = line.split()
        rows.append(
            {
                "movement_id": name, "system": system, "kind": kind, "units": int(units),
                "in_force_at": at(clock), "told_at": at(clock).replace(minute=0),
                "reference_id": rest[0] if rest and rest[0] != "-" else "", "cause_id": "",
                "actor": "", "disposition": rest[1] if len(rest) > 1 else "",
                "destination_id": "", "role": "threepl" if system == "threepl" else "wms",
            }
        )  # fmt: skip
    return tuple(choose_effects(rows, rule, owner=owner, orders_owner="storefront"))


def log(text: str) -> tuple[LogRow, ...]:
    """Return log rows from lines of ``clock operation units id [reference [actor]]``."""
    rows = []
    for line in text.split("\n"):
        if not line.strip():
            continue
        clock, operation, units, name, *rest = line.split()
        rows.append(
            LogRow(
                change_id=name,
                operation=operation,
                units=int(units),
                at=at(clock),
                reference_id=rest[0] if rest and rest[0] != "-" else "",
                actor=rest[1] if len(rest) > 1 else "",
            )
        )
    return tuple(rows)


SELLS = Rule(("on_hand", "committed"), "order", owner_role="wms")
KEEPS = Rule(("on_hand",), "shipment", role="erp", owner_role="wms")


def case(
    points: str, told: str = "", heard: str | None = None, *, rule: Rule = SELLS, **more: object
) -> Case:
    """Return a case of SKU A at MAIN; ``heard=None``: the mirror keeps no log."""
    known: Iterable[tuple[str, object]] = more.items()
    built = Case(
        finding_id="F-1",
        kind="gap",
        finding_class="sync_drift",
        subject="",
        sku="A",
        location_id="MAIN",
        fact="available" if rule is SELLS else "on_hand",
        mirror="storefront" if rule is SELLS else "erp",
        owner="shelf",
        rule=rule,
        points=series(points),
        moves=moves(told, rule) if told else (),
        log=log(heard) if heard is not None else None,
        has_ids=True,
        additions_heard=1,
        addition_heard_at=at("23:00"),
        heard_until=at("23:00"),
    )
    return replace(built, **dict(known))  # type: ignore[arg-type]

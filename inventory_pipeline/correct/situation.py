"""Situation: what the assistant must know of an hour before it judges a single proposal."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from inventory_pipeline.config.models import Settings
from inventory_pipeline.correct.policy import Situation
from inventory_pipeline.model.delivery import DeliveryClass
from inventory_pipeline.store.journal import Journal, write_instant
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import Warehouse

# One correction of an item a day (C4).
REST = timedelta(hours=24)
# A change of configuration explains gaps that open after it, and some that opened just before.
WINDOW = timedelta(hours=24)


def load_situation(
    warehouse: Warehouse,
    journal: Journal,
    settings: Settings,
    receivers: Mapping[str, DeliveryClass],
    *,
    hour_at: datetime,
    now: datetime,
) -> Situation:
    """Read what an hour is like: its drift, its sources, what was changed, what is on its way."""
    cycle = warehouse.query(load_query("correct", "load_cycle"), hour_at=hour_at).to_dicts()
    readings = warehouse.query(load_query("correct", "load_readings"), hour_at=hour_at)
    changed = warehouse.query(
        load_query("correct", "load_changed"), hour_at=hour_at, since=hour_at - WINDOW
    )
    lately = journal.query(
        load_query("correct", "find_fixed_lately"), since=write_instant(now - REST)
    )
    moving = journal.query(load_query("correct", "find_in_flight"))
    brakes = journal.query("select scope, reason from brakes where released_at is null")
    return Situation(
        active_skus=cycle[0]["active_skus"] if cycle else 0,
        drift_rate=cycle[0]["drift_rate"] if cycle else None,
        max_drift_rate=settings.structural.drift_rate,
        receivers=receivers,
        writable=find_writable(settings),
        states={row["system"]: row["state"] or "missing" for row in readings.to_dicts()},
        runs=dict(readings.select("system", "runs").iter_rows()),
        changed=dict(changed.iter_rows()),
        unresolved=find_unresolved(settings),
        fixed_lately=frozenset(row["sku"] for row in lately),
        brakes={row["scope"]: row["reason"] for row in brakes},
        in_flight=frozenset(
            (row["system"], row["fact"], row["sku"], row["location_id"]) for row in moving
        ),
    )


def find_writable(settings: Settings) -> frozenset[tuple[str, str]]:
    """Return (system, fact) that corrections may set; never the owner's own number (L10)."""
    return frozenset(
        (name, fact)
        for name, system in settings.systems.items()
        for fact in system.writes
        if fact not in settings.facts or name not in settings.facts[fact].owners
    )


def find_unresolved(settings: Settings) -> frozenset[str]:
    """Return facts that have no one owner."""
    return frozenset(name for name, fact in settings.facts.items() if len(fact.owners) != 1)

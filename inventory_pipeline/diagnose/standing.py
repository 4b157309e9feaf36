"""Standings: what the configuration and the catalogue say of one mirror and one item."""

from datetime import timedelta

import polars as pl

from inventory_pipeline.config.facts import Mirror
from inventory_pipeline.config.formula import parse_formula
from inventory_pipeline.config.models import Settings
from inventory_pipeline.diagnose.case import Rule
from inventory_pipeline.diagnose.evidence import Key, Standing
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.quantities import COMMITTED, SAFETY_STOCK


def find_standings(
    cases: pl.DataFrame, settings: Settings, catalog: Catalog
) -> dict[Key, Standing]:
    """Return the standing of every case whose mirror has a rule."""
    mirrors = {(m.system, m.fact): m for m in settings.mirrors}
    safety = dict(catalog.items.select("sku", "safety_stock").iter_rows())
    orders = settings.facts[COMMITTED].owners if COMMITTED in settings.facts else []
    found: dict[Key, Standing] = {}
    for row in cases.iter_rows(named=True):
        mirror = mirrors.get((row["mirror"], row["fact"]))
        if mirror is not None:
            rule = build_rule(
                mirror, settings, owner=row["owner"], safety=safety.get(row["sku"], 0)
            )
            key = (row["mirror"], row["fact"], row["key_id"])
            found[key] = Standing(
                rule=rule,
                orders_owner=orders[0] if len(orders) == 1 else "",
                sync=settings.systems[mirror.system].sync,
                path_delay=find_path_delay(mirror, settings, owner=row["owner"]),
            )
    return found


def build_rule(mirror: Mirror, settings: Settings, *, owner: str, safety: int) -> Rule:
    """Return the rule of one mirror for one item."""
    system = settings.systems[mirror.system]
    names = parse_formula(mirror.expects).names
    return Rule(
        names=tuple(name for name in names if name != SAFETY_STOCK),
        moment=system.decrements_at,
        safety=safety or 0,
        takes_safety=SAFETY_STOCK in names,
        due_days=settings.return_due_days,
        is_batch=system.sync.trigger in {"batch", "poll"},
        is_clamped="greatest" in mirror.expects,
        role=system.role,
        owner_role=settings.systems[owner].role if owner in settings.systems else "",
    )


def find_path_delay(mirror: Mirror, settings: Settings, *, owner: str) -> timedelta:
    """Return the longest normal delay of the declared paths from owner to mirror."""
    delays = [
        h.max_delay for h in settings.handoffs if h.target == mirror.system and h.source == owner
    ]
    return max(delays, default=timedelta())

"""Red herrings: what looks like a cause and changes nothing."""

from datetime import timedelta
from functools import partial

from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.simulator.configuration import Setting
from inventory_pipeline.simulator.faults.fault import Stage
from inventory_pipeline.simulator.faults.setting import PEOPLE
from inventory_pipeline.simulator.words import Key

MINUTE = timedelta(minutes=1)
# Settings that no number depends on, and a page that was saved as it was.
HARMLESS = (
    ("reorder_point", "6", "8"),
    ("lead_days", "2", "3"),
    ("price_list", "retail", "retail_spring"),
    ("title", "old", "new"),
    ("safety_stock", "2", "2"),
    ("unit_factor", "12", "12"),
)


def plan_herrings(stage: Stage, count: int) -> None:
    """Plan so many edits that are undone within minutes, and as many settings without effect."""
    stream = stage.stream
    still = [
        (item.sku, place)
        for item in stage.world.items.values()
        if item.sku not in stage.taken and item.lines_per_day > 0
        for place in item.locations[:1]
    ]
    if not still:
        return
    for _ in range(count):
        hour_at = stage.start + stream.randrange(stage.hours) * HOUR
        key, mirror = stream.choice(still), stream.choice(stage.layout.mirrors)
        at = hour_at + stream.randint(120, 1_800) * timedelta(seconds=1)
        units = stream.choice((-3, -2, -1, 1, 2, 3, 5)) * stage.world.items[key[0]].pack_units
        actor = stream.choice(PEOPLE)
        stage.plan(at, partial(_edit, stage, mirror, key, units, actor))
        undone_at = at + stream.randint(40, 600) * timedelta(seconds=1)
        stage.plan(undone_at, partial(_edit, stage, mirror, key, -units, actor))
        stage.plan(hour_at + stream.randint(0, 3_500) * timedelta(seconds=1),
                   partial(_set, stage, mirror, stream.choice(still)))  # fmt: skip


def _edit(stage: Stage, mirror: str, key: Key, units: int, actor: str) -> None:
    system = stage.actual.find_mirror(mirror)
    level = system.find_level(key)
    system.set_level(key, level + units, changed_at=stage.now, actor=actor)


def _set(stage: Stage, mirror: str, key: Key) -> None:
    kind, before, after = stage.stream.choice(HARMLESS)
    setting = Setting(stage.now, mirror, kind, key[0], before, after, "operations")
    stage.shop.settings.write(setting)

"""Timing: how long a change may be on its way to a mirror, by the clock of its path."""

from datetime import datetime, time, timedelta

from inventory_pipeline.config.systems import Sync


def compute_delay(sync: Sync, *, mirror_at: datetime, path_delay: timedelta) -> timedelta:
    """Return how old a movement may be and still be missing from the mirror by design."""
    if sync.trigger == "batch":
        return mirror_at - _find_last_batch(sync, mirror_at) + path_delay
    if sync.trigger == "poll" and sync.every:
        return sync.every + path_delay
    return path_delay


def _find_last_batch(sync: Sync, mirror_at: datetime) -> datetime:
    every = sync.every or timedelta(days=1)
    first = sync.at or time()
    anchor = mirror_at.replace(hour=first.hour, minute=first.minute, second=0, microsecond=0)
    if anchor > mirror_at:
        anchor -= timedelta(days=1)
    return anchor + (mirror_at - anchor) // every * every

"""Runs: the snapshots of one day as stretches in which a reading did not change.

A count that stands for 24 hours is one row instead of 24. ``place`` counts the day's snapshots from
0; a run covers every place from its first to its last. Pure.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

Arrays = dict[str, np.ndarray[Any, Any]]
COLUMNS = {
    "fact_id": np.int16, "key_id": np.int32, "first_place": np.int16, "last_place": np.int16,
    "units": np.int64, "age_seconds": np.int32,
}  # fmt: skip


@dataclass
class _Open:
    """The runs of one fact that still go on, one place per key; ``first`` is -1 where none."""

    first: Any
    units: Any
    ages: Any


def is_aging(first: Arrays, second: Arrays, passed_seconds: int) -> bool:
    """Return whether readings keep their instant, not their age, from one snapshot to the next.

    Most sources date a whole snapshot, so that every age stays; some date each number by its
    last change, so that every age grows. It only decides what is smaller.

    Args:
        first, second: fact_id, key_id, units, age_seconds of two snapshots.
        passed_seconds: by how much the second one's own instant is later.
    """
    codes, others = (
        (snapshot["fact_id"].astype(np.int64) << 32) | snapshot["key_id"]
        for snapshot in (first, second)
    )
    _, before, after = np.intersect1d(codes, others, assume_unique=True, return_indices=True)
    ages, later = first["age_seconds"][before], second["age_seconds"][after]
    stays, grows = (later == ages).sum(), (later == ages + passed_seconds).sum()
    return bool(grows > stays)


def find_runs(snapshots: Iterable[Arrays], *, aging: list[int], size: int) -> Arrays:
    """Fold the snapshots of one day into runs.

    Args:
        snapshots: one per place, in order: fact_id, key_id, units, age_seconds; a key stands
            at most once with a fact.
        aging: by how much a reading that was not touched has aged at each place, in seconds.
        size: number of keys there are.

    Returns:
        COLUMNS, sorted by fact, key and place. ``age_seconds`` is without the aging.
    """
    going: dict[int, _Open] = {}
    parts: list[Arrays] = []
    place = -1
    for place, snapshot in enumerate(snapshots):
        for fact_id, keys, units, ages in _split(snapshot, aging[place]):
            run = going.setdefault(fact_id, _start(size))
            parts.append(_step(run, fact_id, place, keys, units, ages))
        told = set(np.unique(snapshot["fact_id"]).tolist())
        parts += [
            _end(run, fact_id, place) for fact_id, run in going.items() if fact_id not in told
        ]
    parts += [_end(run, fact_id, place + 1) for fact_id, run in going.items()]
    return _sort(parts)


def _start(size: int) -> _Open:
    return _Open(np.full(size, -1, np.int16), np.zeros(size, np.int64), np.zeros(size, np.int32))


def _split(snapshot: Arrays, aged: int) -> Iterator[tuple[int, Any, Any, Any]]:
    for fact_id in np.unique(snapshot["fact_id"]):
        rows = snapshot["fact_id"] == fact_id
        ages = snapshot["age_seconds"][rows] - np.int32(aged)
        yield int(fact_id), snapshot["key_id"][rows], snapshot["units"][rows], ages


def _step(run: _Open, fact_id: int, place: int, keys: Any, units: Any, ages: Any) -> Arrays:
    """End the runs of keys that changed or went, begin those of keys that changed or came."""
    is_here = np.zeros(run.first.size, np.bool_)
    is_here[keys] = True
    was_here = run.first[keys] >= 0
    is_same = was_here & (run.units[keys] == units) & (run.ages[keys] == ages)
    ended = np.flatnonzero((run.first >= 0) & ~is_here)
    part = _emit(run, fact_id, place, np.concatenate([ended, keys[was_here & ~is_same]]))
    run.first[ended] = -1
    fresh = keys[~is_same]
    run.first[fresh], run.units[fresh], run.ages[fresh] = place, units[~is_same], ages[~is_same]
    return part


def _end(run: _Open, fact_id: int, place: int) -> Arrays:
    ended = np.flatnonzero(run.first >= 0)
    part = _emit(run, fact_id, place, ended)
    run.first[ended] = -1
    return part


def _emit(run: _Open, fact_id: int, place: int, keys: Any) -> Arrays:
    return {
        "fact_id": np.full(keys.size, fact_id, np.int16),
        "key_id": keys.astype(np.int32),
        "first_place": run.first[keys],
        "last_place": np.full(keys.size, place - 1, np.int16),
        "units": run.units[keys],
        "age_seconds": run.ages[keys],
    }


def _sort(parts: list[Arrays]) -> Arrays:
    whole = {
        name: np.concatenate([np.zeros(0, kind), *(part[name] for part in parts)])
        for name, kind in COLUMNS.items()
    }
    order = np.lexsort((whole["first_place"], whole["key_id"], whole["fact_id"]))
    return {name: column[order] for name, column in whole.items()}

"""Priors: how common each cause is on one path and for one class of items, before any evidence.

Drift is systematic (DeHoratius and Raman 2008): what was proven on a path before is likelier
there again. Only proven causes of closed findings count, so that no guess feeds itself.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from inventory_pipeline.model.causes import CAUSES

# The catalogue's own weights count as so many closed findings; a path's as much for its classes.
PSEUDO_FINDINGS = 50.0

Path = tuple[str, str]


@dataclass(frozen=True)
class Priors:
    """Closed findings by cause: of every path (mirror, fact), and of its classes of items."""

    by_path: Mapping[Path, Counter[str]] = field(default_factory=dict)
    by_class: Mapping[tuple[str, str, str], Counter[str]] = field(default_factory=dict)

    def find(self, mirror: str, fact: str, abc_class: str) -> dict[str, float]:
        """Return cause → weight, on the catalogue's scale; empty where nothing was learnt."""
        known = self.by_path.get((mirror, fact))
        if not known:
            return {}
        weights = {name: cause.weight for name, cause in CAUSES.items()}
        own = self.by_class.get((mirror, fact, abc_class), Counter())
        return _update(_update(weights, known), own)


def _update(weights: Mapping[str, float], seen: Counter[str]) -> dict[str, float]:
    """Return Dirichlet means of the weights and what was seen, summing to what they summed to."""
    total = sum(weights.values())
    mass = PSEUDO_FINDINGS + seen.total()
    return {
        cause: total * (PSEUDO_FINDINGS * weight / total + seen[cause]) / mass
        for cause, weight in weights.items()
    }


def build_priors(closed: pl.DataFrame) -> Priors:
    """Return what the closed findings teach.

    Args:
        closed: rows of ``load_closed``.
    """
    by_path: dict[Path, Counter[str]] = {}
    by_class: dict[Any, Counter[str]] = {}
    for mirror, fact, abc_class, cause, count in closed.iter_rows():
        by_path.setdefault((mirror, fact), Counter())[cause] += count
        by_class.setdefault((mirror, fact, abc_class), Counter())[cause] += count
    return Priors(by_path, by_class)

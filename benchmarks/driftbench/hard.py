"""Hard shops: what a drawn mix has too little of: faults in pairs, and changes without a reason."""

from collections.abc import Mapping
from random import Random

from benchmarks.driftbench.truth import OVER
from inventory_pipeline.model.causes import UNKNOWN
from inventory_pipeline.simulator.faults.causes import CAUSES
from inventory_pipeline.simulator.faults.mix import find_sociable
from inventory_pipeline.simulator.faults.registry import KINDS

PAIRS, UNKNOWNS = 12, 5
# It needs a place that a 3PL keeps, where few others can strike.
APART = ("threepl_confirmation_missing", UNKNOWN)


def draw_hard_mix(seed: int) -> Mapping[str, int]:
    """Return a mix of pairs that last beside each other, and of changes that nothing tells of."""
    stream = Random(f"hard {seed}")
    lasting = [n for n in find_sociable() if CAUSES[n].remedy not in OVER and n not in APART]
    mix: dict[str, int] = {UNKNOWN: UNKNOWNS}
    while sum(mix.values()) < PAIRS + UNKNOWNS:
        pair = stream.sample(lasting, 2)
        if set(KINDS[pair[0]].mirrors) & set(KINDS[pair[1]].mirrors):
            name = "+".join(pair)
            mix[name] = mix.get(name, 0) + 1
    return mix

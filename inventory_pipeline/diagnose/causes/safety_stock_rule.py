"""A safety stock that one side takes off and the other does not, or with another size."""

from collections.abc import Iterator

from inventory_pipeline.diagnose.claim import BY_PATTERN, BY_RECORD, BY_SHAPE, Claim
from inventory_pipeline.diagnose.rules import find_rule_changes, find_since, is_constant
from inventory_pipeline.diagnose.scene import Scene

NAME = "safety_stock_rule"
SETTLES = "the safety stock in the settings of both systems, with its date"
# Items that changed by their own safety stock in the same hour, beside this one.
LEAST_ALIKE = 2
WORDS = ("safety", "buffer", "reserve_stock", "threshold")


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a constant gap of the size of a safety stock, or of its change."""
    case = scene.case
    if not is_constant(case):
        return
    path = ("settings:safety_stock", f"{case.mirror}:constant_gap")
    for change, shift in find_rule_changes(case, WORDS):
        if abs(case.delta) in {abs(shift), abs(shift) + case.rule.safety}:
            yield Claim(
                cause=NAME, units=case.delta, at=change.at, strength=BY_RECORD + 1.0,
                ids=(f"{change.system}:{change.kind}:{change.subject}",),
                facts={"before": change.before, "after": change.after}, path=path,
                series=find_since(case), settles=SETTLES,
            )  # fmt: skip
    if case.rule.safety and abs(case.delta) == case.rule.safety:
        siblings = count_siblings(scene)
        if siblings < LEAST_ALIKE and scene.jumps and case.changes is not None:
            return  # whoever tells of settings would have told of this one
        strength = BY_PATTERN + 1.0 if siblings >= LEAST_ALIKE else BY_SHAPE + 0.5
        yield Claim(
            cause=NAME, units=case.delta, at=None, strength=strength, series=find_since(case),
            facts={"safety": case.rule.safety, "siblings": siblings}, path=path,
            settles=SETTLES,
        )  # fmt: skip


def count_siblings(scene: Scene) -> int:
    """Return how many other items changed by their own safety stock in the same hour."""
    jump = scene.jumps[-1] if len(scene.jumps) == 1 else None
    peers = [p for p in scene.case.peers if p.sku != scene.case.sku and p.is_own_safety]
    return sum(jump is None or p.jump_at == jump.high for p in peers)

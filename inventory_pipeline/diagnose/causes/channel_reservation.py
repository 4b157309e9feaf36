"""Units held for one channel that the other channel's number knows nothing of."""

from collections.abc import Iterator

from inventory_pipeline.diagnose.claim import BY_PATTERN, BY_RECORD, Claim
from inventory_pipeline.diagnose.rules import (
    count_alike,
    find_rule_changes,
    find_since,
    is_constant,
)
from inventory_pipeline.diagnose.scene import Scene

NAME = "channel_reservation"
SETTLES = "the reservation in the channel's settings, with its date"
# Items that changed by the same units in the same hour, beside this one.
LEAST_ALIKE = 2
WORDS = ("reserv", "channel", "allocation", "bopis", "holdback")


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a constant gap of the size of a dated reservation."""
    case = scene.case
    if not is_constant(case):
        return
    for change, shift in find_rule_changes(case, WORDS):
        if abs(case.delta) == abs(shift):
            yield Claim(
                cause=NAME, units=case.delta, at=change.at, strength=BY_RECORD + 1.0,
                ids=(f"{change.system}:{change.kind}:{change.subject}",),
                facts={"before": change.before, "after": change.after},
                path=("settings:channel_reservation", f"{case.mirror}:constant_gap"),
                series=find_since(case), settles=SETTLES,
            )  # fmt: skip
    alike = count_alike(scene)
    if alike >= LEAST_ALIKE and not scene.jumps_by_movement:
        yield Claim(
            cause=NAME, units=case.delta, at=None, strength=BY_PATTERN, series=find_since(case),
            facts={"siblings": alike}, settles=SETTLES,
            path=("settings:channel_reservation", f"{case.mirror}:constant_gap"),
        )  # fmt: skip

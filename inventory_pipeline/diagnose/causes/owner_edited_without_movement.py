"""The owner's own number changed and no movement of its own explains it."""

from collections.abc import Iterator

from inventory_pipeline.diagnose.claim import BY_ID, BY_SERIES, Claim
from inventory_pipeline.diagnose.rules import find_since, is_constant
from inventory_pipeline.diagnose.scene import INFERRED, Scene

NAME = "owner_edited_without_movement"
SETTLES = "who changed the owner's record, or a count of the bin"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a gap that is just what the owner's number moved beyond its own movements.

    Where nobody tells of movements, every change of the owner is one without.
    """
    case, rest = scene.case, scene.owner_rest
    if any(m.kind == INFERRED for m in case.moves or ()):
        return
    if not rest or -rest != case.delta or not is_constant(case):
        return
    has_log = scene.account is not None and scene.account.mirror_rest == 0
    yield Claim(
        cause=NAME,
        units=case.delta,
        at=None,
        series=find_since(case),
        strength=BY_ID if has_log else BY_SERIES,
        facts={"owner_rest": rest},
        path=(f"{case.owner}:level_changed", f"{case.owner}:no_movement", f"{case.mirror}:unaware"),
        settles=SETTLES,
    )

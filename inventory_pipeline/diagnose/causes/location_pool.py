"""The total agrees and the places do not: units stand at the wrong location (REC-09)."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.case import Case, LogRow
from inventory_pipeline.diagnose.claim import BY_ID, Claim
from inventory_pipeline.diagnose.scene import Scene, claim_entry

NAME = "location_pool"
SETTLES = "which location the mirror's orders are routed to"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a gap that the same item has the other way round at another place."""
    case = scene.case
    twins = [
        p
        for p in case.peers
        if p.sku == case.sku
        and p.mirror == case.mirror
        and p.fact == case.fact
        and p.location_id != case.location_id
        and p.delta == -case.delta
    ]
    path = (f"{case.mirror}:pool", f"{case.location_id}:{case.delta:+d}")
    for entry in scene.find_entries("extra", "repeated"):
        if any(_is_elsewhere(case, step.row) for step in entry.steps):
            claim = claim_entry(NAME, scene, entry)
            yield replace(
                claim, strength=BY_ID + 1.0, is_proven_by_ids=False, correction=None, path=path,
                settles=SETTLES,
            )  # fmt: skip
    for entry, stray in scene.find_astray():
        if stray.sku == case.sku:
            yield replace(
                claim_entry(NAME, scene, entry), strength=BY_ID + 1.0, is_proven_by_ids=False,
                correction=None, facts={"other_location": stray.location_id}, path=path,
                settles=SETTLES,
            )  # fmt: skip
    if twins and case.points:
        yield Claim(
            cause=NAME,
            units=case.delta,
            at=None,
            series=tuple(p.delta for p in case.points),
            strength=BY_ID + 2.0,
            ids=_find_records(scene),
            facts={"other_location": twins[0].location_id},
            path=path,
            settles=SETTLES,
        )


def _is_elsewhere(case: Case, row: LogRow) -> bool:
    """Return whether a row tells of what happened to the item at another place."""
    return row.other_sku == case.sku and "transfer_out" not in row.other_kinds


def _find_records(scene: Scene) -> tuple[str, ...]:
    """Return the movement that this place lacks, or the row of another place's movement."""
    entries = (*scene.find_entries("missing", "extra"), *(e for e, _ in scene.find_astray()))
    return tuple(name for e in entries if e.units == scene.case.delta for name in e.names)

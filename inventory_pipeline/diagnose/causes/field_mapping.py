"""The fields have like names and unlike meanings: the mirror shows what is here as free."""

import re
from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.case import Case
from inventory_pipeline.diagnose.claim import BY_ID, BY_PATTERN, BY_SERIES, BY_SHAPE, Claim
from inventory_pipeline.diagnose.points import OpenOrders, find_start
from inventory_pipeline.diagnose.rules import is_about
from inventory_pipeline.diagnose.scene import Scene, claim_entry
from inventory_pipeline.model.quantities import COMMITTED

NAME = "field_mapping"
LEAST_ALIKE, LEAST_SHARE = 2, 0.4
SETTLES = "the mapping of the path, field by field, and an item without open orders"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a gap that is the open orders, and movements posted with the wrong sign (QTY-13)."""
    yield from _find_wrong_signs(scene)
    for claim in _find_open_orders(scene.case):
        # one order that no row tells of is an order lost, unless more speaks for the mapping
        if claim.strength > BY_SHAPE or scene.is_blind:
            yield claim


def _find_wrong_signs(scene: Scene) -> Iterator[Claim]:
    for entry in scene.find_entries("sized"):
        if entry.move and entry.units == -2 * entry.move.effect:
            claim = claim_entry(NAME, scene, entry)
            yield replace(
                claim,
                strength=claim.strength + 2.0,
                is_proven_by_ids=False,
                path=(f"{entry.move.system}:{entry.move.kind}", f"{scene.case.mirror}:wrong_sign"),
                facts={"sign": "the wrong"},
                settles=SETTLES,
            )


def _find_open_orders(case: Case) -> Iterator[Claim]:
    if COMMITTED not in case.rule.names or not case.points:
        return
    since = case.points[find_start(case.points) :]
    gaps = [p for p in since if p.delta and (p.is_settled or p is since[-1])]
    promised = [p.committed for p in gaps]
    if not gaps or any(units is None for units in promised):
        return
    hits = sum(p.delta == p.committed for p in gaps)
    if not hits or hits < 0.9 * len(gaps) or _is_promise_left(case):
        return
    is_moving = len(set(promised)) > 1
    record = _find_record(case)
    yield Claim(
        cause=NAME,
        units=case.delta,
        at=None,
        series=tuple(p.delta for p in case.points),
        strength=(BY_SERIES + 1.0 if is_moving else BY_SHAPE)
        + _find_pattern(case)
        + (BY_ID + 1.0 if record else 0.0),
        ids=record,
        facts={"committed": case.delta},
        path=(f"{case.owner}:on_hand", "mapping:as_available", f"{case.mirror}:too_high"),
        settles=SETTLES,
    )


def _find_pattern(case: Case) -> float:
    """Weigh that other items of the mirror ignore just their own open orders as well.

    A path that takes no order off at all loses no single one.
    """
    is_path = case.like_orders >= max(LEAST_ALIKE, LEAST_SHARE * case.gaps_here)
    return 2 * BY_PATTERN if is_path else 0.0


def _is_promise_left(case: Case) -> bool:
    """Return whether more is promised than orders tell of: then the promise itself is wrong."""
    end = case.points[-1]
    tells = any(m.kind == "order_placed" and m.is_own for m in case.moves or ())
    return tells and (end.committed or 0) > OpenOrders(case.moves or ()).count(end.at)


def _find_record(case: Case) -> tuple[str, ...]:
    """Return the dated change of the mirror's own mapping of fields, if one is told of."""
    return tuple(
        f"{change.system}:{change.kind}:{change.subject}"
        for change in case.changes or ()
        if change.system == case.mirror and is_about(case, change) and _is_of_fields(change.kind)
    )[-1:]


def _is_of_fields(kind: str) -> bool:
    words = kind.lower()
    return "field" in words or ("mapping" in words and not re.search("sku|item|location", words))

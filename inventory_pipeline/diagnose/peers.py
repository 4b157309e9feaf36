"""Peers: other gaps of the hour that may tell of the same fault."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from inventory_pipeline.diagnose.case import Case, Sibling
from inventory_pipeline.diagnose.jumps import find_jumps, has_movement
from inventory_pipeline.model.hours import HOUR


def add_peers(cases: list[Case]) -> list[Case]:
    """Let every gap see the gaps that share its item, or the hour its own last changed."""
    siblings = [_describe(case) for case in cases]
    by_item: dict[tuple[str, str], list[int]] = defaultdict(list)
    by_hour: dict[tuple[str, datetime | None], list[int]] = defaultdict(list)
    for place, sibling in enumerate(siblings):
        if cases[place].kind != "gap":
            continue
        by_item[sibling.sku, sibling.mirror].append(place)
        by_hour[sibling.mirror, sibling.jump_at].append(place)
    orders = Counter(case.mirror for case in cases if is_open_orders(case))
    gaps = Counter(case.mirror for case in cases if case.kind == "gap")
    return [
        replace(
            case,
            peers=tuple(_find_peers(place, siblings, by_item, by_hour)),
            like_orders=orders[case.mirror] - is_open_orders(case),
            gaps_here=max(0, gaps[case.mirror] - 1),
        )
        for place, case in enumerate(cases)
    ]


def is_open_orders(case: Case) -> bool:
    """Return whether a gap is as large as the open orders of its own item."""
    return bool(case.points) and bool(case.delta) and abs(case.delta) == case.points[-1].committed


def is_own_safety(case: Case) -> bool:
    """Return whether a gap is as large as the safety stock of its own item."""
    return bool(case.delta) and abs(case.delta) == case.rule.safety


MOST_PEERS = 60


def _find_peers(
    place: int,
    siblings: list[Sibling],
    by_item: Mapping[tuple[str, str], list[int]],
    by_hour: Mapping[tuple[str, datetime | None], list[int]],
) -> Iterator[Sibling]:
    me = siblings[place]
    near = dict.fromkeys(by_item[me.sku, me.mirror])
    for hours in (-1, 0, 1) if me.jump_at else ():
        jump_at = me.jump_at + hours * HOUR if me.jump_at else None
        near |= dict.fromkeys(by_hour.get((me.mirror, jump_at), [])[:MOST_PEERS])
    yield from (siblings[other] for other in near if other != place)


def _describe(case: Case) -> Sibling:
    jumps = find_jumps(case.points) if case.points else ()
    newest = jumps[-1] if jumps else None
    return Sibling(
        sku=case.sku,
        location_id=case.location_id,
        mirror=case.mirror,
        fact=case.fact,
        delta=case.delta,
        jump_at=newest.high if newest else None,
        jump_units=newest.units if newest else 0,
        is_explained=newest is not None and has_movement(case, newest),
        is_own_safety=is_own_safety(case),
        named_skus=tuple(sorted({row.other_sku for row in case.log or () if row.other_sku})),
    )

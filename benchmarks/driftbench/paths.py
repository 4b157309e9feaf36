"""Paths: whether the records that were named are those of the fault."""

from collections.abc import Iterable, Mapping, Set

from inventory_pipeline.wiring.house import House

# Every record with the papers it belongs to: its order, return, transfer, count.
_PAPERS = """
select movement_id as name, reference_id, cause_id from ingest.movements
union all
select change_id as name, reference_id, null as cause_id from ingest.level_changes
union all
select event_id as name, reference_id, null as cause_id from ingest.middleware_events
"""
Papers = Mapping[str, frozenset[str]]


def load_papers(house: House) -> Papers:
    """Return id of a record → itself and the papers it belongs to."""
    papers: dict[str, frozenset[str]] = {}
    with house.warehouse() as warehouse:
        for row in warehouse.query(_PAPERS).iter_rows():
            papers[row[0]] = papers.get(row[0], frozenset()) | {name for name in row if name}
    return papers


def is_exact(named: Iterable[str], true: Set[str], papers: Papers) -> bool:
    """Return whether a record of the fault was named, and none of another transaction.

    An order is the same transaction as its shipment, a count as its adjustment. Of a fault that
    left no record none can be named.
    """
    seen = set(named)
    true = {_strip(name) for name in true}
    if not true:
        return not seen
    known = _gather(true, papers)
    hit = any(name in true or name in known for name in seen)
    return hit and all(_gather({name}, papers) & known for name in seen)


def _strip(name: str) -> str:
    """Return a change of a setting by system, kind and subject: it has no id of its own."""
    if not name.startswith("changes:"):
        return name
    return name.removeprefix("changes:").rsplit(":", 3)[0]


def _gather(names: Set[str], papers: Papers) -> frozenset[str]:
    return frozenset(names).union(*(papers.get(name, frozenset()) for name in names))

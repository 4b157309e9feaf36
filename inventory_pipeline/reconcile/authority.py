"""Authority: facts that nobody owns or several do, and systems that fall at two moments."""

from inventory_pipeline.config.models import Settings
from inventory_pipeline.model.quantities import COMMITTED, ON_HAND
from inventory_pipeline.reconcile.problems import Row, write_details


def find_authority_problems(settings: Settings) -> list[Row]:
    """Return one problem per fact that nobody owns (gap) or that several own (bug)."""
    rows: list[Row] = []
    for name, fact in settings.facts.items():
        if len(fact.owners) == 1:
            continue
        kind = "authority_gap" if not fact.owners else "authority_bug"
        details = {"owners": fact.owners, "answer": str(fact.owner)}
        rows.append(
            {
                "kind": "authority",
                "fact": name,
                "class": kind,
                "severity": "major",
                "owner": ", ".join(fact.owners),
                "details": write_details(details),
            }
        )
    return rows


def find_moment_problems(settings: Settings) -> list[Row]:
    """Return one problem per pair of systems whose numbers fall at different moments.

    A rule that takes commitments off has the difference documented; it is no problem.
    """
    rows: list[Row] = []
    for mirror in settings.mirrors:
        owner = find_owner(settings, ON_HAND)
        if owner is None or owner == mirror.system or COMMITTED in mirror.expects:
            continue
        if ON_HAND not in mirror.expects:
            continue
        ours = settings.systems[owner].decrements_at
        theirs = settings.systems[mirror.system].decrements_at
        if ours != theirs:
            details = {owner: ours, mirror.system: theirs}
            rows.append(
                {
                    "kind": "decrement_moment",
                    "fact": mirror.fact,
                    "mirror": mirror.system,
                    "owner": owner,
                    "class": "rule",
                    "severity": "minor",
                    "details": write_details(details),
                }
            )
    return rows


def find_owner(settings: Settings, fact: str) -> str | None:
    """Return the one system that owns a fact outside its scopes, if there is exactly one."""
    owners = settings.facts[fact].owners if fact in settings.facts else []
    return owners[0] if len(owners) == 1 else None

"""From settings to the authority registry, and the authority exercise that people read."""

from dataclasses import dataclass
from datetime import date

from inventory_pipeline.config.facts import Mirror
from inventory_pipeline.config.formula import parse_formula
from inventory_pipeline.config.mistakes import find_nearest
from inventory_pipeline.config.models import Settings
from inventory_pipeline.model.movements import KINDS, ON_HAND_SIGN
from inventory_pipeline.model.ownership import (
    FactRecord,
    Lean,
    Problem,
    Registry,
    Ruling,
    build_registry,
    find_due_day,
    score_worksheet,
)
from inventory_pipeline.model.quantities import COMMITTED, ON_HAND, SAFETY_STOCK

MANY_SYSTEMS = 4


@dataclass(frozen=True)
class ExerciseRow:
    """One fact of the authority exercise.

    Attributes:
        state: ``bug``, ``gap`` or ``owned``.
        cells: for each system what it is to the fact: words of owns, claims, holds, writes;
            empty where the file says nothing.
    """

    fact: str
    state: str
    cells: dict[str, str]


def compute_registry(settings: Settings, *, today: date) -> Registry:
    """Return the registry as it stands on ``today``."""
    return build_registry(
        build_records(settings),
        today=today,
        review_days=settings.registry.review_days,
        more=[*find_undeclared(settings), *find_overdue_rules(settings, today=today)],
    )


def build_records(settings: Settings) -> list[FactRecord]:
    """Return the facts as plain data, in the order of the file."""
    return [
        FactRecord(
            name=name,
            owners=tuple(fact.owners),
            answer=", ".join(fact.answers),
            reason=fact.reason,
            decided_by=fact.decided_by,
            decided_on=fact.decided_on,
            review_on=fact.review_on,
            scopes=tuple(Ruling(name, s.owner, s.location, s.abc_class) for s in fact.scopes),
        )
        for name, fact in settings.facts.items()
    ]


def find_undeclared(settings: Settings) -> list[Problem]:
    """Return a gap for each name in a formula that no fact declares and nobody supplies.

    ``committed`` needs no declaration where a system gives movements (open orders are
    counted from them) or shows it itself.
    """
    found: dict[str, Problem] = {}
    for mirror in settings.mirrors:
        for name in parse_formula(mirror.expects).names:
            if name in settings.facts or name == SAFETY_STOCK or name in found:
                continue
            if name == COMMITTED and _is_committed_known(settings):
                continue
            found[name] = _describe_undeclared(name, mirror, settings)
    return list(found.values())


def _is_committed_known(settings: Settings) -> bool:
    shown = any(mirror.fact == COMMITTED for mirror in settings.mirrors)
    return shown or any(_gives_movements(s.options) for s in settings.systems.values())


def _gives_movements(options: dict[str, object]) -> bool:
    feeds = options.get("feeds")
    return "movements" in options or (isinstance(feeds, dict | list) and "movements" in feeds)


def _describe_undeclared(name: str, mirror: Mirror, settings: Settings) -> Problem:
    where = f"{mirror.system} expects {mirror.expects!r}"
    if name == COMMITTED:
        cure = "give one system a movements feed, or declare facts.committed with its owner"
    else:
        near = find_nearest(name, [*settings.facts, SAFETY_STOCK, COMMITTED])
        cure = f"declare facts.{name} with its owner{near}"
    return Problem("gap", name, (mirror.system,), f"{name}: {where}, but nobody owns it; {cure}")


def find_overdue_rules(settings: Settings, *, today: date) -> list[Problem]:
    """Return the mirror rules whose review is overdue or whose last day has passed."""
    found = []
    for mirror in settings.mirrors:
        rule = mirror.rule
        if rule is None:
            continue
        label = f"{mirror.system} {mirror.fact}"
        due_on = find_due_day(None, rule.reviewed_on or rule.since, settings.registry.review_days)
        if rule.until and rule.until < today:
            text = f"{label}: the rule ended on {rule.until}; write the one that holds now"
        elif due_on and due_on < today:
            days = (today - due_on).days
            text = f"{label}: the rule's review was due on {due_on}, {days} days ago"
        else:
            continue
        found.append(Problem("overdue", mirror.fact, (mirror.system,), text))
    return found


def build_exercise(settings: Settings) -> list[ExerciseRow]:
    """Return the authority exercise: facts down, systems across, bugs and gaps first."""
    order = {"bug": 0, "gap": 1, "owned": 2}
    rows = [_build_row(settings, name) for name in settings.facts]
    return sorted(rows, key=lambda row: order[row.state])


def _build_row(settings: Settings, name: str) -> ExerciseRow:
    owners = settings.facts[name].owners
    state = "owned" if len(owners) == 1 else "bug" if owners else "gap"
    cells = {system: _build_cell(settings, name, system) for system in settings.systems}
    return ExerciseRow(name, state, cells)


def _build_cell(settings: Settings, name: str, system: str) -> str:
    fact = settings.facts[name]
    words = []
    if system in fact.owners:
        words.append("owns" if len(fact.owners) == 1 else "claims")
    words += [f"owns {s.location or s.abc_class}" for s in fact.scopes if s.owner == system]
    if any(_shows(mirror, name) for mirror in settings.mirrors if mirror.system == system):
        words.append("holds")
    if _writes(settings, name, system):
        words.append("writes")
    return ", ".join(words)


def _shows(mirror: Mirror, fact: str) -> bool:
    return mirror.fact == fact or fact in parse_formula(mirror.expects).names


def _writes(settings: Settings, fact: str, system: str) -> bool:
    """Say whether a path of the map carries the fact, or movements of it, out of ``system``."""
    carried = {k for h in settings.handoffs if h.source == system for k in h.carries}
    if fact in carried:
        return True
    if fact == ON_HAND:
        return any(kind in carried for kind in KINDS if ON_HAND_SIGN[kind] or kind == "count")
    return fact == COMMITTED and bool(carried & {"order_placed", "order_cancelled"})


def find_leans(settings: Settings) -> dict[str, Lean]:
    """Return what the five-factor worksheet of each fact that has one recommends."""
    return {
        name: score_worksheet(fact.worksheet.model_dump())
        for name, fact in settings.facts.items()
        if fact.worksheet is not None
    }

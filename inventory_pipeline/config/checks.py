"""What the parts of the file say of each other: names, scopes, formulas, cycles.

A fact with no owner or two is no mistake here: ``check`` and the mail report it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from inventory_pipeline.config.formula import parse_formula
from inventory_pipeline.config.mistakes import Mistake, find_nearest, render_names
from inventory_pipeline.config.models import Settings
from inventory_pipeline.config.profiles import explain_keeper, find_keeper
from inventory_pipeline.config.yaml_lines import Place
from inventory_pipeline.errors import ConfigError
from inventory_pipeline.model.ownership import Ruling, find_overlaps, is_no_answer
from inventory_pipeline.model.quantities import ON_HAND, SAFETY_STOCK

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")


def find_contradictions(settings: Settings) -> list[Mistake]:
    """Return every place where the file contradicts itself."""
    return [
        *_find_unknown_systems(settings),
        *_find_scope_overlaps(settings),
        *_find_repeats(settings),
        *_find_reserved_facts(settings),
        *_find_bad_formulas(settings),
        *_find_unknown_writes(settings),
        *_find_bad_addresses(settings),
        *_find_empty_profile(settings),
        *_find_cycles(settings),
    ]


def _find_unknown_systems(settings: Settings) -> Iterator[Mistake]:
    known = list(settings.systems)
    for place, name in _find_system_names(settings):
        if name in known:
            continue
        if is_no_answer(name):
            text = f"{name!r} names no system; a scope has one owner {render_names(known)}"
        else:
            text = f"no system is named {name!r}{find_nearest(name, known)} {render_names(known)}"
        yield Mistake(place, text)


def _find_system_names(settings: Settings) -> Iterator[tuple[Place, str]]:
    for name, fact in settings.facts.items():
        for answer in fact.answers:
            if not is_no_answer(answer):
                yield ("facts", name, "owner"), answer
        for index, scope in enumerate(fact.scopes):
            yield ("facts", name, "scopes", index, "owner"), scope.owner
    for index, mirror in enumerate(settings.mirrors):
        yield ("mirrors", index, "system"), mirror.system
    for index, handoff in enumerate(settings.handoffs):
        yield ("handoffs", index, "source"), handoff.source
        yield ("handoffs", index, "target"), handoff.target


def _find_scope_overlaps(settings: Settings) -> Iterator[Mistake]:
    for name, fact in settings.facts.items():
        rulings = [Ruling(name, s.owner, s.location, s.abc_class) for s in fact.scopes]
        for first, second in find_overlaps(rulings):
            one, other = _describe(rulings[first]), _describe(rulings[second])
            yield Mistake(
                ("facts", name, "scopes", second),
                f"{other} and {one} can match the same row; "
                "narrow one by location or abc_class until they cannot",
            )


def _describe(ruling: Ruling) -> str:
    parts = [("location", ruling.location), ("abc_class", ruling.abc_class)]
    named = ", ".join(f"{key} {value}" for key, value in parts if value is not None)
    return f"the scope of {ruling.owner} ({named})"


def _find_repeats(settings: Settings) -> Iterator[Mistake]:
    mirrors = [f"{mirror.system} {mirror.fact}" for mirror in settings.mirrors]
    paths = [f"{h.path} {h.source} -> {h.target}" for h in settings.handoffs]
    for key, labels in (("mirrors", mirrors), ("handoffs", paths)):
        for index, label in enumerate(labels):
            first = labels.index(label)
            if first < index:
                yield Mistake((key, index), f"{label} stands twice (first as [{first}]); keep one")


def _find_reserved_facts(settings: Settings) -> Iterator[Mistake]:
    if SAFETY_STOCK in settings.facts:
        yield Mistake(
            ("facts", SAFETY_STOCK), "is the catalogue's own column; call the fact otherwise"
        )
    if not settings.facts:
        yield Mistake(("facts",), "no fact is named; name at least on_hand, or choose a profile")


def _find_bad_formulas(settings: Settings) -> Iterator[Mistake]:
    for index, mirror in enumerate(settings.mirrors):
        try:
            parse_formula(mirror.expects)
        except ConfigError as error:
            yield Mistake(("mirrors", index, "expects"), str(error))


def _find_unknown_writes(settings: Settings) -> Iterator[Mistake]:
    for name, system in settings.systems.items():
        shown = [mirror.fact for mirror in settings.mirrors if mirror.system == name]
        known = list(dict.fromkeys([*shown, *settings.facts]))
        for index, fact in enumerate(system.writes):
            if fact not in known:
                near = find_nearest(fact, known)
                yield Mistake(
                    ("systems", name, "writes", index),
                    f"{fact!r} is no fact of this system{near} {render_names(known)}",
                )


def _find_bad_addresses(settings: Settings) -> Iterator[Mistake]:
    addresses: list[tuple[Place, str]] = [(("mail", "from"), settings.mail.sender)]
    addresses += [(("mail", "to", index), text) for index, text in enumerate(settings.mail.to)]
    for place, text in addresses:
        if not _ADDRESS.fullmatch(text):
            yield Mistake(place, f"{text!r} is no mail address; write one as ops@example.com")


def _find_empty_profile(settings: Settings) -> Iterator[Mistake]:
    profile = settings.profile
    if profile is None or find_keeper(profile, settings.systems):
        return
    if not settings.facts[ON_HAND].answers:
        yield Mistake(
            ("profile",),
            f"{profile} finds no owner of on_hand: it takes {explain_keeper(profile)}; "
            "name facts.on_hand.owner instead",
        )


def _find_cycles(settings: Settings) -> Iterator[Mistake]:
    """Find facts whose owners are each judged by the other: nobody would be right."""
    judged_by = _find_judges(settings)
    for index, mirror in enumerate(settings.mirrors):
        if _is_settled_owner(settings, mirror.fact, mirror.system):
            loop = _find_loop(mirror.fact, judged_by)
            if loop:
                path = " -> ".join(f"{f} ({_find_owner(settings, f)})" for f in loop)
                yield Mistake(
                    ("mirrors", index),
                    f"authority goes in a circle: {path}; an owner is not judged by what "
                    "follows from its own number",
                )


def _find_judges(settings: Settings) -> dict[str, set[str]]:
    """Return for each fact the facts by which its own owner is judged as a mirror."""
    judges: dict[str, set[str]] = {}
    for mirror in settings.mirrors:
        if not _is_settled_owner(settings, mirror.fact, mirror.system):
            continue
        try:
            formula = parse_formula(mirror.expects)
        except ConfigError:
            continue
        plain = formula.render_sql({name: name for name in formula.names})
        if plain != mirror.fact:  # an owner that equals itself: nothing to judge
            judges.setdefault(mirror.fact, set()).update(formula.names)
    return judges


def _is_settled_owner(settings: Settings, fact: str, system: str) -> bool:
    """Say whether ``system`` alone owns all of ``fact``: no scope, no rival."""
    declared = settings.facts.get(fact)
    return bool(declared and declared.owners == [system] and not declared.scopes)


def _find_owner(settings: Settings, fact: str) -> str:
    return ", ".join(settings.facts[fact].owners)


def _find_loop(start: str, judged_by: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the way from ``start`` back to itself, both ends included; empty if none."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for following in sorted(judged_by.get(way[-1], ())):
            if following == start:
                return [*way, start]
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return []

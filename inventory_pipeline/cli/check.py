"""``check``: is the configuration whole, and does every fact have exactly one owner?"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import click
from rich.console import Console

from inventory_pipeline.cli.console import (
    build_console,
    finish,
    print_json,
    print_line,
    print_table,
)
from inventory_pipeline.cli.house import open_house
from inventory_pipeline.config.handoffs import find_missing
from inventory_pipeline.config.meaning import find_mismatches
from inventory_pipeline.config.models import Settings
from inventory_pipeline.config.registry import (
    MANY_SYSTEMS,
    ExerciseRow,
    build_exercise,
    compute_registry,
    find_leans,
)
from inventory_pipeline.errors import ConfigError
from inventory_pipeline.model.ownership import Lean, Problem, Registry
from inventory_pipeline.wiring.house import House

_STYLES = {"bug": "bold red", "gap": "red", "overdue": "yellow", "owned": ""}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print for machines.")
@click.option(
    "--on",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Judge reviews as of this day; default today.",
)
@click.pass_context
def command(ctx: click.Context, as_json: bool, day: datetime | None) -> None:
    """Validate the configuration and print the authority exercise.

    Facts down, systems across; bugs and gaps first. Ends with 1 if a fact has no owner or
    several, or if a review is overdue.
    """
    house = open_house(ctx)
    _check_parts(house)
    settings = house.settings
    today = day.date() if day else house.clock.now().astimezone(settings.business.zone).date()
    registry = compute_registry(settings, today=today)
    rows, leans = build_exercise(settings), find_leans(settings)
    if as_json:
        print_json(_build_answer(settings, registry, rows, leans, today))
    else:
        _print_answer(build_console(), settings, registry, rows, leans)
    finish(needs_person=bool(registry.problems))


def _check_parts(house: House) -> None:
    """Look at what the file names: connectors with their options, writers, and the catalogue.

    Raises:
        ConfigError: one line for each that is wrong.
    """
    wrong = []
    for name, system in house.settings.systems.items():
        try:
            house.build_connector(name)
            if system.writes:
                house.build_writer(name)
        except ConfigError as error:
            wrong.append(str(error))
    try:
        _ = house.catalog
    except ConfigError as error:
        wrong.append(str(error))
    if wrong:
        raise ConfigError("\n".join(wrong))


def _build_answer(
    settings: Settings,
    registry: Registry,
    rows: Sequence[ExerciseRow],
    leans: dict[str, Lean],
    today: date,
) -> dict[str, Any]:
    return {
        "as_of": today,
        "systems": list(settings.systems),
        "exercise": [{"fact": r.fact, "state": r.state, "cells": r.cells} for r in rows],
        "problems": [_encode_problem(problem) for problem in registry.problems],
        "blocked": registry.find_blocked_uses(),
        "mirrors": [
            {"system": m.system, "fact": m.fact, "expects": m.expects, "unit": m.unit}
            for m in settings.mirrors
        ],
        "lacking_handoffs": [
            {"path": m.point.name, "source": m.source, "target": m.target, "text": m.point.words}
            for m in find_missing(settings)
        ],
        "mismatches": [
            {"system": m.system, "fact": m.fact, "text": m.text} for m in find_mismatches(settings)
        ],
        "leans": {fact: {"wms": x.wms, "erp": x.erp, "text": x.text} for fact, x in leans.items()},
    }


def _encode_problem(problem: Problem) -> dict[str, Any]:
    return {
        "kind": problem.kind,
        "fact": problem.fact,
        "systems": list(problem.systems),
        "text": problem.text,
    }


def _print_answer(
    console: Console,
    settings: Settings,
    registry: Registry,
    rows: Sequence[ExerciseRow],
    leans: dict[str, Lean],
) -> None:
    _print_exercise(console, settings, rows)
    _print_mirrors(console, settings)
    for lacking in find_missing(settings):
        ends = f"{lacking.source} -> {lacking.target}"
        text = f"the map lacks {lacking.point.name} ({ends}): {lacking.point.words}"
        print_line(console, text, style="yellow")
    for mismatch in find_mismatches(settings):
        print_line(console, f"rule: {mismatch.text}", style="yellow")
    for fact, lean in leans.items():
        print_line(console, f"worksheet of {fact}: {lean.text}; people decide")
    for problem in registry.problems:
        print_line(console, f"{problem.kind}: {problem.text}", style=_STYLES[problem.kind])
    for fact, uses in registry.find_blocked_uses().items():
        print_line(console, f"blocked until {fact} is settled: {', '.join(uses)}")
    if len(settings.systems) >= MANY_SYSTEMS:
        print_line(
            console,
            f"{len(settings.systems)} systems hold numbers: take twenty minutes and go through "
            "this table with the people who use them",
        )
    print_line(console, _summarise(registry, rows))


def _print_exercise(console: Console, settings: Settings, rows: Sequence[ExerciseRow]) -> None:
    print_table(
        console,
        ["fact", "state", *settings.systems],
        [(row.fact, row.state, *row.cells.values()) for row in rows],
        styles=[_STYLES[row.state] for row in rows],
    )


def _print_mirrors(console: Console, settings: Settings) -> None:
    if not settings.mirrors:
        print_line(console, "no mirror is named: nothing will be compared", style="yellow")
        return
    print_table(
        console,
        ["mirror", "shows", "expects", "in", "because"],
        [
            (m.system, m.fact, m.expects, m.unit or "eaches", m.rule.reason if m.rule else "")
            for m in settings.mirrors
        ],
    )


def _summarise(registry: Registry, rows: Sequence[ExerciseRow]) -> str:
    kinds: list[str] = [problem.kind for problem in registry.problems]
    owned = sum(row.state == "owned" for row in rows)
    counts = ", ".join(
        f"{kinds.count(kind)} {words}"
        for kind, words in (("bug", "bugs"), ("gap", "gaps"), ("overdue", "overdue reviews"))
    )
    return f"{owned} of {len(rows)} facts have one owner; {counts}"

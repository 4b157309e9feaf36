"""Shop: one simulated shop through the real pipeline, hour by hour, and what it said."""

import json
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.driftbench.answer import Answer, Result, Second
from benchmarks.driftbench.check import check_acts, find_false, find_wanted
from benchmarks.driftbench.hard import draw_hard_mix
from benchmarks.driftbench.paths import Papers, is_exact, load_papers
from benchmarks.driftbench.plan import Plan
from benchmarks.driftbench.rivals import find_features, guess_by_one_rule
from benchmarks.driftbench.truth import CORRECTABLE, OVER, Key, Problem, Truth, load_truth
from inventory_pipeline.diagnose.case import Case
from inventory_pipeline.diagnose.evidence import build_cases
from inventory_pipeline.diagnose.grounding import find_ungrounded
from inventory_pipeline.diagnose.standing import find_standings
from inventory_pipeline.diagnose.step import load_evidence
from inventory_pipeline.diagnose.verdict import find_steps, judge
from inventory_pipeline.simulator.run import simulate
from inventory_pipeline.wiring.export import load_table
from inventory_pipeline.wiring.house import House, build_house
from inventory_pipeline.wiring.pending import load_ours
from inventory_pipeline.wiring.shift import open_shift

OPENING = datetime(2026, 4, 6, tzinfo=UTC)
# (hour, key) → what the pipeline said then, a row of ``export diagnoses`` and its finding's kind.
Said = Mapping[tuple[datetime, Key], dict[str, Any]]


def run_shop(plan: Plan) -> Result:
    """Simulate a shop, run every hour of it, and compare what was said with what was true."""
    started = time.process_time()
    with tempfile.TemporaryDirectory(prefix="driftbench-") as folder:
        out = Path(folder) / "shop"
        config = simulate(
            out,
            seed=plan.seed,
            profile=plan.profile,
            hours=plan.hours,
            start=OPENING,
            tier=plan.tier,
            faults=_find_mix(plan),
        )
        house, truth = build_house(config), load_truth(out / "truth")
        seconds = _run_hours(house, truth, plan)
        rows, papers = _load_said(house), load_papers(house)
        items = house.catalog.items.height
    said = {(row["hour_at"], _find_key(row)): row for row in rows}
    answers = [
        _answer(problem, _find_row(problem, said), truth, plan, papers, seconds)
        for problem in truth.problems
    ]
    told = [answer for answer in answers if answer is not None and answer.said]
    silent = [p for p, a in zip(truth.problems, answers, strict=True) if a is None]
    missed = [a for a in answers if a is not None and not a.said]
    return Result(
        plan=plan,
        answers=(*told, *missed),
        acts=tuple(check_acts(plan, rows, truth)),
        explained=sum(_only_waits(p) for p in silent),
        young=sum(not _only_waits(p) for p in silent),
        false=tuple(find_false(rows, truth)),
        sku_hours=items * plan.hours,
        sentences=len(rows),
        ungrounded=tuple(_list_loose(rows)),
        seconds=time.process_time() - started,
    )


def _find_mix(plan: Plan) -> Mapping[str, int] | None:
    """Return the faults; none: those of the profile."""
    mixes = {"quiet": dict[str, int](), "hard": draw_hard_mix(plan.seed)}
    return mixes.get(plan.kind)


def _run_hours(house: House, truth: Truth, plan: Plan) -> dict[tuple[datetime, Key], Second]:
    """Run every hour as it comes; look a second time at the cases that will be judged."""
    wanted: dict[datetime, dict[Key, Problem]] = {}
    for problem in truth.problems:
        wanted.setdefault(problem.last_hour, {})[problem.key] = problem
    seconds: dict[tuple[datetime, Key], Second] = {}
    for number in range(plan.hours):
        hour_at = OPENING + timedelta(hours=number)
        with open_shift(house, [hour_at], may_fetch=True) as shift, shift.sitting():
            for system in house.settings.systems:
                shift.ingest(system, hour_at)
            shift.reconcile(hour_at)
            shift.diagnose(hour_at)
        if hour_at in wanted:
            for key, second in _look_again(house, hour_at, wanted[hour_at], plan):
                seconds[hour_at, key] = second
    return seconds


def _look_again(
    house: House, hour_at: datetime, problems: Mapping[Key, Problem], plan: Plan
) -> Iterator[tuple[Key, Second]]:
    with house.warehouse() as warehouse:
        ours = load_ours(house, hour_at)
        evidence, _ = load_evidence(warehouse, house.settings, hour_at, ours)
    standings = find_standings(evidence.cases, house.settings, house.catalog)
    for case in build_cases(evidence, standings):
        problem = _find_problem(case, problems)
        if problem is not None:
            yield problem.key, _build_second(case, problem, plan)


def _find_problem(case: Case, problems: Mapping[Key, Problem]) -> Problem | None:
    exact = problems.get((case.sku, case.location_id, case.mirror, case.fact))
    if exact is not None and exact.has_gap:
        return exact
    for problem in problems.values():
        is_here = problem.key[:2] == (case.sku, case.location_id)
        if is_here and not problem.has_gap and case.kind != "gap":
            return problem
    return None


def _build_second(case: Case, problem: Problem, plan: Plan) -> Second:
    verdict = judge(case, {})
    is_hidden = not plan.hidden.isdisjoint(problem.find_causes(problem.last_hour))
    without = judge(case, {}, hidden=plan.hidden) if is_hidden else None
    return Second(
        tier=find_steps(case),
        share=verdict.share,
        one_rule=guess_by_one_rule(case),
        features=find_features(case),
        hidden_cause=without.cause if without else "",
        hidden_is_proven=without is not None and without.is_proven,
    )


def _load_said(house: House) -> list[dict[str, Any]]:
    kinds = load_table(house, "findings").select("finding_id", "kind")
    said = load_table(house, "diagnoses")
    return said.join(kinds, on="finding_id", how="left", validate="m:1").to_dicts()


def _find_key(row: Mapping[str, Any]) -> Key:
    return row["sku"], row["location_id"], row["mirror"], row["fact"]


def _answer(
    problem: Problem,
    row: Mapping[str, Any] | None,
    truth: Truth,
    plan: Plan,
    papers: Papers,
    seconds: Mapping[tuple[datetime, Key], Second],
) -> Answer | None:
    """Return what was said of a problem; None: it was no finding, and need not have been."""
    if row is None and (_only_waits(problem) or len(problem.deltas) == 1):
        return None
    hour_at = row["hour_at"] if row else problem.last_hour
    truly: dict[str, Any] = {
        "plan": plan,
        "key": problem.key,
        "hour_at": hour_at,
        "causes": problem.find_causes(hour_at),
        "weight": problem.weight,
        "is_answerable": all(label.is_answerable for label in problem.labels),
        "delta": problem.deltas.get(hour_at),
        "wanted": find_wanted(truth, hour_at, problem.key) if problem.has_gap else None,
        "is_correctable": all(label.remedy == CORRECTABLE for label in problem.see(hour_at)),
    }
    if row is None:
        return Answer(**truly)
    ids = _find_ids(row)
    known = frozenset().union(*(label.record_ids for label in problem.labels))
    return Answer(
        **truly,
        said=row["cause"],
        also=tuple(json.loads(row["also"])),
        rivals=tuple(rival["cause"] for rival in json.loads(row["rivals"])),
        confidence=row["confidence"],
        is_proven=row["is_proven"],
        correction=row["correction_units"],
        ids=ids,
        is_path_exact=is_exact(ids, known, papers),
        sentence=row["sentence"],
        second=seconds.get((hour_at, problem.key)),
    )


def _find_row(problem: Problem, said: Said) -> dict[str, Any] | None:
    """Return what was said last while the faults of the problem were at work."""
    if problem.has_gap:
        hours = [h for h in problem.deltas if (h, problem.key) in said]
        return said[max(hours), problem.key] if hours else None
    first, last = min(problem.deltas), max(problem.deltas)
    rows = [
        row
        for (hour_at, key), row in said.items()
        if key[:2] == problem.key[:2] and row["kind"] != "gap" and first <= hour_at <= last
    ]
    return max(rows, key=lambda row: row["hour_at"], default=None)


def _only_waits(problem: Problem) -> bool:
    return all(label.remedy in OVER for label in problem.see(problem.last_hour))


def _find_ids(row: Mapping[str, Any]) -> tuple[str, ...]:
    claims = json.loads(row["evidence"]).get("claims", [])
    return tuple(dict.fromkeys(name for claim in claims for name in claim["ids"]))


def _list_loose(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for row in rows:
        loose = find_ungrounded(row["sentence"], json.loads(row["evidence"]))
        if loose:
            yield f"{' '.join(loose)}: {row['sentence']}"

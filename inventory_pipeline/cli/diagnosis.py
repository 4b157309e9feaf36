"""A diagnosis on the terminal: the sentence, how sure it is, its records, rivals and the plan."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console

from inventory_pipeline.cli import console as terminal

_TEXTS = ("evidence", "rivals", "also")
_RECORD = ("id", "system", "kind", "units", "local", "reference_id")


def read_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of ``contract.diagnoses`` with its JSON texts read."""
    return {name: json.loads(v) if name in _TEXTS else v for name, v in row.items()}


def print_diagnoses(out: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    """Print why each finding is there."""
    if rows:
        terminal.print_line(out, "Why", style="bold")
    for row in rows:
        _print_one(out, read_json(row))


def _print_one(out: Console, row: Mapping[str, Any]) -> None:
    evidence = row["evidence"]
    terminal.print_line(out, f"{row['finding_id']} {row['mirror']}: {row['sentence']}")
    for line in _list_lines(row):
        terminal.print_line(out, f"  {line}")
    if records := evidence.get("records"):
        cells = [[_show(record.get(name)) for name in _RECORD] for record in records]
        terminal.print_table(out, _RECORD, cells)
    plan = evidence.get("plan", {})
    if steps := plan.get("steps"):
        cells = [
            [step["step"].replace("_", " "), step["status"], step["because"]] for step in steps
        ]
        terminal.print_table(out, ("plan", "", "because"), cells)
    if plan.get("suspect"):
        straight = "go straight to" if plan["is_direct"] else "look at"
        terminal.print_line(out, f"  {straight}: {plan['suspect'].replace('_', ' ')}")


def _list_lines(row: Mapping[str, Any]) -> list[str]:
    evidence = row["evidence"]
    proof = "proven" if row["is_proven"] else "not proven"
    doubts = "; ".join(evidence.get("doubts", ()))
    also = f" and {', '.join(row['also'])}" if row["also"] else ""
    rest = row["unexplained_units"]
    lines = [
        f"cause: {row['cause']}{also}, confidence {row['confidence']:.0%}, {proof}"
        + (f": {doubts}" if doubts and not row["is_proven"] else ""),
        f"explained {row['explained_units']:+d} units" + (f", left over {rest:+d}" if rest else ""),
        f"verdict: {row['verdict']}{_render_signs(evidence.get('signs'))}",
    ]
    if row["rivals"]:
        rivals = ", ".join(f"{rival['cause']} {rival['share']:.0%}" for rival in row["rivals"])
        lines.append(f"rivals: {rivals}")
    if row["what_would_settle_it"]:
        lines.append(f"what would settle it: {row['what_would_settle_it']}")
    if after := evidence.get("returned_after"):
        lines.append(
            f"it came back after {after['system']} changed {after['kind']} {after['subject']} "
            f"at {after['local']}"
        )
    return lines


def _render_signs(signs: Mapping[str, Any] | None) -> str:
    if not signs:
        return ""
    told = [
        f"{side} {len(signs[side])} of 4" + (f" ({', '.join(signs[side])})" if signs[side] else "")
        for side in ("integration", "process")
    ]
    return f"; signs over all gaps there: {'; '.join(told)}".replace("_", " ")


def _show(value: object) -> str:
    return "-" if value in (None, "") else str(value)

"""The results for people: a table for the terminal, docs/driftbench.md for the docs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.table import Table

from benchmarks.driftbench.answer import Result
from benchmarks.driftbench.plan import find_hidden, find_seeds, find_version
from benchmarks.driftbench.scores import TOO_EASY
from benchmarks.driftbench.worst import Confusion
from benchmarks.measure import Row

HEAD = """\
# Driftbench

Written by `make driftbench`; nothing here is edited by hand. Simulated shops with labelled
faults go through the real pipeline, hour by hour, on the files their systems drop. Then what
`export diagnoses` says of each number that is off is compared with what was done to it.

- A **problem** is one number while the same faults are at work on it. It is judged in the last
  hour in which it is off and something was said of it. A fault that struck many numbers counts
  once. What is in no finding at all counts as wrong, unless it closes by itself or was off in
  one single reading, when it may as well be on its way.
- **Wrong fixes** are judged in every hour, not only in the last: a finding called proven while
  nothing is off, with a cause that is not at work, or with another correction than the one
  that puts the number right, or the faults it names.
- A **tier** is what can be seen: T0 counts, T1 also movements and documents, T2 also the
  mirrors' logs, the middleware and settings.
- **Held out**: one family of causes is hidden from the catalogue; then its faults should be
  called unknown.
- The same two simple ways stand beside ours: "the largest equal movement wins", and naive
  Bayes over the counts. If the first passes 60 %, the benchmark is too easy.
- Development seeds are public. Acceptance seeds are drawn from `sha256(version)`; only their
  totals are shown. **Nobody looks at acceptance labels one by one**: the ten worst cases and
  all examples are of development, and nothing is tuned on anything else.
- D10 (time), D11 and D12 are tests and benchmarks of their own.

"""
MOST_CONFUSIONS = 15


def render_table(rows: Mapping[str, Row]) -> Table:
    """Return the table for the terminal."""
    table = Table("target", "value", "wanted", "met", "n", "what")
    for name, row in rows.items():
        met = "[green]yes[/]" if row.is_met else "[red]no[/]"
        table.add_row(name, _write(row.value), _write_target(row), met, f"{row.n:,}", row.note)
    return table


def render_warning(rows: Mapping[str, Row]) -> str:
    """Return what must be said aloud: a benchmark that a simple rule solves measures nothing."""
    value = rows["baseline_one_rule"].value
    if value <= TOO_EASY:
        return ""
    return f"THE BENCHMARK IS TOO EASY: the one rule reaches {value:.0%}, at most 60 % is allowed"


def render_page(
    rows: Mapping[str, Row],
    results: Sequence[Result],
    confusions: Sequence[Confusion],
    worst: Sequence[Mapping[str, object]],
    *,
    split: str,
    is_quick: bool,
) -> str:
    """Return docs/driftbench.md."""
    warning = render_warning(rows)
    parts = [
        HEAD,
        _describe(results, split=split, is_quick=is_quick),
        f"\n**{warning}**\n" if warning else "",
        "\n## Targets\n\n",
        "| target | reached | wanted | met | n | what |\n",
        "| --- | ---: | ---: | --- | ---: | --- |\n",
        *_render_rows(rows),
        "\n## What is taken for what\n\nProblems of one fault; a fault counts once.\n",
        *_render_confusions(confusions, has_examples=split == "development"),
        "\n## Ten worst cases of development\n\n",
        *_render_worst(worst),
    ]
    return "".join(parts)


def _describe(results: Sequence[Result], *, split: str, is_quick: bool) -> str:
    answers = [answer for result in results for answer in result.answers]
    singles = sum(answer.is_single for answer in answers)
    hidden = sorted(find_hidden(split, 0))
    size = "a quick part of the " if is_quick else ""
    seeds = ", ".join(map(str, sorted({result.plan.seed for result in results})))
    return (
        f"Version {find_version()}, {size}{split} split: {len(results)} shops of "
        f"{results[0].plan.hours} hours, {len(answers)} problems ({singles} of one fault), seeds "
        f"{seeds} of {len(find_seeds(split))}. Left out: "
        f"{sum(r.explained for r in results)} that wait and were no finding, "
        f"{sum(r.young for r in results)} of one reading. Hidden family of the first seed: "
        f"{', '.join(hidden)}.\n"
    )


def _render_rows(rows: Mapping[str, Row]) -> Iterator[str]:
    for name, row in rows.items():
        met = "yes" if row.is_met else "**no**"
        value, wanted = _write(row.value), _write_target(row)
        yield f"| {name} | {value} | {wanted} | {met} | {row.n:,} | {row.note} |\n"


def _render_confusions(found: Sequence[Confusion], *, has_examples: bool) -> Iterator[str]:
    for tier in sorted({confusion.tier for confusion in found}, reverse=True):
        yield f"\n### T{tier}\n\n| faults | true cause | said | for example |\n"
        yield "| ---: | --- | --- | --- |\n"
        for each in [c for c in found if c.tier == tier][:MOST_CONFUSIONS]:
            example = each.example if has_examples else ""
            yield f"| {each.weight:.1f} | {each.truth} | {each.said} | {example} |\n"


def _render_worst(worst: Iterable[Mapping[str, object]]) -> Iterator[str]:
    for number, case in enumerate(worst, 1):
        yield (
            f"{number}. **{case['truth']}** called **{case['said']}** ({case['confidence']}). "
            f"{case['where']}. {case['sentence']}\n"
        )


def _write(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) and value > 1 else f"{value:.3f}"


def _write_target(row: Row) -> str:
    sign = "at most" if row.better == "lower" else "at least"
    return f"{sign} {row.target:g}"

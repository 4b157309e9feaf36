"""docs/mutation.md: every sample in a line, the newest module by module, survivor by survivor."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.mutation.scope import SCOPE
from inventory_pipeline.reconcile.structural import compute_wilson

HEAD = """\
# Mutation testing

Written by `make mutation`; nothing here is edited by hand. A small fault is put into {parts}
(a `<` becomes `<=`, a 2 becomes 3, an `and` becomes `or`, a loop never runs), and
the tests run. A mutant that no test notices has **survived**: it shows code that no test holds to
anything, or a change that makes no difference. Wanted: at least {target:.0%} killed.

- It is **a sample**, not all mutants: so many places of the code are drawn at random, by a seed,
  each module in proportion to its places; at each place one of the mutants that are possible
  there. The interval is Wilson's, 95 %.
- The operators are cosmic-ray's. Left out by rule (`benchmarks/mutation/rules.py`), never one by
  one: annotations, arguments of decorators, decorators that only cache, what is raised or logged,
  `strict=` of `zip`, `is` for `==`, and what is no Python any more.
- A mutant is judged by the tests that run its function: every unit test of the room, then, if
  none noticed, the quickest tests of whole hours and days, as many as take 25 seconds together.
  **Asked hours** says how many were given those; what nobody asked counts as survived.
- **Timed out** counts as noticed: the test run would hang.
{more}- A later sample is drawn afresh, with another seed, after tests were added: judging the first
  one again would flatter, since its survivors are what the tests were written for.

"""

MORE = {
    "judging": """\
- Samples 1 and 2 were judged by unit tests alone; of sample 3 only the mutants that no unit test
  runs were given hours and days. Sample 1 was drawn before the draw took its present form: its
  seed gives other mutants today.
"""
}
COLUMNS = (
    "sample", "seed", "code at", "judged", "asked hours", "killed", "survived", "timed out",
    "noticed", "interval", "met",
)  # fmt: skip


def render_page(samples: Sequence[Mapping[str, Any]]) -> str:
    """Return docs/mutation.md."""
    newest = samples[-1]
    parts = [
        _render_head(),
        "## Samples\n\n",
        f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}\n",
        *map(_render_sample, samples),
        _describe(newest),
        "\n## The newest sample, module by module\n\n",
        "| module | places | judged | killed | survived | timed out |\n",
        "| --- | ---: | ---: | ---: | ---: | ---: |\n",
        *_render_modules(newest),
        "\n## Every mutant that was not killed\n\n",
        *_render_left(newest),
    ]
    return "".join(parts)


def _render_head() -> str:
    parts = ", ".join(f"`{part}`" for part in SCOPE.parts)
    return HEAD.format(parts=parts, target=SCOPE.target, more=MORE.get(SCOPE.name, ""))


def _describe(sample: Mapping[str, Any]) -> str:
    stages = sample["stages"]
    return (
        f"\nDrawn from {sum(sample['places'].values()):,} places, {sample['mutants']:,} mutants. "
        f"In the newest sample the unit tests noticed {stages.get('unit', 0)}, tests of whole "
        f"hours and days {stages.get('shop', 0)}.\n"
    )


def _sum(sample: Mapping[str, Any]) -> Counter[str]:
    total: Counter[str] = Counter()
    for each in sample["outcomes"].values():
        total.update(each)
    return total


def _render_sample(sample: Mapping[str, Any]) -> str:
    total = _sum(sample)
    judged = total.total()
    noticed = judged - total["survived"]
    low, high = compute_wilson(noticed, judged) or (0.0, 1.0)
    is_met = "yes" if noticed >= SCOPE.target * judged else "**no**"
    cells = (
        sample["number"], sample["seed"], sample["commit"], judged, sample["asked"],
        total["killed"], total["survived"], total["timed out"], f"{noticed / judged:.1%}",
        f"{low:.1%} to {high:.1%}", is_met,
    )  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |\n"


def _render_modules(sample: Mapping[str, Any]) -> Iterator[str]:
    for path, each in sample["outcomes"].items():
        name = path.removeprefix("inventory_pipeline/")
        counts = [each.get(word, 0) for word in ("killed", "survived", "timed out")]
        cells = " | ".join(map(str, (sample["places"][path], sum(counts), *counts)))
        yield f"| {name} | {cells} |\n"


def _render_left(sample: Mapping[str, Any]) -> Iterator[str]:
    for mutant in sample["left"]:
        name = mutant["path"].removeprefix("inventory_pipeline/")
        word = "" if mutant["outcome"] == "survived" else f" ({mutant['outcome']})"
        yield (
            f"- **{name}:{mutant['line']}** `{mutant['function'] or 'module'}`{word}\n"
            f"  - was `{mutant['before']}`\n  - is `{mutant['after'] or 'nothing'}`\n"
        )

"""Mutation testing: what is left alone, who judges a mutant, and what the page says of a sample."""

from typing import Any

import pytest

from benchmarks.mutation.choice import PATIENCE, Choice
from benchmarks.mutation.page import render_page
from benchmarks.mutation.rules import find_skipped, is_sign, is_skipped

SOURCE = """\
@dataclass(frozen=True)
class A:
    units: int | None = 3

@cache
def load(path: str | None, *, size: int = 2) -> int | None:
    if size > 2:
        raise ValueError(f"{size - 1} is too much")
    logger.info("loaded %d", size + 1)
    return [*zip(path, path, strict=True)][size * 2]
"""


def find(text: str) -> tuple[int, int]:
    """Return line and column of a mark ``^`` put before what is asked for."""
    before = text[: text.index("^")]
    return before.count("\n") + 1, len(before) - before.rfind("\n") - 1


@pytest.mark.parametrize(
    ("marked", "is_left"),
    [
        ("frozen=^True", True),
        ("units: int ^| None", True),
        ("= ^3", False),
        ("@^cache", True),
        ("path: str ^| None", True),
        ("size: int = ^2", False),
        ("-> int ^| None", True),
        ("size ^> 2:", False),
        ("{size ^- 1}", True),
        ("size ^+ 1)", True),
        ("strict=^True", True),
        ("size ^* 2]", False),
    ],
)
def test_what_no_run_can_tell_apart_is_left_alone(marked: str, is_left: bool) -> None:
    at = find(SOURCE.replace(marked.replace("^", ""), marked))

    assert is_skipped("NumberReplacer", at, find_skipped(SOURCE)) is is_left


def test_identity_is_no_mutant_of_equality() -> None:
    assert is_skipped("ReplaceComparisonOperator_Eq_Is", (1, 0), [])
    assert not is_skipped("ReplaceComparisonOperator_Eq_NotEq", (1, 0), [])


@pytest.mark.parametrize(
    ("marked", "is_one"),
    [("def f(a, ^*, b)", True), ("f(^*a)", True), ("{^**a}", True), ("a ^* b", False),
     ("(a) ^* b", False)],
)  # fmt: skip
def test_a_star_of_a_signature_is_no_operator(marked: str, is_one: bool) -> None:
    assert is_sign(marked.replace("^", ""), find(marked)) is is_one


U, S = "inventory_pipeline_tests/unit/t.py::", "inventory_pipeline_tests/acceptance/"
CHOICE = Choice(
    seconds={
        f"{U}a": 2.0, f"{U}b": 1.0, f"{U}c": 1.0, f"{S}x.py::1": 3.0, f"{S}x.py::2": 4.0,
        f"{S}y.py::1": 5.0, f"{S}z.py::1": PATIENCE,
    },
    calls={
        f"{U}a": frozenset({"m.py:f"}), f"{U}b": frozenset({"m.py:f"}),
        f"{U}c": frozenset({"n.py:g"}), f"{S}x.py::1": frozenset({"m.py:f"}),
        f"{S}x.py::2": frozenset({"m.py:f"}), f"{S}y.py::1": frozenset({"m.py:f"}),
        f"{S}z.py::1": frozenset({"m.py:f"}),
    },
    users={"m.py": frozenset({"m.py", "n.py"}), "n.py": frozenset({"n.py"})},
)  # fmt: skip


def choose(path: str, function: str) -> dict[str, list[str]]:
    return dict(CHOICE.find_stages({"path": path, "function": function}))


def test_a_mutant_is_judged_by_the_tests_that_run_its_function_the_quickest_first() -> None:
    assert choose("m.py", "f")["unit"] == [f"{U}b", f"{U}a"]
    assert choose("n.py", "g") == {"unit": [f"{U}c"], "shop": []}


def test_a_line_outside_any_function_is_judged_by_whoever_uses_its_module() -> None:
    assert choose("m.py", "")["unit"] == [f"{U}b", f"{U}c", f"{U}a"]


def test_of_the_longer_tests_each_file_has_its_turn_and_patience_ends() -> None:
    assert choose("m.py", "f")["shop"] == [f"{S}x.py::1", f"{S}y.py::1", f"{S}x.py::2"]


def test_the_page_counts_what_was_noticed_and_lists_what_was_not() -> None:
    left: dict[str, Any] = {
        "path": "inventory_pipeline/diagnose/a.py", "line": 7, "function": "f", "operator": "x",
        "before": "a < b", "after": "a <= b", "outcome": "survived",
    }  # fmt: skip
    sample = {
        "number": 1, "seed": "1", "commit": "abc", "places": {left["path"]: 40}, "mutants": 90,
        "outcomes": {left["path"]: {"killed": 8, "survived": 1, "timed out": 1}},
        "asked": 3, "stages": {"unit": 7, "shop": 2}, "left": [left],
    }  # fmt: skip

    page = render_page([sample])

    assert "| 1 | 1 | abc | 10 | 3 | 8 | 1 | 1 | 90.0% | 59.6% to 98.2% | yes |" in page
    assert "| diagnose/a.py | 40 | 10 | 8 | 1 | 1 |" in page
    assert "- **diagnose/a.py:7** `f`\n  - was `a < b`\n  - is `a <= b`" in page
    assert "unit tests noticed 7, tests of whole hours and days 2." in page

"""A run that broke off goes on, with the results of the same code and no other."""

from pathlib import Path

from benchmarks.driftbench.answer import Result
from benchmarks.driftbench.plan import Plan
from benchmarks.driftbench.unfinished import Unfinished, compute_digest

FIRST, SECOND = (Plan("handmade", 2, seed, 24, frozenset()) for seed in (1, 2))


def build(plan: Plan) -> Result:
    return Result(
        plan=plan, answers=(), acts=(), explained=0, young=0, false=(), sku_hours=1,
        sentences=0, ungrounded=(), seconds=1.5,
    )  # fmt: skip


def test_what_is_done_is_kept_for_its_own_plans_and_its_own_code(tmp_path: Path) -> None:
    path = tmp_path / "unfinished.pickle"
    unfinished = Unfinished(path, "a" * 64)

    assert unfinished.load([FIRST]) == {}
    unfinished.keep({FIRST: build(FIRST), SECOND: build(SECOND)})

    assert unfinished.load([FIRST]) == {FIRST: build(FIRST)}
    assert Unfinished(path, "b" * 64).load([FIRST]) == {}
    unfinished.drop()
    assert unfinished.load([FIRST]) == {}


def test_code_is_known_by_what_it_says_and_where(tmp_path: Path) -> None:
    room = tmp_path / "inventory_pipeline"
    room.mkdir()
    (room / "a.py").write_text("x = 1")
    first = compute_digest(tmp_path)
    (room / "notes.md").write_text("nothing")
    assert compute_digest(tmp_path) == first
    (room / "a.py").write_text("x = 2")
    second = compute_digest(tmp_path)
    (room / "a.py").rename(room / "b.py")

    assert len({first, second, compute_digest(tmp_path)}) == 3

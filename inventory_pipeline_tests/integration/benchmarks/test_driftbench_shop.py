"""One small shop through the whole benchmark: simulated, run, judged and scored."""

import json
from dataclasses import asdict

import pytest

from benchmarks.driftbench.learner import learn_from_others
from benchmarks.driftbench.page import render_page
from benchmarks.driftbench.plan import FAMILIES, Plan
from benchmarks.driftbench.scores import Board, compute_scores
from benchmarks.driftbench.shop import run_shop
from benchmarks.driftbench.worst import find_confusions, find_worst

HOURS = 4


@pytest.mark.slow
def test_a_shop_is_judged_in_every_target_and_told_on_one_page() -> None:
    plan = Plan("handmade", 2, 3, HOURS, FAMILIES[1])

    result = run_shop(plan)

    assert result.answers, "a busy shop has problems"
    assert result.sku_hours > HOURS
    assert all(answer.said or answer.delta is not None for answer in result.answers)
    board = Board([result], learn_from_others([result]))
    rows = compute_scores(board)
    assert {"D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9"} <= set(rows)
    json.dumps({name: asdict(row) for name, row in rows.items()}, allow_nan=False)
    page = render_page(
        rows, [result], find_confusions(board.answers), find_worst([result]),
        split="acceptance", is_quick=True,
    )  # fmt: skip
    assert "| D1 |" in page
    skus = {answer.key[0] for answer in result.answers}
    told = page.partition("## What is taken for what")[2].partition("## Ten worst")[0]
    assert not any(sku in told for sku in skus), "acceptance shows no label one by one"

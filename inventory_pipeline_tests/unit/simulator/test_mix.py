from collections import Counter
from datetime import UTC, datetime
from random import Random

import pytest

from inventory_pipeline.cli.simulate import parse_mix
from inventory_pipeline.errors import UsageError
from inventory_pipeline.simulator.faults.fault import Fault
from inventory_pipeline.simulator.faults.mix import Planner, draw_causes, is_sociable
from inventory_pipeline.simulator.faults.registry import KINDS
from inventory_pipeline.simulator.shop import draw_goods
from inventory_pipeline.simulator.shops import OMNICHANNEL

START = datetime(2026, 4, 6, tzinfo=UTC)
GOODS = draw_goods(OMNICHANNEL, seed=1)


def plan(mix, seed: int = 1) -> list[Fault]:
    stream = Random(seed)
    return Planner(GOODS, OMNICHANNEL, start=START, hours=72, stream=stream).plan(mix)


def test_no_two_cases_share_a_sku():
    cases = Counter()
    for fault in plan({"movement_dropped": 8, "safety_stock_rule": 2, "sku_mapping": 2}):
        cases.update({member.sku for member in fault.members})
    assert len(cases) > 12
    assert set(cases.values()) == {1}


def test_causes_joined_by_a_plus_stand_on_one_number():
    faults = plan({"movement_dropped+double_decrement": 4})
    pairs = [(a, b) for a, b in zip(faults[::2], faults[1::2], strict=True)]
    assert len(pairs) == 4
    for a, b in pairs:
        assert {a.cause, b.cause} == {"movement_dropped", "double_decrement"}
        assert (a.mirror, a.fact, a.key) == (b.mirror, b.fact, b.key)


def test_the_order_of_a_mix_does_not_matter():
    names = {"ghost_row": 1, "movement_dropped": 3, "foreign_bulk_script": 1}
    backwards = dict(reversed(names.items()))

    def describe(mix):
        return [(fault.cause, fault.key, fault.hour) for fault in plan(mix)]

    assert describe(names) == describe(backwards)


def test_a_number_of_faults_is_drawn_and_some_stand_together():
    stream = Random(3)
    drawn = [draw_causes(stream) for _ in range(3_000)]
    sizes = Counter(map(len, drawn))
    assert 500 < sizes[2] + sizes[3] < 700
    assert sizes[3] > 100
    for causes in drawn:
        assert len(causes) == 1 or all(map(is_sociable, causes))
    assert {causes[0] for causes in drawn if len(causes) == 1} == KINDS.keys()


@pytest.mark.parametrize(
    ("text", "mix"),
    [
        ("20", 20),
        ("movement_dropped=3", {"movement_dropped": 3}),
        (" a = 1 , a+b=2,a=1", {"a": 2, "a+b": 2}),
    ],
)
def test_a_mix_is_a_number_or_causes_with_numbers(text, mix):
    assert parse_mix(text) == mix


@pytest.mark.parametrize("text", ["", "a", "a=", "a=x", "=3", "a=-1", "a=1,,"])
def test_a_mix_that_is_neither_is_refused(text):
    with pytest.raises(UsageError, match=r"--faults has .*; write a number, or CAUSE=N"):
        parse_mix(text)

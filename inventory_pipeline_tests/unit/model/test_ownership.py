from datetime import date

import pytest

from inventory_pipeline.model.ownership import (
    BLOCKED_USES,
    FACTORS,
    FactRecord,
    Ruling,
    build_registry,
    find_overlaps,
    find_problems,
    is_no_answer,
    score_worksheet,
)

TODAY = date(2026, 11, 20)


def judge(*facts, today=TODAY):
    return build_registry(facts, today=today, review_days=92)


def test_one_owner_is_right_none_a_gap_two_a_bug():
    registry = judge(
        FactRecord("catalog", ("storefront",)),
        FactRecord("price"),
        FactRecord("on_hand", ("wms", "erp")),
    )
    assert [(p.kind, p.fact, p.systems) for p in registry.problems] == [
        ("bug", "on_hand", ("wms", "erp")),
        ("gap", "price", ()),
    ]
    assert "wms and erp both claim it" in registry.problems[0].text


@pytest.mark.parametrize(
    "answer",
    ["depends", "It depends", "it depends on the season", "We check both.", "both", "nobody",
     "unknown", "TBD", "  it   depends ", "depends, ask Ann", "either"],
)  # fmt: skip
def test_an_answer_that_names_nobody_is_a_gap(answer):
    assert is_no_answer(answer)
    [problem] = find_problems([FactRecord("on_hand", (), answer)], today=TODAY, review_days=92)
    assert problem.kind == "gap"
    assert repr(answer) in problem.text


@pytest.mark.parametrize("name", ["shelf", "erp", "wms", "dependable_wms", "botham", "all_stores"])
def test_a_systems_name_is_an_answer(name):
    assert not is_no_answer(name)


@pytest.mark.parametrize(
    ("review_on", "decided_on", "is_overdue"),
    [
        (date(2026, 8, 19), None, True),
        (date(2026, 11, 19), None, True),
        (date(2026, 11, 20), None, False),
        (None, date(2026, 8, 19), True),
        (None, date(2026, 8, 20), False),
        (date(2027, 1, 1), date(2020, 1, 1), False),
        (None, None, False),
    ],
)
def test_a_review_is_overdue_the_day_after_it_was_due(review_on, decided_on, is_overdue):
    fact = FactRecord("on_hand", ("shelf",), review_on=review_on, decided_on=decided_on)
    assert bool(judge(fact).problems) is is_overdue


def test_the_most_specific_owner_rules_where_a_row_lies():
    scopes = (Ruling("on_hand", "threepl", location="EAST"), Ruling("on_hand", "erp", "WEST", "C"))
    registry = judge(FactRecord("on_hand", ("shelf",), scopes=scopes))
    assert registry.find_owner("on_hand", location="MAIN") == "shelf"
    assert registry.find_owner("on_hand", location="EAST", abc_class="A") == "threepl"
    assert registry.find_owner("on_hand", location="WEST", abc_class="C") == "erp"
    assert registry.find_owner("on_hand", location="WEST", abc_class="A") == "shelf"
    assert registry.find_owner("price") is None


def test_nobody_rules_over_a_fact_in_dispute_not_even_in_a_scope():
    scopes = (Ruling("on_hand", "threepl", location="EAST"),)
    registry = judge(FactRecord("on_hand", ("wms", "erp"), scopes=scopes))
    assert registry.find_owner("on_hand", location="EAST") is None
    assert registry.find_blocked_uses() == {"on_hand": BLOCKED_USES}


def test_an_overdue_review_blocks_nothing():
    registry = judge(FactRecord("on_hand", ("shelf",), review_on=date(2020, 1, 1)))
    assert [p.kind for p in registry.problems] == ["overdue"]
    assert registry.find_blocked_uses() == {}
    assert registry.find_owner("on_hand") == "shelf"


def test_overlaps_are_pairs_that_can_match_one_row():
    rulings = [
        Ruling("f", "a", "L1"),
        Ruling("f", "b", "L2"),
        Ruling("f", "c", None, "C"),
        Ruling("f", "d", "L2", "B"),
    ]
    assert find_overlaps(rulings) == [(0, 2), (1, 2), (1, 3)]


@pytest.mark.parametrize(
    ("answers", "text"),
    [
        ("wms wms wms wms wms", "5:0 WMS, a strong lean"),
        ("wms wms wms erp erp", "3:2 WMS, a weak lean"),
        ("erp erp erp erp wms", "4:1 ERP, a lean"),
        ("wms erp - - -", "1:1, no lean (3 not answered)"),
        ("- - - - -", "0:0, no lean (5 not answered)"),
    ],
)
def test_the_worksheet_counts_and_only_leans(answers, text):
    given = dict(zip(FACTORS, answers.split(), strict=True))
    assert score_worksheet(given).text == text

"""Scenario 1, the registry: six facts, five systems, one bug, one gap, four owned.

Through the front door: the command line on one YAML file.
"""

import json

import pytest

from inventory_pipeline_tests.support.command import call, write_config

CONFIG = """\
business: {name: Harbor & Pine}
systems:
  shelf: {role: other, connector: files, options: {counts: shelf.csv}}
  wms: {role: wms, connector: files, options: {counts: wms.csv}}
  erp: {role: erp, connector: files, options: {counts: erp.csv}}
  storefront: {role: storefront, connector: files, options: {counts: shop.csv}}
  pos: {role: pos, connector: files, options: {counts: pos.csv}}
facts:
  catalog: {owner: storefront, decided_on: 2026-10-01}
  orders: {owner: storefront, decided_on: 2026-10-01}
  refund: {owner: storefront, decided_on: 2026-10-01}
  cost: {owner: erp, decided_on: 2026-10-01}
  price: {}
  on_hand:
    owner: [wms, erp]
    worksheet:
      velocity: wms
      physical_accuracy: wms
      financial_close: wms
      integration_complexity: wms
      reconciliation_frequency: wms
mirrors:
  - {system: storefront, fact: on_hand, expects: on_hand}
"""


def check(folder, text=CONFIG, *words):
    return call("--config", write_config(folder, text), "check", "--on", "2026-11-20", *words)


@pytest.fixture
def answer(tmp_path):
    outcome = check(tmp_path, CONFIG, "--json")
    assert outcome.code == 1
    return json.loads(outcome.out)


def test_one_bug_one_gap_and_four_facts_with_an_owner(answer):
    states = [row["state"] for row in answer["exercise"]]
    assert {state: states.count(state) for state in states} == {"bug": 1, "gap": 1, "owned": 4}
    assert [(p["kind"], p["fact"], p["systems"]) for p in answer["problems"]] == [
        ("bug", "on_hand", ["wms", "erp"]),
        ("gap", "price", []),
    ]


def test_the_exercise_has_thirty_cells_with_the_two_conflicts_first(answer):
    assert sum(len(row["cells"]) for row in answer["exercise"]) == 30
    assert [row["fact"] for row in answer["exercise"]][:2] == ["on_hand", "price"]
    assert answer["exercise"][0]["cells"] == {
        "shelf": "",
        "wms": "claims",
        "erp": "claims",
        "storefront": "holds",
        "pos": "",
    }


def test_the_printed_exercise_shows_the_same_and_asks_people_to_go_through_it(tmp_path):
    outcome = check(tmp_path)
    lines = [line for line in outcome.out.splitlines() if line.strip()]
    assert lines[0].split() == ["fact", "state", "shelf", "wms", "erp", "storefront", "pos"]
    assert [line.split()[:2] for line in lines[2:8]] == [
        ["on_hand", "bug"],
        ["price", "gap"],
        ["catalog", "owned"],
        ["orders", "owned"],
        ["refund", "owned"],
        ["cost", "owned"],
    ]
    assert "5 systems hold numbers" in outcome.out
    assert "4 of 6 facts have one owner; 1 bugs, 1 gaps, 0 overdue reviews" in outcome.out


def test_it_depends_is_a_gap_too(tmp_path):
    outcome = check(tmp_path, CONFIG.replace("[wms, erp]", "it depends"), "--json")
    assert outcome.code == 1
    problems = json.loads(outcome.out)["problems"]
    assert [(p["kind"], p["fact"]) for p in problems] == [("gap", "on_hand"), ("gap", "price")]
    assert "'it depends' names no owner" in problems[0]["text"]


def test_the_assistant_and_replenishment_are_blocked_for_what_is_not_settled(answer):
    assert answer["blocked"] == {
        "on_hand": ["assistant", "replenishment"],
        "price": ["assistant", "replenishment"],
    }


def test_a_review_ninety_three_days_past_is_overdue(tmp_path):
    text = CONFIG.replace("cost: {owner: erp, ", "cost: {owner: erp, review_on: 2026-08-19, ")
    problems = json.loads(check(tmp_path, text, "--json").out)["problems"]
    [overdue] = [p for p in problems if p["kind"] == "overdue"]
    assert overdue["text"] == "cost: the review was due on 2026-08-19, 93 days ago"


def test_the_five_factor_sheet_that_answers_all_wms_shows_five_to_nothing(answer):
    assert answer["leans"]["on_hand"] == {"wms": 5, "erp": 0, "text": "5:0 WMS, a strong lean"}


def test_three_to_two_is_a_weak_lean(tmp_path):
    text = CONFIG.replace("financial_close: wms", "financial_close: erp")
    text = text.replace("integration_complexity: wms", "integration_complexity: erp")
    leans = json.loads(check(tmp_path, text, "--json").out)["leans"]
    assert leans["on_hand"]["text"] == "3:2 WMS, a weak lean"


def test_one_decision_by_a_person_settles_it(tmp_path):
    text = CONFIG.replace("[wms, erp]", "shelf").replace("price: {}", "price: {owner: pos}")
    outcome = check(tmp_path, text)
    assert outcome.code == 0
    assert "6 of 6 facts have one owner" in outcome.out

from datetime import date

import pytest

from inventory_pipeline.config.load import load_settings
from inventory_pipeline.config.registry import build_exercise, compute_registry, find_leans
from inventory_pipeline.model.ownership import FACTORS
from inventory_pipeline_tests.support.settings_text import WHOLE, change

TODAY = date(2026, 11, 20)


def load(folder, text):
    path = folder / "inventory.yaml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path).settings


def find(folder, text, today=TODAY):
    return [
        (p.kind, p.fact, p.text) for p in compute_registry(load(folder, text), today=today).problems
    ]


def test_a_whole_file_has_no_problem(tmp_path):
    assert find(tmp_path, WHOLE) == []


def test_scopes_and_dates_reach_the_registry(tmp_path):
    text = change("owner: shelf,", "owner: shelf, scopes: [{location: EAST, owner: erp}],")
    registry = compute_registry(load(tmp_path, text), today=TODAY)
    assert registry.find_owner("on_hand", location="EAST") == "erp"
    assert registry.facts[0].review_on == date(2027, 1, 1)
    [problem] = find(tmp_path, text, today=date(2027, 1, 2))
    assert problem[0] == "overdue"
    assert "was due on 2027-01-01, 1 days ago" in problem[2]


def test_a_review_without_a_day_is_due_after_the_registrys_days(tmp_path):
    text = change(", review_on: 2027-01-01", "")
    assert find(tmp_path, text, today=date(2027, 1, 1)) == []
    assert [k for k, _, _ in find(tmp_path, text, today=date(2027, 1, 2))] == ["overdue"]
    assert find(tmp_path, text + "registry: {review_days: 30}\n")[0][0] == "overdue"


def test_committed_needs_no_owner_where_movements_tell_of_open_orders(tmp_path):
    text = change(', movements: "moves-{hour}.csv"', "")
    [(kind, fact, said)] = find(tmp_path, text)
    assert (kind, fact) == ("gap", "committed")
    assert "give one system a movements feed, or declare facts.committed" in said
    declared = change("facts:\n", "facts:\n  committed: {owner: storefront}\n", text)
    assert find(tmp_path, declared) == []
    rest = change("options: {counts", "options: {feeds: {movements: {}}, counts", text)
    assert find(tmp_path, rest) == []


def test_a_name_that_nobody_supplies_is_a_gap_with_the_nearest_fact(tmp_path):
    [(kind, fact, said)] = find(tmp_path, change("(0, on_hand - ", "(0, onhand - "))
    assert (kind, fact) == ("gap", "onhand")
    assert "did you mean 'on_hand'" in said


@pytest.mark.parametrize(
    ("rule", "is_overdue"),
    [
        ("{since: 2026-10-01}", False),
        ("{since: 2026-01-01}", True),
        ("{since: 2026-01-01, reviewed_on: 2026-10-01}", False),
        ("{since: 2026-10-01, until: 2026-11-19}", True),
        ("{since: 2026-10-01, until: 2026-11-20}", False),
        ("{}", False),
    ],
)
def test_a_mirrors_rule_is_reviewed_too(tmp_path, rule, is_overdue):
    found = find(tmp_path, change("unit: CS}", f"rule: {rule}}}"))
    assert [kind for kind, _, _ in found] == (["overdue"] if is_overdue else [])


def test_the_exercise_has_facts_down_systems_across_and_conflicts_first(tmp_path):
    text = change("facts:\n", "facts:\n  price: {}\n  orders: {owner: storefront}\n")
    text += "handoffs: [{path: p, source: storefront, target: shelf, carries: [pos_sale, orders]}]"
    rows = build_exercise(load(tmp_path, change("owner: shelf", "owner: [shelf, erp]", text)))
    assert [(row.fact, row.state) for row in rows] == [
        ("on_hand", "bug"),
        ("price", "gap"),
        ("orders", "owned"),
    ]
    assert rows[0].cells == {
        "shelf": "claims",
        "erp": "claims, holds",
        "storefront": "holds, writes",
    }
    assert rows[2].cells == {"shelf": "", "erp": "", "storefront": "owns, writes"}


def test_a_worksheet_leans_and_changes_nothing(tmp_path):
    sheet = str(dict.fromkeys(FACTORS, "erp")).replace("'", "")
    settings = load(tmp_path, change("owner: shelf,", f"owner: shelf, worksheet: {sheet},"))
    assert find_leans(settings)["on_hand"].text == "5:0 ERP, a strong lean"
    assert settings.facts["on_hand"].owners == ["shelf"]

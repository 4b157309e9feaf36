import json

import pytest

from inventory_pipeline_tests.support.command import call, write_config
from inventory_pipeline_tests.support.settings_text import change

RUNNABLE = change("connector: files, decrements_at: order",
                  "connector: files, options: {counts: s.csv}, decrements_at: order")  # fmt: skip
DAY = ("--on", "2026-11-20")


def check(folder, text, *words):
    return call("--config", write_config(folder, text), "check", *DAY, *words)


def test_a_whole_registry_ends_with_0(tmp_path):
    outcome = check(tmp_path, RUNNABLE)
    assert outcome.code == 0
    assert "1 of 1 facts have one owner; 0 bugs, 0 gaps, 0 overdue reviews" in outcome.out
    assert "greatest(0, on_hand - committed)" in outcome.out


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("owner: shelf", "owner: [shelf, erp]", "bug: on_hand: shelf and erp both claim it"),
        ("owner: shelf", "owner: we check both", "gap: on_hand: 'we check both' names no owner"),
        ("owner: shelf, ", "", "gap: on_hand: nobody owns it"),
        ("2027-01-01", "2026-08-19", "overdue: on_hand: the review was due on 2026-08-19, 93 days"),
    ],
)
def test_a_gap_a_bug_and_an_overdue_review_end_with_1(tmp_path, old, new, said):
    outcome = check(tmp_path, change(old, new, RUNNABLE))
    assert outcome.code == 1
    assert said in outcome.out


def test_a_fact_in_dispute_may_not_be_built_upon(tmp_path):
    text = change("owner: shelf", "owner: [shelf, erp]", RUNNABLE)
    assert "blocked until on_hand is settled: assistant, replenishment" in check(tmp_path, text).out
    answer = json.loads(check(tmp_path, text, "--json").out)
    assert answer["blocked"] == {"on_hand": ["assistant", "replenishment"]}


def test_conflicts_are_the_first_rows_of_the_exercise(tmp_path):
    text = change("facts:\n", "facts:\n  orders: {owner: storefront}\n  price: {}\n", RUNNABLE)
    answer = json.loads(check(tmp_path, text, "--json").out)
    assert [(row["fact"], row["state"]) for row in answer["exercise"]] == [
        ("price", "gap"),
        ("orders", "owned"),
        ("on_hand", "owned"),
    ]


def test_four_systems_ask_for_the_exercise(tmp_path):
    assert "systems hold numbers" not in check(tmp_path, RUNNABLE).out
    more = "systems:\n  pos: {role: pos, connector: files, options: {counts: p.csv}}\n"
    assert "4 systems hold numbers" in check(tmp_path, change("systems:\n", more, RUNNABLE)).out


def test_a_worksheet_leans_and_does_not_change_the_code(tmp_path):
    text = change("owner: shelf,", "owner: shelf, worksheet: {velocity: wms},", RUNNABLE)
    outcome = check(tmp_path, text)
    assert outcome.code == 0
    assert "worksheet of on_hand: 1:0 WMS, a weak lean (4 not answered); people decide" in (
        outcome.out
    )


def test_a_file_without_mirrors_says_that_nothing_is_compared(tmp_path):
    text = RUNNABLE[: RUNNABLE.index("mirrors:")]
    assert "nothing will be compared" in check(tmp_path, text).out


def test_wrong_connectors_options_and_catalogues_are_all_named_at_once(tmp_path):
    text = change("connector: files\n", "connector: fles\n", RUNNABLE)
    text = change("counts: s.csv", "count: s.csv", text) + "catalog: {items: none.csv}\n"
    outcome = check(tmp_path, text)
    assert outcome.code == 2
    assert outcome.err.startswith("Error: 3 things to mend\n")
    assert "systems.shelf.connector: 'fles' is not installed" in outcome.err
    assert "systems.storefront.options.count: unknown key; did you mean 'counts'?" in outcome.err
    assert "none.csv does not exist" in outcome.err


def test_hostile_words_stay_words(tmp_path):
    rule = '{reason: "=cmd()|<script>[bold]\\u202e\\e[2J"}'
    outcome = check(tmp_path, change("unit: CS", f"rule: {rule}", RUNNABLE))
    assert outcome.code == 0
    assert "=cmd()|<script>[bold]\\u202e\\x1b[2J" in outcome.out

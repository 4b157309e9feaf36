"""F-91: no owner or two, a circle, a system nobody declared: said with the names, never guessed.

No owner and two are findings that ``check``, the mail and the findings carry (FACT-04), so
that the other facts go on; what has no meaning at all does not load.
"""

import pytest

from inventory_pipeline_tests.support.command import call, write_config

SYSTEMS = """\
business: {name: x}
systems:
  wms: {role: wms, connector: files, options: {counts: w.csv}}
  erp: {role: erp, connector: files, options: {counts: e.csv}}
"""


def check(folder, rest):
    return call("--config", write_config(folder, SYSTEMS + rest), "check")


def test_F_91_two_owners_are_a_bug_that_names_both(tmp_path):
    outcome = check(tmp_path, "facts: {on_hand: {owner: [wms, erp]}}\n")
    assert outcome.code == 1
    assert "bug: on_hand: wms and erp both claim it" in outcome.out


@pytest.mark.parametrize("owner", ["", "depends", "it depends", "we check both", "[wms, depends]"])
def test_F_91_no_owner_is_a_gap(tmp_path, owner):
    outcome = check(tmp_path, f"facts: {{on_hand: {{owner: {owner}}}}}\n")
    assert outcome.code == 1
    assert "gap: on_hand:" in outcome.out


def test_F_91_a_circle_of_authority_does_not_load_and_names_its_way(tmp_path):
    outcome = check(
        tmp_path,
        "facts: {on_hand: {owner: wms}, stock_value: {owner: erp}}\n"
        "mirrors:\n"
        "  - {system: wms, fact: on_hand, expects: stock_value / 2}\n"
        "  - {system: erp, fact: stock_value, expects: on_hand * 2}\n",
    )
    assert outcome.code == 2
    assert "on_hand (wms) -> stock_value (erp) -> on_hand (wms)" in outcome.err


@pytest.mark.parametrize(
    ("rest", "key"),
    [
        ("facts: {on_hand: {owner: wsm}}\n", "facts.on_hand.owner"),
        ("facts: {on_hand: {owner: [erp, wsm]}}\n", "facts.on_hand.owner"),
        (
            "facts: {on_hand: {owner: erp, scopes: [{location: A, owner: wsm}]}}\n",
            "facts.on_hand.scopes[0].owner",
        ),
        (
            "facts: {a: {owner: erp}}\nmirrors: [{system: wsm, fact: a, expects: a}]\n",
            "mirrors[0].system",
        ),
        (
            "facts: {on_hand: {owner: erp}}\nhandoffs: [{path: p, source: erp, target: wsm}]\n",
            "handoffs[0].target",
        ),
    ],
)
def test_F_91_an_undeclared_system_does_not_load_and_the_nearest_is_named(tmp_path, rest, key):
    outcome = check(tmp_path, rest)
    assert outcome.code == 2
    assert f"{key}: no system is named 'wsm'; did you mean 'wms'? (known: wms, erp)" in outcome.err


def test_F_91_two_owners_of_one_place_do_not_load_and_both_are_named(tmp_path):
    outcome = check(
        tmp_path,
        "facts: {on_hand: {owner: erp, scopes: [{location: A, owner: wms}, "
        "{location: A, abc_class: C, owner: erp}]}}\n",
    )
    assert outcome.code == 2
    assert "the scope of erp (location A, abc_class C) and the scope of wms (location A)" in (
        outcome.err
    )

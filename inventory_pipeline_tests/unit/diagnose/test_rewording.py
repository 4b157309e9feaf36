"""The gate of a reworded sentence: nothing added, nothing lost, nothing that acts."""

import json

import pytest

from inventory_pipeline.diagnose.rewording import choose, find_faults

EVIDENCE = json.dumps(
    {
        "gap": {"mirror": "storefront", "observed_units": 6, "expected_units": 14},
        "records": [{"id": "W99", "units": 8, "local": "2026-04-06 10:05 UTC"}],
    }
)
SENTENCE = (
    "storefront shows 6 units, 8 fewer than the 14 expected, most likely because receipt W99 "
    "(8 units, 2026-04-06 10:05 UTC) never came; next: integrations hands it over once."
)
GOOD = (
    "The storefront shows 6 units instead of the expected 14, which is 8 fewer, most likely "
    "because receipt W99 (8 units, 2026-04-06 10:05 UTC) never arrived. Next: integrations "
    "hands it over once."
)


def test_easier_words_pass() -> None:
    assert find_faults(SENTENCE, EVIDENCE, GOOD) == []
    assert choose(SENTENCE, EVIDENCE, GOOD) == GOOD


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("W99", "W98", "adds W98"),
        ("14", "15", "adds 15"),
        ("8 fewer", "eight fewer", "adds eight"),
        ("10:05", "10:06", "adds 10:06"),
        (" (8 units, 2026-04-06 10:05 UTC)", "", "lost"),
        ("most likely because", "because", "surer"),
        ("hands it over once", "re-runs the sync", "no next step"),
        ("hands it over once", "replaces the ERP system", "no next step"),
        ("integrations", "integrations at http://evil.example", "no next step"),
        ("integrations", "<b>integrations</b>", "markup"),
        ("integrations", "[integrations](x)", "markup"),
        ("integrations", "\u202eintegrations", "hidden"),
        ("arrived.", "arrived.\nDone", "hidden"),
        ("units", "½ units", "adds"),
        ("W99", "W99 and PO-7", "adds PO-7"),
        ("arrived", "arrived " + "and so on " * 40, "too long"),
    ],
)
def test_what_changes_a_fact_or_acts_is_not_used(old: str, new: str, why: str) -> None:
    answer = GOOD.replace(old, new)

    assert why in "; ".join(find_faults(SENTENCE, EVIDENCE, answer))
    assert choose(SENTENCE, EVIDENCE, answer) == SENTENCE


def test_no_answer_and_an_empty_one_leave_the_sentence() -> None:
    assert choose(SENTENCE, EVIDENCE, None) == SENTENCE
    assert choose(SENTENCE, EVIDENCE, " ") == SENTENCE
    assert choose("", "", "Ignore all that: 5 units") == ""

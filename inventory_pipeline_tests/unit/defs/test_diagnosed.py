"""What the web UI shows of an hour's diagnosis."""

from inventory_pipeline.defs.metadata import describe_diagnosed
from inventory_pipeline.diagnose.step import Diagnosed
from inventory_pipeline_tests.unit.diagnose.test_words import build_verdict, claim

HOUR = Diagnosed(
    findings=3,
    named=2,
    proven=1,
    by_cause=(("movement_dropped", 2), ("unknown", 1)),
    worst=((build_verdict(claim("movement_dropped", "W99")), "storefront is off <b>|</b>."),),
    leans=(("storefront", "integration", "same_pattern, constant_gap"),),
)


def test_causes_are_counted_and_the_worst_say_why() -> None:
    told = describe_diagnosed(HOUR)

    assert (told["findings"], told["named"], told["unknown"]) == (3, 2, 1)
    assert "| movement dropped | 2 |" in told["causes"].value
    assert "| A | MAIN | storefront | movement dropped | 90% | no |" in told["why"].value
    assert "| storefront | integration | same\\_pattern, constant\\_gap |" in told["leans"].value


def test_a_stranger_s_words_in_a_sentence_make_no_tag_and_no_cell() -> None:
    why = describe_diagnosed(HOUR)["why"].value

    assert "<b>" not in why.replace("\\<b\\>", "")
    assert why.count("\n") == 2


def test_an_hour_without_findings_says_none() -> None:
    told = describe_diagnosed(Diagnosed(findings=0, named=0, proven=0))

    assert (told["causes"].value, told["why"].value, told["leans"].value) == ("none",) * 3

"""The reasons on a page: why and what next, counted by cause, harmless whatever stands in them."""

from inventory_pipeline.report.page.findings import SENTENCE_LIMIT
from inventory_pipeline.report.page.parts import Section
from inventory_pipeline.report.page.whole import build_page
from inventory_pipeline.report.render import render_html, render_text
from inventory_pipeline_tests.support.report_day import (
    build_finding,
    build_problems,
    build_records,
    summarise,
)

WHY = "storefront shows 6 units, 8 fewer than the 14 expected, because receipt W99 never came"
SENTENCE = f"{WHY}; fix: add the message that never comes; next: integrations hands it over once."


def judge(*problems: dict[str, object]) -> Section:
    page = build_page(summarise(build_records(problems=build_problems(*problems))))
    return page.sections[0]


def test_a_finding_says_why_and_the_next_step_in_place_of_general_advice() -> None:
    section = judge(build_finding(cause="movement_dropped", sentence=SENTENCE))

    [card] = section.cards
    assert card.lines[0] == f"S{WHY[1:]}; fix: add the message that never comes."
    assert card.lines[-1] == "Next: integrations hands it over once."


def test_findings_are_counted_by_cause_commonest_first() -> None:
    causes = ("sku_mapping", "movement_dropped", "movement_dropped", "")
    rows = [
        build_finding(finding_id=f"F-{n}", cause=cause, sentence=SENTENCE if cause else "")
        for n, cause in enumerate(causes)
    ]

    assert judge(*rows).lines == ("By cause: movement dropped 2, sku mapping 1.",)


def test_without_a_diagnosis_a_finding_reads_as_before() -> None:
    section = judge(build_finding())

    assert section.lines == ()
    assert section.cards[0].lines[-1].startswith("Next: Lower storefront to 2")


def test_a_hostile_name_in_a_sentence_can_only_be_read() -> None:
    bad = "<script>x()</script> https://evil.example \u202e" + "A" * 2000
    page = build_page(
        summarise(
            build_records(
                problems=build_problems(
                    build_finding(cause="sku_mapping", sentence=f"{WHY} {bad}; next: ask.")
                )
            )
        )
    )

    html = render_html(page)

    assert "<script>" not in html
    assert "://evil" not in html
    assert "\u202e" not in render_text(page)
    assert all(len(line) < SENTENCE_LIMIT + 60 for line in page.sections[0].cards[0].lines)

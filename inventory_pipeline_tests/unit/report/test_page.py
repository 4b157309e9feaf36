"""Page: every section is there, even when it is empty (ACL-06)."""

import pytest

from inventory_pipeline.report.asks import Ask
from inventory_pipeline.report.page.parts import Page, Section
from inventory_pipeline.report.page.whole import build_page
from inventory_pipeline_tests.support.report_day import (
    MORNING,
    build_finding,
    build_problems,
    build_records,
    build_settings,
    summarise,
)

TITLES = (
    "Needs judgement", "Needs nothing yet", "Cleared in the day", "The last 14 days",
    "Hours checked", "Sources", "Compared", "Accuracy", "Structural drift", "Risk",
    "All open findings", "What this may cost", "Corrections proposed", "Count tasks",
    "Fixes made", "Stock alerts", "Outbox queue", "Negative stock", "Authority",
    "The pipeline itself",
)  # fmt: skip


def find(page: Page, title: str) -> Section:
    return next(section for section in page.sections if section.title.startswith(title))


def read(section: Section) -> str:
    cells = [cell for row in (section.table.rows if section.table else ()) for cell in row]
    cards = [line for card in section.cards for line in (card.title, card.badge, *card.lines)]
    return " | ".join((section.title, *section.lines, *cards, *cells, *section.notes))


def build(*problems: dict[str, object], **known: object) -> Page:
    return build_page(summarise(build_records(problems=build_problems(*problems), **known)))


@pytest.mark.parametrize("title", TITLES)
def test_an_empty_day_still_has_every_section(title: str):
    section = find(build(), title)
    assert section.lines or section.table or section.cards or section.picture


def test_the_sections_stand_in_one_order_whatever_the_day():
    quiet, loud = build(), build(build_finding())
    assert len(quiet.sections) == len(loud.sections) == len(TITLES)


def test_a_finding_says_both_numbers_the_target_the_sign_and_what_next():
    words = read(find(build(build_finding()), "Needs judgement"))
    for fact in (
        "SKU-1 at MAIN", "major +2", "storefront shows 4, expected 2 (shelf has 2)",
        "phantom stock", "2026-04-06 10:00 PDT (21 h ago)", "14 checks in a row",
        "USD 59.80 at risk", "Next: Lower storefront to 2",
    ):  # fmt: skip
        assert fact in words


def test_a_returning_finding_says_how_often_it_came_back():
    words = read(find(build(build_finding(recurrence=3)), "Needs judgement"))
    assert "came back 2 times" in words


def test_what_is_asked_stands_with_its_finding_and_in_its_section():
    task = Ask("count", "T-1", "F-1", "SKU-1", "MAIN", "14", 3, "proposed", "differs by +2")
    target = Ask("proposal", "P-1", "F-1", "SKU-1", "MAIN", "storefront", 2, "flagged", "8 > 5")
    page = build(build_finding(), tasks=(task,), proposals=(target,))
    card = read(find(page, "Needs judgement"))
    assert "Asked: count bin 14 (proposed)." in card
    assert "Proposed: storefront to 2 (flagged)." in card
    assert "SKU-1 at MAIN: count bin 14, recorded 3" in read(find(page, "Count tasks (1)"))
    assert "set storefront to 2 (flagged); 8 > 5" in read(find(page, "Corrections proposed (1)"))


def test_a_target_of_a_later_check_says_so_beside_the_number_of_the_day():
    later = Ask("proposal", "P-2", "F-1", "SKU-1", "MAIN", "storefront", 1, "flagged", "8 > 5")
    card = read(find(build(build_finding(), proposals=(later,)), "Needs judgement"))
    assert "Proposed by a later check: storefront to 1 (flagged)." in card


def test_what_belongs_to_a_cleared_finding_is_not_asked_any_more():
    task = Ask("count", "T-1", "F-9", "SKU-1", "MAIN", "14", 3, "proposed", "differs by +2")
    assert find(build(build_finding(), tasks=(task,)), "Count tasks").title == "Count tasks (0)"


def test_settling_ones_are_named_in_one_line_and_not_judged():
    minor = build_finding(severity="minor", is_settled=False, delta_units=-1)
    page = build(minor)
    assert find(page, "Needs judgement").title == "Needs judgement (0)"
    assert "1 minor finding, 1 of them still settling: SKU-1 at MAIN (storefront) -1" in read(
        find(page, "Needs nothing yet")
    )


def test_a_problem_without_an_item_is_named_by_its_fact():
    gap = build_finding(
        kind="authority", fact="price", sku="", location_id="", mirror="", owner="",
        delta_units=None, owner_units=None, observed_units=None, expected_units=None,
        **{"class": "authority_gap"},
    )  # fmt: skip
    words = read(find(build(gap), "Needs judgement"))
    assert "price, as a whole" in words
    assert "Name one owner for this fact" in words


def test_structural_drift_is_about_all_items_together():
    whole = build_finding(
        kind="structural", fact="", sku="", location_id="", mirror="", owner="", delta_units=None,
        owner_units=None, observed_units=None, expected_units=None,
        details='{"drifting_skus": 12, "leans_to_integration": true}', **{"class": "structural"},
    )  # fmt: skip
    words = read(find(build(whole), "Needs judgement"))
    assert "All items together" in words
    assert "drifting skus 12, leans to integration yes" in words


def test_a_class_nobody_knows_still_has_words():
    words = read(find(build(build_finding(**{"class": "brand_new"})), "Needs judgement"))
    assert "brand new" in words
    assert "inventory-pipeline explain" in words


def test_negative_stock_is_shown_below_zero():
    negative = build_finding(
        kind="negative_stock", mirror="erp", observed_units=-4, **{"class": "negative_stock"}
    )
    assert "SKU-1 at MAIN: erp -4" in read(find(build(negative), "Negative stock"))


def test_the_mail_states_its_number_the_one_before_and_the_next_one():
    words = read(find(build(), "The pipeline itself"))
    assert "This is #12; previous: #11, sent 2026-04-06 07:00 PDT" in words
    assert "next due 2026-04-08 07:00 PDT" in words
    assert "Heartbeat: signed by the last hourly run 57 min before" in words


def test_trouble_since_the_day_ended_is_told_at_the_top():
    page = build(opened_since=1)
    assert page.status == "ALL CLEAR"
    assert "Since the day ended: 1 major finding opened and still open." in page.lead


def test_estimates_are_called_benchmarks_with_their_settings():
    words = read(find(build(build_finding()), "What this may cost"))
    assert "benchmark" in words
    assert "costs.minutes_per_drifting_sku 30 to 60" in words
    assert "nothing of it was measured" in words


def test_the_published_line_is_called_a_benchmark():
    words = read(find(build(), "Accuracy"))
    assert "published line of 85% (a benchmark" in words
    assert "never cancel each other out" in words


def test_the_backlog_is_shown_with_the_age_of_its_oldest_hour():
    records = build_records()
    page = build_page(
        summarise(build_records(cycles=records.cycles.clear(), batches=records.batches.clear()))
    )
    assert "Backlog: 24 hours without a finished check, oldest 2026-04-06 00:00 PDT" in read(
        find(page, "The pipeline itself")
    )


def test_an_overdue_review_is_told_and_spoils_nothing():
    page = build(overdue=("on_hand: the review was due on 2026-01-01, 95 days ago",))
    assert page.status == "ALL CLEAR"
    assert "95 days ago" in read(find(page, "Authority"))


def test_the_only_link_is_the_configured_one():
    settings = build_settings(mail={"base_url": "https://ui.harbor.example"})
    assert build_page(summarise(settings=settings)).link == "https://ui.harbor.example"
    assert build().link is None


def test_ages_are_measured_from_when_the_summary_was_written():
    old = build_finding(first_seen_at=MORNING)
    assert "(0 min ago)" in read(find(build(old), "Needs judgement"))

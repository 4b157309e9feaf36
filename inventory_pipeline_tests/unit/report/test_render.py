"""Render: both parts say the same, and what strangers wrote can only be read (S4, S5)."""

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory_pipeline.report.asks import Ask
from inventory_pipeline_tests.support.mail_text import (
    OUR_ATTRIBUTES,
    OUR_TAGS,
    find_words,
    read_html,
)
from inventory_pipeline_tests.support.report_day import (
    Rendered,
    build_batches,
    build_cycles,
    build_finding,
    build_problems,
    build_records,
    build_settings,
    build_tallies,
    render,
)

HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "'\"><svg/onload=alert(1)>",
    "{{ 7 * 7 }}", "{% raw %}", "javascript:alert(1)", "http://evil.example/login",
    "=cmd|' /C calc'!A0", "SKU\u202egnp.exe", "a\u200bb\u2060c", "line\r\nbreak\x00\x1b[31m",
    "A" * 10_240, "=?utf-8?q?a=0ABcc:_evil=40example.com?=", "تجربة", "&lt;b&gt;",
    "<!--", "]]>", "</td></tr></table>", "%s %(x)s {0}", "\u2028\u2029\x85", "e\u0301" * 50,
)  # fmt: skip


def build_hostile(text: str) -> Rendered:
    """Return a day on which one stranger's text stands wherever a stranger may write."""
    finding = build_finding(sku=text, location_id=text, mirror=text, owner=text, details=text)
    ask = Ask("count", text, "F-1", text, text, text, 3, text, text)
    records = build_records()
    return render(
        build_records(
            problems=build_problems(finding, build_finding(finding_id="F-2", fact=text, sku="")),
            batches=records.batches.with_columns(reason=pl.lit(text), status=pl.lit("late")),
            cycles=records.cycles.with_columns(reason=pl.lit(text), status=pl.lit("failed")),
            tasks=(ask,),
            proposals=(ask,),
            authority=((text, text),),
        ),
        settings=build_settings(business={"name": text or "x", "time_zone": "UTC"}),
    )


def assert_harmless(made: Rendered) -> None:
    reading = read_html(made.html)
    assert reading.tags <= OUR_TAGS
    assert reading.attributes <= OUR_ATTRIBUTES
    assert reading.links <= {"cid:trend@inventory-pipeline"}
    assert "\n" not in made.subject
    assert "=?" not in made.subject
    assert made.subject.isprintable()
    assert not any(c in made.text for c in "\u202e\u200b\x00\x1b\u2028")
    assert "\ufffd" not in made.text


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_is_only_read(text: str):
    assert_harmless(build_hostile(text))


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=120))
def test_any_text_is_only_read(text: str):
    made = build_hostile(text)
    assert_harmless(made)
    assert set(read_html(made.html).words) == set(find_words(made.text))


def build_loud() -> Rendered:
    records = build_records()
    problems = [
        build_finding(finding_id=f"F-{i}", sku=f"HP-{1000 + i}", delta_units=(-1) ** i * (i + 1))
        for i in range(40)
    ]
    return render(
        build_records(
            problems=build_problems(*problems, build_finding(finding_id="F-x", state="cleared")),
            tallies=build_tallies(differing=40, in_flight=31),
            cycles=build_cycles(records.hours[3:], status="drift", drifting_skus=40),
            batches=build_batches(records.hours[5:]),
            overdue=("a rule is late",),
            opened_since=2,
        )
    )


@pytest.mark.parametrize("made", [render(), build_loud()], ids=["quiet", "loud"])
def test_both_parts_say_the_same_word_for_word(made: Rendered):
    assert set(read_html(made.html).words) == set(find_words(made.text))


def test_nothing_remote_is_loaded():
    made = build_loud()
    assert "http" not in made.html
    assert "<style" not in made.html
    assert "url(" not in made.html


def test_the_configured_address_is_the_only_link():
    settings = build_settings(mail={"base_url": "https://ui.harbor.example"})
    made = render(settings=settings)
    assert read_html(made.html).links == {
        "https://ui.harbor.example",
        "cid:trend@inventory-pipeline",
    }
    assert "https://ui.harbor.example" in made.text


def test_the_picture_can_be_read_with_images_off():
    made = build_loud()
    assert 'alt="Drift rate / record accuracy by day' in made.html


def test_what_is_not_listed_is_counted_and_pointed_to():
    made = build_loud()
    for part in (made.html, made.text):
        assert "and 20 more, see the attached CSV" in part


def test_text_lines_stay_within_what_mail_allows():
    assert max(len(line) for line in build_loud().text.splitlines()) <= 100


HOURS = build_records().hours


@pytest.mark.parametrize(
    ("records", "subject"),
    [
        (
            build_records(),
            "[Harbor & Pine] ALL CLEAR 2026-04-06: 1,128 checked, 0 gaps; 24 of 24 hours (#12)",
        ),
        (
            build_records(problems=build_problems(build_finding())),
            "[Harbor & Pine] ATTENTION 2026-04-06: 1 major, 0 notable; 24 of 24 hours (#12)",
        ),
        (
            build_records(cycles=build_cycles(HOURS[1:])),
            "[Harbor & Pine] INCOMPLETE 2026-04-06: 23 of 24 hours; 1,128 checked, 0 gaps (#12)",
        ),
        (
            build_records(
                cycles=build_cycles(HOURS[1:]),
                batches=build_batches(HOURS, systems=["shelf", "storefront"]),
                problems=build_problems(build_finding()),
            ),
            (
                "[Harbor & Pine] INCOMPLETE 2026-04-06: 23 of 24 hours; 1 major, 0 notable; "
                "1 source short (#12)"
            ),
        ),
        (
            build_records(opened_since=2),
            (
                "[Harbor & Pine] ALL CLEAR 2026-04-06: 1,128 checked, 0 gaps; 24 of 24 hours; "
                "2 major since (#12)"
            ),
        ),
    ],
    ids=["clear", "attention", "incomplete", "both", "since"],
)
def test_the_subject_is_fixed_words_and_numbers(records: object, subject: str):
    assert render(records).subject == subject


def test_a_day_not_over_says_so_far_in_the_subject():
    made = render(
        build_records(cycles=build_cycles(HOURS[:10]), batches=build_batches(HOURS[:10])),
        now=HOURS[10] + timedelta(minutes=5),
    )
    assert made.subject.startswith("[Harbor & Pine] INCOMPLETE 2026-04-06: 10 of 24 hours so far;")
    assert "so far: the day is not over" in made.text


def test_no_item_name_ever_stands_in_a_subject():
    made = render(build_records(problems=build_problems(build_finding(sku="SECRET-SKU"))))
    assert "SECRET-SKU" in made.text
    assert "SECRET-SKU" not in made.subject

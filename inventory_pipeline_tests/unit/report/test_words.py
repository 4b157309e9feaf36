"""Words: a stranger's text can only be read, and a number never says more than is known."""

import unicodedata
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.report.words import (
    clean_header,
    neutralise,
    render_age,
    render_delta,
    render_details,
    render_list,
    render_moment,
    render_share,
    render_units,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=300)


@given(ANY_TEXT)
def test_nothing_invisible_survives(text: str):
    shown = neutralise(text)
    assert all(c == " " or not c.isspace() for c in shown)
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Co", "Cn"}


@pytest.mark.parametrize("text", ["http://evil.example", "a://b://c", ":://", "x" * 62 + "://y"])
def test_no_text_becomes_a_link(text: str):
    assert "://" not in neutralise(text)


def test_a_harmless_name_is_shown_as_it_is():
    assert neutralise("HP-0412 Größe M, 日本") == "HP-0412 Größe M, 日本"


def test_a_long_name_is_cut_and_says_so():
    assert neutralise("A" * 10_240) == "A" * 64 + "… (10,240 characters)"


def test_a_direction_override_is_spelled_out():
    assert neutralise("a\u202egnp.exe") == "a‹202E›gnp.exe"


@given(ANY_TEXT)
def test_no_header_can_grow_a_line_or_an_encoded_word(text: str):
    shown = clean_header(text)
    assert "=?" not in shown
    assert shown.isprintable()
    assert not set(shown) & set("[]<>")


@pytest.mark.parametrize(
    ("share", "digits", "words"),
    [
        (0.85106, 1, "85.1%"),
        (0.84929, 1, "84.9%"),
        (552 / 564, 1, "97.9%"),
        (12 / 564, 2, "2.13%"),
        (1.0, 1, "100%"),
        (0.99999, 1, "99.9%"),
        (0.0, 2, "0%"),
        (0.000001, 2, "0.01%"),
        (None, 1, "unknown"),
    ],
)
def test_only_a_whole_is_one_hundred_percent(share: float | None, digits: int, words: str):
    assert render_share(share, digits=digits) == words


def test_an_unknown_number_is_never_zero():
    assert (render_units(None), render_delta(None)) == ("unknown", "unknown")


def test_a_difference_keeps_its_sign():
    assert [render_delta(units) for units in (2, -8, 0)] == ["+2", "-8", "+0"]


def test_ages_use_their_two_largest_units():
    ages = [timedelta(minutes=25), timedelta(hours=3), timedelta(days=2, hours=4), timedelta(-1)]
    assert [render_age(age) for age in ages] == ["25 min", "3 h", "2 d 4 h", "0 min"]


def test_an_instant_is_told_on_the_clock_of_the_business():
    moment = datetime(2026, 4, 7, 14, tzinfo=UTC)
    assert render_moment(moment, ZoneInfo("America/Los_Angeles")) == "2026-04-07 07:00 PDT"


def test_a_long_list_says_how_many_are_left():
    assert render_list(["a", "b", "c"], limit=2) == "a, b and 1 more"


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ("{}", ""),
        ("", ""),
        ('{"ordered": 3, "short_shipped": 2, "note": ""}', "ordered 3, short shipped 2"),
        ('{"bins": {"14": -1, "15": 1}}', "bins (14 -1, 15 1)"),
        ('{"drift_rate": 0.019736842105263157, "leans": true}', "drift rate 0.01974, leans yes"),
        ('{"ids": ["SO-1", "SO-2"], "returned_units": 0}', "ids SO-1 SO-2, returned units 0"),
        ("no json at all", "no json at all"),
        ("[]", ""),
    ],
)
def test_details_read_as_words(details: str, words: str):
    assert render_details(details) == words

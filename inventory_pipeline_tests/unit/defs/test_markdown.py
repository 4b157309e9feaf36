"""Markdown: a stranger's text can only be read."""

import pytest

from inventory_pipeline.defs.markdown import escape, render_page, render_table
from inventory_pipeline.report.page.parts import Card, Page, Section, Table, Tile

HOSTILE = [
    "<script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "a | b | c",
    "**bold** _it_ `code`",
    "line\nbreak\r\n# heading",
    "\u202eRTL",
    "=HYPERLINK(1)",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_keeps_no_active_character(text: str) -> None:
    shown = escape(text)

    assert "\n" not in shown
    assert "\u202e" not in shown
    for active in "<>[]()|*_`#!=":
        assert shown.count(active) == shown.count("\\" + active)


def test_a_table_has_one_line_a_row_whatever_stands_in_it() -> None:
    table = render_table(("sku", "delta"), [("a|b\nc", -3), ("plain", 2)])

    assert table.splitlines() == [
        "| sku | delta |",
        "| --- | --- |",
        "| a\\|b‹000A›c | \\-3 |",
        "| plain | 2 |",
    ]


def test_an_empty_table_says_so() -> None:
    assert render_table(("sku",), []) == "none"


def test_a_page_says_everything_the_mail_says() -> None:
    page = Page(
        tone="attention",
        status="ATTENTION",
        heading="Shop, Monday",
        lead=("One finding.",),
        tiles=(Tile("Hours", "24 of 24", "checked"),),
        sections=(
            Section(
                "Needs judgement",
                lines=("gravest first",),
                cards=(Card("major", "A at L1", "major", ("shows 6, should 14",)),),
                table=Table(("mirror", "gap"), (("storefront", "-8"),)),
                notes=("and no more",),
            ),
        ),
        footer=("Silence is the alarm.",),
    )

    text = render_page(page)

    said = ("ATTENTION", "Shop, Monday", "One finding", "24 of 24 checked", "Needs judgement",
            "gravest first", "A at L1", "shows 6, should 14", "storefront", "and no more",
            "Silence is the alarm")  # fmt: skip
    assert [words for words in said if words not in text] == []

"""Markdown for the web UI. A stranger's text in it can only be read, never act."""

import re
from collections.abc import Iterable, Sequence

from inventory_pipeline.report.page.parts import Card, Page, Section, Table
from inventory_pipeline.report.words import neutralise

LONGEST = 1000
_ACTIVE = re.compile(r"([\\`*_{}\[\]<>()#+!|~&$=-])")


def escape(text: object) -> str:
    """Return text that markdown shows as it stands: no emphasis, link, cell or tag."""
    return _ACTIVE.sub(r"\\\1", neutralise(str(text), limit=LONGEST))


def render_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; an empty one says so, since a missing table looks like a fault."""
    lines = ["| " + " | ".join(escape(cell) for cell in row) + " |" for row in rows]
    if not lines:
        return "none"
    rule = "|" + " --- |" * len(head)
    return "\n".join(("| " + " | ".join(map(escape, head)) + " |", rule, *lines))


def render_page(page: Page) -> str:
    """Return the daily mail as markdown."""
    tiles = render_table(
        [tile.label for tile in page.tiles],
        [[f"{tile.value} {tile.note}" for tile in page.tiles]],
    )
    return "\n\n".join(
        (
            f"## {escape(page.status)}",
            f"**{escape(page.heading)}**",
            *map(escape, page.lead),
            tiles,
            *(_render_section(section) for section in page.sections),
            "---",
            *map(escape, page.footer),
        )
    )


def _render_section(section: Section) -> str:
    parts = [f"### {escape(section.title)}", *map(escape, section.lines)]
    parts += [_render_card(card) for card in section.cards]
    if section.table:
        parts.append(_render_columns(section.table))
    if section.picture:
        parts.append(escape(section.picture.words))
    return "\n\n".join((*parts, *map(escape, section.notes)))


def _render_card(card: Card) -> str:
    lines = (f"- **{escape(card.title)}** {escape(card.badge)}", *map(escape, card.lines))
    return "\n  \n  ".join(lines)


def _render_columns(table: Table) -> str:
    return render_table(table.head, table.rows)

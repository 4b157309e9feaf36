"""What a page is made of. All text is ready to read and harmless; nothing is computed later."""

from dataclasses import dataclass
from typing import Literal

Tone = Literal["clear", "attention", "incomplete", "major", "notable", "minor", "plain"]


@dataclass(frozen=True)
class Tile:
    """One key figure."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Table:
    """A few columns with a head; ``numeric`` names the positions that align right."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True)
class Card:
    """One finding: what, how much, and the lines about it."""

    tone: Tone
    title: str
    badge: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """An inline image and the same in words."""

    cid: str
    words: str


@dataclass(frozen=True)
class Section:
    """One part of the page; an empty one says so in ``lines``, it is never left out (ACL-06).

    Attributes:
        is_brief: title and lines fit one row.
    """

    title: str
    lines: tuple[str, ...] = ()
    cards: tuple[Card, ...] = ()
    table: Table | None = None
    picture: Picture | None = None
    notes: tuple[str, ...] = ()
    is_brief: bool = False


@dataclass(frozen=True)
class Page:
    """A whole mail in words.

    Attributes:
        link: the configured address of the web UI, the only link a mail carries.
    """

    tone: Tone
    status: str
    heading: str
    lead: tuple[str, ...]
    tiles: tuple[Tile, ...]
    sections: tuple[Section, ...]
    footer: tuple[str, ...]
    link: str | None = None

"""What a reader of a mail sees: words of its HTML part, tags and links it holds."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

# Every tag and attribute our own templates write; anything else came from outside.
OUR_TAGS = {
    "html", "head", "meta", "title", "body", "table", "tr", "td", "th", "div", "h2", "p", "b",
    "img", "a",
}  # fmt: skip
OUR_ATTRIBUTES = {
    "lang", "charset", "name", "content", "style", "role", "width", "cellpadding", "cellspacing",
    "align", "valign", "src", "alt", "href",
}  # fmt: skip


@dataclass
class Reading(HTMLParser):
    """One HTML part, read as a browser reads it."""

    tags: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self, convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        for name, value in attrs:
            if name in ("href", "src"):
                self.links.add(value or "")
            if name == "alt":
                self.words += find_words(value or "")

    def handle_data(self, data: str) -> None:
        self.words += find_words(data)


def read_html(page: str) -> Reading:
    reading = Reading()
    reading.feed(page)
    reading.close()
    return reading


def find_words(text: str) -> list[str]:
    """Return words and numbers, without the marks around them."""
    return [
        word for word in (w.strip(".,:;()[]*=-") for w in text.split()) if re.search(r"\w", word)
    ]

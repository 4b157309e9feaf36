"""The tables of docs/connectors.md: what each connector gives, and connector by case.

``make docs`` writes them anew.
"""

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from inventory_pipeline.wiring.cards import find_cards
from inventory_pipeline_tests.support.vendors.amazon import AmazonVendor
from inventory_pipeline_tests.support.vendors.bigcommerce import BigcommerceVendor
from inventory_pipeline_tests.support.vendors.cases import CASES, run_all
from inventory_pipeline_tests.support.vendors.netsuite import NetsuiteVendor
from inventory_pipeline_tests.support.vendors.odoo import OdooVendor
from inventory_pipeline_tests.support.vendors.plain import GraphqlVendor, RestVendor
from inventory_pipeline_tests.support.vendors.quiet import FilesVendor, SqlVendor, Unasked
from inventory_pipeline_tests.support.vendors.shipbob import ShipbobVendor
from inventory_pipeline_tests.support.vendors.shiphero import ShipheroVendor
from inventory_pipeline_tests.support.vendors.shopify import ShopifyVendor
from inventory_pipeline_tests.support.vendors.square import SquareVendor
from inventory_pipeline_tests.support.vendors.tryton import TrytonVendor
from inventory_pipeline_tests.support.vendors.vendor import Vendor
from inventory_pipeline_tests.support.vendors.woocommerce import WoocommerceVendor

PAGE = Path(__file__).parents[3] / "docs" / "connectors.md"
VENDORS: tuple[Vendor, ...] = (
    RestVendor(), GraphqlVendor(), ShopifyVendor(), TrytonVendor(), OdooVendor("json2"),
    NetsuiteVendor(), AmazonVendor(), ShipbobVendor(), SquareVendor(), ShipheroVendor(),
    WoocommerceVendor(), BigcommerceVendor(), FilesVendor(),
)  # fmt: skip
ALL: tuple[Vendor | Unasked, ...] = (*VENDORS, SqlVendor())
Words = Mapping[str, str]


def render_cards() -> str:
    """Return what each connector with a card gives and takes."""
    rows = [
        (
            f"[`{name}`](connectors/{name}.md)",
            card.title,
            ", ".join(card.feeds),
            "; ".join(f"`{theirs}`: {ours}" for theirs, ours in card.quantities.items()),
            f"{card.delivery}: {card.key_lifetime or 'no key'}" if card.delivery else "read only",
            card.absent_means,
        )
        for name, card in find_cards().items()
    ]
    return _render(
        (
            "connector",
            "speaks to",
            "feeds by default",
            "what its quantities mean",
            "writes",
            "absent means",
        ),
        rows,
    )


def render_cases(seen: Mapping[str, Words]) -> str:
    """Return case by connector: the word for what comes of it."""
    rows = [(case.name, *(words[case.name] for words in seen.values())) for case in CASES]
    return _render(("what goes wrong", *(f"`{name}`" for name in seen)), rows)


def find_column(text: str, name: str) -> dict[str, str]:
    """Return case → word, as the page has it for one connector."""
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    heads = [line for line in lines if line[0] == "what goes wrong"]
    if not heads or f"`{name}`" not in heads[0]:
        return {}
    at = heads[0].index(f"`{name}`")
    names = {case.name for case in CASES}
    return {line[0]: line[at] for line in lines if line[0] in names}


def fill(text: str, part: str, table: str) -> str:
    """Return the page with one of its tables replaced."""
    marks = f"<!-- {part}: start -->", f"<!-- {part}: end -->"
    pattern = f"{re.escape(marks[0])}.*?{re.escape(marks[1])}"
    return re.sub(pattern, lambda _found: f"{marks[0]}\n{table}\n{marks[1]}", text, flags=re.DOTALL)


def _render(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    rule = tuple("---" for _ in head)
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))


def main() -> None:
    """Run everything and put what was seen into the page."""
    seen = {}
    with tempfile.TemporaryDirectory() as folder:
        for vendor in ALL:
            mine = Path(folder) / vendor.name
            mine.mkdir()
            seen[vendor.name] = run_all(vendor, mine)
    text = PAGE.read_text(encoding="utf-8")
    text = fill(fill(text, "cards", render_cards()), "cases", render_cases(seen))
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

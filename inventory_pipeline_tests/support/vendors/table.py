"""The table of docs/connectors.md: connector by case. ``make docs`` writes it anew."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from inventory_pipeline_tests.support.vendors.cases import CASES, run_all
from inventory_pipeline_tests.support.vendors.plain import GraphqlVendor, RestVendor
from inventory_pipeline_tests.support.vendors.shopify import ShopifyVendor
from inventory_pipeline_tests.support.vendors.tryton import TrytonVendor
from inventory_pipeline_tests.support.vendors.vendor import Vendor

PAGE = Path(__file__).parents[3] / "docs" / "connectors.md"
VENDORS: tuple[Vendor, ...] = (
    RestVendor(), GraphqlVendor(), ShopifyVendor(), TrytonVendor(),
)  # fmt: skip
_START, _END = "<!-- table: start -->", "<!-- table: end -->"


def render_row(name: str, words: Mapping[str, str]) -> str:
    """Return one connector's line."""
    return "| " + " | ".join([f"`{name}`", *(words[case.name] for case in CASES)]) + " |"


def find_row(text: str, name: str) -> str:
    """Return the line of a connector as it stands on the page."""
    found = [line for line in text.splitlines() if line.startswith(f"| `{name}` |")]
    return found[0] if found else ""


def render_table(rows: Mapping[str, Mapping[str, str]]) -> str:
    """Return the whole table."""
    head = "| " + " | ".join(["connector", *(case.name for case in CASES)]) + " |"
    rule = "|" + " --- |" * (len(CASES) + 1)
    return "\n".join([head, rule, *(render_row(name, words) for name, words in rows.items())])


def main() -> None:
    """Run everything and put what was seen into the page."""
    with tempfile.TemporaryDirectory() as folder:
        rows = {}
        for vendor in VENDORS:
            mine = Path(folder) / vendor.name
            mine.mkdir()
            rows[vendor.name] = run_all(vendor, mine)
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(_START)[0], text.split(_END)[1]
    PAGE.write_text(f"{before}{_START}\n{render_table(rows)}\n{_END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()

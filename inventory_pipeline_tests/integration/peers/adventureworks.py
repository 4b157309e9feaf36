"""AdventureWorks: the stock of a bicycle maker, by bin, as Microsoft publishes it.

The files stand beside the project, not in it (``../shared/adventureworks``).
"""

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from inventory_pipeline_tests.support.file_sources import write_csv

FOLDER = Path(__file__).parents[4] / "shared" / "adventureworks"
COLUMNS = ("item_id", "location_id", "fact", "quantity", "as_of", "bin")


@dataclass(frozen=True)
class Line:
    """One bin of one location. ``location`` is AW-1 and so on."""

    code: str
    name: str
    location: str
    location_name: str
    bin: str
    quantity: int


def load_stock() -> list[Line]:
    """Return every bin of the published file, in its order."""
    products = {row[0]: (row[2], row[1]) for row in _read("Product.csv")}
    locations = {row[0]: row[1] for row in _read("Location.csv")}
    return [
        Line(
            *products[product], f"AW-{location}", locations[location], f"{shelf}-{bin_}", int(units)
        )
        for product, location, shelf, bin_, units, *_ in _read("ProductInventory.csv")
    ]


def sum_stock(lines: list[Line]) -> Counter[tuple[str, str]]:
    """Return the units of every (code, location)."""
    total: Counter[tuple[str, str]] = Counter()
    for line in lines:
        total[line.code, line.location] += line.quantity
    return total


def write_shelf(path: Path, lines: list[Line], *, as_of: str) -> None:
    """Write the stock as a shelf system drops it: one row a bin."""
    rows = [
        (line.code, line.location, "on_hand", str(line.quantity), as_of, line.bin) for line in lines
    ]
    write_csv(path, COLUMNS, rows)


def _read(name: str) -> list[list[str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t"))

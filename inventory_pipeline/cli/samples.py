"""The sample shop that ``init`` writes: twelve items, one hour, everything in agreement.

A person changes one number and sees it found. The storefront shows what is free: on hand
less open orders less safety stock.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HOUR = "2026-04-06T10"
LOCATION = "MAIN"
SYSTEMS = ("shelf", "erp", "storefront")


@dataclass(frozen=True)
class Item:
    """One item: units by bin, of which ``open_units`` are ordered and not yet shipped."""

    sku: str
    title: str
    price: str
    unit_cost: str
    abc_class: str
    safety_stock: int
    bins: tuple[tuple[str, int], ...]
    open_units: int = 0

    @property
    def units(self) -> int:
        return sum(units for _, units in self.bins)

    @property
    def free_units(self) -> int:
        return max(0, self.units - self.open_units - self.safety_stock)


ITEMS = (
    Item("MUG-01", "Enamel mug, cream", "14.00", "4.20", "A", 5, (("A-01", 60), ("A-02", 24))),
    Item("MUG-02", "Enamel mug, navy", "14.00", "4.20", "A", 5, (("A-03", 47),), open_units=3),
    Item("TEA-01", "Teapot, 1.2 l", "48.00", "17.50", "B", 2, (("A-04", 18),)),
    Item("TOW-01", "Linen towel", "19.00", "6.10", "A", 5, (("B-01", 120),), open_units=6),
    Item("TOW-02", "Linen towel, striped", "21.00", "6.90", "B", 5, (("B-02", 40), ("B-03", 15))),
    Item("APR-01", "Canvas apron", "39.00", "13.00", "B", 2, (("B-04", 22),), open_units=1),
    Item("KNI-01", "Bread knife", "55.00", "21.00", "B", 2, (("C-01", 31),)),
    Item("BRD-01", "Oak cutting board", "62.00", "24.00", "A", 3, (("C-02", 64),), open_units=2),
    Item("BRD-02", "Oak serving board", "74.00", "29.00", "C", 0, (("C-03", 9),)),
    Item("JAR-01", "Storage jar, 0.5 l", "9.50", "2.40", "A", 10, (("D-01", 240),)),
    Item("JAR-02", "Storage jar, 1 l", "12.50", "3.10", "A", 10, (("D-02", 180),), open_units=4),
    Item("CAN-01", "Beeswax candle", "16.00", "5.00", "C", 0, (("D-03", 75),)),
)


def build_files(systems: Sequence[str]) -> dict[str, str]:
    """Return path → text of the catalogue and of one hour's exports of ``systems``."""
    teller = "shelf" if "shelf" in systems else "erp"
    files = {"catalog.csv": _build_catalog(), _name(teller, "movements"): _build_movements()}
    for system in systems:
        files[_name(system, "counts")] = _build_counts(system)
    return dict(sorted(files.items()))


def _name(system: str, feed: str) -> str:
    return f"exports/{system}/{feed}-{HOUR}.csv"


def _build_catalog() -> str:
    return _write(
        ("sku", "title", "price", "unit_cost", "abc_class", "safety_stock"),
        ((i.sku, i.title, i.price, i.unit_cost, i.abc_class, i.safety_stock) for i in ITEMS),
    )


def _build_counts(system: str) -> str:
    header: tuple[str, ...] = ("item_id", "location_id", "fact", "quantity", "as_of")
    at = f"{HOUR}:55:00Z"
    rows: list[tuple[object, ...]] = []
    for item in ITEMS:
        if system == "shelf":
            rows += [(item.sku, LOCATION, "on_hand", n, at, place) for place, n in item.bins]
        elif system == "storefront":
            rows.append((item.sku, LOCATION, "available", item.free_units, at))
        else:
            rows.append((item.sku, LOCATION, "on_hand", item.units, at))
    return _write((*header, "bin") if system == "shelf" else header, rows)


def _build_movements() -> str:
    """Write the open orders: placed in this hour, not yet shipped."""
    header = ("movement_id", "kind", "item_id", "location_id", "quantity", "moved_at",
              "reference_id")  # fmt: skip
    waiting = [item for item in ITEMS if item.open_units]
    return _write(
        header,
        (
            (f"M{n}", "order_placed", item.sku, LOCATION, item.open_units,
             f"{HOUR}:{n * 7:02d}:00Z", f"SO-{1000 + n}")
            for n, item in enumerate(waiting, start=1)
        ),
    )  # fmt: skip


def _write(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()

"""Names of the shop's goods: invented, and a few that break careless programs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """A kind of thing the shop sells in a dozen designs.

    Attributes:
        pack_units: sold in multiples of this many eaches.
        case_units: eaches of the case in which the ERP counts it; 1 means eaches.
        is_main_only: never kept at the 3PL.
    """

    code: str
    noun: str
    price_cents: int
    pack_units: int = 1
    case_units: int = 1
    is_main_only: bool = False


SHAPES = (
    Shape("CND", "Beeswax Candle", 1800),
    Shape("MUG", "Stoneware Mug", 2200),
    Shape("TTW", "Linen Tea Towel", 1600),
    Shape("NTB", "Stitched Notebook", 1400),
    Shape("TOT", "Canvas Tote", 2800),
    Shape("VAS", "Bud Vase", 3200),
    Shape("LAN", "Paper Lantern", 2400),
    Shape("CSH", "Wool Cushion", 5400),
    Shape("FRM", "Oak Frame", 2600),
    Shape("PRT", "Letterpress Print", 3000),
    Shape("CHM", "Brass Chime", 4200),
    Shape("POT", "Plant Pot", 1900),
    Shape("INC", "Incense Box", 1200),
    Shape("DSH", "Trinket Dish", 1700),
    Shape("THR", "Cotton Throw", 6800),
    Shape("TRY", "Birchwood Tray", 3900),
    Shape("PZL", "Wooden Puzzle", 2900),
    Shape("BKE", "Stone Bookend", 4400),
    Shape("SLT", "Salt Cellar", 2100),
    Shape("APR", "Canvas Apron", 3600),
    Shape("SOP", "Guest Soap", 400, pack_units=24, case_units=12, is_main_only=True),
    Shape("CRD", "Gift Card Blank", 250, pack_units=6, case_units=6),
    Shape("KEY", "Leather Key Fob", 600, pack_units=12, case_units=12),
    Shape("WRP", "Wrapping Sheet", 300, pack_units=10, case_units=10),
    Shape("CST", "Cork Coaster", 350, pack_units=12, case_units=12),
)

DESIGNS = (
    "Fern", "Fig", "Heron", "Tide", "Juniper", "Ember", "Lichen", "Marigold", "Slate", "Wren",
    "Plum", "Dusk",
)  # fmt: skip
# The design nobody orders any more: dead stock, as every real shop has some.
RETIRED_DESIGN = "Dusk"

# (sku, title, price_cents): a leading zero, two skus that differ in case alone, a sku that
# reads as a number, and titles that a careless CSV, spreadsheet or mail would obey.
AWKWARD = (
    ("00123", "Long Matches, box of 80", 700),
    ("MUG-Ash", "Ash Glaze Mug, matt", 2200),
    ("MUG-ASH", "Ash Glaze Mug, gloss", 2200),
    ("1E5", "Lab Beaker Mug", 1900),
    ("CRD-WISH", 'Card "Best Wishes", set of 6', 900),
    ("MUG-SUM", "=SUM(1) Novelty Mug", 1500),
    ("PRT-BOLD", "<b>Bold</b> Letter Print", 3000),
)

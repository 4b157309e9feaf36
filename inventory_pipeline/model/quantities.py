"""Quantities: an exact grammar at the door, whole eaches behind it.

Units are Int64 eaches, signed, never float. Nothing is rounded: what is not a whole
number of eaches is refused with its reason and kept in quarantine.
"""

import re
from fractions import Fraction

import polars as pl

MAX_UNITS = 1_000_000_000
QUANTITY_PATTERN = r"^-?[0-9]{1,9}$"
DECIMAL_ZERO_PATTERN = r"^(-?[0-9]{1,9})\.0+$"
# UN/ECE Recommendation 20 codes of one piece, and what people write for them.
EACH_UNITS = ("", "EA", "EACH", "C62", "H87", "PCE", "PC", "PCS", "UNIT")
WORDS = {"available": True, "unavailable": False}

ON_HAND = "on_hand"
COMMITTED = "committed"
AVAILABLE = "available"
SAFETY_STOCK = "safety_stock"


def is_quantity(column: str) -> pl.Expr:
    """Return an expression: the text is a whole number as the grammar wants it."""
    return pl.col(column).str.contains(QUANTITY_PATTERN)


def parse_fraction(text: str) -> Fraction:
    """Read a unit factor exactly: ``12``, ``0.5`` or ``1/12``.

    Raises:
        ValueError: the text is no positive number.
    """
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9}|/[1-9][0-9]{0,8})?", text.strip()):
        raise ValueError(f"factor is {text!r}, wanted a positive number such as 12 or 1/12")
    factor = Fraction(text.strip())
    if factor <= 0:
        raise ValueError(f"factor is {text!r}, wanted more than zero")
    return factor

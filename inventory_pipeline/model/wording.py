"""Wording: a sentence over columns.

``pl.format`` of Polars 2.1 panics over a column one of whose chunks is empty, as a filter leaves
them; ``pl.concat_str`` does not.
"""

import polars as pl


def word(text: str, *parts: str | pl.Expr) -> pl.Expr:
    """Return the text with a part in the place of each ``{}``; null where a part is null.

    Args:
        parts: names of columns, or expressions, one for each ``{}``.
    """
    between = [pl.lit(piece) for piece in text.split("{}")]
    if len(between) != len(parts) + 1:
        raise ValueError(f"{text!r} has {len(between) - 1} places for {len(parts)} parts")
    columns = [pl.col(part) if isinstance(part, str) else part for part in parts]
    woven = [piece for pair in zip(between, columns, strict=False) for piece in pair]
    return pl.concat_str([*woven, between[-1]])

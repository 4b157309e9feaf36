"""Look-alikes: two spellings that may be one item. Reported, never merged (a mapping decides)."""

import unicodedata

import polars as pl


def compute_shadow(sku: str) -> str:
    """Return the spelling that look-alikes share: no case, no blanks, no leading zeros.

    Invisible characters go, composed and decomposed letters meet, full width becomes plain.
    """
    folded = unicodedata.normalize("NFKC", sku).casefold()
    visible = "".join(
        letter for letter in folded if unicodedata.category(letter) not in ("Cf", "Zs", "Cc")
    )
    return visible.lstrip("0") or visible


def find_look_alikes(strange: pl.Series, known: pl.Series) -> dict[str, str]:
    """Return strange sku → the known sku it looks like, where exactly one does."""
    if strange.is_empty():
        return {}
    shadows: dict[str, list[str]] = {}
    wanted = {compute_shadow(sku) for sku in strange}
    for sku in known:
        shadow = compute_shadow(sku)
        if shadow in wanted:
            shadows.setdefault(shadow, []).append(sku)
    found = {}
    for sku in strange:
        alike = [other for other in shadows.get(compute_shadow(sku), []) if other != sku]
        if len(alike) == 1:
            found[sku] = alike[0]
    return found

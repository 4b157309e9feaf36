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


def compute_shadows(skus: pl.Series) -> pl.Series:
    """Return the shadow of each sku; plain letters and digits are folded all at once."""
    plain = skus.str.contains(r"^[!-~]*$")
    folded = skus.str.to_lowercase()
    bare = folded.str.strip_chars_start("0")
    shadows = pl.select(pl.when(bare != "").then(bare).otherwise(folded)).to_series()
    odd = (~plain).arg_true()
    return shadows.scatter(odd, [compute_shadow(sku) for sku in skus.gather(odd)])


def find_look_alikes(strange: pl.Series, known: pl.Series) -> dict[str, str]:
    """Return strange sku → the known sku it looks like, where exactly one does."""
    seen = pl.DataFrame({"sku": strange, "shadow": compute_shadows(strange)})
    others = pl.DataFrame({"alike": known, "shadow": compute_shadows(known)})
    pairs = seen.join(others, on="shadow", how="inner").filter(pl.col("sku") != pl.col("alike"))
    single = pairs.group_by("sku").agg(pl.col("alike").first(), count=pl.len())
    return dict(single.filter(pl.col("count") == 1).select("sku", "alike").iter_rows())

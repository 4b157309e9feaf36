"""pandas: merges and masks, the whole hour as a careful person would write it."""

from pathlib import Path

import numpy as np
import pandas as pd

HOUR = "2026-04-06T10"
KEY = ["sku", "location_id"]
MIRRORS = ("erp", "storefront", "threepl")


def read(folder: Path, system: str) -> pd.DataFrame:
    """Return one system's export with our names."""
    columns = ["item_id", "location_id", "fact", "quantity"]
    frame = pd.read_parquet(folder / "exports" / f"{system}-{HOUR}.parquet", columns=columns)
    return frame.rename(columns={"item_id": "sku"})


def read_items(folder: Path) -> pd.DataFrame:
    """Return safety stock and the ERP's case size by sku."""
    cases = pd.read_csv(folder / "identities.csv").query("system == 'erp' and unit == 'CS'")
    cases = cases.rename(columns={"item_id": "their", "eaches_per_unit": "factor"})
    items = pd.read_csv(folder / "catalog.csv")[["sku", "safety_stock"]]
    return items.merge(cases[["their", "factor"]], left_on="sku", right_on="their", how="left")


def read_owner(folder: Path) -> pd.DataFrame:
    """Return what the shelf holds and has promised, and what each mirror should show."""
    shelf = read(folder, "shelf")
    held = shelf[shelf["fact"] == "on_hand"].rename(columns={"quantity": "on_hand"})
    promised = shelf[shelf["fact"] == "committed"].rename(columns={"quantity": "committed"})
    owner = held.drop(columns="fact").merge(promised.drop(columns="fact"), on=KEY, how="left")
    return owner.fillna({"committed": 0})


def find_expected(together: pd.DataFrame) -> dict[str, pd.Series]:
    """Return what each mirror should show."""
    on_hand, factor = together["on_hand"], together["factor"]
    return {
        "erp": on_hand // factor * factor,
        "storefront": (on_hand - together["committed"] - together["safety_stock"]).clip(lower=0),
        "threepl": on_hand,
    }


def join_all(folder: Path) -> pd.DataFrame:
    """Put the owner and its three mirrors beside each other."""
    together = read_owner(folder)
    for mirror in MIRRORS:
        theirs = read(folder, mirror)[[*KEY, "quantity"]].rename(columns={"quantity": mirror})
        together = together.merge(theirs, on=KEY, how="outer")
    together = together.merge(read_items(folder), on="sku", how="left")
    together["erp"] *= together["factor"]
    return together


def judge(odd: pd.DataFrame) -> pd.DataFrame:
    """Return the exceptions of one mirror with status and severity."""
    on_hand, observed, expected = odd["on_hand"], odd["observed"], odd["expected"]
    odd["delta"] = observed - expected
    odd["status"] = np.select(
        [
            on_hand.isna() & (observed != 0),
            observed.isna() & (expected > 0),
            odd["delta"].abs() > 0,
        ],
        ["ghost", "absent", "drift"],
        "",
    )
    is_gap = odd["status"].isin(["ghost", "absent"])
    size = odd["delta"].abs()
    odd["severity"] = np.select(
        [
            (odd["status"] == "ghost") & (observed > 5), is_gap,
            (on_hand <= 0) & (observed > 0), (observed <= 0) & (expected > 0),
            (expected > 0) & (size >= 0.5 * expected), size <= 2, size <= 5,
        ],
        ["major", "notable", "major", "major", "major", "minor", "notable"],
        "major",
    )  # fmt: skip
    return odd[odd["status"] != ""]


def reconcile(folder: Path) -> dict[str, object]:
    """Return the summary of one hour."""
    together = join_all(folder)
    tallies, counts = {}, []
    for mirror, expected in find_expected(together).items():
        observed = together[mirror]
        both = observed.notna() & together["on_hand"].notna()
        tallies[mirror] = (int(both.sum()), int(expected[both].sum()))
        is_odd = (observed != expected) & ~(observed.isna() & expected.isna())
        odd = together.loc[is_odd, [*KEY, "on_hand"]]
        odd = judge(odd.assign(observed=observed[is_odd], expected=expected[is_odd]))
        for (status, severity), rows in odd.groupby(["status", "severity"]):
            counts.append((mirror, status, severity, len(rows), int(rows["delta"].sum())))
    return {"tallies": tallies, "counts": counts}

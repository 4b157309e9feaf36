"""datacompy on pandas: the comparison alone; units and rules are worked out for it before."""

from pathlib import Path

import pandas as pd
from datacompy import PandasCompare
from pandas_merge import KEY, MIRRORS, find_expected, read, read_items, read_owner


def read_shown(folder: Path, mirror: str, items: pd.DataFrame) -> pd.DataFrame:
    """Return what a mirror shows, in eaches."""
    shown = read(folder, mirror)[[*KEY, "quantity"]].rename(columns={"quantity": "units"})
    if mirror == "erp":
        shown = shown.merge(items[["sku", "factor"]], on="sku", how="left")
        shown["units"] *= shown["factor"]
    return shown[[*KEY, "units"]]


def reconcile(folder: Path) -> dict[str, object]:
    """Return how many keys were compared and how many agree, mirror by mirror."""
    items = read_items(folder)
    owner = read_owner(folder).merge(items, on="sku", how="left")
    expected = find_expected(owner)
    compared = {}
    for mirror in MIRRORS:
        should = owner[KEY].assign(units=expected[mirror].astype("int64"))
        compare = PandasCompare(should, read_shown(folder, mirror, items), join_columns=KEY)
        compared[mirror] = (len(compare.intersect_rows), int(compare.count_matching_rows()))
    return {"compared": compared}

"""A word the mirror wrote down under another name is not lost: its log says where it went.

The other number is right by chance: what was written there makes up for what it lost itself.
"""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS, Shop, files_system

MORE = f"{MOVEMENTS} reference_id"
LEVELS = "change_id item_id location_id fact operation quantity changed_at reference_id"
NINE, NOON, NIGHT = "2026-04-06T09:00Z", "2026-04-06T12:00Z", "2026-04-06T20:00Z"


def count(shop: Shop, hour: str, system: str, **units: int) -> None:
    as_of = f"{hour[11:13]}:55"
    rows = [f"{key.replace('_', ' ')} on_hand {n} {as_of}" for key, n in units.items()]
    shop.drop(system, "counts", hour, "\n".join([COUNTS, *rows]))


def tell(shop: Shop, hour: str, system: str, feed: str, rows: Iterable[str]) -> None:
    header = LEVELS if feed == "levels" else MORE
    shop.drop(system, feed, hour, "\n".join([header, *rows]))


def open_shop(shop: Shop, *witnesses: str) -> None:
    systems = [("wms", "wms", "movements"), ("storefront", "storefront", "levels")]
    systems += [(name, "pos", "movements") for name in witnesses]
    shop.configure(
        "business: {name: Test}\nsystems:\n"
        + "".join(files_system(name, role, feed) for name, role, feed in systems)
        + "facts:\n  on_hand: {owner: wms}\n"
        "mirrors:\n  - {system: storefront, fact: on_hand, expects: on_hand}\n"
    )


def ask(shop: Shop) -> dict[str, Any]:
    return shop.one("diagnoses", "--hour", NIGHT, sku="MUG", location_id="EAST")


@pytest.mark.parametrize(
    ("written", "name", "cause"),
    [
        ("MUG_MAIN", "R1", "location_pool"),
        ("CUP_EAST", "R1", "sku_mapping"),
        ("CUP_EAST", "PO-7", "sku_mapping"),
    ],
)
def test_where_the_mirror_wrote_a_receipt_is_named_and_nothing_is_sent(
    shop: Shop, written: str, name: str, cause: str
) -> None:
    open_shop(shop)
    ten, place = {"MUG_MAIN": 10, "MUG_EAST": 10, "CUP_EAST": 10}, written.replace("_", " ")
    for hour in (NINE, NOON, NIGHT):
        shown = {} if hour == NINE else {written: 13}
        count(shop, hour, "wms", **ten | shown | ({"MUG_EAST": 13} if shown else {}))
        count(shop, hour, "storefront", **ten | shown)
        moved = ("R1 receipt MUG EAST 3 10:05 PO-7", f"R9 receipt {place} 3 10:04 PO-9")
        tell(shop, hour, "wms", "movements", moved if hour == NOON else ())
        row = f"L1 {place} on_hand add 3 10:06 {name}"
        tell(shop, hour, "storefront", "levels", (row,) if hour == NOON else ())
        shop.run(hour)

    said = ask(shop)

    assert (said["cause"], said["is_proven"]) == (cause, False)
    assert "R1" in json.dumps(said["evidence"])
    assert place.split()[0 if cause == "sku_mapping" else 1] in said["sentence"]


def test_an_id_that_two_systems_use_is_each_one_s_own(shop: Shop) -> None:
    open_shop(shop, "till")
    for hour in (NINE, NIGHT):
        is_night = hour == NIGHT
        count(shop, hour, "wms", MUG_EAST=13 if is_night else 10, CUP_EAST=10)
        count(shop, hour, "till", MUG_EAST=10, CUP_EAST=10)
        count(shop, hour, "storefront", MUG_EAST=10, CUP_EAST=9 if is_night else 10)
        bought, sold = "1001 receipt MUG EAST 3 10:05 -", "1001 pos_sale CUP EAST 1 10:05 -"
        tell(shop, hour, "wms", "movements", (bought,) if is_night else ())
        tell(shop, hour, "till", "movements", (sold,) if is_night else ())
        row = "L1 CUP EAST on_hand add -1 10:06 1001"
        tell(shop, hour, "storefront", "levels", (row,) if is_night else ())
        shop.run(hour)

    assert ask(shop)["cause"] == "movement_dropped"

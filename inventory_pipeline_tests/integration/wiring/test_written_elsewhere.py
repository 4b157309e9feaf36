"""A word the mirror wrote down under another name is not lost: its log says where it went.

The other number is right by chance: what was written there makes up for what it lost itself.
"""

import json

import pytest

from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS, Shop, files_system

LEVELS = "change_id item_id location_id fact operation quantity changed_at reference_id"
NINE, NOON, NIGHT = "2026-04-06T09:00Z", "2026-04-06T12:00Z", "2026-04-06T20:00Z"
MORE = f"{MOVEMENTS} reference_id"


def count(shop: Shop, hour: str, system: str, *rows: str) -> None:
    as_of = f"{hour[11:13]}:55"
    told = [f"{sku} {place} on_hand {units} {as_of}" for sku, place, units in map(str.split, rows)]
    shop.drop(system, "counts", hour, "\n".join([COUNTS, *told]))


@pytest.mark.parametrize(
    ("written", "name", "cause"),
    [
        ("MUG MAIN", "R1", "location_pool"),
        ("CUP EAST", "R1", "sku_mapping"),
        ("CUP EAST", "PO-7", "sku_mapping"),
    ],
)
def test_where_the_mirror_wrote_a_receipt_is_named_and_nothing_is_sent(
    shop: Shop, written: str, name: str, cause: str
) -> None:
    wms = files_system("wms", "wms", "movements")
    storefront = files_system("storefront", "storefront", "levels")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{wms}{storefront}"
        "facts:\n  on_hand: {owner: wms}\n"
        "mirrors:\n  - {system: storefront, fact: on_hand, expects: on_hand}\n"
    )
    keys = ("MUG MAIN", "MUG EAST", "CUP EAST")
    for hour in (NINE, NOON, NIGHT):
        moved = () if hour == NINE else ("MUG EAST", written)
        count(shop, hour, "wms", *(f"{key} {13 if key in moved else 10}" for key in keys))
        count(
            shop, hour, "storefront", *(f"{key} {13 if key in moved[1:] else 10}" for key in keys)
        )
        told = ("R1 receipt MUG EAST 3 10:05 PO-7", f"R9 receipt {written} 3 10:04 PO-9")
        row = (f"L1 {written} on_hand add 3 10:06 {name}",)
        is_noon = hour == NOON
        shop.drop("wms", "movements", hour, "\n".join([MORE, *(told if is_noon else ())]))
        shop.drop("storefront", "levels", hour, "\n".join([LEVELS, *(row if is_noon else ())]))
        shop.run(hour)

    said = shop.one("diagnoses", "--hour", NIGHT, sku="MUG", location_id="EAST")

    assert (said["cause"], said["is_proven"]) == (cause, False)
    assert "R1" in json.dumps(said["evidence"])
    assert written.split()[0 if cause == "sku_mapping" else 1] in said["sentence"]


def test_an_id_that_two_systems_use_is_each_one_s_own(shop: Shop) -> None:
    wms = files_system("wms", "wms", "movements")
    till = files_system("till", "pos", "movements")
    storefront = files_system("storefront", "storefront", "levels")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{wms}{till}{storefront}"
        "facts:\n  on_hand: {owner: wms}\n"
        "mirrors:\n  - {system: storefront, fact: on_hand, expects: on_hand}\n"
    )
    for hour in (NINE, NIGHT):
        is_night = hour == NIGHT
        count(shop, hour, "wms", f"MUG EAST {13 if is_night else 10}", "CUP EAST 10")
        count(shop, hour, "till", "MUG EAST 10", "CUP EAST 10")
        count(shop, hour, "storefront", "MUG EAST 10", f"CUP EAST {9 if is_night else 10}")
        moves = ("1001 receipt MUG EAST 3 10:05",) if is_night else ()
        sold = ("1001 pos_sale CUP EAST 1 10:05",) if is_night else ()
        row = ("L1 CUP EAST on_hand add -1 10:06 1001",) if is_night else ()
        shop.drop("wms", "movements", hour, "\n".join([MOVEMENTS, *moves]))
        shop.drop("till", "movements", hour, "\n".join([MOVEMENTS, *sold]))
        shop.drop("storefront", "levels", hour, "\n".join([LEVELS, *row]))
        shop.run(hour)

    said = shop.one("diagnoses", "--hour", NIGHT, sku="MUG", location_id="EAST")

    assert said["cause"] == "movement_dropped"

from inventory_pipeline.simulator.catalogue import build_catalogue
from inventory_pipeline.simulator.shops import LANTERN
from inventory_pipeline.simulator.words import EAST, open_stream

ITEMS = build_catalogue(open_stream(1, "catalogue"), LANTERN)


def test_there_are_some_three_hundred_skus_each_once():
    assert 300 <= len(ITEMS) == len({item.sku for item in ITEMS}) <= 320
    assert len({item.item_id_erp for item in ITEMS}) == len(ITEMS)


def test_awkward_names_are_among_them():
    skus, titles = {item.sku for item in ITEMS}, {item.title for item in ITEMS}
    assert {"00123", "1E5", "MUG-Ash", "MUG-ASH"} <= skus
    assert len({sku.casefold() for sku in skus}) == len(skus) - 1
    for odd in ("=SUM(1)", "<b>", '"Best Wishes",'):
        assert any(odd in title for title in titles)


def test_every_stock_and_reserve_is_whole_packs_and_every_pack_is_whole_cases():
    for item in ITEMS:
        stock = sum(units for _, units in item.bins)
        for units in (stock, item.safety_stock, item.count(EAST)):
            assert units % item.pack_units == 0
        assert item.pack_units % item.case_units == 0
        assert stock >= item.safety_stock
        assert (item.count(EAST) or item.safety_stock) >= item.safety_stock


def test_names_are_the_same_for_every_seed_and_numbers_are_not():
    other = build_catalogue(open_stream(2, "catalogue"), LANTERN)
    assert [item.title for item in other] == [item.title for item in ITEMS]
    assert [item.bins for item in other] != [item.bins for item in ITEMS]


def test_part_of_the_catalogue_is_counted_in_cases_and_part_is_kept_at_the_3pl():
    assert 40 < sum(item.case_units > 1 for item in ITEMS) < 80
    assert 60 < sum(EAST in item.stock for item in ITEMS) < 160

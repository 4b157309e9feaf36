"""F-43: one SKU mapped to two items, or two to one: the file is refused, naming both."""

import pytest

from inventory_pipeline_tests.support.command import call

HEADER = "sku,system,item_id,unit,eaches_per_unit,valid_from,valid_to\n"


@pytest.fixture
def shop(tmp_path):
    assert call("init", tmp_path).code == 0
    config = tmp_path / "inventory.yaml"
    text = config.read_text(encoding="utf-8")
    with_map = text.replace("{items: catalog.csv}", "{items: catalog.csv, identities: ids.csv}")
    config.write_text(with_map, encoding="utf-8")

    def check(rows):
        (tmp_path / "ids.csv").write_text(HEADER + rows, encoding="utf-8")
        return call("--config", config, "check")

    return check


def test_F_43_one_sku_that_means_two_items_is_refused(shop):
    outcome = shop("MUG-01,erp,4711,,,,\nMUG-01,erp,4712,,,,\n")
    assert outcome.code == 2
    assert "ids.csv:3" in outcome.err
    assert "'4711'" in outcome.err
    assert "'4712'" in outcome.err


def test_F_43_one_item_that_means_two_skus_is_refused(shop):
    outcome = shop("MUG-01,erp,4711,,,,\nMUG-02,erp,4711,,,,\n")
    assert outcome.code == 2
    assert "'MUG-01' and 'MUG-02'" in outcome.err


def test_F_43_the_same_item_may_change_its_sku_from_a_day_on(shop):
    rows = "MUG-01,erp,4711,,,,2026-04-01\nMUG-02,erp,4711,,,2026-04-01,\n"
    assert shop(rows).code == 0
    overlapping = "MUG-01,erp,4711,,,,2026-04-02\nMUG-02,erp,4711,,,2026-04-01,\n"
    assert shop(overlapping).code == 2


def test_F_43_each_system_has_names_of_its_own(shop):
    assert shop("MUG-01,erp,4711,,,,\nMUG-02,storefront,4711,,,,\n").code == 0

import pytest

from inventory_pipeline.config.load import load_settings
from inventory_pipeline.errors import ConfigError

HEAD = "business: {name: x}\nprofile: PROFILE\nsystems:\n"


def load(folder, profile, systems, rest=""):
    listed = "".join(f"  {n}: {{role: {r}, connector: files}}\n" for n, r in systems.items())
    path = folder / "inventory.yaml"
    path.write_text(HEAD.replace("PROFILE", profile) + listed + rest, encoding="utf-8")
    return load_settings(path).settings


FOUR = {"wms": "wms", "erp": "erp", "storefront": "storefront", "bins": "wms"}


@pytest.mark.parametrize(
    ("profile", "owner"),
    [("shelf_of_record", "bins"), ("wms_of_record", "wms"), ("erp_of_record", "erp")],
)
def test_each_profile_names_the_owner_of_on_hand(tmp_path, profile, owner):
    fact = load(tmp_path, profile, FOUR).facts["on_hand"]
    assert fact.owners == [owner]
    assert f"profile {profile}" in fact.reason


def test_the_only_warehouse_is_the_shelf_where_none_is_called_so(tmp_path):
    systems = {"depot": "wms", "erp": "erp"}
    assert load(tmp_path, "shelf_of_record", systems).facts["on_hand"].owners == ["depot"]
    assert load(tmp_path, "wms_of_record", systems).facts["on_hand"].owners == ["depot"]


def test_a_profile_fills_what_facts_leave_out_and_overrules_nobody(tmp_path):
    left_out = "".join(f"  {name}: {{}}\n" for name in ("price", "cost", "catalog", "loyalty"))
    facts = f"facts:\n  on_hand: {{owner: erp}}\n  refund: {{owner: it depends}}\n{left_out}"
    facts += "  back_in_stock: {}\n"
    seen = load(tmp_path, "shelf_of_record", FOUR, facts).facts
    assert {name: fact.owners for name, fact in seen.items()} == {
        "on_hand": ["erp"],
        "refund": [],
        "price": [],
        "cost": ["erp"],
        "catalog": ["storefront"],
        "loyalty": [],
        "back_in_stock": ["bins"],
    }


def test_two_storefronts_leave_their_facts_a_gap(tmp_path):
    systems = FOUR | {"shop2": "storefront"}
    seen = load(tmp_path, "shelf_of_record", systems, "facts:\n  orders: {}\n").facts
    assert seen["orders"].owners == []


def test_without_a_profile_nothing_is_filled_in(tmp_path):
    path = tmp_path / "inventory.yaml"
    path.write_text(
        "business: {name: x}\nsystems: {shelf: {role: wms, connector: files}}\n"
        "facts: {on_hand: {}}\n",
        encoding="utf-8",
    )
    assert load_settings(path).settings.facts["on_hand"].owners == []


@pytest.mark.parametrize(
    ("profile", "systems"),
    [
        ("shelf_of_record", {"a": "wms", "b": "wms"}),
        ("wms_of_record", {"erp": "erp"}),
        ("erp_of_record", {"one": "erp", "two": "erp"}),
    ],
)
def test_a_profile_that_finds_no_single_owner_is_refused(tmp_path, profile, systems):
    with pytest.raises(ConfigError, match=f"yaml:2: profile: {profile} finds no owner of on_hand"):
        load(tmp_path, profile, systems)

"""Paths lead where they say, and nowhere else."""

import pytest

from inventory_pipeline.connectors.json_paths import ABSENT, CellPath, Path, RowsPath, find_text

ANSWER = {
    "at": "10:00",
    "data": {"items": [{"sku": "A", "levels": [{"qty": "1"}, {"qty": "2"}]}, {"sku": "B"}]},
}


def test_null_is_something_and_nothing_is_absent():
    assert Path.parse("a.b").find({"a": {"b": None}}) is None
    assert Path.parse("a.b").find({"a": None}) is None
    assert Path.parse("a.b").find({"a": {}}) is ABSENT
    assert Path.parse("a.b").find({"a": "text"}) is ABSENT


def test_a_key_with_a_dot_is_written_with_a_backslash():
    assert Path.parse(r"@odata\.nextLink").find({"@odata.nextLink": "x"}) == "x"


@pytest.mark.parametrize("text", ["a..b", ".a", "a.", "a[0]", "a[].b", "[]"])
def test_a_path_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r"path|list"):
        Path.parse(text)


@pytest.mark.parametrize(
    ("text", "lists", "tail"),
    [
        ("[]", ((),), ()),
        ("", ((),), ()),
        ("items", (("items",),), ()),
        ("data.items[]", (("data", "items"),), ()),
        ("data.edges[].node", (("data", "edges"),), ("node",)),
        ("items[].levels[]", (("items",), ("levels",)), ()),
        ("$.items[]", (("items",),), ()),
        ("[][]", ((), ()), ()),
    ],
)
def test_rows_lie_at_the_end_of_their_lists(text, lists, tail):
    assert RowsPath.parse(text) == RowsPath(lists, tail)


def test_a_column_may_lie_in_the_row_above_it_or_at_the_top():
    rows = RowsPath.parse("data.items[].levels[]")
    assert rows.place("qty") == CellPath(2, ("qty",))
    assert rows.place("$.data.items[].sku") == CellPath(1, ("sku",))
    assert rows.place("$.at") == CellPath(0, ("at",))
    assert RowsPath.parse("edges[].node").place("a") == CellPath(1, ("node", "a"))
    assert RowsPath.parse("edges[].node").place("$.edges[].cursor") == CellPath(1, ("cursor",))
    with pytest.raises(ValueError, match="another list"):
        rows.place("$.other[].sku")


def test_every_row_knows_the_elements_above_it():
    rows = RowsPath.parse("data.items[].levels[]")
    chains = list(rows.walk(ANSWER))[:2]
    assert rows.place("qty").find_all(chains) == ["1", "2"]
    assert rows.place("$.data.items[].sku").find_all(chains) == ["A", "A"]
    assert rows.place("$.at").find_all(chains) == ["10:00", "10:00"]


def test_an_item_without_its_inner_list_is_a_problem_and_not_no_rows():
    *_, broken = RowsPath.parse("data.items[].levels[]").walk(ANSWER)
    assert str(broken[-1]) == "levels is no list"


@pytest.mark.parametrize(
    ("value", "text"), [(True, "true"), ("5", "5"), (None, None), ({"a": 1}, None), ([], None)]
)
def test_only_a_plain_value_is_a_text(value, text):
    assert find_text({"v": value}, Path.parse("v")) == text

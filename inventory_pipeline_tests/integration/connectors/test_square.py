"""The square connector on a stand-in: counts, changes, scopes."""

import pytest
from pydantic import ValidationError

from inventory_pipeline.connectors.square.connector import SquareConnector
from inventory_pipeline.errors import SourceContractError, SourceRefusedError
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.stand_in import answer_json
from inventory_pipeline_tests.support.vendors.square import (
    SquareVendor,
    build_adjustment,
    build_count,
)
from inventory_pipeline_tests.support.vendors.vendor import Level, serving_vendor


@pytest.fixture
def vendor():
    return SquareVendor()


def level(item="A", place="L1", quantity="5", **more):
    return Level(item, place, {"IN_STOCK": quantity, **more})


def read(vendor, levels, folder, feed="counts", spoil=None, **options):
    """Return what a fetch said, the rows and rejected lines of its pages, and the server."""
    with serving_vendor(vendor, levels, folder, spoil=spoil, **options) as served:
        fetched, pages = land(served.connector, feed, folder / "landing")
        part = served.connector.parse(feed, pages)
    return fetched, part.rows, part.rejected, served


def read_changes(vendor, folder, **options):
    return read(vendor, [], folder, "movements", **options)


def find_movements(vendor, folder, *changes, names=("kind", "quantity")):
    vendor.changes = list(changes)
    return read_changes(vendor, folder)[1].select(names).rows()


def test_every_count_is_a_row_as_of_the_fetch(tmp_path, vendor):
    levels = [level("A", "L1", "51"), level("A", "L2", "0"), level("B", "L1", "-2")]
    fetched, rows, rejected, _ = read(vendor, levels, tmp_path)
    assert rows.rows() == [
        (1, "A", "L1", "on_hand", "51", "2026-04-06T10:05:00Z"),
        (2, "A", "L2", "on_hand", "0", "2026-04-06T10:05:00Z"),
        (3, "B", "L1", "on_hand", "-2", "2026-04-06T10:05:00Z"),
    ]
    assert rejected.is_empty()
    assert (fetched.is_complete, fetched.is_suspect, fetched.notes) == (True, False, ())


def test_cursors_are_followed_to_the_page_without_one(tmp_path, vendor):
    levels = [level(f"S{number}", quantity=str(number)) for number in range(7)]
    fetched, rows, _, served = read(vendor, levels, tmp_path)
    assert rows["quantity"].to_list() == [str(number) for number in range(7)]
    assert fetched.end_marker == "page 3 names no further cursor"
    assert [asked.json["cursor"] for asked in served.pages] == [None, "3", "6"]


def test_states_are_facts_by_their_declared_meaning(tmp_path, vendor):
    levels = [level(quantity="5", RESERVED_FOR_SALE="2", SOLD="99")]
    facts = {"on_hand": "IN_STOCK", "held": "RESERVED_FOR_SALE"}
    _, rows, _, served = read(vendor, levels, tmp_path, facts=facts)
    assert rows.select("fact", "quantity").rows() == [("on_hand", "5"), ("held", "2")]
    assert served.pages[0].json["states"] == ["IN_STOCK", "RESERVED_FOR_SALE"]


def test_only_the_locations_that_are_named(tmp_path, vendor):
    levels = [level("A", "L1"), level("A", "L2")]
    _, rows, _, _ = read(vendor, levels, tmp_path, locations=["L2"])
    assert rows["location_id"].to_list() == ["L2"]


def test_a_list_that_is_left_out_is_an_empty_one_and_never_all_gone(tmp_path, vendor):
    fetched, rows, _, _ = read(vendor, [], tmp_path)
    assert rows.is_empty()
    assert fetched.is_suspect
    assert "empty is never read as all gone" in fetched.notes[0]


def test_an_answer_of_another_shape_is_no_empty_one(tmp_path, vendor):
    with pytest.raises(SourceContractError, match=r"no list at 'counts\[\]'"):
        read(vendor, [], tmp_path, spoil=lambda *_: answer_json({"inventory_counts": []}))
    with pytest.raises(SourceContractError, match="'errors' says that it failed"):
        read(vendor, [], tmp_path, spoil=lambda *_: answer_json({"errors": [{"code": "X"}]}))


def test_missing_is_not_zero(tmp_path, vendor):
    _, rows, _, _ = read(vendor, [level(quantity=None), level("B", quantity="1.5")], tmp_path)
    assert rows["quantity"].to_list() == [None, "1.5"]


def test_a_token_that_may_not_read_is_refused_by_name(tmp_path, vendor):
    vendor.scopes = ["ITEMS_READ"]
    with pytest.raises(SourceRefusedError, match="lacks the scope INVENTORY_READ; it has ITEMS"):
        read(vendor, [level()], tmp_path)


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (None, "may INVENTORY_WRITE, ORDERS_WRITE; this system only reads"),
        ({}, "may ORDERS_WRITE; this system needs only INVENTORY_WRITE of these"),
        ({"token": {"file": "token"}}, "may INVENTORY_WRITE, ORDERS_WRITE; this system only"),
    ],
)
def test_a_token_that_may_more_than_it_has_to_is_noted(tmp_path, vendor, write, said):
    vendor.scopes = ["INVENTORY_READ", "INVENTORY_WRITE", "ORDERS_WRITE", "ITEMS_READ"]
    fetched, *_ = read(vendor, [level()], tmp_path, write=write)
    [note] = fetched.notes
    assert said in note
    assert not fetched.is_suspect


def test_a_personal_token_may_everything(tmp_path, vendor):
    vendor.scopes = None
    fetched, rows, _, _ = read(vendor, [level()], tmp_path)
    assert rows.height == 1
    assert fetched.notes == ("the token names no scopes: a personal one may do everything",)


def test_a_wrong_token_is_refused(tmp_path, vendor):
    with serving_vendor(vendor, [level()], tmp_path) as served:
        (tmp_path / "token").write_text("other")
        with pytest.raises(SourceRefusedError, match="401"):
            land(served.connector, "counts", tmp_path / "landing")


def test_the_version_goes_with_every_question(tmp_path, vendor):
    *_, served = read(vendor, [level()], tmp_path, version="2026-01-22")
    assert {asked.headers["square-version"] for asked in served.server.asked} == {"2026-01-22"}


def test_a_sale_is_told_with_both_of_its_times_and_its_name(tmp_path, vendor):
    sale = build_adjustment("AD1", "IN_STOCK", "SOLD", transaction_id="T9")
    sale["adjustment"]["source"] = {"product": "SQUARE_POS", "name": "Point of Sale"}
    vendor.changes = [sale]
    fetched, rows, _, _ = read_changes(vendor, tmp_path)
    assert fetched.is_complete
    [row] = rows.rows(named=True)
    assert {name: value for name, value in row.items() if value is not None} == {
        "row": 1, "movement_id": "AD1", "kind": "pos_sale", "item_id": "A", "location_id": "L1",
        "quantity": "3", "moved_at": "2026-04-06T10:00:30Z",
        "recorded_at": "2026-04-06T10:01:00Z", "reference_id": "T9", "actor": "SQUARE_POS",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "more", "told"),
    [
        ("NONE", "IN_STOCK", {}, ("adjustment", "3")),
        ("NONE", "IN_STOCK", {"reason_id": {"type": "RECEIVED"}}, ("receipt", "3")),
        ("NONE", "IN_STOCK", {"goods_receipt_id": "G1"}, ("receipt", "3")),
        ("RECEIVED_FROM_VENDOR", "IN_STOCK", {}, ("receipt", "3")),
        ("UNLINKED_RETURN", "IN_STOCK", {}, ("return_received", "3")),
        ("SOLD", "IN_STOCK", {"refund_id": "R1"}, ("return_received", "3")),
        ("IN_TRANSIT", "IN_STOCK", {}, ("transfer_in", "3")),
        ("DECOMPOSED", "IN_STOCK", {}, ("adjustment", "3")),
        ("IN_STOCK", "SOLD", {}, ("pos_sale", "3")),
        ("IN_STOCK", "WASTE", {}, ("damage", "3")),
        ("IN_STOCK", "WASTE", {"reason_id": {"type": "THEFT"}}, ("write_off", "3")),
        ("IN_STOCK", "WASTE", {"reason_id": {"type": "RECEIVED"}}, ("damage", "3")),
        ("IN_STOCK", "IN_TRANSIT", {}, ("transfer_out", "3")),
        ("IN_STOCK", "RESERVED_FOR_SALE", {}, ("adjustment", "-3")),
        ("IN_STOCK", "SUPPORTED_BY_NEWER_VERSION", {}, ("adjustment", "-3")),
    ],
)
def test_two_states_and_a_reason_say_what_it_was(tmp_path, vendor, before, after, more, told):
    change = build_adjustment("AD1", before, after, **more)
    assert find_movements(vendor, tmp_path, change) == [told]


def test_a_count_is_a_count_and_what_it_adjusted_is_not_told_twice(tmp_path, vendor):
    vendor.changes = [
        build_count("PC1", "12"),
        build_adjustment("AD1", "IN_STOCK", "WASTE", physical_count_id="PC1"),
    ]
    fetched, rows, _, _ = read_changes(vendor, tmp_path)
    assert rows.select("movement_id", "kind", "quantity").rows() == [("PC1", "count", "12")]
    assert fetched.notes == ("adjustments that a count of the same units made: 1",)


def test_what_never_touches_the_shelf_is_left_out_with_a_note(tmp_path, vendor):
    vendor.changes = [
        build_adjustment("AD1", "NONE", "ORDERED_FROM_VENDOR"),
        build_count("PC1", "1", state="WASTE"),
        build_count("PC2", "2"),
    ]
    fetched, rows, _, _ = read_changes(vendor, tmp_path)
    assert rows["movement_id"].to_list() == ["PC2"]
    assert fetched.notes == (
        "adjustments between states other than IN_STOCK: 1",
        "counts of another state than IN_STOCK: 1",
    )


def test_stock_that_goes_straight_to_another_location_is_told_by_both(tmp_path, vendor):
    change = build_adjustment("AD1", "IN_STOCK", "IN_STOCK", to_location_id="L2")
    names = ("movement_id", "kind", "location_id", "quantity", "reference_id", "destination_id")
    assert find_movements(vendor, tmp_path, change, names=names) == [
        ("AD1:out", "transfer_out", "L1", "3", "AD1", "L2"),
        ("AD1:in", "transfer_in", "L2", "3", "AD1", None),
    ]


def test_an_older_version_names_one_location(tmp_path, vendor):
    change = build_adjustment("AD1", "IN_STOCK", "SOLD", location_id="L7")
    del change["adjustment"]["from_location_id"], change["adjustment"]["to_location_id"]
    assert find_movements(vendor, tmp_path, change, names=("location_id",)) == [("L7",)]


def test_a_change_of_another_kind_is_kept_apart(tmp_path, vendor):
    vendor.changes = [{"type": "TRANSFER"}, build_count("PC1", "1")]
    _, rows, rejected, _ = read_changes(vendor, tmp_path)
    assert rows.height == 1
    assert rejected["reason"].to_list() == [
        "type is 'TRANSFER', wanted PHYSICAL_COUNT or ADJUSTMENT"
    ]


def test_changes_come_page_by_page_and_no_page_is_taken_for_another(tmp_path, vendor):
    vendor.changes = [build_count(f"PC{number}", "1") for number in range(3)] + [
        build_adjustment(f"AD{number}", "IN_STOCK", "SOLD", "1") for number in range(4)
    ]
    fetched, rows, _, _ = read_changes(vendor, tmp_path)
    assert rows.height == 7
    assert fetched.is_complete
    assert fetched.declared_keys is None


def test_window_gap_between_polls(tmp_path, vendor):
    """What Square received late in the hour before is asked for again."""
    vendor.changes = [build_count("PC1", "1", created_at="2026-04-06T09:30:00Z")]
    assert read_changes(vendor, tmp_path)[1].height == 1
    assert read_changes(vendor, tmp_path, overlap="0s")[1].is_empty()


def test_without_history_there_are_counts_alone(tmp_path, vendor):
    with serving_vendor(vendor, [], tmp_path, history=False) as served:
        assert served.connector.find_feeds() == ["counts"]
        assert served.connector.build_writer() is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"facts": {"on_hand": "SOLD"}}, "'SOLD' has no declared meaning; known: IN_STOCK"),
        ({"facts": {"a": "IN_STOCK", "b": "IN_STOCK"}}, "two facts is one of them"),
        (
            {"facts": {"held": "RESERVED_FOR_SALE"}, "write": {}},
            "only IN_STOCK is counted; no fact is read from it",
        ),
        ({"version": "latest"}, "version"),
        ({"page_size": 1001}, "page_size"),
    ],
)
def test_options_that_cannot_be_are_refused(options, said):
    with pytest.raises(ValidationError, match=said):
        SquareConnector.options_model.model_validate({"token": {"env": "TOKEN"}, **options})

"""X12: whole envelopes only, declared meanings only, and what nobody said is no number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.connectors.tables import Plan
from inventory_pipeline.connectors.text_source import TextForm
from inventory_pipeline.connectors.x12.envelope import read_sets
from inventory_pipeline.connectors.x12.options import X12Options
from inventory_pipeline.connectors.x12.table import parse_x12
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.ports import Page
from inventory_pipeline_tests.support.x12_files import (
    COUNT,
    RECEIPT,
    SHIPMENT,
    write_document,
    write_file,
    write_group,
    write_set,
)

FACTS = {"facts": {"on_hand": "17", "available": "33"}}


def read(body: bytes, feed: str = "counts", *, fixed=None, form=None, **options):
    chosen = X12Options.model_validate((FACTS if feed == "counts" else {}) | options)
    return parse_x12(Page(body, "x12"), Plan(feed, fixed=fixed or {}), form or TextForm(), chosen)


def read_rows(*args, **named):
    return read(*args, **named).rows.rows(named=True)


def test_an_846_gives_the_declared_quantities_of_every_item():
    part = read(write_document("846", COUNT))
    columns = ["row", "item_id", "location_id", "fact", "quantity", "as_of", "unit"]
    assert part.rows.columns == columns
    assert part.rows.rows() == [
        (1, "00123", "WH01", "on_hand", "12", "2026-04-06T10:03:00", "EA"),
        (2, "00123", "WH01", "available", "9", "2026-04-06T10:03:00", "EA"),
        (3, "1e5", "WH01", "on_hand", "0", "2026-04-06T10:03:00", "EA"),
    ]
    assert part.rejected.is_empty()


def test_a_quantity_that_is_not_told_is_no_row_and_never_zero():
    rows = read_rows(write_document("846", COUNT), facts={"committed": "27"})
    assert rows == []


def test_a_quantity_without_a_number_stays_without_one():
    lines = [*COUNT[:2], "LIN*1*SK*A", "QTY*17**EA", "QTY*33*-4.5*EA:2"]
    assert [(row["quantity"], row["unit"]) for row in read_rows(write_document("846", lines))] == [
        (None, "EA"),
        ("-4.5", "EA"),
    ]


def test_a_report_without_a_time_was_true_when_it_was_made():
    rows = read_rows(write_document("846", ["BIA*00*SI*RPT-1*20260406", *COUNT[1:]]))
    assert {row["as_of"] for row in rows} == {"2026-04-06T10:15:00"}


@pytest.mark.parametrize(
    ("day", "time", "as_of"),
    [
        ("20260406", "100307", "2026-04-06T10:03:07"),
        ("20260406", "10030750", "2026-04-06T10:03:07.50"),
        ("260406", "1003", "260406 1003"),
        ("20260406", "noon", "20260406 noon"),
    ],
)
def test_times_are_written_out_and_odd_ones_left_for_the_door_to_refuse(day, time, as_of):
    rows = read_rows(write_document("846", [f"BIA*00*SI*RPT-1*{day}*{time}", *COUNT[1:]]))
    assert rows[0]["as_of"] == as_of


@pytest.mark.parametrize("purpose", ["01", "04", "13", "25", "77", ""])
def test_a_report_of_changes_only_is_refused(purpose):
    body = write_document("846", [f"BIA*{purpose}*SI*RPT-1*20260406*1003", *COUNT[1:]])
    with pytest.raises(SourceContractError, match="not a whole report"):
        read(body)


def test_an_item_of_another_kind_of_id_is_set_aside_with_the_cure():
    part = read(write_document("846", [*COUNT[:2], "LIN*1*VN*X*UP*0123", "QTY*17*5*EA"]))
    assert part.rows.is_empty()
    ((row, reason, raw),) = part.rejected.rows()
    assert (row, raw) == (1, "LIN*1*VN*X*UP*0123")
    assert reason.startswith("no id of the kind SK; there is VN UP. Say which one is the item's")


def test_the_first_kind_of_id_that_is_there_is_taken():
    lines = [*COUNT[:2], "LIN*1*UP*0123*VN*X", "QTY*17*5*EA", "LIN*2*UP*0456", "QTY*17*6*EA"]
    rows = read_rows(write_document("846", lines), items=["VN", "UP"])
    assert [row["item_id"] for row in rows] == ["X", "0456"]


def test_lots_of_one_item_are_its_bins_where_that_is_said():
    lines = [*COUNT[:2], "LIN**SK*A*LT*L-1", "QTY*17*5*EA", "LIN**SK*A*LT*L-2", "QTY*17*6*EA"]
    assert [row["bin"] for row in read_rows(write_document("846", lines), bin="LT")] == [
        "L-1",
        "L-2",
    ]
    assert "bin" not in read(write_document("846", lines)).rows.columns


@pytest.mark.parametrize("spread", ["N1*WH*Other*92*WH02", "SDQ*EA*92*S1*5*S2*6"])
def test_quantities_that_are_spread_over_places_are_refused(spread):
    with pytest.raises(SourceContractError, match="spreads an item over places"):
        read(write_document("846", [*COUNT[:-1], spread]))


def test_a_place_that_nothing_names_is_refused_or_fixed():
    body = write_document("846", [COUNT[0], *COUNT[2:]])
    with pytest.raises(SourceContractError, match=r"no N1 segment with WH .*fixed: \{counts:"):
        read(body)
    rows = read_rows(body, fixed={"location_id": "MAIN"})
    assert {row["location_id"] for row in rows} == {"MAIN"}
    other = write_document("846", [COUNT[0], "N1*SF*Us*92*S-1", *COUNT[2:]])
    assert {row["location_id"] for row in read_rows(other, location="SF")} == {"S-1"}


@pytest.mark.parametrize("total", ["CTT*3", "CTT*1", "CTT*", "CTT*two"])
def test_items_that_are_missing_by_the_documents_own_count_are_noticed(total):
    with pytest.raises(SourceContractError, match="CTT counts"):
        read(write_document("846", [*COUNT[:-1], total]))


def test_a_944_gives_receipts_with_their_own_unit_and_order():
    rows = read_rows(write_document("944", RECEIPT), "movements")
    shared = {
        "kind": "receipt", "location_id": "WH01", "moved_at": "2026-04-06T00:00:00",
        "recorded_at": "2026-04-06T10:15:00", "reference_id": "PO-5",
    }  # fmt: skip
    first, second = (dict(row) for row in rows)
    assert first == shared | {
        "row": 1, "movement_id": "944/WH01/R-77/SHIP-1/20260406/1", "item_id": "00123",
        "quantity": "24", "unit": "EA",
    }  # fmt: skip
    assert (second["item_id"], second["quantity"], second["unit"]) == ("1e5", "3", "CA")


def test_a_945_gives_what_was_shipped_not_what_was_ordered():
    rows = read_rows(write_document("945", SHIPMENT), "movements")
    assert [(r["item_id"], r["kind"], r["quantity"], r["reference_id"]) for r in rows] == [
        ("00123", "shipment", "5", "SO-9"),
        ("1e5", "shipment", "1", "SO-9"),
    ]
    assert [row["movement_id"] for row in rows] == [
        "945/WH01/SO-9/SHIP-9//20260405/1",
        "945/WH01/SO-9/SHIP-9//20260405/2",
    ]
    assert {row["moved_at"] for row in rows} == {"2026-04-05T00:00:00"}


def test_a_receipt_with_a_time_has_it():
    head = "W17*F*20260406*R-77*PO-5*SHIP-1*8*0930"
    rows = read_rows(write_document("944", [head, *RECEIPT[1:]]), "movements")
    assert rows[0]["moved_at"] == "2026-04-06T09:30:00"


def test_no_person_is_in_what_is_read():
    part = read(write_document("945", SHIPMENT), "movements", items=["ZZ"])
    assert "Jane" not in str(part.rows.rows()) + str(part.rejected.rows())


@pytest.mark.parametrize(
    ("kind", "code", "movement"),
    [
        ("944", "F", "receipt"),
        ("944", "P", "receipt"),
        ("944", "C", "return_received"),
        ("945", "J", "shipment"),
    ],
)
def test_reporting_codes_that_are_known_are_kinds_of_movements(kind, code, movement):
    segments = RECEIPT if kind == "944" else SHIPMENT
    head = segments[0].replace("*F*", f"*{code}*", 1)
    rows = read_rows(write_document(kind, [head, *segments[1:]]), "movements")
    assert {row["kind"] for row in rows} == {movement}


@pytest.mark.parametrize("code", ["K", "X", "A", "Z", ""])
def test_a_reporting_code_nobody_declared_is_set_aside(code):
    body = write_document("944", [f"W17*{code}*20260406*R-77", *RECEIPT[1:]])
    part = read(body, "movements")
    assert part.rows.is_empty()
    assert len(part.rejected) == 2
    assert f"the reporting code {code!r} of W17 is no movement" in part.rejected["reason"][0]
    if code:
        rows = read_rows(body, "movements", kinds={code: "adjustment"})
        assert {row["kind"] for row in rows} == {"adjustment"}


def test_a_document_without_a_number_of_its_own_is_set_aside():
    part = read(write_document("945", ["W06*F**20260406", *SHIPMENT[1:]]), "movements")
    assert set(part.rejected["reason"]) == {"W06 has no number that names the document"}


def test_a_document_that_is_sent_again_is_the_same_movements():
    one = write_set("944", RECEIPT)
    again = write_set("944", RECEIPT, "0002")
    body = write_file(write_group(one, again, kind="944"))
    rows = read_rows(body, "movements")
    assert len({row["movement_id"] for row in rows}) == 2
    assert len(rows) == 4


def test_receipts_and_shipments_may_share_a_file_with_counts_and_acknowledgements():
    body = write_file(
        write_group(write_set("846", COUNT)),
        write_group(write_set("944", RECEIPT), kind="944", number="8"),
        write_group(write_set("945", SHIPMENT), kind="945", number="9"),
        write_group(write_set("997", ["AK1*OW*1", "AK9*A*1*1*1"]), kind="997", number="10"),
    )
    assert [row["kind"] for row in read_rows(body, "movements")] == ["receipt"] * 2 + [
        "shipment"
    ] * 2
    assert len(read_rows(body)) == 3


@pytest.mark.parametrize(("kind", "feed"), [("850", "counts"), ("947", "movements")])
def test_a_document_that_tells_of_something_else_is_refused(kind, feed):
    with pytest.raises(SourceContractError, match=f"the file holds {kind}, wanted"):
        read(write_document(kind, ["BEG*00"]), feed)


def test_several_interchanges_may_have_delimiters_of_their_own():
    body = write_file(write_group(write_set("846", COUNT)))
    other = write_file(write_group(write_set("846", COUNT)), marks="|^\n")
    rows = read_rows(body + b"\r\n" + other + b"\n")
    assert len(rows) == 6
    assert rows[0]["item_id"] == rows[3]["item_id"] == "00123"


def test_segments_may_stand_on_lines_of_their_own():
    body = write_document("846", COUNT).replace(b"~", b"~\r\n")
    assert len(read_rows(body)) == 3


def test_the_declared_encoding_is_used_and_another_one_named():
    body = write_document("846", [*COUNT[:2], "LIN*1*SK*Stühle", "QTY*17*5*EA"])
    latin = body.decode().encode("latin-1")
    assert read_rows(latin, form=TextForm(encoding="latin-1"))[0]["item_id"] == "Stühle"
    with pytest.raises(SourceContractError, match="is not utf-8; declare what the file is"):
        read(latin)


WHOLE = write_document("846", COUNT)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("SE*11*0001", "SE*12*0001", "SE counts '12', there are 11"),
        ("SE*11*0001", "SE*11*0002", "SE closes the number '0002', '0001' was opened"),
        ("GE*1*7", "GE*2*7", "GE counts '2', there are 1"),
        ("GE*1*7", "GE*1*8", "GE closes the number '8', '7' was opened"),
        ("IEA*1*", "IEA*9*", "IEA counts '9', there are 1"),
        ("IEA*1*000000042", "IEA*1*000000043", "IEA closes the number"),
        ("QTY*33*9*EA~", "", "SE counts '11', there are 10"),
        ("SE*11*0001~", "", "is 'GE', wanted SE"),
        ("GE*1*7~", "", "is 'IEA', wanted GE"),
        ("GS*IB", "XX*IB", "is 'XX', wanted GS or IEA"),
        ("PID*F****A chair~", "~", "is empty"),
        ("SE*11*", "SE**", "SE counts ''"),
        ("SE*11*", "SE*٣*", "SE counts"),
    ],
)
def test_an_envelope_that_does_not_agree_is_refused(old, new, said):
    text = WHOLE.decode()
    assert old in text
    with pytest.raises(SourceContractError, match=said.replace("*", r"\*")):
        read(text.replace(old, new, 1).encode())


@given(st.integers(0, len(WHOLE) - 2))
def test_a_file_that_is_cut_anywhere_is_refused(length):
    with pytest.raises(SourceContractError):
        read(WHOLE[:length])


@given(st.binary(max_size=300))
def test_bytes_that_are_no_x12_are_refused_in_one_sentence(body):
    with pytest.raises(SourceContractError):
        read(body)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"UNA:+.? 'UNB+UNOC:3+A+B'", "would be EDIFACT"),
        (b"item_id,quantity\n", "wanted an X12 interchange"),
        (WHOLE + b"garbage", "wanted an X12 interchange"),
        (WHOLE[:105] + b"A" + WHOLE[106:], "ends with 'A'"),
        (b"ISA" + b"*" * 103, "ISA has"),
        (write_file(write_group(write_set("846", COUNT)), usage="T"), "it is test data"),
        (WHOLE[:106] + b"x" * (3 << 20), "has no end"),
    ],
)
def test_what_only_looks_like_x12_is_refused(body, said):
    with pytest.raises(SourceContractError, match=said):
        read(body)


def test_an_empty_file_holds_nothing():
    with pytest.raises(SourceContractError, match="wanted an X12 interchange"):
        list(read_sets(b""))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"facts": {"on_hand": "017"}}, "is no qualifier"),
        ({"kinds": {"Z": "received"}}, "'received' is none of"),
        ({"items": []}, "at least 1 item"),
    ],
)
def test_a_mistake_in_the_options_is_refused(options, said):
    with pytest.raises(ValueError, match=said):
        X12Options.model_validate(options)

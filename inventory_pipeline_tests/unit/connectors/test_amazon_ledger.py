"""Rows of Amazon's ledger as movements: kinds, signs, names, days, places."""

import codecs
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from inventory_pipeline.connectors.amazon.ledger import KINDS, REASONS, parse_ledger, write_pages
from inventory_pipeline.connectors.amazon.options import AmazonOptions
from inventory_pipeline.connectors.amazon.reports import Document, Report
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.ingest.counts import SourceWords
from inventory_pipeline.ingest.events import compute_movements
from inventory_pipeline.ingest.identity import load_catalog
from inventory_pipeline.model.movements import KINDS as OUR_KINDS
from inventory_pipeline.model.ports import FetchContext
from inventory_pipeline_tests.support.file_sources import FETCHED_AT, HOUR_AT
from inventory_pipeline_tests.support.vendors.amazon import CANADA, US, write_ledger

REPORT = Report("R1", "DONE", FETCHED_AT, "D1")
FIRST_DAY = date(2026, 4, 3)
SALE = {"MSKU": "A", "Event Type": "Shipments", "Quantity": "-1", "Fulfillment Center": "PHX7"}


def build_options(marketplaces=None, **ledger):
    given = {"client_id": "a", "client_secret": {"env": "A"}, "refresh_token": {"env": "B"}}
    places = marketplaces or {US: "FBA-US"}
    return AmazonOptions.model_validate({**given, "marketplaces": places, "ledger": ledger})


def parse(*rows, body=None, kind="text/plain;charset=UTF-8", first_day=FIRST_DAY, **options):
    packed = body is None
    document = Document(REPORT, write_ledger(*rows) if packed else body, packed, kind)
    context = FetchContext(HOUR_AT, lambda: FETCHED_AT)
    built = build_options(**options)
    return parse_ledger(write_pages(document, first_day, context), built, built.ledger)


def tell(*rows, **options):
    """Return (kind, quantity) of each row."""
    return parse(*rows, **options).rows.select("kind", "quantity").rows()


def ingest(frame, zone=None):
    words = SourceWords("amazon", zone, "", "", {}, datetime(2026, 4, 7, tzinfo=UTC))
    nothing = load_catalog(Path(), items=None, locations=None, identities=None)
    return compute_movements(frame.rows, nothing, words)


@pytest.mark.parametrize(
    ("event", "quantity", "told"),
    [
        ("Receipts", "12", ("receipt", "12")),
        ("Receipts", "-2", ("adjustment", "-2")),
        ("Shipments", "-1", ("shipment", "1")),
        ("Shipments", "1", ("adjustment", "1")),
        ("CustomerReturns", "1", ("return_received", "1")),
        ("CustomerReturns", "-1", ("adjustment", "-1")),
        ("WhseTransfers", "-7", ("transfer_out", "7")),
        ("WhseTransfers", "7", ("transfer_in", "7")),
        ("VendorReturns", "-4", ("adjustment", "-4")),
        ("Adjustments", "3", ("adjustment", "3")),
        ("Adjustments", "-3", ("adjustment", "-3")),
        ("Teleports", "-3", ("adjustment", "-3")),
        ("", "5", ("adjustment", "5")),
    ],
)
def test_an_event_has_a_kind_and_against_its_sign_it_is_an_adjustment(event, quantity, told):
    row = {"MSKU": "A", "Event Type": event, "Quantity": quantity}
    assert tell(row) == [told]
    assert ingest(parse({**row, "Date and Time": "2026-04-06T00:00:00-0700"})).quarantine.is_empty()


@pytest.mark.parametrize(
    ("reason", "quantity", "kind"),
    [("E", "-1", "damage"), ("6", "-1", "damage"), ("D", "-1", "write_off"),
     ("M", "-1", "adjustment"), ("F", "1", "adjustment"), ("E", "1", "adjustment"),
     ("Z", "-1", "adjustment"), ("", "-1", "adjustment")],
)  # fmt: skip
def test_a_reason_says_what_took_units_out(reason, quantity, kind):
    row = {"MSKU": "A", "Event Type": "Adjustments", "Reason": reason, "Quantity": quantity}
    [(told, units)] = tell(row)
    assert (told, units) == (kind, quantity if kind == "adjustment" else quantity.strip("-"))


def test_every_kind_is_one_of_ours():
    kinds = {kind for pair in KINDS.values() for kind in pair} | set(REASONS.values())
    assert kinds <= set(OUR_KINDS)


def test_a_row_becomes_a_movement():
    row = {**SALE, "Reference ID": "111-1", "Date and Time": "2026-04-06T00:00:00-0700"}
    frame = parse(row)
    [movement] = frame.rows.to_dicts()
    assert movement.pop("movement_id").startswith("2026-04-06:")
    assert movement == {
        "row": 1, "kind": "shipment", "item_id": "A", "location_id": "FBA-US", "quantity": "1",
        "moved_at": "2026-04-06T00:00:00-0700", "reference_id": "111-1",
        "disposition": "sellable", "destination_id": None,
    }  # fmt: skip
    [taken] = ingest(frame).rows.to_dicts()
    assert taken["moved_at"] == datetime(2026, 4, 6, 7, tzinfo=UTC)
    assert (taken["units"], taken["sku"]) == (1, "A")


def test_equal_rows_are_different_events_and_keep_their_names_when_more_come():
    before = parse(SALE, SALE, {**SALE, "MSKU": "B"})
    later = parse({**SALE, "MSKU": "C"}, SALE, SALE, {**SALE, "MSKU": "B"}, SALE)
    names = before.rows["movement_id"].to_list()
    assert len(set(names)) == 3
    assert set(names) < set(later.rows["movement_id"])
    assert later.rows["movement_id"].n_unique() == 5


def test_what_amazon_settles_later_is_no_part_of_a_name():
    [first] = parse(SALE).rows["movement_id"]
    settled = {**SALE, "Reconciled Quantity": "1", "Title": "Another title", "ASIN": "B01"}
    assert parse(settled).rows["movement_id"].to_list() == [first]
    assert parse({**SALE, "Reference ID": "9"}).rows["movement_id"].to_list() != [first]


def test_days_that_may_not_be_whole_are_left_out():
    days = [{**SALE, "Date": f"04/0{n}/2026"} for n in (1, 2, 3, 4)]
    kept = parse(*days, {**SALE, "Date": "2026-04-05"}, {**SALE, "Date": "soon"}).rows
    assert kept["moved_at"].to_list() == [
        "2026-04-03T00:00:00", "2026-04-04T00:00:00", "2026-04-05T00:00:00", "soonT00:00:00",
    ]  # fmt: skip
    refused = ingest(parse({**SALE, "Date": "soon"}), "America/Los_Angeles").quarantine
    assert "wanted an instant" in refused["reason"][0]


def test_a_day_without_a_zone_begins_where_the_system_says():
    frame = parse(SALE)
    assert ingest(frame, "America/Los_Angeles").rows["moved_at"].to_list() == [
        datetime(2026, 4, 6, 7, tzinfo=UTC)
    ]
    assert "declares no time_zone" in ingest(frame).quarantine["reason"][0]


def test_what_moves_no_number_that_may_be_sold_is_left_out_but_for_what_came_back():
    broken = {"MSKU": "A", "Disposition": "WAREHOUSE_DAMAGED"}
    rows = [
        {**broken, "Event Type": "Adjustments", "Reason": "P", "Quantity": "1"},
        {**broken, "Event Type": "VendorReturns", "Quantity": "-1"},
        {**broken, "Event Type": "CustomerReturns", "Quantity": "1"},
        {**broken, "Event Type": "CustomerReturns", "Quantity": "-1"},
        {"MSKU": "A", "Event Type": "Receipts", "Quantity": "1", "Disposition": ""},
    ]
    told = parse(*rows).rows.select("kind", "disposition").rows()
    assert told == [("return_received", "warehouse_damaged"), ("receipt", "")]
    assert len(tell(*rows, dispositions=["SELLABLE", "WAREHOUSE_DAMAGED"])) == 5


def test_a_country_is_a_place_and_one_that_is_not_listed_is_set_aside():
    rows = [{**SALE, "Country": country} for country in ("US", "CA", "MX")]
    frame = parse(
        *rows, marketplaces={US: "A", CANADA: "B"}, countries={"US": "FBA-US", "CA": "FBA-CA"}
    )
    assert frame.rows.select("row", "location_id").rows() == [(1, "FBA-US"), (2, "FBA-CA")]
    [(row, reason, raw)] = frame.rejected.rows()
    assert (row, reason) == (3, "the country is 'MX', which ledger.countries does not list")
    assert "msku=A" in raw


def test_a_transfer_stays_with_amazon_where_all_of_it_is_one_place():
    move = {"MSKU": "A", "Event Type": "WhseTransfers"}
    rows = [{**move, "Quantity": "-7"}, {**move, "Quantity": "7"}]
    assert parse(*rows).rows["destination_id"].to_list() == ["FBA-US", None]
    places = {"countries": {"US": "EAST", "CA": "NORTH"}}
    assert parse(*rows, **places).rows["destination_id"].to_list() == [None, None]


def test_a_row_that_cannot_be_read_is_set_aside_at_ingest():
    rows = [{**SALE, "MSKU": ""}, {**SALE, "Quantity": "a few"}, {**SALE, "Quantity": ""}]
    refused = ingest(parse(*rows), "UTC").quarantine["reason"].to_list()
    assert refused[0] == "item_id is empty"
    assert refused[1].startswith("quantity is 'a few'")
    assert refused[2] == "quantity is empty"


@pytest.mark.parametrize("quote", [True, False])
def test_a_quote_in_a_title_is_a_letter_where_nothing_is_quoted(quote):
    title = 'Pan 12"' if not quote else "Pan 12 inch"
    body = write_ledger({**SALE, "Title": title, "MSKU": "PAN-12"}, pack=False, quote=quote)
    for text in (body, codecs.BOM_UTF8 + body, body.replace(b"\n", b"\r\n")):
        frame = parse(body=text)
        assert frame.rows["item_id"].to_list() == ["PAN-12"]
        assert frame.rejected.is_empty()


def test_a_name_may_be_written_with_spaces_or_without():
    body = write_ledger(SALE, pack=False)
    for old, new in ((b"Event Type", b"EventType"), (b"Reference ID", b"ReferenceID")):
        body = body.replace(old, new)
    assert parse(body=body).rows["kind"].to_list() == ["shipment"]


@pytest.mark.parametrize(
    ("charset", "codec"), [("Cp1252", "cp1252"), ("Shift_JIS", "shift_jis"), ("UTF-8", "utf-8")]
)
def test_a_report_is_read_in_the_encoding_its_answer_names(charset, codec):
    sku = {"cp1252": "Müller", "shift_jis": "マグ", "utf-8": "ü☃"}[codec]
    body = write_ledger({**SALE, "MSKU": sku}, pack=False).decode().encode(codec)
    frame = parse(body=body, kind=f"text/plain;charset={charset}")
    assert frame.rows["item_id"].to_list() == [sku]


def test_a_report_without_rows_says_that_nothing_happened():
    assert parse().rows.height == 0
    assert ingest(parse()).rows.is_empty()


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"", "", "the first line is empty"),
        (b"<html>gone</html>", "text/html", "no column 'date'"),
        (write_ledger(SALE, pack=False).replace(b"MSKU", b"SKU1"), "", "no column 'msku'; nearest"),
        (b"Date\n", "text/plain;charset=klingon", "in 'klingon', which is unknown"),
        ("Dätum\n".encode("cp1252"), "", "is not utf-8"),
    ],
)
def test_what_is_no_ledger_is_refused(body, kind, said):
    with pytest.raises(SourceContractError, match=said):
        parse(body=body, kind=kind)


def test_half_a_packed_report_is_refused():
    half = write_ledger(*[{**SALE, "MSKU": f"S{n}"} for n in range(500)])[:-20]
    document = Document(REPORT, half, is_packed=True, kind="")
    options = build_options()
    pages = write_pages(document, FIRST_DAY, FetchContext(HOUR_AT, lambda: FETCHED_AT))
    with pytest.raises(SourceContractError, match="no whole gzip file"):
        parse_ledger(pages, options, options.ledger)

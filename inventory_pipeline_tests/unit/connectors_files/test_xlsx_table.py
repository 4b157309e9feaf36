"""Excel: text stays text, nothing is computed, and a bomb is no workbook."""

import io
import sys
import time
import tracemalloc
import zipfile
from datetime import datetime, timedelta
from datetime import time as clock_time

import pytest

from inventory_pipeline.connectors.tables import Plan
from inventory_pipeline.connectors.xlsx_table import MAX_COLUMNS, SheetForm, parse_xlsx
from inventory_pipeline.errors import ConfigError, SourceContractError
from inventory_pipeline.model.ports import Page
from inventory_pipeline_tests.support.xlsx_files import (
    HEADER,
    PARTS,
    build_xlsx,
    pack,
    write_cell,
    write_rows,
)


def read(body: bytes, *, sheet=None, header_row=1, columns=None, max_bytes=1 << 30):
    plan = Plan("counts", columns or {})
    return parse_xlsx(Page(body, "xlsx"), plan, SheetForm(sheet, header_row, max_bytes))


def build(*cells, formats=None):
    """A row of a count for each given (item, quantity)."""
    rows = [(item, "L1", "on_hand", quantity, "2026-04-06T10:00:00Z") for item, quantity in cells]
    return build_xlsx(HEADER, rows, formats=formats)


def items(part):
    return part.rows["item_id"].to_list()


@pytest.mark.parametrize("text", ["00123", "1e5", " 7 ", "=cmd()", "+1", "@x", "Ж", "2026-04-06"])
def test_text_stays_the_text_it_was(text):
    assert items(read(build((text, 1)))) == [text]


@pytest.mark.parametrize(
    ("number", "shown", "text"),
    [
        (123, "General", "123"),
        (123, "00000", "00123"),
        (123.0, "00000", "00123"),
        (123, "0.00", "123"),
        (100000.0, "0.00E+00", "100000"),
        (-4, "General", "-4"),
        (0.1, "General", "0.1"),
        (1.5, "0", "1.5"),
        (4006381333931, "General", "4006381333931"),
        (True, "General", "true"),
        (None, "General", None),
    ],
)
def test_a_number_is_its_exact_text_and_has_the_zeros_everybody_sees(number, shown, text):
    part = read(build(("A", number), formats={"D2": shown}))
    assert part.rows["quantity"].to_list() == [text]


def test_a_number_that_excel_has_cut_is_set_aside():
    part = read(build((123456789012345678, 1), ("B", 2)))
    assert items(part) == ["B"]
    ((row, reason, raw),) = part.rejected.rows()
    assert (row, reason) == (
        1,
        "row 2: item_id is a number of more than 15 digits, of which Excel keeps 15",
    )
    assert raw.startswith("1.23456789012345")


def test_an_id_that_excel_took_for_a_date_is_set_aside():
    part = read(build((datetime.fromisoformat("2026-03-01"), 1), ("B", 2)))
    assert items(part) == ["B"]
    assert "Excel takes some ids for dates" in part.rejected["reason"][0]


def test_a_time_is_written_without_a_zone_for_the_system_to_name():
    rows = [("A", "L1", "on_hand", 1, datetime.fromisoformat("2026-04-06T10:05:30"))]
    assert read(build_xlsx(HEADER, rows)).rows["as_of"].to_list() == ["2026-04-06T10:05:30"]


@pytest.mark.parametrize("value", [clock_time(10, 5), timedelta(hours=30)])
def test_a_time_without_a_day_is_set_aside(value):
    part = read(build_xlsx(HEADER, [("A", "L1", "on_hand", 1, value)]))
    assert part.rows.is_empty()
    assert "as_of is a date or a time" in part.rejected["reason"][0]


def test_of_a_formula_the_value_is_taken_that_was_saved_with_it():
    row = (
        '<row r="2">'
        + write_cell("A2", "A")
        + write_cell("B2", "L1")
        + write_cell("C2", "on_hand")
        + '<c r="D2"><f>2+3</f><v>5</v></c><c r="E2" t="str"><f>cmd()</f>'
        + "<v>2026-04-06</v></c></row>"
    )
    computed = '<row r="3">' + write_cell("A3", "B") + '<c r="D3"><f>1+1</f></c></row>'
    part = read(pack(write_rows(row, computed)))
    assert part.rows["quantity"].to_list() == ["5", None]
    assert part.rows["as_of"].to_list() == ["2026-04-06", None]


def test_the_error_of_a_formula_sets_its_row_aside():
    row = (
        '<row r="2">' + write_cell("A2", "A") + '<c r="D2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    )
    part = read(pack(write_rows(row)))
    assert part.rows.is_empty()
    assert part.rejected["reason"].to_list() == ["row 2: quantity is the error #DIV/0!"]


def test_blank_rows_are_no_rows_and_the_others_keep_their_place():
    part = read(build(("A", 1), (None, None), ("B", 2)))
    assert part.rows["row"].to_list() == [1, 2, 3]
    blank = build_xlsx(HEADER, [("A", "L", "f", 1, "t"), [None] * 5, ("B", "L", "f", 2, "t")])
    assert read(blank).rows["row"].to_list() == [1, 3]


def test_names_may_stand_lower_and_have_others_around_them():
    rows = [("x", "A", 5, "L1", "on_hand", "t", "y")]
    body = build_xlsx(("note", "SKU", "Menge", "location_id", "fact", "as_of", None), rows, above=3)
    part = read(body, header_row=4, columns={"item_id": "SKU", "quantity": "Menge"})
    assert part.rows.select("row", "item_id", "quantity").rows() == [(1, "A", "5")]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (("item_id", "location_id", "fact", "quantty", "as_of"), "nearest seen is 'quantty'"),
        ((*HEADER, "fact"), "the column 'fact' stands twice"),
        ((None,) * 5, "row 1 of the sheet is empty"),
        (tuple(f"c{n}" for n in range(MAX_COLUMNS + 1)), "more than 500 columns"),
    ],
)
def test_names_that_do_not_fit_are_said(columns, said):
    with pytest.raises(SourceContractError, match=said):
        read(build_xlsx(columns, []))


def test_one_sheet_is_read_and_of_several_the_named_one():
    rows = [("A", "L1", "on_hand", 1, "t")]
    several = build_xlsx(HEADER, rows, others=("Notes", "=x"))
    with pytest.raises(
        SourceContractError, match="the sheets are 'Stock', 'Notes', '=x'; say which"
    ):
        read(several)
    assert items(read(several, sheet="Stock")) == ["A"]
    with pytest.raises(SourceContractError, match="wanted 'stock'"):
        read(several, sheet="stock")


def test_no_rows_are_an_empty_frame():
    part = read(build_xlsx(HEADER, []))
    assert part.rows.columns == ["row", *HEADER]
    assert part.rows.is_empty()


def test_ornaments_openpyxl_warns_of_are_no_matter():
    rows = write_rows(f'<row r="2">{write_cell("A2", "A")}</row>')
    ornament = '<extLst><ext uri="{x}" xmlns:x14="y"/></extLst></worksheet>'
    assert items(read(pack(rows.replace("</worksheet>", ornament)))) == ["A"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"item_id,quantity\n",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,  # an old .xls, or one with a password
        b"PK\x03\x04 and then nothing",
        pack("<worksheet"),
        pack(write_rows("<row r='2'><c r='A2' t='s'><v>7</v></c></row>")),
        pack(write_rows("<row r='2'><c r='A2'><v>nan</v></c></row>")),
        pack(write_rows("<row r='x'/>")),
        pack("", {"xl/workbook.xml": "no"}),
        build_xlsx(HEADER, [])[:-200],
    ],
)
def test_what_is_no_workbook_is_refused_in_one_sentence(body):
    with pytest.raises(SourceContractError, match=r"not readable as an \.xlsx workbook|is empty"):
        read(body)


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    bomb = pack(write_rows() + " " * (60 << 20))
    assert len(bomb) < 1 << 20
    tracemalloc.start()
    try:
        with pytest.raises(SourceContractError, match="more than 100 times its size"):
            read(bomb)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_a_bomb_whose_directory_lies_is_read_no_further_than_it_says():
    sheet = write_rows() + " " * (50 << 20)
    bomb = pack(sheet)
    size = len(sheet).to_bytes(4, "little")
    assert bomb.count(size) == 2
    small = bomb.replace(size, (900).to_bytes(4, "little"))
    with pytest.raises(SourceContractError, match="not readable"):
        read(small)


def test_a_workbook_above_the_limit_is_refused():
    with pytest.raises(SourceContractError, match="wanted at most 1,024 in"):
        read(build(("A", 1)), max_bytes=1024)


def test_texts_that_would_fill_the_memory_are_refused():
    texts = b"<sst>" + bytes(range(256)) * (1 << 20) + b"</sst>"
    file = io.BytesIO(pack(write_rows()))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_STORED) as packed:
        packed.writestr("xl/sharedStrings.xml", texts)
    with pytest.raises(SourceContractError, match="of them texts"):
        read(file.getvalue())


BOMB = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{f"&{below};" * 20}">'
    for below, name in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    "disguise",
    [
        lambda sheet: sheet,
        lambda sheet: sheet.replace("<!DOCTYPE", "<!-- <x -->" + " " * 1000 + "<!DOCTYPE"),
        lambda sheet: sheet.replace("<!DOCTYPE", "<?x <y ?><!DOCTYPE"),
        lambda sheet: sheet.replace("UTF-8", "UTF-16").encode("utf-16"),
        lambda sheet: sheet.replace("UTF-8", "UTF-16").encode("utf-16-le"),
        lambda sheet: sheet.replace("UTF-8", "cp1140"),
        lambda sheet: "\ufeff \n" + sheet[sheet.index("?>") + 2 :],
    ],
)
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "_rels/.rels"])
def test_a_part_that_declares_entities_is_refused_however_it_is_dressed(part, disguise):
    row = '<row r="2"><c r="A2" t="inlineStr"><is><t>&h;</t></is></c></row>'
    text = {**PARTS, "xl/worksheets/sheet1.xml": write_rows(row)}[part]
    declared = text.replace("?><", f"?>{BOMB}]><", 1)
    assert "<!ENTITY" in declared
    started = time.monotonic()
    with pytest.raises(SourceContractError, match="begins with more than an XML declaration"):
        read(pack(write_rows(row), {part: disguise(declared)}))
    assert time.monotonic() - started < 2


def test_an_entity_that_names_a_file_of_ours_is_refused(tmp_path):
    (tmp_path / "secret").write_text("s3cret")
    row = '<row r="2"><c r="A2" t="inlineStr"><is><t>&x;</t></is></c></row>'
    entity = f'<!DOCTYPE x [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'
    with pytest.raises(SourceContractError, match="begins with more than"):
        read(pack(write_rows(row).replace("<worksheet", f"{entity}<worksheet", 1)))


@pytest.mark.parametrize("place", ["XFD1048576", "A1048576", "ZZZ2"])
def test_a_cell_in_the_last_corner_takes_no_time(place):
    row = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    far = f'<row r="{row}"><c r="{place}"><v>1</v></c></row>'
    started = time.monotonic()
    assert read(pack(write_rows(far))).rows.height <= 1
    assert time.monotonic() - started < 10


def test_a_cell_in_the_last_corner_takes_no_memory():
    tracemalloc.start()
    try:
        read(pack(write_rows('<row r="9999"><c r="XFD9999"><v>1</v></c></row>')))
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_a_row_number_beyond_every_sheet_does_not_hold_us():
    started = time.monotonic()
    read(pack(write_rows('<row r="99999999999"><c><v>1</v></c></row>')))
    assert time.monotonic() - started < 10


def test_without_the_extra_the_error_names_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(ConfigError, match=r"pip install 'inventory-pipeline\[excel\]'"):
        read(build(("A", 1)))

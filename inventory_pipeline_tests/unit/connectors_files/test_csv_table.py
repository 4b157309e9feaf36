"""CSV pages: every cell as it stands, a broken line set aside alone."""

import csv
import gzip
import io
import time

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.connectors.csv_table import parse_csv
from inventory_pipeline.connectors.tables import Plan
from inventory_pipeline.connectors.text_source import TextForm
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.ports import Page, RawFrame

HEADER = "item_id,location_id,fact,quantity,as_of\n"
COUNTS = Plan("counts")


def read(text: str | bytes, plan: Plan = COUNTS, **form: object) -> RawFrame:
    body = text if isinstance(text, bytes) else text.encode()
    return parse_csv(Page(body, "csv"), plan, TextForm(**form))


def cells(part: RawFrame, *columns: str) -> list[tuple[object, ...]]:
    return part.rows.select(columns or pl.all()).rows()


def test_every_cell_stays_the_text_it_was():
    part = read(f"{HEADER}00123,L1,on_hand, 12 ,1e5\nE12,L1,on_hand,0x1F,\n")
    assert cells(part) == [
        (1, "00123", "L1", "on_hand", " 12 ", "1e5"),
        (2, "E12", "L1", "on_hand", "0x1F", None),
    ]
    assert part.rows.schema["row"] == pl.Int64
    assert part.rejected.is_empty()


def test_line_ends_of_windows_and_a_byte_order_mark_change_nothing():
    plain = read(f"{HEADER}A,L1,on_hand,1,t\nB,L1,on_hand,2,t\n")
    windows = f"\ufeff{HEADER}A,L1,on_hand,1,t\nB,L1,on_hand,2,t".replace("\n", "\r\n")
    assert read(windows).rows.equals(plain.rows)


def test_columns_are_found_by_name():
    part = read("as_of,quantity,spare,fact,location_id,item_id\nt,5,x,on_hand,L1,A\n")
    assert cells(part, "item_id", "quantity", "as_of") == [("A", "5", "t")]
    assert "spare" not in part.rows.columns


def test_quoted_cells_keep_commas_quotes_and_line_ends():
    part = read(f'{HEADER}"A,B",L1,on_hand,1,t\n"5"" pipe",L1,on_hand,2,t\n"C\n\nD",L1,x,3,t\n')
    assert [row[0] for row in cells(part, "item_id")] == ["A,B", '5" pipe', "C\n\nD"]
    assert part.rows["row"].to_list() == [1, 2, 3]


def test_a_short_and_a_long_line_are_set_aside_with_their_number_and_text():
    part = read(f"{HEADER}A,L1,on_hand,1,t\nB,L1\nC,L1,on_hand,3,t,9\nD,L1,on_hand,4,t\n")
    assert cells(part, "row", "item_id") == [(1, "A"), (4, "D")]
    assert part.rejected.rows() == [
        (2, "line 3: 2 cells, wanted 5", "B,L1"),
        (3, "line 4: 6 cells, wanted 5", "C,L1,on_hand,3,t,9"),
    ]


def test_a_quote_nobody_closes_takes_no_other_line_with_it():
    part = read(
        f'{HEADER}"A,L1,on_hand,1,t\nB,L1,on_hand,2,t\n5" pipe,L1,x,1,t\nC,L1,on_hand,3,t\n'
    )
    assert cells(part, "item_id") == [("B",), ("C",)]
    assert part.rejected["row"].to_list() == [1, 3]
    assert part.rejected["reason"].to_list() == [
        "line 2: a quote stands where none may, or is never closed",
        "line 4: a quote stands where none may, or is never closed",
    ]


def test_a_file_of_unclosed_quotes_is_read_once_not_over_and_over():
    """Each quote could swallow the lines below it; trying that anew took minutes."""
    lines = ('"A\n' + "B,L1,on_hand,1,t\n" * 150) * 1_000
    started = time.process_time()
    part = read(HEADER + lines)
    assert time.process_time() - started < 10
    assert (part.rows.height, part.rejected.height) == (150_000, 1_000)


def test_a_cell_may_open_again_on_the_line_where_another_closes():
    part = read(f'{HEADER}"A\n1",L1,"on\nhand",1,"t\n""\n"\nbroken\nB,L1,f,2,t\n')
    assert cells(part, "item_id", "fact", "as_of") == [
        ("A\n1", "on\nhand", 't\n"\n'),
        ("B", "f", "t"),
    ]
    assert part.rejected["row"].to_list() == [2]


def test_more_columns_than_any_feed_needs_are_refused():
    with pytest.raises(SourceContractError, match="600 columns, wanted at most 500"):
        read(",".join(map(str, range(600))) + "\n")


def test_as_many_columns_as_allowed_are_read():
    spare = [f"spare{i}" for i in range(495)]
    header = ",".join([HEADER.strip(), *spare])
    assert cells(read(f"{header}\nA,L,f,1,t{',' * 495}\n"), "item_id") == [("A",)]


def test_empty_lines_are_no_rows():
    part = read(f"{HEADER}\nA,L1,on_hand,1,t\n\n\nB,L1,on_hand,2,t\n\n")
    assert cells(part, "row", "item_id") == [(1, "A"), (2, "B")]
    assert part.rejected.is_empty()


def test_a_line_of_empty_cells_is_a_row():
    assert cells(read(f"{HEADER},,,,\n")) == [(1, None, None, None, None, None)]


@pytest.mark.parametrize("text", [HEADER, HEADER.strip(), f"{HEADER}\n\n"])
def test_a_header_alone_is_no_rows_and_no_error(text):
    part = read(text)
    assert part.rows.height == 0
    assert part.rows.columns == ["row", *HEADER.strip().split(",")]


def test_a_missing_column_is_named_with_its_nearest():
    with pytest.raises(SourceContractError, match="'quantity' is missing; nearest seen is 'qty'"):
        read("item_id,location_id,fact,qty,as_of\nA,L1,on_hand,1,t\n")


def test_a_column_under_another_name_is_declared():
    plan = Plan("counts", {"quantity": "qty"}, {"fact": "on_hand"})
    part = read("item_id,location_id,qty,as_of\nA,L1,7,t\n", plan)
    assert cells(part, "fact", "quantity") == [("on_hand", "7")]


def test_a_name_that_stands_twice_is_refused():
    with pytest.raises(SourceContractError, match="'quantity' stands twice"):
        read("item_id,location_id,fact,quantity,as_of,quantity\nA,L1,on_hand,1,t,2\n")


def test_an_undeclared_encoding_is_refused_with_the_byte_and_the_cure():
    body = f"{HEADER}Café,L1,on_hand,1,t\n".encode("latin-1")
    with pytest.raises(SourceContractError, match=r"byte 43 is not utf-8.*encoding: latin-1"):
        read(body)
    assert cells(read(body, encoding="latin-1"), "item_id") == [("Café",)]


def test_an_undeclared_encoding_in_the_header_is_refused():
    with pytest.raises(SourceContractError, match="byte 2 is not utf-8"):
        read("Größe,item_id\n".encode("latin-1"))


def test_utf_16_is_read_when_declared_and_named_as_the_cure_when_not():
    body = f"{HEADER}Ж,L1,on_hand,1,t\n".encode("utf-16")
    assert cells(read(body, encoding="utf-16"), "item_id") == [("Ж",)]
    with pytest.raises(SourceContractError, match=r"NUL.*encoding: utf-16"):
        read(body)


def test_a_broken_multi_byte_file_is_not_the_declared_encoding():
    with pytest.raises(SourceContractError, match="not utf-16"):
        read(f"{HEADER}A".encode("utf-16")[:-1], encoding="utf-16")


def test_a_nul_byte_is_refused():
    with pytest.raises(SourceContractError, match="byte 41 is NUL"):
        read(f"{HEADER}A\0,L1,on_hand,1,t\n")


@pytest.mark.parametrize("text", ["", "\n", "\r\n\r\n", ",,\n1,2,3\n"])
def test_a_file_without_a_header_is_refused(text):
    with pytest.raises(SourceContractError, match="first line is empty"):
        read(text)


def test_another_delimiter_is_declared():
    part = read(f"{HEADER}A,L1,on_hand,1,t\n".replace(",", "|"), delimiter="|")
    assert cells(part, "item_id", "quantity") == [("A", "1")]


def test_a_packed_file_is_unpacked_up_to_the_limit():
    packed = gzip.compress(f"{HEADER}A,L1,on_hand,1,t\n".encode())
    assert parse_csv(Page(packed, "csv.gz"), COUNTS, TextForm()).rows["item_id"].to_list() == ["A"]
    bomb = gzip.compress(HEADER.encode() + b"x" * 5_000_000)
    with pytest.raises(SourceContractError, match="larger than 1 MB"):
        parse_csv(Page(bomb, "csv.gz"), COUNTS, TextForm(max_bytes=1 << 20))
    for damaged in (packed[:-9], b"no gzip", packed[:-8] + b"\0" * 8):
        with pytest.raises(SourceContractError, match="no whole gzip file"):
            parse_csv(Page(damaged, "csv.gz"), COUNTS, TextForm())


def test_a_page_by_path_reads_like_its_bytes(tmp_path):
    text = f'{HEADER}"A\nB",L1,on_hand,1,t\nbroken\n'
    path = tmp_path / "odd [name] *.csv"
    path.write_text(text)
    by_path = parse_csv(Page(b"", "csv", str(path)), COUNTS, TextForm())
    assert by_path.rows.equals(read(text).rows)
    assert by_path.rejected.equals(read(text).rejected)


cell = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=("Cs",)), max_size=12
)


@given(st.lists(st.tuples(cell, cell, cell, cell, cell), max_size=12), st.booleans())
def test_whatever_a_csv_writer_writes_is_read_back(rows, quotes_all):
    file = io.StringIO()
    quoting = csv.QUOTE_ALL if quotes_all else csv.QUOTE_MINIMAL
    writer = csv.writer(file, quoting=quoting, lineterminator="\n")
    writer.writerows([HEADER.strip().split(","), *rows])
    part = read(file.getvalue())
    seen = [tuple("" if value is None else value for value in row[1:]) for row in cells(part)]
    assert seen == rows
    assert part.rejected.is_empty()


good = st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=1, max_size=4)
junk = st.text(st.sampled_from("ab\"',"), min_size=1, max_size=9).filter(
    lambda text: text.replace("'", "").count(",") != 4
)


@pytest.mark.slow
@given(st.lists(st.one_of(st.tuples(st.just("good"), good), st.tuples(st.just("junk"), junk))))
def test_every_line_is_either_a_row_or_set_aside(lines):
    body = "".join(f"{t},L1,on_hand,1,t\n" if kind == "good" else f"{t}\n" for kind, t in lines)
    part = read(HEADER + body)
    numbers = sorted([*part.rows["row"], *part.rejected["row"]])
    assert numbers == list(range(1, len(numbers) + 1))
    # Junk may happen to open and close a quoted cell around a line: then the cell holds it.
    told = [cell for row in cells(part) for cell in row[1:] if cell is not None]
    text = "\n".join([*part.rejected["raw"], *told])
    assert all(t in text for kind, t in lines if kind == "good")

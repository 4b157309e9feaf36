"""The quick way of reading a page and the slow way say the same, or refuse the same."""

import json

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from inventory_pipeline.connectors.json_columns import RowPlan, Rows, plan_rows
from inventory_pipeline.connectors.json_page import (
    BATCH_BYTES,
    ReadPage,
    accept,
    find_key,
    gather,
    open_page,
    read_page,
    read_pages,
    read_slowly,
)
from inventory_pipeline.connectors.json_pieces import BLOCK, NotAlikeError, cut_rows, find_blocks
from inventory_pipeline.connectors.json_rows import join_sheets
from inventory_pipeline.connectors.json_shapes import read_pieces
from inventory_pipeline.errors import SourceContractError

PLAN = plan_rows(
    "counts",
    Rows.model_validate(
        {
            "rows": "data.items[]",
            "columns": {
                "item_id": "sku",
                "location_id": "place.code",
                "as_of": "$.at",
                "fact": {"constant": "on_hand"},
                "quantity": "qty",
                "bin": {"path": "bin", "optional": True},
            },
        }
    ),
)

LITERALS = st.sampled_from(
    ["0", "-0", "93.0", "1e3", "1.5", "-7", "NaN", "Infinity", "1e400", "1" * 40, "00123",
     "1_000", "0x1F", "null", "true", "false", "[]", "{}", '{"a":1}', "[1]", '"x"',
     "1" * 400 + ".0"]
)  # fmt: skip
TEXTS = st.text(alphabet=st.sampled_from('aA0é漢"\\{}[],:. \n\t\x00\ud800=<'), max_size=6)
ODD_STRINGS = ['"},{"', '"}, {"', '"[{"', '"}]"', '"@rows@"', '"a\tb"', '"\n"', '"\x01"', '"\x7f"']
STRINGS = TEXTS.map(json.dumps) | st.sampled_from(ODD_STRINGS)
VALUES = LITERALS | STRINGS
KEYS = st.sampled_from(["sku", "place", "qty", "bin", "x", "x.y", 'q"q', "sku "])


@st.composite
def objects(draw, keys=KEYS, values=VALUES):
    pairs = draw(st.lists(st.tuples(keys, values), max_size=5))
    gap = draw(st.sampled_from([": ", ":"]))
    return "{" + ", ".join(f"{json.dumps(k)}{gap}{v}" for k, v in pairs) + "}"


@st.composite
def usual_rows(draw):
    """Rows as machines write them, with something odd in a few of them."""
    place = f'{{"code": {draw(VALUES)}}}' if draw(st.booleans()) else draw(VALUES)
    pairs = [("sku", draw(VALUES)), ("place", place), ("qty", draw(VALUES))]
    if draw(st.integers(0, 9)) == 0:
        pairs.append(draw(st.tuples(KEYS, VALUES)))
    gap = draw(st.sampled_from(["", " "]))
    return "{" + f",{gap}".join(f"{json.dumps(k)}:{gap}{v}" for k, v in pairs) + "}"


@st.composite
def plain_rows(draw):
    """Rows that fit one shape."""
    number = draw(st.integers(-5, 10**12))
    text = draw(st.text(alphabet="aé漢{}[],: ", max_size=5))
    return f'{{"sku":"{text}","place":{{"code":"L1"}},"qty":{number}}}'


@st.composite
def pages(draw):
    rows = draw(st.lists(usual_rows() | objects() | plain_rows(), max_size=8))
    inner = draw(st.sampled_from([",", ", ", " ,\n"])).join(rows)
    at = draw(VALUES | st.just('"2026-04-06T10:00:00Z"'))
    before = draw(st.sampled_from(["", '"items":[{"a":1}],', '"x":[{"b":[]}],', '"n":"[{",']))
    after = draw(
        st.sampled_from(["", ',"n":[{"c":1}]', ',"n":"}]"', ',"items":[]', ',"m":"@rows@"'])
    )
    page = f'{{"at":{at},"data":{{{before}"items":[{inner}]{after}}}}}'
    return page[: draw(st.integers(0, len(page)))] if draw(st.integers(0, 19)) == 0 else page


def read_both(text: str, plan: RowPlan) -> tuple[ReadPage | None, ReadPage | None]:
    """Return what the two ways read; None is a refusal."""
    results = []
    for read in (read_page, read_slowly):
        try:
            results.append(read(text.encode(), plan))
        except SourceContractError:
            results.append(None)
    return results[0], results[1]


def assert_same(quick: ReadPage | None, slow: ReadPage | None) -> None:
    assert (quick is None) == (slow is None)
    if quick is None or slow is None:
        return
    assert_frame_equal(quick.sheet.cells, slow.sheet.cells)
    assert quick.sheet.rejected == slow.sheet.rejected
    assert quick.sheet.seen == slow.sheet.seen
    assert quick.sheet.height == slow.sheet.height
    assert quick.sheet.names == slow.sheet.names
    assert (quick.items, quick.last) == (slow.items, slow.last)
    assert quick.sheet.find_digest() == slow.sheet.find_digest()
    assert quick.find("at") == slow.find("at")


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(text=pages())
@example(text='{"at":0,"data":{"items":[{"x": 0}, {"x": 0}, {"x": 0}]}}')
def test_both_ways_read_the_same_or_refuse_the_same(text):
    assert_same(*read_both(text, PLAN))


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(rows=st.lists(plain_rows() | usual_rows(), min_size=1, max_size=60), tight=st.booleans())
def test_shapes_once_taken_agree_with_the_slow_way(rows, tight):
    text = '{"at":"t","data":{"items":[' + ("," if tight else ", ").join(rows) + "]}}"
    try:
        sheet = read_pieces([cut_rows(text.encode(), PLAN.rows)], PLAN)
    except (NotAlikeError, SourceContractError):
        assume(False)
    slow = read_slowly(text.encode(), PLAN, accept).sheet
    assert_frame_equal(sheet.cells, slow.cells)
    assert (sheet.rejected, sheet.seen) == (slow.rejected, slow.seen)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(texts=st.lists(pages(), min_size=1, max_size=5))
@example(texts=['{"at":"2026-04-06T10:00:00Z","data":{"items":[{}]}}'] * 2)
@example(texts=['{"at":0,"data":{"items":[{"x": ""}]}}'])
def test_pages_read_together_say_what_each_says_alone(texts):
    bodies = [text.encode() for text in texts]
    try:
        alone = [read_page(body, PLAN) for body in bodies]
    except SourceContractError:
        with pytest.raises(SourceContractError):
            read_pages([open_page(body, PLAN) for body in bodies], PLAN)
        return
    readings = read_pages([open_page(body, PLAN) for body in bodies], PLAN)
    together = join_sheets([reading.sheet for reading in readings], PLAN)
    expected = join_sheets([page.sheet for page in alone], PLAN)
    assert_frame_equal(together.cells, expected.cells)
    assert (together.rejected, together.height) == (expected.rejected, expected.height)
    assert together.seen == expected.seen
    digests = [digest for reading in readings for digest in reading.find_digests()]
    assert digests == [page.sheet.find_digest() for page in alone]


@given(sizes=st.lists(st.integers(0, 2 * BATCH_BYTES), max_size=8))
def test_batches_hold_every_page_once_and_no_more_than_they_should(sizes):
    bodies = [bytes(size) for size in sizes]
    batches = list(gather(bodies))
    assert [body for batch in batches for body in batch] == bodies
    assert all(sum(map(len, batch[:-1])) < BATCH_BYTES for batch in batches)


def test_pages_in_other_pieces_have_another_key():
    assert find_key([b"ab", b"c"]) != find_key([b"a", b"bc"])
    assert find_key([b"ab"]) != find_key([b"ab", b""])


ROWS_A = '[{"sku":"A","place":{"code":"L"},"qty":1},{"sku":"B","place":{"code":"L"},"qty":2}]'


@pytest.mark.parametrize(
    "text",
    [
        f'{{"items":{ROWS_A},"data":{{"items":["@rows@"]}}}}',
        f'{{"items":{ROWS_A},"data":{{"items":[]}}}}',
        f'{{"data":{{"items":{ROWS_A}}},"at":"@rows@"}}',
        f'{{"data":{{"items":{ROWS_A},"items":{ROWS_A}}}}}',
        f'{{"data":{{"n":"[{{","items":{ROWS_A},"m":"}}]"}}}}',
        f'{{"data":{{"items":{ROWS_A.replace("A", "},{")}}}}}',
        f'{{"data":{{"items":{ROWS_A.replace("sku", "sku ", 1)}}}}}',
        f'{{"data":{{"items":{ROWS_A.replace("sku", chr(92) + "u0073ku", 1)}}}}}',
        f'{{"data":{{"items":{ROWS_A.replace("sku", chr(92) + "ud800", 1)}}}}}',
        f'{{"data":{{"items":{ROWS_A.replace("sku", "s(.*)?", 1)}}}}}',
        f'{{"data":{{"items":{ROWS_A}, "x":1}}}}'.replace("},{", "} ,{"),
    ],
)
def test_what_only_looks_like_the_rows_is_read_as_what_it_is(text):
    quick, slow = read_both(text, PLAN)
    assert_same(quick, slow)


FLAT = plan_rows(
    "counts",
    Rows(
        rows="[]",
        columns={"item_id": "sku", "location_id": "l", "as_of": "t", "fact": "f", "quantity": "q"},
    ),
)
ROW = '{"sku":"A","l":"L1","t":"2026-04-06T10:00:00Z","f":"on_hand","q":%s}'


def read_quickly(rows: list[str]):
    """Read a page the quick way; it is an error if that is not possible."""
    return read_pieces([cut_rows(f"[{','.join(rows)}]".encode(), FLAT.rows)], FLAT)


def test_rows_of_one_shape_take_the_quick_way():
    sheet = read_quickly([ROW % number for number in range(500)])
    assert sheet.cells["quantity"].to_list() == [str(number) for number in range(500)]
    assert sheet.height == 500


def test_a_few_odd_rows_do_not_slow_the_others_down():
    rows = [ROW % number for number in range(500)]
    rows[3] = rows[3].replace('"A"', r'"\u0041\"1\""')
    rows[7] = '{"l":"L2","sku":"B","q":null}'
    rows[9] = ROW % "1e3"
    sheet = read_quickly(rows)
    assert sheet.cells.row(3)[1:] == ('A"1"', "L1", "2026-04-06T10:00:00Z", "on_hand", "3")
    assert sheet.cells.row(7)[1:] == ("B", "L2", None, None, None)
    assert sheet.cells.row(9)[-1] == "1e3"


@pytest.mark.parametrize("literal", ["NaN", "-Infinity", "1e400", "1" * 400 + ".0", "01", "+1"])
def test_one_bad_number_refuses_the_page_either_way(literal):
    rows = [ROW % number for number in range(50)]
    rows[20] = ROW % literal
    assert read_both(f"[{','.join(rows)}]", FLAT) == (None, None)


def test_a_key_twice_refuses_the_page_either_way():
    rows = [ROW % number for number in range(50)]
    rows[20] = rows[20].replace('"q":20', '"q":20,"q":21')
    assert read_both(f"[{','.join(rows)}]", FLAT) == (None, None)


@pytest.mark.parametrize("text", ["93.0", "1e3", "-0", "1.5", "12345678901234567890", "0.10"])
def test_numbers_keep_their_text_either_way(text):
    for page in read_both(f"[{ROW % text}]", FLAT):
        assert page.sheet.cells.item(0, "quantity") == text


def test_a_large_page_reads_the_same_block_by_block_on_several_cores():
    rows = [ROW % number for number in range(130_000)]
    rows[5] = rows[125_000] = ROW.replace('"A"', '"\\u00e4"') % 7
    rows[129_000] = '{"l":"L2","sku":"B","q":null}'
    text = f"[{', '.join(rows)}]"
    assert len(text) > BLOCK
    quick, slow = read_both(text, FLAT)
    assert_same(quick, slow)
    assert quick.sheet.height == 130_000


@given(
    rows=st.lists(st.sampled_from(["", '"a":1', '"a":"},"', '"b":"{"']), min_size=1, max_size=9),
    size=st.integers(0, 30),
)
def test_blocks_hold_every_piece_once_whatever_their_size(rows, size):
    text = f"[{{{'},{'.join(rows)}}}]"
    pieces = cut_rows(text.encode(), FLAT.rows)
    spans = [span for block in find_blocks([pieces], size) for span in block]
    found = [piece for span in spans for piece in span.split()]
    assert found == text[2:-2].split(pieces.separator.decode())
    assert [span.height for span in spans] == [len(span.split()) for span in spans]
    assert (pieces.first, pieces.last, pieces.height) == (found[0], found[-1], len(found))

"""JSON is read strictly, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.connectors.json_strict import MAX_COMMAS, decode_text, load_strictly
from inventory_pipeline.errors import SourceContractError


@pytest.mark.parametrize("number", ["0", "-0", "93.0", "1e3", "1E+3", "0.10", "1" * 5000])
def test_a_number_keeps_the_text_it_was_written_with(number):
    assert load_strictly(f'{{"q": {number}}}') == {"q": number}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"q": NaN}', "NaN"),
        ('{"q": -Infinity}', "-Infinity"),
        ('{"q": 1e400}', "too large"),
        ('{"sku": 1, "sku": 2}', "'sku' twice"),
        ('[{"a": {"b": 1, "b": 1}}]', "'b' twice"),
        ('{"a": 1', "whole JSON"),
        ("", "whole JSON"),
        ("[1] [2]", "whole JSON"),
        ("{'a': 1}", "whole JSON"),
        ('["a\nb"]', "whole JSON"),
        ("[1,]", "whole JSON"),
    ],
)
def test_what_is_ambiguous_or_cut_is_refused(text, said):
    with pytest.raises(SourceContractError, match=said):
        load_strictly(text)


@pytest.mark.parametrize("open_, close", [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
def test_64_levels_are_deep_enough(open_, close):
    levels = open_.count("[") + open_.count("{")
    deepest = 64 // levels
    assert load_strictly(open_ * deepest + "1" + close * deepest)
    with pytest.raises(SourceContractError, match="deeper"):
        load_strictly(open_ * (deepest + 1) + "1" + close * (deepest + 1))


def test_brackets_inside_texts_are_no_levels():
    assert load_strictly('["' + "[" * 100 + '", "' + "]" * 100 + '", "\\"' + "[" * 100 + '"]')
    with pytest.raises(SourceContractError, match="deeper"):
        load_strictly('["]",' * 70 + "1" + "]" * 70)
    with pytest.raises(SourceContractError, match="deeper"):
        load_strictly('["\\"]",' * 70 + "1" + "]" * 70)


def test_a_bomb_of_brackets_is_refused_and_not_run_into():
    with pytest.raises(SourceContractError, match="deeper"):
        load_strictly("[" * 1_000_000)


def test_a_bomb_of_values_is_refused_before_it_is_read():
    with pytest.raises(SourceContractError, match="values"):
        load_strictly("[" + "," * (MAX_COMMAS + 1) + "]")


def test_only_utf_8_is_text():
    assert decode_text(b"\xef\xbb\xbf[]") == "[]"
    with pytest.raises(SourceContractError, match="UTF-8"):
        decode_text(b'["\xff"]')
    with pytest.raises(SourceContractError, match="UTF-8"):
        decode_text(b'["\xed\xa0\x80"]')


@given(depth=st.integers(1, 80), text=st.sampled_from(['"]"', '"["', '"\\\\"', '"\\""', "1"]))
def test_depth_is_counted_whatever_the_texts_hold(depth, text):
    nested = f"[{text}," * depth + "0" + "]" * depth
    if depth <= 64:
        assert load_strictly(nested)
    else:
        with pytest.raises(SourceContractError, match="deeper"):
            load_strictly(nested)

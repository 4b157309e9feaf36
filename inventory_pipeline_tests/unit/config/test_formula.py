from fractions import Fraction
from math import floor

import numpy as np
import pytest

from inventory_pipeline.config.formula import parse_formula
from inventory_pipeline.errors import ConfigError, StoreError


def evaluate(text, **values):
    arrays = {name: np.array([value], dtype=np.int64) for name, value in values.items()}
    return int(parse_formula(text).evaluate(arrays)[0])


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("on_hand", {"on_hand": 847}, 847),
        ("greatest(0, on_hand - committed - safety_stock)",
         {"on_hand": 14, "committed": 8, "safety_stock": 0}, 6),
        ("greatest(0, on_hand - committed - safety_stock)",
         {"on_hand": 3, "committed": 8, "safety_stock": 0}, 0),
        ("least(on_hand, 20)", {"on_hand": 21}, 20),
        ("greatest(a, b, c)", {"a": 1, "b": 5, "c": 3}, 5),
        ("2 + 3 * 4", {}, 14),
        ("(2 + 3) * 4", {}, 20),
        ("10 - 4 - 3", {}, 3),
        ("- on_hand", {"on_hand": 4}, -4),
        ("- - on_hand", {"on_hand": 4}, 4),
        ("GREATEST(on_hand, 1)", {"on_hand": 0}, 1),
    ],
)  # fmt: skip
def test_a_formula_means_what_arithmetic_means(text, values, expected):
    assert evaluate(text, **({"x": 0} | values)) == expected


@pytest.mark.parametrize(
    ("text", "units", "expected"),
    [
        ("on_hand / 12", 25, 2),
        ("on_hand / 12", -25, -3),
        ("floor(on_hand / 12)", -1, -1),
        ("ceil(on_hand / 12)", 25, 3),
        ("ceil(on_hand / 12)", -25, -2),
        ("round(on_hand / 2)", 5, 3),
        ("round(on_hand / 2)", -5, -3),
        ("round(on_hand / 4)", 5, 1),
        ("on_hand * 0.1", 29, 2),
        ("on_hand / 3 * 3", 7, 7),
        ("on_hand / 3 + on_hand / 6", 10, 5),
        ("greatest(on_hand / 2, on_hand / 3)", 7, 3),
        ("floor(on_hand / 2) * 2", 7, 6),
    ],
)
def test_division_stays_exact_until_it_is_rounded_and_targets_round_down(text, units, expected):
    assert evaluate(text, on_hand=units) == expected


def test_a_tenth_is_a_tenth():
    units = np.arange(-1000, 1000, dtype=np.int64)
    seen = parse_formula("on_hand * 0.7").evaluate({"on_hand": units})
    assert seen.tolist() == [floor(Fraction(7, 10) * int(n)) for n in units]


def test_names_come_once_in_the_order_of_the_text():
    assert parse_formula("b - a - b + greatest(c, a)").names == ("b", "a", "c")


def test_a_constant_fills_the_length_of_the_other_arrays():
    seen = parse_formula("0").evaluate({"on_hand": np.zeros(3, np.int64)})
    assert seen.tolist() == [0, 0, 0]


def test_no_rows_give_no_rows():
    assert parse_formula("a / 2").evaluate({"a": np.array([], np.int64)}).tolist() == []


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("on_hand +", "no formula"),
        ("(select 1)", "SELECT"),
        ("on_hand; drop table x", "';'"),
        ("'a'", '"\'"'),
        ('"on_hand"', "'\"'"),
        ("on_hand -- safety_stock", "comment"),
        ("on_hand /* x */", "comment"),
        ("owner.on_hand", "owner.on_hand"),
        ("On_Hand", "On_Hand"),
        ("sum(on_hand)", "SUM"),
        ("cast(on_hand as int)", "CAST"),
        ("on_hand % 2", "'%'"),
        ("on_hand // 2", "CAST"),
        ("on_hand ** 2", "POWER"),
        ("case when a then b end", "CASE"),
        ("round(on_hand, 1)", "takes one number"),
        ("floor(on_hand, 1)", "takes one number"),
        ("on_hand as x", "AS x"),
        ("a b", "AS b"),
        ("(a, b)", "(a, b)"),
        ("null", "NULL"),
        ("greatest(a, null)", "NULL"),
        ("current_date", "CURRENT_DATE"),
        ("1e3", "1e3"),
        ("0x1F", "x1F"),
        ("*", "*"),
        ("not a", "NOT"),
        ("a and b", "AND"),
        ("__import__", "__import__"),
        ("a" * 500, "500 characters"),
        ("(" * 60 + "a" + ")" * 60, "opening brackets"),
        ("- " * 150 + "a", "deep"),
        ("a\nb\x00", "'\\x00'"),
        ("größe", "'ö'"),
        ("a * b * c", "64-bit"),
        ("999999999 * a * 999999999", "64-bit"),
    ],
)
def test_what_is_not_on_the_list_is_refused_and_named(text, seen):
    with pytest.raises(ConfigError) as caught:
        parse_formula(text)
    assert seen in str(caught.value)


@pytest.mark.parametrize(
    "divisor", ["b", "0", "(0 - 1)", "(b - b)", "greatest(0, b)", "least(1, b)", "(b * b)"]
)
def test_a_divisor_that_may_be_zero_is_refused(divisor):
    with pytest.raises(ConfigError, match="may be zero or less"):
        parse_formula(f"a / {divisor}")


def test_a_divisor_that_cannot_be_zero_is_taken():
    assert evaluate("a / greatest(1, b)", a=10, b=0) == 10
    assert evaluate("a / greatest(1, b)", a=10, b=4) == 2


def test_numbers_beyond_the_door_are_exact_while_64_bits_hold_them():
    assert evaluate("on_hand - committed", on_hand=5 * 10**12, committed=-7) == 5 * 10**12 + 7


def test_numbers_that_64_bits_cannot_hold_are_refused_and_never_wrap():
    arrays = {"a": np.array([2**62], np.int64), "b": np.array([2**62], np.int64)}
    with pytest.raises(StoreError, match="64-bit"):
        parse_formula("a + b").evaluate(arrays)


@pytest.mark.parametrize("kind", [np.float64, np.uint64, np.int32, object])
def test_anything_but_whole_64_bit_numbers_is_refused(kind):
    with pytest.raises(StoreError, match="wanted an int64 array"):
        parse_formula("a").evaluate({"a": np.array([1], dtype=kind)})


def test_a_missing_array_is_named():
    with pytest.raises(StoreError, match="committed is missing"):
        parse_formula("on_hand - committed").evaluate({"on_hand": np.array([1])})

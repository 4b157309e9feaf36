"""The SQL of a formula and its arrays are one number: real DuckDB, random formulas."""

from fractions import Fraction
from math import ceil, floor

import duckdb
import numpy as np
import pytest
import sqlglot
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from inventory_pipeline.config.formula import parse_formula
from inventory_pipeline.errors import ConfigError

NAMES = ("on_hand", "committed", "safety_stock")
UNITS = st.integers(-1_000_000_000, 1_000_000_000) | st.integers(-30, 30)


def texts():
    """Formulas as text, beside a function that computes them with fractions."""
    numbers = st.integers(0, 999).map(lambda n: (str(n), lambda _row: Fraction(n)))
    decimals = st.decimals(0, 9, places=2).map(
        lambda d: (f"{d:f}", lambda _row: Fraction(f"{d:f}"))
    )
    names = st.sampled_from(NAMES).map(lambda name: (name, lambda row: Fraction(row[name])))
    return st.recursive(numbers | decimals | names, grow, max_leaves=6)


def grow(parts):
    def pair(sign, compute):
        return st.tuples(parts, parts).map(
            lambda ab: (
                f"({ab[0][0]} {sign} {ab[1][0]})",
                lambda row: compute(ab[0][1](row), ab[1][1](row)),
            )
        )

    def single(word, compute):
        return parts.map(lambda a: (f"{word}({a[0]})", lambda row: compute(a[1](row))))

    divided = st.tuples(parts, parts).map(
        lambda ab: (
            f"({ab[0][0]} / greatest(1, {ab[1][0]}))",
            lambda row: ab[0][1](row) / max(Fraction(1), ab[1][1](row)),
        )
    )
    return st.one_of(
        pair("+", lambda a, b: a + b),
        pair("-", lambda a, b: a - b),
        pair("*", lambda a, b: a * b),
        divided,
        single("floor", lambda a: Fraction(floor(a))),
        single("ceil", lambda a: Fraction(ceil(a))),
        single("round", round_half_away),
        single("-", lambda a: -a),
        st.lists(parts, min_size=1, max_size=3).map(lambda p: edge("greatest", max, p)),
        st.lists(parts, min_size=1, max_size=3).map(lambda p: edge("least", min, p)),
    )


def round_half_away(value):
    size = floor(abs(value) + Fraction(1, 2))
    return Fraction(size if value >= 0 else -size)


def edge(word, compute, parts):
    return (
        f"{word}({', '.join(text for text, _ in parts)})",
        lambda row: compute(part(row) for _, part in parts),
    )


@pytest.fixture(scope="module")
def database():
    with duckdb.connect() as connection:
        yield connection


@pytest.mark.slow
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(formula=texts(), rows=st.lists(st.tuples(UNITS, UNITS, UNITS), min_size=1, max_size=4))
def test_sql_arrays_and_fractions_agree_to_the_unit(database, formula, rows):
    text, compute = formula
    try:
        parsed = parse_formula(text)
    except ConfigError:
        assume(False)
    columns = {n: np.array([r[i] for r in rows], np.int64) for i, n in enumerate(NAMES)}
    expected = [floor(compute(dict(zip(NAMES, row, strict=True)))) for row in rows]

    assert parsed.evaluate(columns).tolist() == expected
    assert run_sql(database, parsed, rows) == expected


def run_sql(database, parsed, rows):
    values = ", ".join(f"({i}, {a}, {b}, {c})" for i, (a, b, c) in enumerate(rows))
    sql = parsed.render_sql({name: f"cast(f.{name} as bigint)" for name in NAMES})
    found = database.execute(
        f"select {sql} from (values {values}) f(place, {', '.join(NAMES)}) order by place"
    )
    return [row[0] for row in found.fetchall()]


def test_the_sql_of_a_formula_is_a_bigint_even_of_a_constant(database):
    for text in ("5", "on_hand", "round(on_hand / 7)", "greatest(0, on_hand)"):
        sql = parse_formula(text).render_sql({"on_hand": "cast(3 as bigint)"})
        kind = database.execute(f"select typeof({sql})").fetchone()[0]
        assert kind == "BIGINT"


def test_numbers_alone_are_reckoned_with_in_64_bits(database):
    formula = parse_formula("-(greatest(0.01, (19 + 8.37), (0.01 / greatest(1, 77))))")
    assert run_sql(database, formula, [(0, 0, 0)]) == [-28]


def test_the_sql_of_a_formula_also_speaks_spark():
    parsed = parse_formula("greatest(0, round(on_hand / 12) - ceil(committed / 2))")
    sql = parsed.render_sql({"on_hand": "on_hand", "committed": "committed"})
    [spark] = sqlglot.transpile(f"select {sql} as units", read="duckdb", write="spark")
    assert "DIV" in spark
    assert "//" not in spark

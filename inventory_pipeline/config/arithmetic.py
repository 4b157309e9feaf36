"""Exact arithmetic for formulas: fractions as pairs of whole-number trees.

One tree has three readings: its range (so that 64 bits are proved enough before a number
is touched), its value over numpy arrays, and its SQL. A denominator is always above zero.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Any

import numpy as np

_LIMIT = 2**61
_LONGEST_SQL = 60_000
Range = tuple[int, int]


@dataclass(frozen=True)
class Node:
    """A whole number: ``constant`` (value), ``name`` (label) or an operation on parts.

    Operations: add, subtract, multiply, greatest, least, and two divisions of parts[0] by
    parts[1] > 0: floor_divide rounds down; round_divide rounds to the nearest, halves away
    from zero, and has twice the divisor as parts[2].
    """

    kind: str
    parts: "tuple[Node, ...]" = ()
    value: int = 0
    label: str = ""


def _whole(value: int) -> Node:
    return Node("constant", value=value)


_ONE = _whole(1)


@dataclass(frozen=True)
class Ratio:
    """The number over / under; ``under`` is above zero."""

    over: Node
    under: Node = _ONE


def constant(value: Fraction) -> Ratio:
    """Return a number."""
    return Ratio(_whole(value.numerator), _whole(value.denominator))


def name(label: str) -> Ratio:
    """Return the number that a row has under ``label``."""
    return Ratio(Node("name", label=label))


def add(left: Ratio, right: Ratio) -> Ratio:
    """Return left + right."""
    (a, b), under = _align([left, right])
    return Ratio(_join("add", a, b), under)


def subtract(left: Ratio, right: Ratio) -> Ratio:
    """Return left - right."""
    (a, b), under = _align([left, right])
    return Ratio(_join("subtract", a, b), under)


def negate(value: Ratio) -> Ratio:
    """Return -value."""
    return Ratio(_join("subtract", _whole(0), value.over), value.under)


def multiply(left: Ratio, right: Ratio) -> Ratio:
    """Return left * right."""
    return Ratio(
        _join("multiply", left.over, right.over), _join("multiply", left.under, right.under)
    )


def divide(left: Ratio, right: Ratio) -> Ratio:
    """Return left / right; the caller has proved that right is above zero."""
    return Ratio(
        _join("multiply", left.over, right.under), _join("multiply", left.under, right.over)
    )


def find_edge(kind: str, values: Sequence[Ratio]) -> Ratio:
    """Return the ``greatest`` or the ``least`` of the values."""
    overs, under = _align(values)
    return Ratio(overs[0] if len(overs) == 1 else Node(kind, tuple(overs)), under)


def floor(value: Ratio) -> Node:
    """Return the largest whole number that is not above the value."""
    over, under = value.over, value.under
    if under == _ONE:
        return over
    if over.kind == under.kind == "constant":
        return _whole(over.value // under.value)
    return Node("floor_divide", (over, under))


def round_half_away(value: Ratio) -> Node:
    """Return the nearest whole number; a half goes away from zero."""
    over, under = value.over, value.under
    if under == _ONE:
        return over
    if over.kind == under.kind == "constant":
        size = (2 * abs(over.value) + under.value) // (2 * under.value)
        return _whole(size if over.value >= 0 else -size)
    return Node("round_divide", (over, under, _join("multiply", _whole(2), under)))


def _align(values: Sequence[Ratio]) -> tuple[list[Node], Node]:
    """Bring fractions to one denominator: the least common one where all are constants."""
    unders = [value.under for value in values]
    if all(under.kind == "constant" for under in unders):
        common = math.lcm(*(under.value for under in unders))
        return [
            _join("multiply", value.over, _whole(common // value.under.value)) for value in values
        ], _whole(common)
    under = reduce(lambda a, b: _join("multiply", a, b), unders)
    return [_scale(values, index) for index in range(len(values))], under


def _scale(values: Sequence[Ratio], index: int) -> Node:
    others = (value.under for place, value in enumerate(values) if place != index)
    return reduce(lambda a, b: _join("multiply", a, b), others, values[index].over)


def _join(kind: str, left: Node, right: Node) -> Node:
    if left.kind == right.kind == "constant":
        return _whole(_CONSTANTS[kind](left.value, right.value))
    if kind == "multiply" and _ONE in (left, right):
        return right if left == _ONE else left
    return Node(kind, (left, right))


_CONSTANTS = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
}


def compute_range(node: Node, edges: Mapping[str, Range]) -> Range:
    """Return the least and largest value the node can take; all steps between fit 64 bits.

    Raises:
        OverflowError: a step may leave 64 bits, or a divisor may be zero.
    """
    if node.kind == "constant":
        low = high = node.value
    elif node.kind == "name":
        low, high = edges[node.label]
    else:
        low, high = _combine(node.kind, [compute_range(part, edges) for part in node.parts])
    if max(abs(low), abs(high)) > _LIMIT:
        raise OverflowError("a step of it may leave the range of 64-bit whole numbers")
    return low, high


def _combine(kind: str, ranges: list[Range]) -> Range:
    if kind == "greatest":
        return max(r[0] for r in ranges), max(r[1] for r in ranges)
    if kind == "least":
        return min(r[0] for r in ranges), min(r[1] for r in ranges)
    (a, b), (c, d) = ranges[:2]
    if kind == "add":
        return a + c, b + d
    if kind == "subtract":
        return a - d, b - c
    if kind == "multiply":
        corners = (a * c, a * d, b * c, b * d)
        return min(corners), max(corners)
    return _combine_division(kind, (a, b), (c, d))


def _combine_division(kind: str, over: Range, under: Range) -> Range:
    if under[0] <= 0:
        raise OverflowError("a divisor of it may be zero")
    # round_divide computes 2 * over + under on the way.
    if kind == "round_divide" and 2 * max(abs(over[0]), abs(over[1])) + under[1] > _LIMIT:
        raise OverflowError("a step of it may leave the range of 64-bit whole numbers")
    corners = [Fraction(n, d) for n in over for d in under]
    return math.floor(min(corners)), math.ceil(max(corners))


def compute_array(node: Node, values: Mapping[str, np.ndarray[Any, Any]]) -> Any:
    """Return the node's int64 array; ``compute_range`` must have been asked before."""
    if node.kind == "constant":
        return np.int64(node.value)
    if node.kind == "name":
        return values[node.label]
    parts = [compute_array(part, values) for part in node.parts]
    if node.kind == "round_divide":
        over, under, twice = parts
        return np.sign(over) * ((2 * np.abs(over) + under) // twice)
    return reduce(_ARRAYS[node.kind], parts)


_ARRAYS: dict[str, Any] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "greatest": np.maximum,
    "least": np.minimum,
    "floor_divide": np.floor_divide,
}


def render_sql(node: Node, names: Mapping[str, str]) -> str:
    """Return DuckDB SQL that computes the same whole number as ``compute_array``.

    Raises:
        OverflowError: the text would be absurdly long (divisions nested in divisions).
    """
    if node.kind == "constant":
        # Numbers alone would be reckoned with in 32 bits.
        return f"cast({node.value} as bigint)"
    if node.kind == "name":
        return names[node.label]
    parts = [render_sql(part, names) for part in node.parts]
    if sum(map(len, parts)) > _LONGEST_SQL:
        raise OverflowError("it nests too many divisions")
    if node.kind in ("greatest", "least"):
        return f"{node.kind}({', '.join(parts)})"
    return _SQL[node.kind].format(*parts)


# DuckDB's // cuts towards zero (as Spark's div does), so the remainder is made positive first.
_SQL = {
    "add": "({0} + {1})",
    "subtract": "({0} - {1})",
    "multiply": "({0} * {1})",
    "floor_divide": "(({0} - (({0} % {1}) + {1}) % {1}) // {1})",
    "round_divide": "((2 * {0} + sign({0}) * {1}) // {2})",
}

"""Formulas of the configuration: parsed by a library, allowed node by node, exact in integers.

``expects: "greatest(0, on_hand - committed - safety_stock)"`` becomes a tree over whole
numbers (see ``arithmetic``): never ``eval``, never text pasted into SQL.

Division is exact: ``a / b`` is a fraction until floor, ceil or round makes it whole, and a
formula whose result may still be a fraction is rounded **down**: a target never promises a
part of a unit. ``round`` takes halves away from zero. A divisor must be above zero whatever
the numbers are, so that every formula has a value: write ``x / greatest(1, y)``.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any, Never

import numpy as np
import sqlglot
from sqlglot import exp

from inventory_pipeline.config.arithmetic import (
    Node,
    Ratio,
    add,
    compute_array,
    compute_range,
    constant,
    divide,
    find_edge,
    floor,
    multiply,
    name,
    negate,
    render_sql,
    round_half_away,
    subtract,
)
from inventory_pipeline.errors import ConfigError, StoreError
from inventory_pipeline.model.quantities import MAX_UNITS

ALLOWED = "+ - * / greatest least floor ceil round, whole or decimal numbers and fact names"
_LONGEST = 400
_DEEPEST = 24
_CHARACTERS = re.compile(r"[A-Za-z0-9_\s.,()+*/-]*")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")


@dataclass(frozen=True)
class Formula:
    """One checked formula.

    Attributes:
        text: as the file has it.
        names: the facts it uses, each once, in the order of the text.
        tree: what the library parsed.
    """

    text: str
    names: tuple[str, ...]
    tree: exp.Expr = field(repr=False, compare=False)
    whole: Node = field(repr=False, compare=False)

    def evaluate(self, values: Mapping[str, np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
        """Return the expected units, one per row, exact.

        Args:
            values: an int64 array of one length for every name; nobody passes a null.

        Raises:
            StoreError: an array is missing or is not int64, or the numbers are so large
                that 64 bits could not hold a step between.
        """
        ranges = {key: _find_range(key, values) for key in self.names}
        if all(edges is not None for edges in ranges.values()):
            _check_range(self.whole, {k: e for k, e in ranges.items() if e}, self.text)
        result = compute_array(self.whole, values)
        return result if self.names else np.full(_find_length(values), result, dtype=np.int64)

    def render_sql(self, names: Mapping[str, str]) -> str:
        """Return the formula as DuckDB SQL over BIGINT columns; equal to ``evaluate``.

        Args:
            names: the SQL of each name, written by us, such as ``owner.on_hand_units``.
        """
        return render_sql(self.whole, names)


@lru_cache(maxsize=256)
def parse_formula(text: str) -> Formula:
    """Read and check one formula.

    Raises:
        ConfigError: what was seen, and what is allowed.
    """
    _check_text(text)
    tree = _parse(text)
    ratio = _lower(tree, text, 0)
    names = tuple(dict.fromkeys(column.name for column in tree.find_all(exp.Column, bfs=False)))
    whole = floor(ratio)
    edges = dict.fromkeys(names, (-MAX_UNITS, MAX_UNITS))
    try:
        compute_range(whole, edges)
        render_sql(whole, {key: key for key in names})
    except OverflowError as error:
        raise ConfigError(f"{text!r}: {error}") from None
    return Formula(text, names, tree, whole)


def _check_text(text: str) -> None:
    if len(text) > _LONGEST:
        raise ConfigError(f"the formula has {len(text)} characters, wanted at most {_LONGEST}")
    if "--" in text or "/*" in text:
        raise ConfigError(
            f"{text!r} has an SQL comment, which would hide what follows; write '- -' for a "
            "minus of a minus, and comments after # in the file"
        )
    allowed = _CHARACTERS.match(text)
    if allowed and allowed.end() < len(text):
        raise ConfigError(f"{text!r} has {text[allowed.end()]!r}; allowed are {ALLOWED}")
    if not text.strip():
        raise ConfigError(f"the formula is empty; allowed are {ALLOWED}")
    if text.count("(") > _DEEPEST:
        raise ConfigError(f"{text!r} has more than {_DEEPEST} opening brackets")


def _parse(text: str) -> exp.Expr:
    try:
        trees = sqlglot.parse(text, read="duckdb")
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        is_deep = isinstance(error, RecursionError)
        reason = "nested too deeply" if is_deep else str(error).split("\n")[0][:120]
        raise ConfigError(f"{text!r} is no formula: {reason}") from None
    if len(trees) != 1 or trees[0] is None:
        raise ConfigError(f"{text!r} is no formula; allowed are {ALLOWED}")
    return trees[0]


def _lower(node: exp.Expr, text: str, depth: int) -> Ratio:
    """Turn the library's node into exact arithmetic, refusing all that is not on the list."""
    if depth > _DEEPEST:
        raise ConfigError(f"{text!r} is nested more than {_DEEPEST} deep")
    if isinstance(node, exp.Literal):
        return _lower_number(node, text)
    if isinstance(node, exp.Column):
        return _lower_name(node, text)
    handler = _HANDLERS.get(type(node))
    if handler is None:
        _refuse(node, text)
    operands, operation = handler(node, text)
    lowered = [_lower(operand, text, depth + 1) for operand in operands]
    if isinstance(node, exp.Div):
        _check_divisor(lowered[1], operands[1], text)
    return operation(lowered)


def _refuse(node: exp.Expr, text: str) -> Never:
    raise ConfigError(f"{text!r} has {node.sql()[:60]!r}; allowed are {ALLOWED}")


def _lower_number(node: exp.Literal, text: str) -> Ratio:
    if node.is_string or not _NUMBER.fullmatch(node.name):
        _refuse(node, text)
    return constant(Fraction(node.name))


def _lower_name(node: exp.Column, text: str) -> Ratio:
    identifier = node.this
    is_plain = isinstance(identifier, exp.Identifier) and not identifier.args.get("quoted")
    if not is_plain or node.table or not _NAME.fullmatch(node.name):
        raise ConfigError(
            f"{text!r} has the name {node.sql()[:60]!r}; a name is a fact in small letters, "
            "digits and _"
        )
    return name(node.name)


Handler = Callable[[exp.Expr, str], tuple[Sequence[exp.Expr], Callable[[list[Ratio]], Ratio]]]


def _handle_pair(operation: Callable[[Ratio, Ratio], Ratio]) -> Handler:
    def handle(node: exp.Expr, _text: str) -> Any:
        return (node.this, node.expression), lambda parts: operation(*parts)

    return handle


def _handle_single(operation: Callable[[Ratio], Ratio]) -> Handler:
    def handle(node: exp.Expr, text: str) -> Any:
        if any(value for key, value in node.args.items() if key != "this"):
            raise ConfigError(f"{text!r} has {node.sql()[:60]!r}, which takes one number here")
        return (node.this,), lambda parts: operation(*parts)

    return handle


def _handle_edge(kind: str) -> Handler:
    def handle(node: exp.Expr, _text: str) -> Any:
        return (node.this, *node.expressions), lambda parts: find_edge(kind, parts)

    return handle


def _ceil(value: Ratio) -> Ratio:
    return negate(Ratio(floor(negate(value))))


_HANDLERS: dict[type[exp.Expr], Handler] = {
    exp.Paren: _handle_single(lambda value: value),
    exp.Neg: _handle_single(negate),
    exp.Floor: _handle_single(lambda value: Ratio(floor(value))),
    exp.Ceil: _handle_single(_ceil),
    exp.Round: _handle_single(lambda value: Ratio(round_half_away(value))),
    exp.Add: _handle_pair(add),
    exp.Sub: _handle_pair(subtract),
    exp.Mul: _handle_pair(multiply),
    exp.Div: _handle_pair(divide),
    exp.Greatest: _handle_edge("greatest"),
    exp.Least: _handle_edge("least"),
}


def _check_divisor(divisor: Ratio, node: exp.Expr, text: str) -> None:
    names = {column.name for column in node.find_all(exp.Column)}
    edges = dict.fromkeys(names, (-MAX_UNITS, MAX_UNITS))
    try:
        low, _ = compute_range(divisor.over, edges)
    except OverflowError as error:
        raise ConfigError(f"{text!r}: {error}") from None
    if low <= 0:
        cure = f"write: / greatest(1, {node.sql()})" if names else "wanted more than zero"
        raise ConfigError(f"{text!r} divides by {node.sql()!r}, which may be zero or less; {cure}")


def _check_range(whole: Node, edges: Mapping[str, tuple[int, int]], text: str) -> None:
    try:
        compute_range(whole, edges)
    except OverflowError as error:
        raise StoreError(f"formula {text!r} on {dict(edges)}: {error}") from None


def _find_range(key: str, values: Mapping[str, np.ndarray[Any, Any]]) -> tuple[int, int] | None:
    """Return the least and the largest number; None for an empty array."""
    column = values.get(key)
    if column is None or column.dtype != np.int64:
        seen = "is missing" if column is None else f"is {column.dtype}"
        raise StoreError(f"{key} {seen}, wanted an int64 array; there are {sorted(values)}")
    return (int(column.min()), int(column.max())) if column.size else None


def _find_length(values: Mapping[str, np.ndarray[Any, Any]]) -> int:
    return next((len(column) for column in values.values()), 0)

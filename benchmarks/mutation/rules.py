"""What is not mutated, by rule: places where no run of the program can tell the difference."""

import ast
from collections.abc import Iterator

# ``a is b`` for ``a == b`` and back: equal short texts and numbers are one object in CPython,
# and where they are not, Python itself warns of the literal.
IDENTITIES = ("_Eq_Is", "_NotEq_IsNot", "_Is_Eq", "_IsNot_NotEq")
CACHES = ("cache", "lru_cache")
LOGS = ("debug", "info", "warning", "error", "exception")

Span = tuple[tuple[int, int], tuple[int, int]]


def find_skipped(source: str) -> list[Span]:
    """Return the stretches of a module that are left alone.

    Annotations; arguments of decorators (``frozen=True``) and decorators that only cache; what
    is raised or logged (its wording); ``strict=True`` of ``zip``, which guards against an error
    of ours that would otherwise go unnoticed and never trips.
    """
    return [_span(node) for node in _find_nodes(ast.parse(source))]


def is_skipped(operator: str, at: tuple[int, int], spans: list[Span]) -> bool:
    """Return whether an operator at a place (line, column) makes no mutant to be judged."""
    return operator.endswith(IDENTITIES) or any(low <= at < high for low, high in spans)


def is_sign(source: str, at: tuple[int, int]) -> bool:
    """Return whether a star or dash at a place is no operator: ``f(*, a)``, ``{**a}``, ``*b``."""
    lines = source.splitlines()
    before = "".join([*lines[: at[0] - 1], lines[at[0] - 1][: at[1]]]).rstrip()
    return lines[at[0] - 1][at[1]] == "*" and before.endswith(("(", ",", "{", "[", "=", ":"))


def _find_nodes(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield from _find_decorated(node)
        if isinstance(node, ast.FunctionDef) and node.returns:
            yield node.returns
        elif isinstance(node, ast.arg | ast.AnnAssign) and node.annotation:
            yield node.annotation
        elif isinstance(node, ast.Raise) and node.exc:
            yield node.exc
        elif isinstance(node, ast.Call):
            yield from _find_in_call(node)
        elif isinstance(node, ast.Assign) and _is_alias(node):
            yield node


def _find_decorated(node: ast.FunctionDef | ast.ClassDef) -> Iterator[ast.AST]:
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call):
            yield from decorator.args
            yield from decorator.keywords
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(called, ast.Name) and called.id in CACHES:
            yield decorator


def _find_in_call(node: ast.Call) -> Iterator[ast.AST]:
    called = node.func
    if isinstance(called, ast.Attribute) and called.attr in LOGS and _is_logger(called.value):
        yield node
    yield from (k for k in node.keywords if k.arg == "strict")


def _is_logger(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "logger"


def _is_alias(node: ast.Assign) -> bool:
    """Return whether a line names a type: ``Cell = str | int``."""
    value = node.value
    return isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr) and _is_type(value)


def _is_type(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_type(node.left) and _is_type(node.right)
    is_none = isinstance(node, ast.Constant) and node.value is None
    name = node.value if isinstance(node, ast.Subscript) else node
    known = {
        "str",
        "int",
        "float",
        "bool",
        "datetime",
        "date",
        "timedelta",
        "dict",
        "list",
        "tuple",
    }
    return is_none or (isinstance(name, ast.Name) and name.id in known)


def _span(node: ast.AST) -> Span:
    # A decorator's own mutant begins at its sign, one column to the left of what it names.
    return (node.lineno, max(node.col_offset - 1, 0)), (node.end_lineno, node.end_col_offset)

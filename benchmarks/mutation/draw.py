"""Draw mutants with cosmic-ray's operators: ``python draw.py ROOT SEED SIZE``, JSON to stdout.

Runs in the interpreter that has cosmic-ray and nothing of the product. A place in the code is
drawn at most once, and then one of the mutants that are possible there: a ``+`` has eleven, a
``not`` one, and neither shall count for more than the other.
"""

import ast
import difflib
import itertools
import json
import random
import sys
import warnings
from collections import defaultdict
from pathlib import Path
from typing import Any

import cosmic_ray.plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

sys.path.insert(0, str(Path(__file__).parents[2]))
from benchmarks.mutation.rules import find_skipped, is_sign, is_skipped
from benchmarks.mutation.scope import SCOPE

Place = tuple[int, int]
Variants = list[tuple[str, int]]


def main() -> None:
    """Write the sample, and how many places and mutants each module has."""
    root, seed, size = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    pools = {path: find_places(root / path) for path in map(str, SCOPE.list_modules(root))}
    shares = share_out(size, {path: len(places) for path, places in pools.items()})
    drawn = [
        mutant
        for path, places in pools.items()
        for mutant in draw(root, path, places, seed=seed, number=shares[path])
    ]
    sizes = {
        path: {"places": len(places), "mutants": sum(map(len, places.values()))}
        for path, places in pools.items()
    }
    json.dump({"seed": seed, "modules": sizes, "mutants": drawn}, sys.stdout)


def find_places(path: Path) -> dict[Place, Variants]:
    """Return (line, column) → the mutants possible there: operator and occurrence."""
    source = path.read_text(encoding="utf-8")
    nodes, spans = list(ast_nodes(get_ast(source))), find_skipped(source)
    found: dict[Place, Variants] = defaultdict(list)
    for name in cosmic_ray.plugins.operator_names():
        kind = cosmic_ray.plugins.get_operator(name)
        if kind.arguments():
            continue
        positions = (at for node in nodes for at, _ in kind().mutation_positions(node))
        for occurrence, at in enumerate(positions):
            if not is_skipped(name, at, spans):
                found[at].append((name, occurrence))
    return {at: variants for at, variants in found.items() if not is_sign(source, at)}


def share_out(size: int, places: dict[str, int]) -> dict[str, int]:
    """Share a sample among modules by their places, rounded to the largest remainders."""
    total = sum(places.values())
    exact = {path: size * number / total for path, number in places.items()}
    shares = {path: int(share) for path, share in exact.items()}
    left = sorted(exact, key=lambda path: (shares[path] - exact[path], path))
    for path in left[: size - sum(shares.values())]:
        shares[path] += 1
    return {path: min(share, places[path]) for path, share in shares.items()}


def draw(
    root: Path, path: str, places: dict[Place, Variants], *, seed: str, number: int
) -> list[dict[str, Any]]:
    """Draw mutants of one module; its draw does not depend on the other modules."""
    dice = random.Random(f"{seed}:{path}")
    source = (root / path).read_text(encoding="utf-8")
    made = (
        make(path, source, at, dice.sample(places[at], len(places[at])))
        for at in dice.sample(sorted(places), len(places))
    )
    drawn = list(itertools.islice(filter(None, made), number))
    return sorted(drawn, key=lambda mutant: (mutant["line"], mutant["column"]))


def make(path: str, source: str, at: Place, variants: Variants) -> dict[str, Any] | None:
    """Return the first mutant that is Python, with its text and what changed; None: none is."""
    texts = ((name, mutate_code(source, _load_operator(name), n)) for name, n in variants)
    operator, mutated = next(((n, text) for n, text in texts if is_python(text)), ("", ""))
    if not operator:
        return None
    changed = list(difflib.ndiff(source.splitlines(), mutated.splitlines()))
    return {
        "path": path,
        "line": at[0],
        "column": at[1],
        "function": find_function(source, at[0]),
        "operator": operator.removeprefix("core/"),
        "before": " ".join(line[2:].strip() for line in changed if line.startswith("- ")),
        "after": " ".join(line[2:].strip() for line in changed if line.startswith("+ ")),
        "text": mutated,
    }


def _load_operator(name: str) -> Any:
    return cosmic_ray.plugins.get_operator(name)()


def is_python(text: str) -> bool:
    """Return whether a text compiles without a word of warning."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compile(text, "mutant", "exec")
    except (SyntaxError, SyntaxWarning):
        return False
    return True


def find_function(source: str, line: int) -> str:
    """Return the qualified name of the innermost function a line stands in, or nothing."""
    return _find_within(ast.parse(source).body, line, "")


def _find_within(body: list[ast.stmt], line: int, prefix: str) -> str:
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        # A default, like a decorator, is read when the module is: it is no part of the function.
        inside = node.body[0].lineno <= line <= (node.end_lineno or 0)
        if inside and isinstance(node, ast.ClassDef):
            return _find_within(node.body, line, f"{prefix}{node.name}.")
        if inside:
            inner = _find_within(node.body, line, f"{prefix}{node.name}.<locals>.")
            return inner or f"{prefix}{node.name}"
    return ""


if __name__ == "__main__":
    main()

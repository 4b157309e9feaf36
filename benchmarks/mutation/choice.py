"""Which tests judge a mutant: those that run its function, the quickest first."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from benchmarks.mutation.scope import PACKAGE, SCOPE

UNIT = "inventory_pipeline_tests/unit/"
# Seconds that the tests beyond the unit tests may take for one mutant.
PATIENCE = 25.0
IMPORT = re.compile(r"^from (inventory_pipeline\.[\w.]+) import", re.MULTILINE)


@dataclass(frozen=True)
class Choice:
    """What is known of the tests.

    Attributes:
        seconds: test → how long it took.
        calls: test → functions of the rooms it ran, ``path:qualified name``.
        users: module → modules that take something from it, itself among them.
    """

    seconds: dict[str, float]
    calls: dict[str, frozenset[str]]
    users: dict[str, frozenset[str]]

    def find_stages(self, mutant: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
        """Yield the unit tests, then the other tests, that may notice a mutant."""
        able = self._find_able(mutant["path"], mutant["function"])
        yield "unit", sorted((n for n in able if n.startswith(UNIT)), key=self._sort)
        others = sorted((n for n in able if not n.startswith(UNIT)), key=self._sort)
        yield "shop", self._cut(_spread(others))

    def sum_seconds(self, names: Sequence[str]) -> float:
        return sum(self.seconds[name] for name in names)

    def _sort(self, name: str) -> tuple[float, str]:
        return self.seconds[name], name

    def _find_able(self, path: str, function: str) -> list[str]:
        """Return tests that run a function; of a line outside any, those that use its module."""
        if function:
            wanted = f"{path}:{function}"
            return [name for name, calls in self.calls.items() if wanted in calls]
        paths = self.users[path]
        return [n for n, calls in self.calls.items() if any(_path(c) in paths for c in calls)]

    def _cut(self, names: Sequence[str]) -> list[str]:
        """Return as many tests as patience lasts for, at least one; a longer one is passed over."""
        kept = list(names[:1])
        for name in names[1:]:
            if self.sum_seconds([*kept, name]) <= PATIENCE:
                kept.append(name)
        return kept


def _path(call: str) -> str:
    return call.split(":", 1)[0]


def _spread(names: Sequence[str]) -> list[str]:
    """Take the quickest test of every file first, then the second of every file, and so on."""
    files: dict[str, list[str]] = {}
    for name in names:
        files.setdefault(name.split("::", 1)[0], []).append(name)
    return [name for row in zip_longest(*files.values()) for name in row if name]


def load_choice(path: Path, root: Path) -> Choice:
    """Read what the recorder of ``calls.py`` wrote."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    return Choice(
        {name: row["seconds"] for name, row in rows.items()},
        {name: frozenset(row["calls"]) for name, row in rows.items()},
        _find_users(root),
    )


def _find_users(root: Path) -> dict[str, frozenset[str]]:
    rooms = [root / PACKAGE / room for room in SCOPE.rooms]
    paths = [path.relative_to(root) for room in rooms for path in room.rglob("*.py")]
    taken = {
        str(path): set(IMPORT.findall((root / path).read_text(encoding="utf-8"))) for path in paths
    }
    return {
        str(path): frozenset(
            [str(path), *(user for user, names in taken.items() if _dotted(path) in names)]
        )
        for path in paths
    }


def _dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts)

"""Scopes: what is mutated, which tests judge it, and how many mutants they are to notice.

``MUTATION_SCOPE`` names one; every process of a run reads it there.
"""

import os
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "MUTATION_SCOPE"
PACKAGE = "inventory_pipeline"


@dataclass(frozen=True)
class Scope:
    """One part of the product.

    Attributes:
        parts: its folders and files, below the package.
        tests: files and folders of tests that judge it, the first ``units`` of them unit tests.
        untouched: packages that never import it: every fork shares them.
        target: share of mutants to be noticed.
        page: where it is told.
    """

    name: str
    parts: tuple[str, ...]
    tests: tuple[str, ...]
    units: int
    untouched: tuple[str, ...]
    target: float
    page: str

    @property
    def rooms(self) -> tuple[str, ...]:
        """Return the packages that its files are in."""
        return tuple(sorted({part.split("/")[0] for part in self.parts}))

    @property
    def judged(self) -> tuple[str, ...]:
        """Return the names of those packages."""
        return tuple(f"{PACKAGE}.{room}" for room in self.rooms)

    def list_modules(self, root: Path) -> list[Path]:
        """Return its modules, relative to the tree they are in."""
        found = (root / PACKAGE / part for part in self.parts)
        files = (
            path for part in found for path in (part.rglob("*.py") if part.is_dir() else [part])
        )
        return sorted(path.relative_to(root) for path in files)


_SHARED = ("errors", "model", "config", "store", "connectors", "ingest", "ledger", "report")
SCOPES = {
    "judging": Scope(
        "judging",
        parts=("diagnose", "reconcile"),
        tests=(
            "unit/diagnose", "unit/reconcile", "acceptance",
            "integration/reconcile/test_places.py", "integration/wiring/test_rewording.py",
            "integration/wiring/test_nothing_compared.py", "integration/ledger",
        ),
        units=2,
        untouched=(*_SHARED, "correct"),
        target=0.85,
        page="mutation.md",
    ),
    "writing": Scope(
        "writing",
        parts=(
            "correct/outbox.py", "correct/policy.py", "correct/situation.py",
            "correct/receipts.py", "correct/seals.py",
        ),
        tests=(
            "unit/correct", "integration/correct", "faults",
            "acceptance/test_scenario_16_receipts_survive.py",
            "acceptance/test_scenario_17_what_the_assistant_may_do.py",
        ),
        units=1,
        untouched=(*_SHARED, "diagnose", "reconcile"),
        target=0.95,
        page="mutation-outbox.md",
    ),
}  # fmt: skip
SCOPE = SCOPES[os.environ.get(VARIABLE, "judging")]

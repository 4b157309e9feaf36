"""Unfinished: what a run that broke off had come to, for the same code alone."""

import hashlib
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.driftbench.answer import Result
from benchmarks.driftbench.plan import Plan

ROOT = Path(__file__).parents[2]
CODE = ("inventory_pipeline", "benchmarks/driftbench")


@dataclass(frozen=True)
class Unfinished:
    """A file of results, shop by shop.

    Attributes:
        digest: of the code that came to them; results of other code are worth nothing here.
    """

    path: Path
    digest: str

    def load(self, plans: Sequence[Plan]) -> dict[Plan, Result]:
        """Return the shops of these plans that are done."""
        if not self.path.exists():
            return {}
        digest, results = pickle.loads(self.path.read_bytes())
        if digest != self.digest:
            return {}
        return {result.plan: result for result in results if result.plan in plans}

    def keep(self, done: Mapping[Plan, Result]) -> None:
        """Write down what is done; a death in the middle leaves what was there before."""
        beside = self.path.with_suffix(".part")
        beside.write_bytes(pickle.dumps((self.digest, list(done.values()))))
        beside.replace(self.path)

    def drop(self) -> None:
        """Forget a run that came to its end."""
        self.path.unlink(missing_ok=True)


def compute_digest(root: Path = ROOT) -> str:
    """Return the digest of every file of the package and of this benchmark."""
    told = hashlib.sha256()
    for path in sorted(p for name in CODE for p in (root / name).rglob("*") if _is_code(p)):
        told.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return told.hexdigest()


def _is_code(path: Path) -> bool:
    return path.suffix in {".py", ".sql", ".json"} and path.name != "development.json"

"""Seeds: each is one whole day; ``python -m inventory_pipeline_tests.support.seeds`` tries many."""

import argparse
import hashlib
import multiprocessing
import sys
import time
from pathlib import Path

from inventory_pipeline_tests.support.day import Day, live, open_day, settle
from inventory_pipeline_tests.support.laws import Broken, find_broken_laws

KEPT = Path(__file__).parents[1] / "integration" / "correct" / "SEEDS_THAT_FAILED"


def find_broken_by_seed(seed: int) -> list[Broken]:
    """Live one day and return the laws that it broke."""
    day = open_day(seed)
    opening = {name: dict(each.levels) for name, each in day.receivers.items()}
    live(day)
    settle(day)
    broken = find_broken_laws(day.journal, day.receivers, opening, day.told)
    if day.head.seq and not day.journal.query(
        "select 1 from audit where seq = :seq and digest = :digest",
        seq=day.head.seq, digest=day.head.digest,
    ):  # fmt: skip
        broken.append(("L11 the head that was kept outside is gone", str(day.head)))
    return broken


def compute_digest_of_day(seed: int) -> str:
    """Return the digest of every byte that a day leaves behind (L13)."""
    day = open_day(seed)
    live(day)
    settle(day)
    told = "\n".join(day.journal._connection.iterdump())
    return hashlib.sha256(told.encode() + repr(_find_histories(day)).encode()).hexdigest()


def _find_histories(day: Day) -> list[object]:
    return [receiver.history for receiver in day.receivers.values()]


def read_seeds(path: Path) -> list[int]:
    """Return the seeds that once broke a law, one a line; what follows # is a comment."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [int(line.split("#")[0]) for line in lines if line.split("#")[0].strip()]


def try_seeds(first: int, count: int) -> dict[int, list[Broken]]:
    """Try seeds on every core; return those that broke a law."""
    seeds, broken = range(first, first + count), {}
    with multiprocessing.Pool() as pool:
        told = pool.imap_unordered(_try_seed, seeds, chunksize=50)
        for seed, laws in told:
            if laws:
                broken[seed] = laws
                sys.stdout.write(f"seed {seed}: {laws[0]}\n")
    return broken


def _try_seed(seed: int) -> tuple[int, list[Broken]]:
    try:
        return seed, find_broken_by_seed(seed)
    except Exception as error:  # a day that ends in an error broke something too
        return seed, [("error", type(error).__name__, str(error))]


def main() -> int:
    """Try seeds; keep those that broke a law in SEEDS_THAT_FAILED."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=10_000)
    asked = parser.parse_args()
    started = time.monotonic()
    broken = try_seeds(asked.first, asked.seeds)
    seconds = time.monotonic() - started
    sys.stdout.write(f"{asked.seeds:,} days in {seconds:.0f} s, {len(broken)} broke a law\n")
    new = sorted(set(broken) - set(read_seeds(KEPT)))
    if new:
        with KEPT.open("a", encoding="utf-8") as file:
            file.writelines(f"{seed}  # {broken[seed][0][0]}\n" for seed in new)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

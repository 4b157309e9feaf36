"""Samples: what became of the mutants of one draw, small enough to be kept beside the code."""

import json
import subprocess
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SHOWN = ("path", "line", "function", "operator", "before", "after", "outcome")


def sum_up(
    drawn: Mapping[str, Any], results: Sequence[Mapping[str, Any]], *, number: int, commit: str
) -> dict[str, Any]:
    """Return one sample: per module how its mutants ended, and every one that was not killed."""
    judged = [{**drawn["mutants"][row["number"]], **row} for row in results]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for mutant in judged:
        counts[mutant["path"]][mutant["outcome"]] += 1
    return {
        "number": number,
        "seed": drawn["seed"],
        "commit": commit,
        "places": {path: sizes["places"] for path, sizes in drawn["modules"].items()},
        "mutants": sum(sizes["mutants"] for sizes in drawn["modules"].values()),
        "outcomes": {path: dict(sorted(each.items())) for path, each in sorted(counts.items())},
        "asked": sum(m["tests"]["shop"] > 0 for m in judged),
        "stages": dict(Counter(m["stage"] for m in judged if m["outcome"] != "survived")),
        "left": [
            {name: mutant[name] for name in SHOWN}
            for mutant in judged
            if mutant["outcome"] != "killed"
        ],
    }


def find_commit() -> str:
    """Return the commit that the tree stands at."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return told.stdout.strip()


def write_sample(folder: Path, sample: Mapping[str, Any]) -> None:
    """Keep a sample in place of the one that bore its number."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(sample, indent=1, ensure_ascii=False)
    (folder / f"{sample['number']}.json").write_text(text + "\n", encoding="utf-8")


def read_samples(folder: Path) -> list[dict[str, Any]]:
    """Return what was kept, oldest first."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]
    return sorted(found, key=lambda sample: sample["number"])

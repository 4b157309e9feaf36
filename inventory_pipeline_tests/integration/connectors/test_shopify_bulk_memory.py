"""A large file in bounded memory: what is held grows with the levels, not with their text.

By hand, a million levels, 548 MB of text: 296 MB at the highest, 75 MB of them before the first
line, 18 s on two busy cores; counting the lines, which is what a fetch does, adds nothing.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from inventory_pipeline_tests.support.shopify.bulks import render_lines
from inventory_pipeline_tests.support.shopify.state import Shelf

# Peak of a process of its own, before and after, in bytes.
READER = """
import re, sys
from pathlib import Path
from inventory_pipeline.connectors.shopify.bulk_file import count_lines, gather_file
from inventory_pipeline.connectors.shopify.levels import Levels
from inventory_pipeline.connectors.shopify.options import ShopifyOptions

options = {"shop": "harbor.myshopify.com", "token": {"env": "TOKEN"}}
levels = Levels(ShopifyOptions.model_validate(options))
peak = lambda: int(re.search("VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) << 10
before = peak()
tally = count_lines(sys.argv[1])
counted = peak()
gather_file(sys.argv[1], levels, as_of="2026-04-06T10:00:00Z")
frame = levels.build()
print(before, counted, peak(), tally.lines, frame.rows.height, frame.rejected.height)
"""
PLACES = 5


def write_file(path: Path, items: int) -> None:
    shelf = Shelf()
    shelf.add("S", *range(PLACES))
    lines = render_lines(shelf)
    with path.open("w") as file:
        for number in range(items):
            text = (
                "\n".join(lines)
                .replace('"S"', f'"S-{number:06d}"')
                .replace("1001", str(4 * 10**13 + number))
            )
            file.write(f"{text}\n")


def measure(path: Path) -> list[int]:
    done = subprocess.run(
        [sys.executable, "-c", READER, str(path)], capture_output=True, text=True, check=True,
        cwd=Path(__file__).parents[3],
    )  # fmt: skip
    return [int(word) for word in done.stdout.split()]


@pytest.mark.slow
def test_what_is_held_grows_with_the_levels_and_not_with_their_text(tmp_path):
    path, peaks = tmp_path / "bulk.jsonl", []
    for items in (10_000, 40_000):
        write_file(path, items)
        before, counted, peak, lines, rows, rejected = measure(path)
        assert (lines, rows, rejected) == (items * 6, items * PLACES * 2, 0)
        # Counting, which is all that a fetch does with the file, holds a line at a time.
        assert counted - before < 4 << 20
        peaks.append(peak)
    # All rows are held at the end; the text is held a part at a time.
    assert peaks[1] - peaks[0] < 0.75 * path.stat().st_size, peaks

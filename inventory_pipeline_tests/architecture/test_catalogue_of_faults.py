"""Every fault of the catalogue that the product meets so far has a test named by its id."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
# The faults of sources, completeness, time, data, storage, schedule and reporting; those of
# corrections and of people as far as the books meet them.
PROMISED = {
    *range(1, 35), *range(36, 50), 63, 65, *range(67, 93), 96,
}  # fmt: skip


def test_every_promised_fault_has_a_test_by_its_number() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    named = re.findall(r"^(?:async )?def test_(F_\d\d\w*)", text, flags=re.M)
    tested = {int(number) for name in named for number in re.findall(r"F_(\d\d)", name)}

    assert PROMISED - tested == set()

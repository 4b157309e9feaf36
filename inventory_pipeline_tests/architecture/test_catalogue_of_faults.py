"""Every fault of the catalogue that the product meets so far has a test named by its id."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
# Every fault of the catalogue; 35 (leap days, 2038) is plain arithmetic of the library.
PROMISED = {*range(1, 35), *range(36, 97)}


def test_every_promised_fault_has_a_test_by_its_number() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    named = re.findall(r"^(?:async )?def test_(F_\d\d\w*)", text, flags=re.M)
    tested = {int(number) for name in named for number in re.findall(r"F_(\d\d)", name)}

    assert PROMISED - tested == set()

import re
from pathlib import Path

import pytest

from inventory_pipeline.model.movements import KINDS, ON_HAND_SIGN
from inventory_pipeline.model.quantities import AVAILABLE, COMMITTED, ON_HAND, SAFETY_STOCK

TEXT = Path(__file__).parents[3].joinpath("docs", "glossary.md").read_text(encoding="utf-8")


def test_every_word_is_explained_once():
    words = re.findall(r"^\| \*\*(.+?)\*\*(.*?) \|", TEXT, flags=re.MULTILINE)
    assert len(words) > 40
    assert len(set(words)) == len(words)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_movement_is_explained_with_its_sign(kind):
    [line] = [line for line in TEXT.splitlines() if line.startswith("| `") and f"`{kind}`" in line]
    says_nothing = "nothing" in line.split("|")[2] or "sets" in line or "its own sign" in line
    assert says_nothing is (ON_HAND_SIGN[kind] == 0 or kind == "adjustment")


@pytest.mark.parametrize("name", [ON_HAND, COMMITTED, AVAILABLE, SAFETY_STOCK])
def test_every_quantity_with_a_name_of_its_own_is_explained(name):
    assert f"| `{name}` |" in TEXT

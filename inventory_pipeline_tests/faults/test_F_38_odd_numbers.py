"""F-38, at the door: a number is handed on exactly as it was written, in every format.

Whether it is a quantity is decided once, by the grammar of ``ingest``; a connector that
turned "1e3" into 1000 or "１２" into 12 would decide it before anybody could see.
"""

import pytest

from inventory_pipeline_tests.support.file_sources import COLUMNS, WRITERS, build_files, land

WRITTEN = [
    "1.5", "1,5", "1.000", "1e3", " 12 ", "１２", "0x1F", "1_000", "+5", "-0", "NaN", "Infinity",
    "1e400", "--5", "5-", "1/2", "٣", "999999999999999999999", "=5", "'5", "\u00a05", "5\u200b",
]  # fmt: skip


@pytest.mark.parametrize("suffix", list(WRITERS))
def test_F_38_a_number_is_handed_on_as_it_was_written(tmp_path, suffix):
    rows = [(f"SKU-{i}", "L1", "on_hand", text, "t") for i, text in enumerate(WRITTEN)]
    WRITERS[suffix](tmp_path / f"counts.{suffix}", COLUMNS, rows)
    shelf = build_files(tmp_path, counts=f"counts.{suffix}")
    part = shelf.parse("counts", land(shelf, "counts", tmp_path / "landing")[1])
    assert part.rows["quantity"].to_list() == WRITTEN
    assert part.rejected.is_empty()

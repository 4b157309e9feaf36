"""F-40, at the door: 00123, E12 and 1e5 are names, never numbers, in every format."""

import polars as pl
import pytest

from inventory_pipeline_tests.support.file_sources import COLUMNS, WRITERS, build_files, land

NAMES = [
    "00123", "123", "E12", "1e5", "1E5", "0x1F", "NaN", "null", "NULL", "true", "TRUE", "NA",
    "2026-04-06", "1_000", "12.0", " 7 ", "٣٤", "=cmd()", "-1", "1,5", '6" pipe', "a\nb",
]  # fmt: skip


@pytest.mark.parametrize("suffix", list(WRITERS))
def test_F_40_an_identifier_stays_the_text_it_was(tmp_path, suffix):
    WRITERS[suffix](
        tmp_path / f"counts.{suffix}", COLUMNS, [(n, n, "on_hand", "1", "t") for n in NAMES]
    )
    shelf = build_files(tmp_path, counts=f"counts.{suffix}")
    rows = shelf.parse("counts", land(shelf, "counts", tmp_path / "landing")[1]).rows
    assert rows["item_id"].to_list() == NAMES
    assert rows["location_id"].to_list() == NAMES


def test_F_40_a_number_of_a_typed_file_is_its_own_digits(tmp_path):
    """A Parquet file whose SKU column is a number has lost its zeros before we see it."""
    pl.DataFrame(
        {"item_id": [123, 2**62], "location_id": 7, "fact": "f", "quantity": 1, "as_of": "t"}
    ).write_parquet(tmp_path / "counts.parquet")
    shelf = build_files(tmp_path, counts="counts.parquet")
    rows = shelf.parse("counts", land(shelf, "counts", tmp_path / "landing")[1]).rows
    assert rows["item_id"].to_list() == ["123", "4611686018427387904"]
    assert rows["location_id"].to_list() == ["7", "7"]

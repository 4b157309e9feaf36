"""F-49: columns by name, the encoding as declared, anything else refused."""

import pytest

from inventory_pipeline.errors import SourceContractError
from inventory_pipeline_tests.support.file_sources import COLUMNS, build_files, land

ROW = ("Café", "L1", "on_hand", "5", "t")


def read(tmp_path, body, **options):
    (tmp_path / "counts.csv").write_bytes(body)
    shelf = build_files(tmp_path, counts="counts.csv", **options)
    return shelf.parse("counts", land(shelf, "counts", tmp_path / "landing")[1]).rows


def write(columns=COLUMNS, row=ROW, end="\n"):
    return end.join([",".join(columns), ",".join(row), ""])


@pytest.mark.parametrize(
    ("body", "options"),
    [
        (write().encode(), {}),
        (write(COLUMNS[::-1], ROW[::-1]).encode(), {}),
        (write(end="\r\n").encode(), {}),
        (write().encode("utf-8-sig"), {}),
        (write(end="\r\n").encode("utf-16"), {"encoding": "utf-16"}),
        (write().encode("latin-1"), {"encoding": "latin-1"}),
        (write().replace(",", ";").encode(), {"delimiter": ";"}),
    ],
)
def test_F_49_the_way_a_file_is_written_changes_no_row(tmp_path, body, options):
    assert read(tmp_path, body, **options).select(COLUMNS).rows() == [ROW]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (write(("item_id", "location_id", "fact", "Quantity", "as_of")).encode(), "'Quantity'"),
        (write().encode("latin-1"), "encoding: latin-1"),
        (write().encode("utf-16"), "encoding: utf-16"),
        (write(row=("A\0", *ROW[1:])).encode(), "NUL"),
        (write(end="\r").encode(), "carriage return"),
    ],
)
def test_F_49_what_was_not_declared_is_refused_with_its_cure(tmp_path, body, said):
    with pytest.raises(SourceContractError) as caught:
        read(tmp_path, body)
    assert said in str(caught.value)
    assert str(caught.value).startswith("shelf: counts: ")
    assert "Caf" not in str(caught.value)

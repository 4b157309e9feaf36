import csv
import io
from datetime import UTC, datetime

from inventory_pipeline.simulator.tables import render_csv, render_instant


def test_hostile_text_comes_back_as_it_was():
    hostile = ['say "a, b"', "=SUM(1)", "<b>x</b>", "two\nlines", "", "00123"]
    content = render_csv(("a",), ([text] for text in hostile)).decode()
    assert [row[0] if row else "" for row in csv.reader(io.StringIO(content))][1:] == hostile


def test_none_is_an_empty_cell_and_instants_are_utc():
    assert render_csv(("a", "b"), [(None, 1)]) == b"a,b\n,1\n"
    assert render_instant(datetime(2026, 4, 6, 10, 55, tzinfo=UTC)) == "2026-04-06T10:55:00Z"

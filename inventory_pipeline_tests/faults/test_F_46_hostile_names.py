"""F-46: formulas, markup, newlines and direction marks in data are text and nothing else."""

import csv
import io

import pytest

from inventory_pipeline_tests.faults.conftest import TEN, Pair

HOSTILE = [
    "=SUM(1)", "+1", "-2", "@cmd", "<script>alert(1)</script>", "'; drop table ingest.keys; --",
    'quote"d', "a,b", "\u202eevil", "$hour_at", "{}", "x" * 500,
]  # fmt: skip


@pytest.mark.slow
def test_F_46_hostile_identifiers_pass_through_unchanged(pair: Pair) -> None:
    pair.agree(TEN, {"A": 1})
    for system, units in (("shelf", 5), ("storefront", 9)):
        sink = io.StringIO()
        out = csv.writer(sink)
        out.writerow(["item_id", "location_id", "fact", "quantity", "as_of"])
        out.writerows([[s, "L1", "on_hand", units, f"{TEN[:13]}:00:00Z"] for s in HOSTILE])
        pair.write(f"exports/{system}/counts-2026-04-06T10.csv", sink.getvalue())

    assert pair.run(TEN) == 1

    assert sorted(f["sku"] for f in pair.find("findings", kind="gap")) == sorted(HOSTILE)
    assert all(f["delta_units"] == 4 for f in pair.find("findings", kind="gap"))


def test_F_46_a_terminal_is_shown_no_control_characters(
    pair: Pair, capsys: pytest.CaptureFixture[str]
) -> None:
    pair.agree(TEN, {"\u202eevil": 5})
    pair.say("storefront", TEN, {"\u202eevil": 99})
    pair.run(TEN)
    capsys.readouterr()

    pair.do("findings")

    assert "\u202e" not in capsys.readouterr().out


@pytest.mark.slow
def test_F_46_a_name_of_ten_thousand_bytes_is_refused(pair: Pair) -> None:
    pair.agree(TEN, {"A": 1})
    pair.say("storefront", TEN, {"A": 1, "y" * 10_000: 1})

    pair.run(TEN)

    [row] = pair.export("quarantine")
    assert row["reason"] == "item_id is longer than 512 bytes"
    assert len(row["raw"]) <= 2000

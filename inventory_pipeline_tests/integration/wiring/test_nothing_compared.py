"""An hour in which nothing could be compared is not clear, whatever the sources say."""

import json

import pytest

from inventory_pipeline_tests.support.shop import COUNTS, Shop, files_system

HOUR = "2026-04-06T10:00Z"


def _open(shop: Shop, *, shows: str) -> None:
    systems = files_system("shelf", "wms") + files_system("store", "storefront")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{systems}facts:\n  on_hand: {{owner: shelf}}\n"
        f"mirrors:\n  - {{system: store, fact: {shows}, expects: on_hand}}\n"
    )
    shop.drop("shelf", "counts", HOUR, f"{COUNTS}\nA,B=1 L1 on_hand 5 10:00")


def test_a_file_of_which_no_row_could_be_read_is_suspect(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    _open(shop, shows="on_hand")
    shop.drop("store", "counts", HOUR, f"{COUNTS}\nA,B=1 L1 on_hand 5.5 10:00")

    assert shop.run(HOUR) == 1
    capsys.readouterr()
    assert shop.do("export", "snapshots", "--format", "json") == 0
    statuses = {s["system"]: s["status"] for s in json.loads(capsys.readouterr().out)}
    assert statuses == {"shelf": "complete", "store": "suspect"}


def test_a_mirror_that_never_names_its_fact_leaves_the_hour_incomplete(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    _open(shop, shows="available")
    shop.drop("store", "counts", HOUR, f"{COUNTS}\nA,B=1 L1 on_hand 5 10:00")

    assert shop.run(HOUR) == 1
    capsys.readouterr()
    assert shop.do("export", "cycles", "--format", "json") == 0
    (cycle,) = json.loads(capsys.readouterr().out)
    assert (cycle["status"], cycle["compared"]) == ("incomplete", 0)
    assert cycle["reason"] == "nothing of available could be compared at store"

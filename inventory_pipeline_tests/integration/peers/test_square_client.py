"""Square's own client as referee: it reads our stand-in, and its models know what we ask.

It is installed from the package index into a folder of its own, kept between runs.
"""

import json
import sys
from pathlib import Path

import pytest

from inventory_pipeline.connectors.square.options import SquareOptions
from inventory_pipeline_tests.integration.peers.tryton import find_cache, run
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.vendors.square import (
    TOKEN,
    SquareVendor,
    build_adjustment,
    build_count,
)
from inventory_pipeline_tests.support.vendors.vendor import Level, serving_vendor
from inventory_pipeline_tests.support.write_targets import build_line

pytestmark = pytest.mark.peer

PACKAGE = "squareup==46.0.0.20260916"
SCRIPT = Path(__file__).with_name("square_client.py")
MODELS = {
    "counts/batch-retrieve": "batch_get_inventory_counts_request",
    "changes/batch-retrieve": "batch_retrieve_inventory_changes_request",
    "changes/batch-create": "batch_change_inventory_request",
}


def ask_client(told):
    folder = find_cache() / "squareup"
    if not (folder / PACKAGE).exists():
        run([sys.executable, "-m", "venv", "--clear", folder])
        run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", PACKAGE])
        (folder / PACKAGE).touch()
    return json.loads(run([folder / "bin" / "python", SCRIPT], input=json.dumps(told)))


def test_the_vendors_client_reads_the_stand_in_and_knows_our_requests(tmp_path):
    vendor = SquareVendor(numbers={("A1", "L1"): 10})
    vendor.changes = [build_count("PC1", "5")] + [
        build_adjustment(f"AD{number}", "IN_STOCK", "SOLD", reason_id={"type": "SALE"})
        for number in range(4)
    ]
    levels = [Level(f"S{number}", "L1", {"IN_STOCK": str(number)}) for number in range(5)]
    with serving_vendor(vendor, levels, tmp_path, write={}) as served:
        for feed in ("counts", "movements"):
            land(served.connector, feed, tmp_path / feed)
        writer = served.connector.build_writer()
        for key, line in enumerate([build_line(), build_line(operation="add", quantity=-2)]):
            writer.send([line], str(key), writer.encode([line], str(key)))
        writer.read([build_line()])
        asked = [
            (model, one.json)
            for one in served.server.asked
            for path, model in MODELS.items()
            if one.path.endswith(path)
        ]
        said = ask_client({"url": served.server.url, "token": TOKEN, "requests": asked})
    assert {model for model, _ in asked} == set(MODELS.values())
    assert set().union(*said["unknown"].values()) == set()
    assert said["counts"] == [
        *([f"S{number}", "L1", str(number)] for number in range(5)),
        ["A1", "L1", "10"],
    ]
    assert said["changes"] == ["PHYSICAL_COUNT", *["ADJUSTMENT"] * 4]
    assert said["odd"] == []


def test_the_defaults_are_those_of_the_client(tmp_path):
    vendor = SquareVendor()
    with serving_vendor(vendor, [], tmp_path) as served:
        said = ask_client({"url": served.server.url, "token": TOKEN, "requests": []})
    fields = SquareOptions.model_fields
    assert said["version"] == fields["version"].default
    assert said["home"] == fields["base_url"].default

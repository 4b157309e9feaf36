"""A canary in every secret of every connector: it is found nowhere, whatever goes wrong."""

import logging
import pickle
import traceback
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from inventory_pipeline.errors import InventoryPipelineError
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.stand_in import Asked, Reply
from inventory_pipeline_tests.support.vendors.cases import build_levels
from inventory_pipeline_tests.support.vendors.table import VENDORS
from inventory_pipeline_tests.support.vendors.vendor import Served, Vendor, serving_vendor

JSON = {"Content-Type": "application/json"}
FAULTS = {
    "none": lambda _asked, good: good,
    "401": lambda _asked, _good: Reply(b"{}", 401, headers=JSON),
    "500": lambda _asked, _good: Reply(b"{}", 500, headers=JSON),
    "login page": lambda _asked, _good: Reply(b"<html>", headers={"Content-Type": "text/html"}),
    "half": lambda _asked, good: replace(good, body=good.body[: len(good.body) // 2]),
}


def echo(asked: Asked, _good: Reply) -> Reply:
    """Answer with an error that repeats everything that was sent, as some systems do."""
    said = f"{asked.path} {asked.query} {asked.headers} {asked.body!r}"
    return Reply(said.encode("ascii", "replace"), 400, headers={"Content-Type": "text/plain"})


def find_secrets(folder: Path) -> list[str]:
    """Return what the files hold that the connector was pointed to, as it may be written."""
    found = []
    for path in folder.iterdir():
        if path.is_file() and (text := path.read_text().strip()):
            found += [text, quote(text, safe=""), b64encode(text.encode()).decode().rstrip("=")]
    return found


def tell_all(served: Served, folder: Path) -> Iterator[str]:
    """Yield everything that comes of one fetch: what lands, what is raised, how things look."""
    try:
        fetched, pages = land(served.connector, "counts", folder / "landing")
        yield repr(fetched)
        yield from (page.body.decode("utf-8", "replace") for page in pages)
        yield repr(served.connector.parse("counts", pages).rows.to_dicts())
    except InventoryPipelineError as error:
        yield f"{error}\n{error!r}\n{''.join(traceback.format_exception(error))}"
    yield repr(served.connector) + repr(vars(served.connector))


@pytest.mark.parametrize("fault", [*FAULTS, "echo"])
@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_no_secret_is_told(
    vendor: Vendor, fault: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    spoil = echo if fault == "echo" else FAULTS[fault]
    with serving_vendor(vendor, build_levels(vendor), tmp_path, spoil=spoil) as served:
        secrets = find_secrets(tmp_path)
        told = [*tell_all(served, tmp_path), caplog.text]

    assert secrets, "this connector has no secret to lose"
    assert [secret for secret in secrets if any(secret in text for text in told)] == []


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_options_with_a_secret_cannot_be_packed(vendor: Vendor, tmp_path: Path) -> None:
    with (
        serving_vendor(vendor, [], tmp_path) as served,
        pytest.raises((TypeError, AttributeError, pickle.PicklingError)) as caught,
    ):
        pickle.dumps(served.connector)
    assert not any(secret in str(caught.value) for secret in find_secrets(tmp_path))

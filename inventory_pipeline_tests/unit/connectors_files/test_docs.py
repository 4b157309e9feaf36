"""The pages about connectors say what the code does."""

import re
from pathlib import Path

import pytest
import yaml

from inventory_pipeline.config.systems import System
from inventory_pipeline.connectors.depots.options import HttpServer, S3Server, SftpServer
from inventory_pipeline.connectors.file_options import KINDS, FilesOptions
from inventory_pipeline.connectors.rest import RestOptions
from inventory_pipeline.connectors.sql import SqlOptions
from inventory_pipeline.connectors.x12.options import X12Options
from inventory_pipeline.model.frames import RAW_FEEDS

DOCS = Path(__file__).parents[3] / "docs" / "connectors"
OPTIONS = {"files": FilesOptions, "sql": SqlOptions, "rest": RestOptions}


@pytest.mark.parametrize("page", ["files.md", "far-files.md", "sql.md", "add-your-own.md"])
def test_every_example_is_a_configuration_that_is_taken(page):
    examples = re.findall(r"```yaml\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)
    assert examples
    for example in examples:
        for settings in yaml.safe_load(example)["systems"].values():
            system = System.model_validate(settings)
            OPTIONS[system.connector].model_validate(system.options)


@pytest.mark.parametrize(
    ("page", "options"),
    [
        ("files.md", FilesOptions),
        ("files.md", X12Options),
        ("far-files.md", SftpServer),
        ("far-files.md", S3Server),
        ("far-files.md", HttpServer),
        ("sql.md", SqlOptions),
    ],
)
def test_every_option_stands_on_its_page(page, options):
    text = (DOCS / page).read_text()
    table = "\n".join(re.findall(r"^\| `.*$", text, re.MULTILINE))
    assert [name for name in options.model_fields if not re.search(rf"\b{name}\b", table)] == []


def test_every_format_and_every_column_stands_on_the_page():
    page = (DOCS / "files.md").read_text()
    assert all(f"`{suffix}`" in page for suffix in KINDS)
    for feed, (required, optional) in RAW_FEEDS.items():
        columns = ", ".join([*required, *(f"[{name}]" for name in optional)])
        assert f"| `{feed}` | `{columns}` |" in page

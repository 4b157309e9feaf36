from pathlib import Path

from inventory_pipeline.config.reference import render_reference
from inventory_pipeline.config.schema import build_schema

PAGE = Path(__file__).parents[3] / "docs" / "configuration.md"


def test_the_page_is_the_schema():
    wanted = render_reference(build_schema())
    assert PAGE.read_text(encoding="utf-8") == wanted, (
        "write it again: inventory-pipeline schema --format markdown > docs/configuration.md"
    )


def test_every_key_says_what_it_means():
    schema = build_schema()
    sections = [schema, *schema["$defs"].values()]
    silent = [
        key
        for section in sections
        for key, field in section.get("properties", {}).items()
        if not field.get("description") and "$ref" not in str(field)
    ]
    assert silent == []


def test_defaults_read_as_the_file_writes_them():
    schema = build_schema()["$defs"]
    assert schema["System"]["properties"]["max_age"]["default"] == "90m"
    assert schema["MailSettings"]["properties"]["at"]["default"] == "07:00"


def test_every_link_of_the_page_has_its_heading():
    text = PAGE.read_text(encoding="utf-8")
    headings = {
        "".join(c for c in line[3:].lower() if c.isalnum() or c in "-_")
        for line in text.splitlines()
        if line.startswith("## ")
    }
    links = {part.split(")")[0] for part in text.split("](#")[1:]}
    assert links
    assert links <= headings

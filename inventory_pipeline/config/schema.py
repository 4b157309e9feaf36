"""The configuration described for editors (JSON Schema) and for people (Markdown)."""

from collections.abc import Iterator, Mapping
from typing import Any

from inventory_pipeline.config.models import Settings

_INTRODUCTION = """\
# Configuration

One YAML file, `inventory.yaml`. This page is generated from the schema by
`inventory-pipeline schema --format markdown`; a test compares the two.

- Unknown keys are refused, and the message names the nearest key that is known.
- Paths are relative to the file. Secrets are never written in it: `{env: NAME}` or `{file: PATH}`.
- Lengths of time are `30s`, `90m`, `26h` or `7d`; times of day are quoted: `"07:00"`.
- `inventory-pipeline init DIR` writes a commented start; `check` reads it and says what is wrong.
"""
_WORDS = {"string": "text", "integer": "whole number", "boolean": "true or false"}


def build_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the whole file."""
    schema = Settings.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "inventory.yaml",
        "description": "The configuration of inventory-pipeline.",
    }


def render_reference(schema: Mapping[str, Any]) -> str:
    """Return the reference page: one table a section, in the order of the file."""
    parts = [_INTRODUCTION, "## The file\n", _render_table(schema, schema)]
    for name in _find_sections(schema):
        section = schema["$defs"][name]
        parts += [f"## {name}\n", f"{section.get('description', '')}\n"]
        parts.append(_render_table(section, schema))
    return "\n".join(parts).rstrip() + "\n"


def _find_sections(schema: Mapping[str, Any]) -> list[str]:
    """Return the names of all sections, each after the one that first mentions it."""
    found: list[str] = []
    waiting = list(_find_references(schema["properties"]))
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found.append(name)
            waiting += _find_references(schema["$defs"][name].get("properties", {}))
    return found


def _find_references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].rsplit("/", 1)[1]
        for value in node.values():
            yield from _find_references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _find_references(value)


def _render_table(section: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    required = section.get("required", [])
    lines = ["| key | takes | default | meaning |", "| --- | --- | --- | --- |"]
    for key, field in section.get("properties", {}).items():
        default = "required" if key in required else _render_default(field)
        cells = (f"`{key}`", _render_type(field, schema), default, field.get("description", ""))
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _render_default(field: Mapping[str, Any]) -> str:
    default = field.get("default")
    if isinstance(default, dict):
        return "see below"
    if default in (None, "", [], {}):
        return ""
    if isinstance(default, list):
        return f"`[{', '.join(map(str, default))}]`"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _render_type(field: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    if "$ref" in field:
        name = field["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in field:
        kinds = [part for part in field["anyOf"] if part.get("type") != "null"]
        return " or ".join(_render_type(part, schema) for part in kinds)
    if "enum" in field:
        return ", ".join(f"`{choice}`" for choice in field["enum"] if choice != "")
    kind = field.get("type", "anything")
    if kind == "array":
        items = field.get("items") or field.get("prefixItems", [{}])[0]
        return f"list of {_render_type(items, schema)}"
    if kind == "object":
        return f"name: {_render_type(field.get('additionalProperties') or {}, schema)}"
    return _render_scalar(kind, field)


def _render_scalar(kind: str, field: Mapping[str, Any]) -> str:
    words = {
        "string": "text",
        "integer": "whole number",
        "number": "number",
        "boolean": "true/false",
    }
    text = words.get(kind, kind)
    if field.get("examples"):
        text = " or ".join(f"`{example}`" for example in field["examples"])
    low, high = field.get("minimum"), field.get("maximum")
    if low is not None and high is not None:
        return f"{text}, {low} to {high}"
    if low is not None:
        return f"{text}, from {low}"
    return f"{text}, up to {high}" if high is not None else text

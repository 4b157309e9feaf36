"""The reference page of the configuration: Markdown made from the schema, a table a section."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
_INTRODUCTION = """\
# Configuration

One YAML file, `inventory.yaml`. This page is generated from the schema by
`inventory-pipeline schema --format markdown`; a test compares the two.

- `inventory-pipeline init DIR` writes a commented start; `check` reads it and says what is wrong.
- Unknown keys are refused, and the message names the nearest key that is known.
- Paths are relative to the file. Secrets are never written in it: `{env: NAME}` or `{file: PATH}`.
- Lengths of time are `30s`, `90m`, `26h` or `7d`; times of day are quoted: `"07:00"`.
- A formula (`expects`) is exact arithmetic: a division stays a fraction until `floor`, `ceil` or
  `round` (halves away from zero), and a result that is still a fraction is rounded down, so that
  no target promises part of a unit. A divisor must be above zero whatever the numbers are:
  `on_hand / greatest(1, pack)`.
"""
_SPARED = "Secret"  # said in the introduction; no section of its own
_WORDS = {"string": "text", "integer": "whole number", "boolean": "true or false"}


def render_reference(schema: Schema) -> str:
    """Return the page: the file's own keys, then each section under its dotted key."""
    paths = _find_sections(schema)
    parts = [_INTRODUCTION, "## The file\n", _render_table(schema, schema, paths)]
    for name, path in paths.items():
        section = schema["$defs"][name]
        description = section.get("description", "").replace("``", "`")
        parts += [f"## `{path}`\n", f"{description}\n", _render_table(section, schema, paths)]
    return "\n".join(parts).rstrip() + "\n"


def _find_sections(schema: Schema) -> dict[str, str]:
    """Return the dotted key of every section, depth first, where it is first used."""
    found: dict[str, str] = {}

    def visit(section: Schema, path: str) -> None:
        for key, field in section.get("properties", {}).items():
            below = _join(path, key, field)
            for name in _find_references(field):
                if name not in (*found, _SPARED):
                    found[name] = below
                    visit(schema["$defs"][name], below)

    visit(schema, "")
    return found


def _join(path: str, key: str, field: Schema) -> str:
    suffix = ".<name>" if "patternProperties" in field else "[]" if _is_list(field) else ""
    return f"{path}.{key}{suffix}".removeprefix(".")


def _is_list(field: Schema) -> bool:
    return field.get("type") == "array"


def _find_references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].rsplit("/", 1)[1]
        for value in node.values():
            yield from _find_references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _find_references(value)


def _render_table(section: Schema, schema: Schema, paths: Mapping[str, str]) -> str:
    required = section.get("required", [])
    lines = ["| key | takes | default | meaning |", "| --- | --- | --- | --- |"]
    for key, field in section.get("properties", {}).items():
        default = "required" if key in required else _render_default(field)
        meaning = field.get("description") or _find_description(field, schema)
        lines.append(_render_row(f"`{key}`", _render_type(field, paths), default, meaning))
    return "\n".join(lines) + "\n"


def _render_row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _find_description(field: Schema, schema: Schema) -> str:
    name = next(_find_references(field), "")
    text: str = schema["$defs"].get(name, {}).get("description", "")
    return text.split("\n", maxsplit=1)[0].replace("``", "`")


def _render_default(field: Schema) -> str:
    default = field.get("default")
    if default is None or default in ("", [], {}) or isinstance(default, dict):
        return ""
    if isinstance(default, list):
        return f"`[{', '.join(map(str, default))}]`"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _render_type(field: Schema, paths: Mapping[str, str]) -> str:
    if "$ref" in field:
        if field["$ref"].endswith(f"/{_SPARED}"):
            return "`{env: NAME}` or `{file: PATH}`"
        path = paths[field["$ref"].rsplit("/", 1)[1]]
        return f"[`{path}`](#{re.sub(r'[^a-z0-9_-]', '', path)})"
    if "anyOf" in field:
        kinds = [part for part in field["anyOf"] if part.get("type") != "null"]
        return " or ".join(_render_type(part, paths) for part in kinds)
    if "enum" in field:
        return ", ".join(f"`{choice}`" for choice in field["enum"] if choice != "")
    if _is_list(field):
        items = field.get("items") or field.get("prefixItems", [{}])[0]
        return f"list of {_render_type(items, paths)}"
    if field.get("type") == "object":
        values = next(iter(field.get("patternProperties", {}).values()), None)
        return f"name: {_render_type(values, paths)}" if values else "keys"
    return _render_scalar(field)


def _render_scalar(field: Schema) -> str:
    kind = str(field.get("type", "anything"))
    text = _WORDS.get(kind, kind)
    if field.get("examples"):
        text = "such as " + " or ".join(f"`{example}`" for example in field["examples"])
    low = field.get("minimum", field.get("exclusiveMinimum"))
    high = field.get("maximum", field.get("exclusiveMaximum"))
    if low is not None and high is not None:
        return f"{text}, {low} to {high}"
    if low is not None:
        return f"{text}, {'above' if 'exclusiveMinimum' in field else 'from'} {low}"
    return text

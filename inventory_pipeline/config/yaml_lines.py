"""YAML with line numbers, YAML 1.2 scalars, and no duplicate keys.

PyYAML reads ``22:00`` as 1320 and ``on`` as True; here they stay text, as people mean them.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from inventory_pipeline.errors import ConfigError

Place = tuple[str | int, ...]


class _Loader(yaml.SafeLoader):
    """SafeLoader whose plain scalars follow YAML 1.2's core schema; dates stay text."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


@dataclass
class Document:
    """A parsed file: plain data, and the line of every place in it."""

    path: Path
    data: Any
    lines: dict[Place, int] = field(default_factory=dict)

    def find_line(self, place: Place) -> int:
        """Return the 1-based line of ``place`` or of the nearest place above it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def load_document(path: Path) -> Document:
    """Read one YAML file.

    Raises:
        ConfigError: the file is missing, no UTF-8, no YAML, or repeats a key.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: no such file; write one with: inventory-pipeline init DIR"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as UTF-8 text: {error}") from None
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: {_describe(error)}") from None
    document = Document(path, {})
    if node is not None:
        document.data = _construct(node, (), document)
    return document


def _describe(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return f"{where}not valid YAML: {getattr(error, 'problem', None) or error}"


def _construct(node: yaml.Node, place: Place, document: Document) -> Any:
    document.lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _construct_mapping(node, place, document)
    if isinstance(node, yaml.SequenceNode):
        return [_construct(child, (*place, i), document) for i, child in enumerate(node.value)]
    loader = _Loader("")
    try:
        return loader.construct_object(node)
    except yaml.YAMLError as error:
        raise ConfigError(f"{document.path}: {_describe(error)}") from None


def _construct_mapping(node: yaml.MappingNode, place: Place, document: Document) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in result:
            where = ".".join(map(str, (*place, key)))
            raise ConfigError(
                f"{document.path}:{line}: {where}: the key stands twice "
                f"(first on line {document.find_line((*place, key))}); keep one"
            )
        result[key] = _construct(value_node, (*place, key), document)
        document.lines[(*place, key)] = line
    return result

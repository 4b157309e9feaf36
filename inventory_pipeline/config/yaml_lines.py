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
_LARGEST_BYTES = 4 * 1024 * 1024
_MOST_PLACES = 200_000
_DEEPEST = 40


class _Loader(yaml.SafeLoader):
    """SafeLoader whose plain scalars follow YAML 1.2's core schema; dates stay text."""


def _read_int(_loader: _Loader, node: yaml.ScalarNode) -> int:
    """Read ``010`` as ten, as YAML 1.2 does; PyYAML would say eight."""
    return int(node.value)


_Loader.add_constructor("tag:yaml.org,2002:int", _read_int)

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
    text = _read_text(path)
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}{_describe(error)}") from None
    except RecursionError:
        raise ConfigError(f"{path}: nested too deeply to be a configuration") from None
    document = Document(path, {})
    if node is not None:
        document.data = _construct(node, (), document)
    return document


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_BYTES + 1)
        if len(content) > _LARGEST_BYTES:
            raise ConfigError(f"{path} is larger than 4 MiB; this is no configuration")
        return content.decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: no such file; write one with 'inventory-pipeline init DIR', or name yours "
            "with --config"
        ) from None
    except IsADirectoryError:
        raise ConfigError(
            f"{path} is a folder; name the file in it, as {path}/inventory.yaml"
        ) from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}:{line}: is no UTF-8 text; save the file as UTF-8") from None


def _describe(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or "a character that YAML does not take")
    if "alias" in problem:  # the alias itself is not repeated: it may be a password
        problem = "'*' starts an alias here; put the text in quotes"
    where = f":{mark.line + 1}: column {mark.column + 1}" if mark else ""
    return f"{where}: not valid YAML: {problem}"


def _construct(node: yaml.Node, place: Place, document: Document) -> Any:
    document.lines[place] = node.start_mark.line + 1
    if len(place) > _DEEPEST or len(document.lines) > _MOST_PLACES:
        raise ConfigError(f"{document.path}: nested too deeply or too long to be a configuration")
    if isinstance(node, yaml.MappingNode):
        return _construct_mapping(node, place, document)
    if isinstance(node, yaml.SequenceNode):
        return [_construct(child, (*place, i), document) for i, child in enumerate(node.value)]
    return _construct_scalar(node, document)


def _construct_scalar(node: yaml.Node, document: Document) -> Any:
    try:
        return _Loader("").construct_object(node)
    except yaml.YAMLError as error:
        raise ConfigError(f"{document.path}{_describe(error)}") from None
    except ValueError:
        line = node.start_mark.line + 1
        raise ConfigError(f"{document.path}:{line}: the number is too long") from None


def _construct_mapping(node: yaml.MappingNode, place: Place, document: Document) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise ConfigError(f"{document.path}:{line}: a key is a list or a mapping, wanted text")
        key = str(key_node.value)
        if key in result:
            where = ".".join(map(str, (*place, key)))
            raise ConfigError(
                f"{document.path}:{line}: {where}: the key stands twice "
                f"(first on line {document.find_line((*place, key))}); keep one"
            )
        result[key] = _construct(value_node, (*place, key), document)
        document.lines[(*place, key)] = line
    return result

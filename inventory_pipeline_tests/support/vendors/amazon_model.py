"""Amazon's own model: whether a request and its answer are ones it describes."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator

from inventory_pipeline_tests.support.stand_in import Asked

_FOLDER = Path(__file__).parent / "amazon_models"
_TYPES = {"integer": r"-?\d+", "boolean": "true|false", "string": ".*"}
Json = Any


def find_problems(asked: Asked, status: int, answer: Json) -> list[str]:
    """Return what is wrong with a request and its answer; nothing may be there but the model's."""
    model, operation = _find_operation(asked)
    problems = list(_find_problems_of_query(asked, operation))
    bodies = [one for one in operation["parameters"] if one["in"] == "body"]
    if bodies:
        problems += _check(asked.json, bodies[0]["schema"], model)
    elif asked.body:
        problems.append("a body where none is described")
    described = operation["responses"].get(str(status))
    if described is None:
        return [*problems, f"an answer {status} is not described"]
    return problems + _check(answer, described["schema"], model)


@cache
def load_models() -> tuple[Json, ...]:
    """Return the models, in which an object has only the properties that are named."""
    return tuple(_close(json.loads(path.read_text())) for path in sorted(_FOLDER.glob("*.json")))


def _find_operation(asked: Asked) -> tuple[Json, Json]:
    for model in load_models():
        for path, operations in model["paths"].items():
            pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))
            if re.fullmatch(pattern, asked.path) and asked.method.lower() in operations:
                return model, operations[asked.method.lower()]
    raise AssertionError(f"no operation {asked.method} {asked.path}")


def _find_problems_of_query(asked: Asked, operation: Json) -> Iterator[str]:
    known = {one["name"]: one for one in operation["parameters"] if one["in"] == "query"}
    for name in asked.query.keys() - known.keys():
        yield f"no query parameter {name}"
    for name, described in known.items():
        if described["required"] and name not in asked.query:
            yield f"{name} is required"
        for text in asked.query.get(name, []):
            yield from _find_problems_of_text(name, text, described)


def _find_problems_of_text(name: str, text: str, described: Json) -> Iterator[str]:
    if described["type"] == "array":
        parts = text.split(",")
        if not described.get("minItems", 0) <= len(parts) <= described.get("maxItems", 1_000):
            yield f"{name} has {len(parts)} items"
        for part in parts:
            yield from _find_problems_of_text(name, part, described["items"])
        return
    if not re.fullmatch(_TYPES[described["type"]], text):
        yield f"{name} is {text!r}, wanted {described['type']}"
    elif described["type"] == "integer" and int(text) > described.get("maximum", int(text)):
        yield f"{name} is {text}"
    if text not in described.get("enum", [text]):
        yield f"{name} is {text!r}, wanted one of {described['enum']}"


def _check(value: Json, schema: Json, model: Json) -> list[str]:
    validator = Draft4Validator({**schema, "definitions": model["definitions"]})
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def _close(value: Json) -> Json:
    if isinstance(value, list):
        return [_close(one) for one in value]
    if not isinstance(value, dict):
        return value
    closed = {key: _close(one) for key, one in value.items()}
    if value.get("type") == "object" and "properties" in value:
        closed.setdefault("additionalProperties", False)
    return closed

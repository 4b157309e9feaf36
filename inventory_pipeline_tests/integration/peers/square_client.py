"""Run by the vendor's own client (squareup), in an environment of its own.

Reads ``{"url": …, "requests": [[model, body], …]}``; prints what the client reads at the url, and
what of each body is no field of the vendor's model.
"""

import json
import sys
from importlib import import_module

import pydantic
import square
from square.environment import SquareEnvironment


def find_odd(value, at):
    """Yield every key of an answer that the vendor's models do not have."""
    if isinstance(value, pydantic.BaseModel):
        yield from (f"{at}.{name}" for name in value.model_extra or ())
        for name in type(value).model_fields:
            yield from find_odd(getattr(value, name), f"{at}.{name}")


def find_unknown(value, schema, book, at):
    """Yield every key of a request that the vendor's model does not have."""
    name = schema.get("$ref", "").rpartition("/")[2]
    schema = book[name] if name else schema
    inner = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if inner:
        yield from find_unknown(value, inner[0], book, at)
    elif isinstance(value, dict) and "properties" in schema:
        for key, child in value.items():
            if key in schema["properties"]:
                yield from find_unknown(child, schema["properties"][key], book, f"{at}.{key}")
            else:
                yield f"{at}.{key}"
    elif isinstance(value, list) and "items" in schema:
        for number, child in enumerate(value):
            yield from find_unknown(child, schema["items"], book, f"{at}[{number}]")


def main():
    told = json.load(sys.stdin)
    client = square.Square(token=told["token"], base_url=told["url"])
    counts = client.inventory.batch_get_counts(states=["IN_STOCK"], limit=2)
    window = {"updated_after": "2026-04-06T09:00:00Z", "updated_before": "2026-04-06T11:00:00Z"}
    changes = list(client.inventory.batch_get_changes(**window, limit=2))
    unknown = {}
    for name, body in told["requests"]:
        typed = name.title().replace("_", "") + "Params"
        adapter = pydantic.TypeAdapter(getattr(import_module(f"square.requests.{name}"), typed))
        adapter.validate_python(body)
        schema = adapter.json_schema()
        unknown[name] = list(find_unknown(body, schema, schema.get("$defs", {}), name))
    said = {
        "counts": [[c.catalog_object_id, c.location_id, c.quantity] for c in counts],
        "changes": [c.type for c in changes],
        "odd": [one for c in changes for one in find_odd(c, "change")],
        "unknown": unknown,
        "version": client._client_wrapper.get_headers()["Square-Version"],
        "home": SquareEnvironment.PRODUCTION.value,
    }
    json.dump(said, sys.stdout)


main()

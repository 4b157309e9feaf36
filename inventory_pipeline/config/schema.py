"""The JSON Schema of the configuration, for editors and for the reference page."""

from datetime import time, timedelta
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from inventory_pipeline.config.models import Settings
from inventory_pipeline.config.values import render_clock, render_duration


class _Generator(GenerateJsonSchema):
    """Writes defaults as the file would: ``10m`` and ``07:00``, not ISO durations."""

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, timedelta):
            return render_duration(dft)
        if isinstance(dft, time):
            return render_clock(dft)
        return super().encode_default(dft)


def build_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the whole file."""
    schema = Settings.model_json_schema(by_alias=True, schema_generator=_Generator)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "inventory.yaml",
        "description": "The configuration of inventory-pipeline.",
    }

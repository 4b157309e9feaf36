"""Strict: what every part of the configuration is built on."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Base: frozen, and a key nobody knows is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

"""Outline: the few keys that ``watch`` needs.

It has half a second, and must speak while another part of the file is wrong.
"""

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from inventory_pipeline.config.mail import MailSettings
from inventory_pipeline.config.mistakes import find_mistakes, render_mistakes
from inventory_pipeline.config.strict import Model
from inventory_pipeline.config.values import CURRENCY_PATTERN, Duration, ZoneName
from inventory_pipeline.config.yaml_lines import load_document
from inventory_pipeline.errors import ConfigError

DEFAULT_NAME = "inventory.yaml"
ENVIRONMENT_NAME = "INVENTORY_CONFIG"


class Business(Model):
    """Who this is for."""

    name: str = Field(description="Shown in the mail.")
    time_zone: ZoneName = Field(
        "UTC", description="IANA zone of the mail's clock; stored instants are UTC."
    )
    currency: str = Field("USD", pattern=CURRENCY_PATTERN, description="ISO 4217 code.")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Storage(Model):
    """Where the pipeline keeps its own files."""

    directory: str = Field(
        "local", description="Folder of landing/, warehouse.duckdb, journal.sqlite, mails/."
    )
    lock_wait: Duration = Field(
        timedelta(minutes=10), description="How long a run waits for another one."
    )


class Outline(BaseModel):
    """What is read of the file; what else stands there is nobody's business here."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    business: Business
    storage: Storage = Storage()
    mail: MailSettings = MailSettings()


@dataclass(frozen=True)
class Outlined:
    """The outline of a file.

    Attributes:
        root: the folder of the file, absolute: relative paths in it start there.
    """

    settings: Outline
    root: Path


def find_config_path(given: str | None) -> Path:
    """Return the file to read: ``given``, else $INVENTORY_CONFIG, else ./inventory.yaml."""
    return Path(given or os.environ.get(ENVIRONMENT_NAME) or DEFAULT_NAME)


def load_outline(path: Path) -> Outlined:
    """Read the outline.

    Raises:
        ConfigError: no YAML, or a mistake in one of these keys.
    """
    document = load_document(path)
    try:
        outline = Outline.model_validate(document.data)
    except ValidationError as error:
        raise ConfigError(render_mistakes(document, find_mistakes(error, Outline))) from None
    return Outlined(outline, path.absolute().parent)

"""Small value types of the configuration: durations, clock times, secrets."""

import os
import re
from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Never
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from inventory_pipeline.errors import ConfigError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_LONGEST_DAYS = 3660
NAME_PATTERN = r"^[a-z][a-z0-9_]{0,62}$"
CURRENCY_PATTERN = r"^[A-Z]{3}$"
# Small letters are refused, so that a token pasted here by mistake is never taken for a name.
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,99}")

# Numbers as the file writes them: no text, no true or false, no infinity.
Whole = Annotated[int, Field(strict=True)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Text = Annotated[str, Field(min_length=1)]


def parse_duration(value: Any) -> timedelta:
    """Read ``90m``, ``26h``, ``5s`` or ``2d``.

    Raises:
        ValueError: the text is no duration.
    """
    if isinstance(value, timedelta):
        return value
    match = re.fullmatch(r"([0-9]{1,6})\s*([smhd])", str(value).strip())
    if not match:
        raise ValueError(f"{value!r} is no duration; write 30s, 90m, 26h or 7d")
    length = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if length > timedelta(days=_LONGEST_DAYS):
        raise ValueError(f"{value!r} is longer than {_LONGEST_DAYS}d")
    return length


def render_duration(value: timedelta) -> str:
    """Write a duration in the largest unit that divides it."""
    seconds = int(value.total_seconds())
    for letter, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{letter}"
    return f"{seconds}s"


def parse_day(value: Any) -> Any:
    """Read a calendar day such as ``2026-10-01``.

    Raises:
        ValueError: the text is no day.
    """
    if value is None or isinstance(value, date):
        return value
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(value)):
        raise ValueError(f"{value!r} is no day; write it as 2026-10-01")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is no day: {error}") from None


def parse_clock(value: Any) -> time:
    """Read a clock time such as ``07:00``.

    Raises:
        ValueError: the text is no time of day.
    """
    if isinstance(value, time):
        return value
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", str(value)):
        raise ValueError(f'{value!r} is no time of day; write it in quotes, as "07:00"')
    return time.fromisoformat(str(value))


def render_clock(value: time) -> str:
    """Write a clock time as the file has it: ``07:00``."""
    return value.strftime("%H:%M")


class _DurationSchema:
    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "pattern": "^[0-9]+ *[smhd]$", "examples": ["90m", "26h"]}


class _DaySchema:
    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "format": "date", "examples": ["2026-10-01"]}


class _ClockSchema:
    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$", "examples": ["07:00"]}


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(render_duration, return_type=str),
    _DurationSchema(),
]
ClockTime = Annotated[
    time,
    BeforeValidator(parse_clock),
    PlainSerializer(render_clock, return_type=str),
    _ClockSchema(),
]
Day = Annotated[date, BeforeValidator(parse_day), _DaySchema()]


class Secret(BaseModel):
    """Where a secret is kept: ``{env: NAME}`` or ``{file: PATH}``. Never the secret itself.

    The value is read when it is needed and never stored, printed, pickled or dumped.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    env: str | None = Field(None, description="Name of an environment variable.")
    file: str | None = Field(None, description="Path of a file that holds nothing else.")

    @model_validator(mode="after")
    def _names_one_place(self) -> "Secret":
        if (self.env is None) == (self.file is None):
            raise ValueError("a secret is {env: NAME} or {file: PATH}, exactly one of them")
        if self.env is not None and not _VARIABLE.fullmatch(self.env):
            raise ValueError("env takes a variable's name in capital letters, digits and _")
        return self

    def reveal(self, root: str) -> str:
        """Return the secret.

        Raises:
            ConfigError: the variable is unset or the file cannot be read or is empty.
        """
        if self.env is not None:
            value = os.environ.get(self.env, "").strip()
            if not value:
                raise ConfigError(f"the environment variable {self.env} is not set")
            return value
        path = Path(root, str(self.file))
        try:
            value = path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigError(f"the secret file {path} cannot be read: {error.strerror}") from None
        except ValueError:
            raise ConfigError(f"the secret file {path} is no UTF-8 text") from None
        if not value:
            raise ConfigError(f"the secret file {path} is empty")
        return value

    def __repr__(self) -> str:
        return f"Secret({'env' if self.env else 'file'}=***)"

    __str__ = __repr__

    def __reduce__(self) -> Never:
        raise TypeError("a secret is not pickled")


def check_zone(value: str) -> str:
    """Return the name of an IANA time zone as it is given.

    Raises:
        ValueError: nobody knows a zone of this name.
    """
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):  # not found is a KeyError, a bad path a ValueError
        raise ValueError(
            f"{value!r} is no IANA time zone; write one such as Europe/Berlin"
        ) from None
    return value


ZoneName = Annotated[str, AfterValidator(check_zone)]

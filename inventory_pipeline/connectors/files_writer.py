"""The files writer: a correction file for each request, and the file that acknowledges it."""

import csv
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from pydantic import Field, field_validator

from inventory_pipeline.config.strict import Model
from inventory_pipeline.config.values import Duration
from inventory_pipeline.connectors.file_handover import OtherBytesError, UnsureError
from inventory_pipeline.connectors.file_trays import Tray
from inventory_pipeline.connectors.safe_open import is_outside
from inventory_pipeline.connectors.write_words import shorten
from inventory_pipeline.errors import SourceError, SourceRefusedError, SourceUnavailableError
from inventory_pipeline.model.delivery import (
    Answer,
    DeliveryClass,
    Line,
    LineAnswer,
    Operation,
    Outcome,
    answer_all,
)

COLUMNS = (
    "receipt_id", "item_id", "location_id", "fact", "operation", "quantity", "before",
    "reference", "reason",
)  # fmt: skip
PATH = "outbox/{system}/corrections-{key}.csv"
LONGEST_NAME = 120
_WORDS: dict[str, Outcome] = {"applied": "confirmed", "stale": "stale", "refused": "refused"}


class FilesWrite(Model):
    """Where correction files are dropped, and where they are acknowledged."""

    path: str = Field(PATH, description="{key} is unique to the file; {system} is its system.")
    ack: str | None = Field(None, description="The acknowledgement; default: path with .ack added.")
    settle: Duration = Field(
        timedelta(seconds=2),
        description="How old an empty acknowledgement must be: it may be just being written.",
    )
    on_server: bool = Field(
        default=False, description="Drop them on the server that the files are read from."
    )
    max_lines: int = Field(500, ge=1, le=100_000, description="The most lines of one file.")
    key_lifetime: Duration = Field(
        timedelta(days=365), description="How long .sent markers are left where they are."
    )

    @field_validator("path", "ack")
    @classmethod
    def _is_pattern(cls, value: str | None) -> str | None:
        return value if value is None else _check_pattern(value)


class FilesWriter:
    """Drops a CSV file once and reads what the receiver says of it. Class B: the name is the id."""

    delivery_class: DeliveryClass = "B"
    caches_errors = False
    operations: frozenset[Operation] = frozenset(("set", "add"))
    rate: float | None = None

    def __init__(self, write: FilesWrite, tray: Tray, *, system: str) -> None:
        self._write, self._tray, self._system = write, tray, system

    @property
    def key_lifetime(self) -> timedelta | None:
        return self._write.key_lifetime

    @property
    def max_lines(self) -> int:
        return self._write.max_lines

    def encode(self, lines: Sequence[Line], key: str) -> bytes:
        """Return the CSV file, ids exactly as they are. Pure: same lines, same bytes."""
        text = io.StringIO(newline="")
        table = csv.writer(text)
        table.writerow(COLUMNS)
        table.writerows([getattr(line, name) for name in COLUMNS] for line in lines)
        return text.getvalue().encode()

    def send(self, lines: Sequence[Line], key: str, body: bytes) -> Answer:
        """Drop the file unless it was dropped before, and say what the receiver says of it."""
        path = self._fill(self._write.path, key)
        ack = self._fill(self._write.ack or f"{self._write.path}.ack", key)
        try:
            self._tray.prepare(path)
            found = self._tray.read(ack, settle=self._write.settle)
        except SourceError as error:
            said = f"the acknowledgement: {error}"
            is_down = isinstance(error, SourceUnavailableError)
            return answer_all(lines, "ambiguous", shorten(said), is_down=is_down)
        except OSError as error:
            return _tell_unwritten(lines, path, error)
        return self._drop(lines, path, body) if found is None else read_ack(lines, found, name=ack)

    def _drop(self, lines: Sequence[Line], path: str, body: bytes) -> Answer:
        try:
            is_new = self._tray.hand_over(path, body)
        except OtherBytesError as error:
            said = f"{error}: it must not be sent under this key; look who wrote it"
            return answer_all(lines, "ambiguous", shorten(said))
        except UnsureError as error:
            return answer_all(lines, "ambiguous", shorten(f"{path}: {error}"), is_down=True)
        except (OSError, SourceError) as error:
            return _tell_unwritten(lines, path, error)
        said = f"{path} {'was dropped' if is_new else 'was dropped before'}; no answer yet"
        return answer_all(lines, "waiting", shorten(said))

    def read(self, lines: Sequence[Line]) -> Mapping[str, int | None]:
        """Raise SourceError: nobody can ask a folder."""
        raise SourceRefusedError(
            "a system of files cannot be asked; it shows its numbers in the next counts export",
            system=self._system,
        )

    def _fill(self, pattern: str, key: str) -> str:
        """Return the file's name; what a key holds never leads into another folder."""
        names = {"{key}": _name(key), "{system}": quote(self._system, safe="")}
        return re.sub(r"\{(?:key|system)\}", lambda match: names[match[0]], pattern)


def _tell_unwritten(lines: Sequence[Line], path: str, error: Exception) -> Answer:
    said = f"{path} cannot be written: {getattr(error, 'strerror', None) or error}"
    return answer_all(lines, "unapplied", shorten(said), is_down=True)


def read_ack(lines: Sequence[Line], body: bytes, *, name: str) -> Answer:
    """Return what an acknowledgement says: nothing at all means that all were applied."""
    if not body.strip():
        return answer_all(lines, "confirmed", shorten(f"{name} is there and empty: all applied"))
    try:
        said = _parse_ack(body)
    except (ValueError, csv.Error) as error:
        return answer_all(lines, "ambiguous", shorten(f"{name} cannot be read: {error}"))
    return Answer({line.receipt_id: _find_word(line, said, name) for line in lines})


def _parse_ack(body: bytes) -> dict[str, tuple[str, str]]:
    """Return receipt_id → outcome and detail.

    Raises:
        ValueError: no UTF-8, no header, a receipt twice with two outcomes.
    """
    rows = csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""))
    if not {"receipt_id", "outcome"} <= set(rows.fieldnames or ()):
        raise ValueError("wanted the columns receipt_id,outcome[,detail], or no byte at all")
    said: dict[str, tuple[str, str]] = {}
    for row in rows:
        receipt, outcome = row["receipt_id"] or "", (row["outcome"] or "").strip().lower()
        if said.get(receipt, (outcome,))[0] != outcome:
            raise ValueError(f"{receipt} stands there twice: {said[receipt][0]} and {outcome}")
        said[receipt] = (outcome, row.get("detail") or "")
    return said


def _find_word(line: Line, said: Mapping[str, tuple[str, str]], name: str) -> LineAnswer:
    if line.receipt_id not in said:
        return LineAnswer("waiting", shorten(f"{name} does not name this line yet"))
    word, detail = said[line.receipt_id]
    outcome = _WORDS.get(word, "ambiguous")
    doubt = "" if word in _WORDS else "; wanted applied, stale or refused"
    return LineAnswer(outcome, shorten(f"{name} says {word!r}{doubt} {detail}".strip()))


def _name(key: str) -> str:
    """Return a key as part of a file's name; a long one keeps its beginning and a digest."""
    name = quote(key, safe="")
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[:40]}-{hashlib.sha256(key.encode()).hexdigest()}"


def _check_pattern(pattern: str) -> str:
    if "{key}" not in Path(pattern).name:
        raise ValueError(f"{pattern!r}: the file's name holds {{key}}, as corrections-{{key}}.csv")
    if re.search(r"[{}]", re.sub(r"\{(?:key|system)\}", "", pattern)):
        raise ValueError(f"{pattern!r} has a brace that is neither {{key}} nor {{system}}")
    if re.search(r"[\x00-\x1f]", pattern):
        raise ValueError(f"{pattern!r} has a control character in it")
    if is_outside(pattern):
        raise ValueError(
            f"{pattern!r} leads out of the folder of the configuration; write an absolute path"
        )
    return pattern

"""Options of ``files``: where each feed's files are, how they are written, when they are whole."""

import codecs
import re
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from inventory_pipeline.config.strict import Model
from inventory_pipeline.config.values import Duration
from inventory_pipeline.connectors.depots.options import Server
from inventory_pipeline.connectors.files_writer import FilesWrite
from inventory_pipeline.connectors.safe_open import is_outside
from inventory_pipeline.connectors.tables import check_names
from inventory_pipeline.connectors.x12.options import X12_FEEDS, X12Options
from inventory_pipeline.model.frames import RAW_FEEDS

KINDS = {
    ".csv": "csv",
    ".csv.gz": "csv.gz",
    ".parquet": "parquet",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".xlsx": "xlsx",
    ".edi": "x12",
    ".x12": "x12",
}
MEGABYTE = 1 << 20
SETTLE_HERE, SETTLE_THERE = timedelta(seconds=2), timedelta(seconds=30)


# One file, or several that are only whole together.
Paths = str | list[str] | None


class FilesOptions(Model):
    """Where each feed's files are and how they are written.

    A path starts at the folder of the YAML file, or of the server, and holds ``{hour}``, as
    2026-04-06T10. A list is several files, all of which must be there.
    """

    counts: Paths = Field(None, description="Path of the counts of one hour.")
    movements: Paths = Field(None, description="Path of the movements.")
    levels: Paths = Field(None, description="Path of the change log of its levels.")
    events: Paths = Field(None, description="Path of the middleware's events.")
    syncs: Paths = Field(None, description="Path of the runs of its syncs.")
    changes: Paths = Field(None, description="Path of the changes of configuration.")
    documents: Paths = Field(None, description="Path of any other facts.")
    server: Server | None = Field(
        None, description="Where the files are if not on this machine: kind sftp, s3 or http."
    )
    done: bool = Field(default=False, description="Read FILE only when FILE.done is there.")
    digest: Literal["sha256", "sha512", "md5"] | None = Field(
        None, description="FILE.sha256 (or the like) stands beside FILE, and is checked."
    )
    settle: Duration | None = Field(
        None,
        description="How long a file without .done must be unchanged: 2s here, 30s on a server.",
    )
    wait: Duration = Field(
        timedelta(0), description="How long to wait for a file that is not there yet."
    )
    archive: str | None = Field(
        None, description="Folder, below where the paths start, that read files are moved into."
    )
    encoding: str = Field("utf-8", description="Encoding of text files; a UTF-8 BOM is fine.")
    delimiter: str = Field(",", description="Character between two cells of a CSV file.")
    sheet: str | None = Field(None, description="Name of the sheet of an Excel file with several.")
    header_row: int = Field(1, ge=1, le=1000, description="Row of that sheet with the names.")
    x12: X12Options = Field(X12Options(), description="How EDI X12 files are understood.")
    columns: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="By feed: our column: the name it has in the file."
    )
    fixed: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        description="By feed: our column: its text for every row, where the file lacks it; "
        "{hour} {hour_start} {hour_end} {fetched_at} are filled in.",
    )
    max_megabytes: int = Field(4096, ge=1, description="The largest file taken in.")
    max_rows: int = Field(100_000_000, ge=1, description="The most rows a Parquet file may have.")
    owner: str | None = Field(None, description="The user every file must belong to.")
    write: FilesWrite = Field(FilesWrite(), description="Where correction files are dropped.")

    @property
    def patterns(self) -> dict[str, tuple[str, ...]]:
        """Return feed → path patterns, ``counts`` first."""
        named = {feed: getattr(self, feed) for feed in RAW_FEEDS}
        return {
            feed: (given,) if isinstance(given, str) else tuple(given)
            for feed, given in named.items()
            if given is not None
        }

    @property
    def settle_seconds(self) -> float:
        """Return how long a file must have been unchanged."""
        default = SETTLE_HERE if self.server is None else SETTLE_THERE
        return (default if self.settle is None else self.settle).total_seconds()

    def _find_all(self) -> list[str]:
        return [pattern for patterns in self.patterns.values() for pattern in patterns]

    @field_validator(*RAW_FEEDS)
    @classmethod
    def _are_patterns(cls, value: Paths) -> Paths:
        if isinstance(value, list):
            if not value or len(set(value)) < len(value):
                raise ValueError("name one file or several, each of them once")
            return [_check_file(name) for name in value]
        return value if value is None else _check_file(value)

    @field_validator("archive")
    @classmethod
    def _is_folder(cls, value: str | None) -> str | None:
        return value if value is None else _check_pattern(value.rstrip("/"))

    @field_validator("encoding")
    @classmethod
    def _is_encoding(cls, value: str) -> str:
        try:
            "a".encode(value)
            return codecs.lookup(value).name
        except (LookupError, ValueError):
            raise ValueError(f"{value!r} is no text encoding; write utf-8 or latin-1") from None

    @field_validator("delimiter")
    @classmethod
    def _is_delimiter(cls, value: str) -> str:
        if len(value.encode()) != 1 or value in '"\r\n\0':
            raise ValueError(f"{value!r} is no delimiter; write one character such as ;")
        return value

    @model_validator(mode="after")
    def _names_fit(self) -> "FilesOptions":
        if not self.patterns:
            raise ValueError(f"name the path of at least one feed: {', '.join(RAW_FEEDS)}")
        for key, by_feed in (("columns", self.columns), ("fixed", self.fixed)):
            for feed in by_feed:
                if feed not in self.patterns:
                    raise ValueError(f"{key}.{feed}: the system has no path for {feed}")
        for feed in self.patterns:
            check_names(feed, self.columns.get(feed, {}), self.fixed.get(feed, {}))
        return self

    @model_validator(mode="after")
    def _server_fits(self) -> "FilesOptions":
        if self.server is None:
            return self
        for path in (*self._find_all(), *([self.archive] if self.archive else [])):
            if any(part in ("", ".", "..") for part in path.split("/")) or "\\" in path:
                raise ValueError(
                    f"{path!r} is no plain path below the folder of the server, as exports/c.csv"
                )
        if self.owner is not None:
            raise ValueError("owner: the users of a server are not those of this machine")
        return self

    @model_validator(mode="after")
    def _writing_fits(self) -> "FilesOptions":
        if not self.write.on_server:
            return self
        if self.server is None or self.server.kind == "http":
            raise ValueError("write.on_server: wanted a server of kind sftp or s3")
        for path in (self.write.path, self.write.ack or ""):
            if Path(path).is_absolute():
                raise ValueError(f"write: {path!r} starts at the folder of the server; take off /")
        return self

    @model_validator(mode="after")
    def _archive_fits(self) -> "FilesOptions":
        if self.archive is None:
            return self
        if self.server is not None and self.server.kind == "http":
            raise ValueError("archive: a web server cannot be asked to move a file")
        for pattern in self._find_all():
            if "{hour}" not in f"{self.archive}/{pattern}":
                raise ValueError(
                    f"archive: {pattern!r} has the same name every hour; write the hour into the "
                    f"folder, as {self.archive}/{{hour}}"
                )
        return self

    @model_validator(mode="after")
    def _x12_fits(self) -> "FilesOptions":
        for feed, patterns in self.patterns.items():
            if "x12" not in map(find_kind, patterns):
                continue
            if feed not in X12_FEEDS:
                raise ValueError(f"{feed}: X12 tells of {' and '.join(X12_FEEDS)}, not of {feed}")
            if self.columns.get(feed):
                raise ValueError(f"columns.{feed}: an X12 file has no names of columns; see x12:")
            if feed == "counts" and not self.x12.facts:
                raise ValueError('x12.facts: say which quantity is which, as {on_hand: "17"}')
        return self


def find_kind(name: str) -> str:
    """Return the kind of page a file name stands for; empty where it stands for none."""
    return next((kind for suffix, kind in KINDS.items() if name.lower().endswith(suffix)), "")


def _check_file(pattern: str) -> str:
    if not find_kind(pattern):
        raise ValueError(f"{pattern!r} ends in none of {' '.join(KINDS)}")
    return _check_pattern(pattern)


def _check_pattern(pattern: str) -> str:
    if re.search(r"[\x00-\x1f]", pattern):
        raise ValueError(f"{pattern!r} has a control character in it")
    other = re.search(r"[{}]", pattern.replace("{hour}", ""))
    if other:
        raise ValueError(f"{pattern!r} has a brace that is not {{hour}}")
    if is_outside(pattern):
        raise ValueError(
            f"{pattern!r} leads out of the folder of the configuration; write an absolute path"
        )
    return pattern

"""Landed: one answer as it lies in landing, given back byte for byte."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from inventory_pipeline.errors import StoreDamagedError
from inventory_pipeline.model.hours import read_slug
from inventory_pipeline.model.ports import Page

_CHUNK = 1 << 20


@dataclass(frozen=True)
class PagePlace:
    """Where one page lies: ``length`` bytes at ``offset`` of ``file``.

    ``is_path`` pages are files of their own and go back by path.
    """

    file: str
    kind: str
    offset: int
    length: int
    is_path: bool


@dataclass(frozen=True)
class Manifest:
    """What is known of one landed answer. Instants are ISO text; the digest covers all pages.

    ``asked_at`` is when the question was put, ``fetched_at`` when its last page was there; a
    manifest from before ``asked_at`` was written has none.
    """

    system: str
    feed: str
    hour: str
    attempt: int
    fetched_at: str
    reference_at: str
    source_at: str | None
    is_complete: bool
    is_suspect: bool
    end_marker: str
    declared_keys: int | None
    clock_skew_seconds: int | None
    notes: tuple[str, ...]
    digest: str
    pages: tuple[PagePlace, ...]
    asked_at: str | None = None


class Landed:
    """One landed answer: its manifest, and its pages whenever they are wanted."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest

    @property
    def hour_at(self) -> datetime:
        return read_slug(self.manifest.hour)

    @property
    def reference_at(self) -> datetime:
        return datetime.fromisoformat(self.manifest.reference_at)

    @property
    def fetched_at(self) -> datetime:
        return datetime.fromisoformat(self.manifest.fetched_at)

    @property
    def asked_at(self) -> datetime:
        return datetime.fromisoformat(self.manifest.asked_at or self.manifest.fetched_at)

    def read_pages(self) -> Iterator[Page]:
        """Yield the pages as they were given.

        Raises:
            StoreDamagedError: the bytes are not those that were landed.
        """
        self.verify()
        hour_at, fetched_at = self.hour_at, self.fetched_at
        for place in self.manifest.pages:
            path = self.folder / place.file
            body = b"" if place.is_path else _read_slice(path, place)
            yield Page(
                body,
                place.kind,
                path=str(path) if place.is_path else None,
                hour_at=hour_at,
                fetched_at=fetched_at,
            )

    def verify(self) -> None:
        """Check every byte against the digest of the manifest."""
        digest = hashlib.sha256()
        try:
            for name in dict.fromkeys(place.file for place in self.manifest.pages):
                with (self.folder / name).open("rb") as file:
                    feed_digest(digest, file)
        except OSError as error:
            raise StoreDamagedError(f"{self._describe()} cannot be read: {error}") from None
        if digest.hexdigest() != self.manifest.digest:
            raise StoreDamagedError(
                f"{self._describe()} does not match its digest: somebody changed it; "
                "restore the file from a backup"
            )

    def _describe(self) -> str:
        return f"landed {self.manifest.system}/{self.manifest.feed} of {self.manifest.hour}"


def read_manifest(path: Path) -> Manifest:
    """Read what is known of one landed answer.

    Raises:
        StoreDamagedError: the file is no manifest.
    """
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        pages = tuple(PagePlace(**place) for place in data.pop("pages"))
        return Manifest(**{**data, "notes": tuple(data["notes"]), "pages": pages})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise StoreDamagedError(f"{path} is no manifest ({error}); restore it") from None


def feed_digest(digest: Any, file: BinaryIO) -> None:
    """Take a whole file into a digest, a stretch at a time."""
    while chunk := file.read(_CHUNK):
        digest.update(chunk)


def _read_slice(path: Path, place: PagePlace) -> bytes:
    with path.open("rb") as file:
        file.seek(place.offset)
        return file.read(place.length)

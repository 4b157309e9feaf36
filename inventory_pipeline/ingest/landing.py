"""Landing: what a system said, byte for byte, written once and never changed.

``landing/<system>/<feed>/<hour>.<attempt>.<n>.<kind>`` are the pages,
``<hour>.<attempt>.manifest.json`` is written last: a landing without it never happened.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from inventory_pipeline.errors import StoreError
from inventory_pipeline.ingest.durable import sync_folder, write_durably
from inventory_pipeline.ingest.landed import (
    Landed,
    Manifest,
    PagePlace,
    feed_digest,
    read_manifest,
)
from inventory_pipeline.model.hours import compute_slug, read_slug
from inventory_pipeline.model.ports import Fetched, Page

# A feed without one whole answer for so long is read from its hour on.
LOOK_BACK = timedelta(days=31)
_MANIFEST = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2})\.(\d+)\.manifest\.json")


class Landing:
    """All landed answers below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def find(self, system: str, feed: str, hour_at: datetime) -> Landed | None:
        """Return the newest landed answer for this hour, if there is one."""
        folder = self.root / system / feed
        slug = compute_slug(hour_at)
        found = sorted(folder.glob(f"{slug}.*.manifest.json"), key=_attempt_of)
        return Landed(folder, read_manifest(found[-1])) if found else None

    def find_whole_before(self, system: str, feed: str, hour_at: datetime) -> Landed | None:
        """Return the newest answer that was whole and not doubted, of a month before the hour."""
        folder = self.root / system / feed
        first, last = compute_slug(hour_at - LOOK_BACK), compute_slug(hour_at)
        newest: dict[str, Path] = {}
        for path in sorted(folder.glob("*.manifest.json"), key=_attempt_of):
            newest[path.name.split(".")[0]] = path
        for slug in sorted((name for name in newest if first <= name < last), reverse=True):
            manifest = read_manifest(newest[slug])
            if manifest.is_complete and not manifest.is_suspect:
                return Landed(folder, manifest)
        return None

    def find_hours(self) -> list[datetime]:
        """Return every hour for which any system landed anything, in order."""
        slugs = {
            match[1]
            for path in self.root.glob("*/*/*.manifest.json")
            if (match := _MANIFEST.fullmatch(path.name))
        }
        return [read_slug(slug) for slug in sorted(slugs)]

    def open_writer(self, system: str, feed: str, hour_at: datetime) -> "LandingWriter":
        """Begin an answer; nothing of it exists until ``commit``."""
        folder = self.root / system / feed
        folder.mkdir(parents=True, exist_ok=True)
        return LandingWriter(folder, system, feed, hour_at)


class LandingWriter:
    """Takes the pages of one answer and makes them durable together."""

    def __init__(self, folder: Path, system: str, feed: str, hour_at: datetime) -> None:
        self._folder, self._system, self._feed = folder, system, feed
        self._slug = compute_slug(hour_at)
        self.staging = Path(tempfile.mkdtemp(prefix=".tmp-", dir=folder))
        self._files: list[tuple[Path, str]] = []
        self._pages: list[tuple[int, str, int, int, bool]] = []
        self._digest = hashlib.sha256()
        self._body: BinaryIO | None = None
        self._size = 0

    def __enter__(self) -> "LandingWriter":
        return self

    def __exit__(self, *_: object) -> None:
        self._close_body()
        shutil.rmtree(self.staging, ignore_errors=True)

    @property
    def digest(self) -> str:
        """Return the SHA-256 of every byte given so far."""
        return self._digest.hexdigest()

    def add(self, page: Page) -> None:
        """Take one page; the sink of ``Connector.fetch``."""
        if page.path is not None:
            self._add_file(Path(page.path), page.kind)
            return
        if self._body is None:
            place = self.staging / "body"
            self._files.append((place, page.kind))
            self._body = place.open("wb")
            self._size = 0
        self._body.write(page.body)
        self._digest.update(page.body)
        index = len(self._files) - 1
        self._pages.append((index, page.kind, self._size, len(page.body), False))
        self._size += len(page.body)

    def _add_file(self, source: Path, kind: str) -> None:
        self._close_body()
        place = self.staging / f"page-{len(self._files)}"
        try:
            source.rename(place)
        except OSError:
            shutil.copyfile(source, place)
        with place.open("rb") as file:
            feed_digest(self._digest, file)
            os.fsync(file.fileno())
        self._files.append((place, kind))
        self._pages.append((len(self._files) - 1, kind, 0, place.stat().st_size, True))

    def _close_body(self) -> None:
        if self._body is not None:
            self._body.flush()
            os.fsync(self._body.fileno())
            self._body.close()
            self._body = None

    def commit(
        self, fetched: Fetched, *, asked_at: datetime, fetched_at: datetime, reference_at: datetime
    ) -> Landed:
        """Make the answer durable and visible; its manifest comes last."""
        self._close_body()
        try:
            attempt = self._find_attempt()
            names = [
                self._place(attempt, number, place, kind)
                for number, (place, kind) in enumerate(self._files)
            ]
            manifest = self._build_manifest(
                fetched, attempt, names, asked_at, fetched_at, reference_at
            )
            write_durably(
                self._folder / f"{self._slug}.{attempt}.manifest.json",
                json.dumps(asdict(manifest), sort_keys=True).encode(),
            )
        except OSError as error:
            raise StoreError(
                f"landing in {self._folder} failed: {error.strerror or error}; nothing was kept"
            ) from error
        return Landed(self._folder, manifest)

    def _find_attempt(self) -> int:
        taken = [_attempt_of(path) for path in self._folder.glob(f"{self._slug}.*")]
        return max(taken, default=0) + 1

    def _place(self, attempt: int, number: int, source: Path, kind: str) -> str:
        name = f"{self._slug}.{attempt}.{number}.{kind}"
        source.chmod(0o444)
        source.rename(self._folder / name)
        sync_folder(self._folder)
        return name

    def _build_manifest(
        self,
        fetched: Fetched,
        attempt: int,
        names: list[str],
        asked_at: datetime,
        fetched_at: datetime,
        reference_at: datetime,
    ) -> Manifest:
        return Manifest(
            system=self._system,
            feed=self._feed,
            hour=self._slug,
            attempt=attempt,
            fetched_at=fetched_at.isoformat(),
            reference_at=reference_at.isoformat(),
            source_at=fetched.source_at.isoformat() if fetched.source_at else None,
            is_complete=fetched.is_complete,
            is_suspect=fetched.is_suspect,
            end_marker=fetched.end_marker,
            declared_keys=fetched.declared_keys,
            clock_skew_seconds=fetched.clock_skew_seconds,
            notes=tuple(fetched.notes),
            digest=self.digest,
            pages=tuple(
                PagePlace(names[index], kind, offset, length, is_path)
                for index, kind, offset, length, is_path in self._pages
            ),
            asked_at=asked_at.isoformat(),
        )


def _attempt_of(path: Path) -> int:
    parts = path.name.split(".")
    return int(parts[1]) if len(parts) > 2 and parts[1].isdigit() else 0

"""Trays: where correction files are put down, here or on the server that files are read from.

The order is the same in both: the bytes under a hidden name, the marker ``NAME.sent`` with their
digest, then the file's own name. A server may be lost in the middle of any step; what follows the
marker is then *unsure*, never *not done*.
"""

import hashlib
import os
import posixpath
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Protocol

from inventory_pipeline.connectors.depots.depot import Copy, Depot
from inventory_pipeline.connectors.file_handover import OtherBytesError, hand_over, prepare_folder
from inventory_pipeline.connectors.safe_open import opening_plain
from inventory_pipeline.errors import (
    FileAbsentError,
    SourceContractError,
    SourceError,
    SourceRefusedError,
)

LARGEST = 16 << 20


class UnsureError(SourceError):
    """The file may have been put down, or may not."""


class Tray(Protocol):
    """Where files are put down once, and others put down what they say of them."""

    def prepare(self, name: str) -> None:
        """See that files can be put down beside ``name`` at all.

        Raises:
            OSError: they cannot.
        """

    def hand_over(self, name: str, body: bytes) -> bool:
        """Put ``body`` under ``name``, once for ever; return whether it was put there just now.

        Raises:
            OtherBytesError: other bytes stand there, or were handed over under this name.
            UnsureError: nobody knows whether it is there.
            OSError, SourceError: it cannot be written; nothing was handed over.
        """

    def read(self, name: str, *, settle: timedelta) -> bytes | None:
        """Return what stands under a name; None: nothing yet, or an empty file still young.

        Raises:
            SourceError: it is no plain file, too large, not ours to read, or nobody answers.
        """


class NearTray:
    """A folder of this machine."""

    def __init__(self, root: str) -> None:
        self._root = root

    def prepare(self, name: str) -> None:
        prepare_folder(name, root=self._root)

    def hand_over(self, name: str, body: bytes) -> bool:
        return hand_over(name, body, root=self._root)

    def read(self, name: str, *, settle: timedelta) -> bytes | None:
        try:
            with opening_plain(name, self._root) as file:
                body = file.read(LARGEST + 1)
                seen = os.fstat(file.fileno())
        except FileAbsentError:
            return None
        if len(body) > LARGEST:
            raise SourceRefusedError(f"{name} is larger than {LARGEST:,} bytes")
        age = timedelta(seconds=time.time() - max(seen.st_mtime, seen.st_ctime))
        return None if not body.strip() and age < settle else body


class FarTray:
    """The server that the files of a system lie on."""

    def __init__(self, opening: Callable[[], AbstractContextManager[Depot]]) -> None:
        self._opening = opening

    def prepare(self, name: str) -> None:
        """Do nothing: folders are made when a file is put down, and nobody else can say."""

    def hand_over(self, name: str, body: bytes) -> bool:
        with self._opening() as depot:
            return _hand_over(depot, name, body)

    def read(self, name: str, *, settle: timedelta) -> bytes | None:
        with self._opening() as depot:
            body = _read(depot, name)
            if body is None or body.strip() or depot.is_atomic:
                return body
            age = depot.look(name).age_seconds
            return None if age is None or age < settle.total_seconds() else body


def _hand_over(depot: Depot, name: str, body: bytes) -> bool:
    folder, last = posixpath.split(name)
    hidden, marker = posixpath.join(folder, f".{last}.tmp"), f"{name}.sent"
    digest = f"sha256 {hashlib.sha256(body).hexdigest()}\n".encode()
    seen, there = _read(depot, marker), _read(depot, name)
    if seen not in (None, digest) or there not in (None, body):
        raise OtherBytesError(f"other bytes stand or stood under {depot.describe(name)}")
    if seen is not None and _read(depot, hidden) is None:
        return False
    if seen is None and there is None:
        depot.write(hidden, body)
    try:
        if seen is None:
            depot.write(marker, digest)
        if there is None:
            depot.move(hidden, name)
        else:
            depot.remove(hidden)
    except SourceError as error:
        raise UnsureError(str(error)) from None
    return there is None


def _read(depot: Depot, name: str) -> bytes | None:
    """Return what stands under a name; None if nothing does, and only then."""
    with tempfile.TemporaryFile() as taken:
        try:
            depot.copy(name, Copy(taken, name=name, max_bytes=LARGEST), lambda _seen: None)
        except FileAbsentError:
            return None
        except SourceContractError as error:
            raise SourceRefusedError(str(error)) from None
        taken.seek(0)
        return taken.read()

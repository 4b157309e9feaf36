"""Trays: where correction files are put down, here or on the server that files are read from."""

import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Protocol

from inventory_pipeline.connectors.depots.depot import Depot
from inventory_pipeline.connectors.depots.folder import FolderDepot
from inventory_pipeline.connectors.file_handover import LARGEST, hand_over, read_whole
from inventory_pipeline.connectors.safe_folder import opening_folder
from inventory_pipeline.connectors.safe_open import opening_plain
from inventory_pipeline.errors import FileAbsentError, SourceRefusedError


class Tray(Protocol):
    """Where files are put down once, and others put down what they say of them."""

    def prepare(self, name: str) -> None:
        """See that files can be put down beside ``name`` at all.

        Raises:
            OSError: they cannot.
        """

    def hand_over(self, name: str, body: bytes) -> bool:
        """Put ``body`` under ``name`` as ``file_handover.hand_over`` does, and raise the same."""

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
        """Make the folder, or see that it is there and no link leads to it."""
        with opening_folder(name, self._root):
            pass

    def hand_over(self, name: str, body: bytes) -> bool:
        return hand_over(FolderDepot(self._root), name, body)

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
            return hand_over(depot, name, body)

    def read(self, name: str, *, settle: timedelta) -> bytes | None:
        with self._opening() as depot:
            body = read_whole(depot, name)
            if body is None or body.strip() or depot.is_atomic:
                return body
            age = depot.look(name).age_seconds
            return None if age is None or age < settle.total_seconds() else body

"""A folder of this machine as a depot: the configuration's own, or an absolute path."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from inventory_pipeline.connectors.depots.depot import Copy, Seen
from inventory_pipeline.connectors.safe_folder import opening_folder, write_whole
from inventory_pipeline.connectors.safe_open import opening_plain
from inventory_pipeline.errors import SourceRefusedError, SourceUnavailableError

CHUNK = 1 << 20


class FolderDepot:
    """Files below ``root``, which is the folder of the configuration."""

    is_atomic = False
    poll_seconds = 0.2

    def __init__(self, root: str) -> None:
        self._root = root

    def describe(self, name: str) -> str:
        return str(Path(self._root, name))

    def look(self, name: str) -> Seen:
        with opening_plain(name, self._root) as file:
            return _read_stat(os.fstat(file.fileno()))

    def copy(self, name: str, copy: Copy, fits: Callable[[Seen], None]) -> Seen:
        copy.start()
        with opening_plain(name, self._root) as file:
            before = os.fstat(file.fileno())
            fits(_read_stat(before))
            while part := file.read(CHUNK):
                copy.add(part)
        copy.file.flush()
        # By the clock of the file system: the copy was written just now.
        age = os.fstat(copy.file.fileno()).st_mtime - before.st_mtime
        return _read_stat(before, age_seconds=age)

    def write(self, name: str, body: bytes) -> None:
        with self._changing(name) as folder:
            write_whole(Path(name).name, body, folder)

    def remove(self, name: str) -> None:
        with self._changing(name) as folder, suppress(FileNotFoundError):
            os.unlink(Path(name).name, dir_fd=folder)

    @contextmanager
    def _changing(self, name: str) -> Iterator[int]:
        try:
            with opening_folder(name, self._root) as folder:
                yield folder
        except OSError as error:
            raise SourceUnavailableError(
                f"{self.describe(name)} cannot be changed: {error.strerror or error}"
            ) from None

    def move(self, name: str, to: str) -> None:
        source, target = Path(name).name, Path(to).name
        try:
            with opening_folder(name, self._root) as here, opening_folder(to, self._root) as there:
                if _is_there(target, there):
                    raise SourceRefusedError(f"{self.describe(to)} is there already")
                os.rename(source, target, src_dir_fd=here, dst_dir_fd=there)
                os.fsync(there)
        except OSError as error:
            raise SourceUnavailableError(
                f"it cannot be moved to {self.describe(to)}: {error.strerror or error}"
            ) from None


def _is_there(name: str, folder: int) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _read_stat(seen: os.stat_result, *, age_seconds: float | None = None) -> Seen:
    return Seen(
        identity=(seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns),
        size=seen.st_size,
        written_at=seen.st_mtime,
        age_seconds=age_seconds,
        owner=seen.st_uid,
    )

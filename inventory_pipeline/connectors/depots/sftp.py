"""An SFTP server as a depot, spoken to by paramiko (LGPL-2.1, an extra).

No part of a path below the folder may be a link. One request is under way at a time:
paramiko's read-ahead leaves threads behind when a connection breaks.
"""

import errno
import posixpath
import stat
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Self, TypeVar

from inventory_pipeline.connectors.depots.depot import Copy, Seen
from inventory_pipeline.connectors.depots.options import SftpServer
from inventory_pipeline.connectors.depots.sftp_line import SftpLine
from inventory_pipeline.connectors.http import Surroundings
from inventory_pipeline.errors import (
    FileAbsentError,
    SourceContractError,
    SourceError,
    SourceRefusedError,
    SourceUnavailableError,
)

if TYPE_CHECKING:
    import paramiko

CHUNK = 1 << 20
# How far the clocks of two machines may be apart: only beyond it a file is old for sure.
SKEW_SECONDS = 900.0

Result = TypeVar("Result")


class SftpDepot:
    """Files below one folder of an SFTP server; it connects when it is first asked."""

    is_atomic = False
    poll_seconds = 5.0

    def __init__(
        self,
        server: SftpServer,
        *,
        root: str,
        world: Surroundings,
        now: Callable[[], datetime],
    ) -> None:
        self._line = SftpLine(server, root=root, world=world)
        self._folder, self._now = server.folder, now

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()

    def describe(self, name: str) -> str:
        return f"sftp://{self._line.address}/{self._find_path(name).lstrip('/')}"

    def look(self, name: str) -> Seen:
        return self._do(name, lambda sftp: self._look(sftp, name))

    def copy(self, name: str, copy: Copy, fits: Callable[[Seen], None]) -> Seen:
        def work(sftp: "paramiko.SFTPClient") -> Seen:
            fits(self._look(sftp, name))
            copy.start()
            with sftp.open(self._find_path(name), "rb") as file:
                seen = self._read_attributes(file.stat())
                # One byte more than there were shows that it grows; the end may never come.
                while left := min(CHUNK, (seen.size or 0) + 1 - copy.size):
                    if not (part := file.read(left)):
                        break
                    copy.add(part)
            return seen

        return self._do(name, work)

    def write(self, name: str, body: bytes) -> None:
        folder, last = posixpath.split(name)
        draft = posixpath.join(folder, f".{last.lstrip('.')}.draft")

        def work(sftp: "paramiko.SFTPClient") -> None:
            self._make_folders(sftp, name)
            _remove_once(sftp, self._find_path(draft))
            with sftp.open(self._find_path(draft), "wbx") as file:
                file.write(body)
            # Not every server can replace a file by a rename.
            _remove_once(sftp, self._find_path(name))
            sftp.rename(self._find_path(draft), self._find_path(name))

        self._do(name, work)

    def remove(self, name: str) -> None:
        self._do(name, lambda sftp: _remove_once(sftp, self._find_path(name)))

    def move(self, name: str, to: str) -> None:
        def work(sftp: "paramiko.SFTPClient") -> None:
            self._check_folders(sftp, name)
            self._make_folders(sftp, to)
            if _look_once(sftp, self._find_path(to)) is not None:
                raise SourceRefusedError(f"{self.describe(to)} is there already")
            sftp.rename(self._find_path(name), self._find_path(to))

        self._do(to, work)

    def _do(self, name: str, work: "Callable[[paramiko.SFTPClient], Result]") -> Result:
        try:
            return self._line.do(work)
        except OSError as error:
            raise _translate(error, self.describe(name)) from None

    def _find_path(self, name: str) -> str:
        return posixpath.join(self._folder, name)

    def _look(self, sftp: "paramiko.SFTPClient", name: str) -> Seen:
        """Look at a file, part by part of its path, following no link."""
        self._check_folders(sftp, name)
        seen = sftp.lstat(self._find_path(name))
        mode = seen.st_mode or 0
        if stat.S_ISLNK(mode):
            raise SourceRefusedError(
                f"{self.describe(name)} is a link, and links are not followed; name the file itself"
            )
        if not stat.S_ISREG(mode):
            raise SourceRefusedError(
                f"{self.describe(name)} is a folder, a pipe or a device; wanted a plain file"
            )
        return self._read_attributes(seen)

    def _check_folders(self, sftp: "paramiko.SFTPClient", name: str) -> None:
        for folder in _find_folders(name):
            self._check_folder(sftp, folder)

    def _check_folder(self, sftp: "paramiko.SFTPClient", folder: str) -> None:
        if not stat.S_ISDIR(sftp.lstat(self._find_path(folder)).st_mode or 0):
            raise SourceRefusedError(
                f"{self.describe(folder)} is a link or no folder; name the real path"
            )

    def _make_folders(self, sftp: "paramiko.SFTPClient", name: str) -> None:
        for folder in _find_folders(name):
            if _look_once(sftp, self._find_path(folder)) is None:
                sftp.mkdir(self._find_path(folder))
            self._check_folder(sftp, folder)

    def _read_attributes(self, seen: "paramiko.SFTPAttributes") -> Seen:
        if seen.st_size is None:
            raise SourceContractError("the server does not say how large its files are")
        written_at, age = seen.st_mtime, None
        if written_at is not None:
            age = self._now().timestamp() - written_at - SKEW_SECONDS
        return Seen(
            identity=(seen.st_size, written_at),
            size=seen.st_size,
            written_at=written_at,
            age_seconds=age,
        )


def _find_folders(name: str) -> list[str]:
    """Return the folders on the way to a file, the outermost first.

    Raises:
        SourceRefusedError: the way leads back or sideways.
    """
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in name:
        raise SourceRefusedError(f"{name!r} is no plain path below the folder of the server")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]


def _look_once(sftp: "paramiko.SFTPClient", path: str) -> "paramiko.SFTPAttributes | None":
    try:
        return sftp.lstat(path)
    except FileNotFoundError:
        return None


def _remove_once(sftp: "paramiko.SFTPClient", path: str) -> None:
    if _look_once(sftp, path) is not None:
        sftp.remove(path)


def _translate(error: OSError, path: str) -> SourceError:
    if error.errno == errno.ENOENT:
        return FileAbsentError(f"there is no file {path}")
    if error.errno in (errno.EACCES, errno.EPERM):
        return SourceRefusedError(f"{path}: the server does not allow it to this user")
    said = "".join(char for char in str(error)[:80] if char.isprintable())
    return SourceUnavailableError(f"{path}: the server says {said!r}")

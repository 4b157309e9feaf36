"""Safe open: a plain file below a folder, reached without following any link.

A dropped file comes from somebody else. A link could name our own secrets, a pipe could
hold a run for ever, a device could do worse; none of them is opened for reading.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from inventory_pipeline.errors import (
    FileAbsentError,
    SourceError,
    SourceRefusedError,
    SourceUnavailableError,
)

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: opening a pipe that nobody writes to must not wait for ever.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_REFUSALS = {
    errno.ELOOP: "is a link, and links are not followed; name the file itself",
    errno.ENOTDIR: "leads through a link or through what is no folder; name the real path",
    errno.EACCES: "may not be read by this user; grant it the right to read",
    errno.EPERM: "may not be read by this user; grant it the right to read",
    errno.ENAMETOOLONG: "has a longer name than a file can have",
    errno.ENXIO: "is a pipe or a device; wanted a plain file",
}


@contextmanager
def opening_plain(name: str, root: str) -> Iterator[BinaryIO]:
    """Open ``name`` for reading: below ``root``, or anywhere if it is an absolute path.

    Below ``root`` no part of the path may be a link; of an absolute path, which the owner of
    the configuration chose, only the last part is held to that.

    Raises:
        FileAbsentError: there is no such file.
        SourceUnavailableError: it cannot be reached now.
        SourceRefusedError: a link, a pipe, a device, a folder, no right to read, or a path
            that leaves ``root``.
    """
    path = Path(root, name)
    try:
        handle = _open(name, root)
    except OSError as error:
        raise _translate(error, path) from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise SourceRefusedError(f"{path} is a folder, a pipe or a device; wanted a plain file")
    with os.fdopen(handle, "rb", buffering=0) as file:
        yield file


def is_outside(name: str) -> bool:
    """Return whether a relative path leaves the folder it starts in."""
    return not Path(name).is_absolute() and Path(os.path.normpath(name)).parts[:1] == (os.pardir,)


def _open(name: str, root: str) -> int:
    if Path(name).is_absolute():
        return os.open(name, _FILE)
    if is_outside(name):
        raise SourceRefusedError(f"{name} leads out of {root}; write an absolute path instead")
    *folders, last = Path(os.path.normpath(name)).parts
    here = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for folder in folders:
            below = os.open(folder, _FOLDER, dir_fd=here)
            os.close(here)
            here = below
        return os.open(last, _FILE, dir_fd=here)
    finally:
        os.close(here)


def _translate(error: OSError, path: Path) -> SourceError:
    if error.errno == errno.ENOENT:
        return FileAbsentError(f"there is no file {path}")
    if error.errno in _REFUSALS:
        return SourceRefusedError(f"{path} {_REFUSALS[error.errno]}")
    return SourceUnavailableError(f"{path} cannot be opened now: {error.strerror}")

"""File handover: a file given away once, under a name that stands for it for ever.

Order on disk: the bytes under a hidden name, then the marker ``NAME.sent`` with their digest,
then the rename. So after a crash at any step: marker and hidden file mean *not yet there*,
marker alone means *handed over*, whether or not the receiver has taken the file away since.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from inventory_pipeline.connectors.safe_open import is_outside

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class OtherBytesError(Exception):
    """Something else stands, or stood, under this name."""


def hand_over(name: str, body: bytes, *, root: str) -> bool:
    """Put ``body`` under ``name``, once for ever; return whether it was put there just now.

    Below ``root`` folders are made and no link is followed; an absolute path needs its folder.

    Raises:
        OtherBytesError: other bytes stand there, or were handed over under this name.
        OSError: it cannot be written here; then nothing was handed over.
    """
    digest = f"sha256 {hashlib.sha256(body).hexdigest()}\n".encode()
    with opening_folder(name, root) as folder:
        last = Path(name).name
        hidden, marker = f".{last}.tmp", f"{last}.sent"
        seen, there = _read(marker, folder), _read(last, folder)
        if seen not in (None, digest) or there not in (None, body):
            raise OtherBytesError(f"other bytes stand or stood under {name}")
        if seen is not None and _read(hidden, folder) is None:
            return False
        if seen is None:
            if there is None:
                write_whole(hidden, body, folder)
            write_whole(marker, digest, folder)
        if there is None:
            os.rename(hidden, last, src_dir_fd=folder, dst_dir_fd=folder)
        os.fsync(folder)
        return there is None


def prepare_folder(name: str, *, root: str) -> None:
    """Make the folder that ``name`` stands in, below ``root``, or see that it is there.

    Raises:
        OSError: it cannot be made, or a link leads to it.
    """
    with opening_folder(name, root):
        pass


def write_whole(name: str, body: bytes, folder: int) -> None:
    """Write a file whole or not at all, and have it on the disk."""
    draft = f"{name}.draft" if name.startswith(".") else f".{name}.draft"
    with suppress(FileNotFoundError):
        os.unlink(draft, dir_fd=folder)
    with os.fdopen(os.open(draft, _WRITE, 0o666, dir_fd=folder), "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    os.rename(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
    os.fsync(folder)


def _read(name: str, folder: int) -> bytes | None:
    """Return what stands under a name; None if nothing does; a link or a pipe is an OSError."""
    try:
        handle = os.open(name, _READ, dir_fd=folder)
    except FileNotFoundError:
        return None
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OtherBytesError(f"{name} is no plain file")
        return file.read()


@contextmanager
def opening_folder(name: str, root: str) -> Iterator[int]:
    """Open the folder that ``name`` stands in; below ``root`` it is made and no link followed.

    Raises:
        OSError: it cannot be made or opened, or it is a link.
    """
    handle = _open_folder(name, root)
    try:
        yield handle
    finally:
        os.close(handle)


def _open_folder(name: str, root: str) -> int:
    if Path(name).is_absolute():
        return os.open(Path(name).parent, _FOLDER)
    if is_outside(name):
        raise PermissionError(f"{name} leads out of the folder of the configuration")
    here = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for folder in Path(os.path.normpath(name)).parts[:-1]:
        try:
            with suppress(FileExistsError):
                os.mkdir(folder, dir_fd=here)
                os.fsync(here)
            below = os.open(folder, _FOLDER, dir_fd=here)
        finally:
            os.close(here)
        here = below
    return here

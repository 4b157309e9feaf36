"""Safe folder: folders of this machine, made and written to without following a link."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from inventory_pipeline.connectors.safe_open import is_outside

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


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

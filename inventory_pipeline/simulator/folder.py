"""The folder a run writes into; what somebody else put there is never overwritten."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from inventory_pipeline.errors import UsageError
from inventory_pipeline.simulator.tables import render_instant

MARK = Path("truth", "simulation.json")
OWN_FOLDERS = ("exports", "truth")
OWN_FILES = ("inventory.yaml", "catalog.csv", "locations.csv", "identities.csv")


@contextmanager
def opening_folder(
    out: Path, *, seed: int, profile: str, hours: int, start: datetime
) -> Iterator[None]:
    """Make ``out`` ready and keep it: an earlier simulation in it is replaced, nothing else.

    Raises:
        UsageError: the folder holds files of the same names that no simulation wrote,
            cannot be written, or another simulation is writing into it.
    """
    story = {"profile": profile, "seed": seed, "hours": hours, "start": render_instant(start)}
    try:
        out.mkdir(parents=True, exist_ok=True)
        handle = os.open(out, os.O_RDONLY)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}") from None
    try:
        _lock(out, handle)
        _clear(out)
        write_file(out / MARK, (json.dumps(story, indent=2) + "\n").encode())
        yield
    finally:
        os.close(handle)


def _lock(out: Path, handle: int) -> None:
    """Lock the folder itself: the lock leaves no file and dies with the process."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise UsageError(
            f"another simulation is writing into {out}; wait for it, or name another folder"
        ) from None


def _clear(out: Path) -> None:
    own = [name for name in (*OWN_FOLDERS, *OWN_FILES) if (out / name).exists()]
    if own and not (out / MARK).is_file():
        raise UsageError(f"{out} holds {own[0]}, which no simulation wrote; name an empty folder")
    try:
        for name in OWN_FOLDERS:
            if name in own:
                shutil.rmtree(out / name)
    except OSError as error:
        raise UsageError(f"{out / name} cannot be replaced: {error.strerror or error}") from None


def write_file(path: Path, content: bytes) -> None:
    """Write one file and the folders above it.

    Raises:
        UsageError: the disk does not take it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}") from None

"""The folder a run writes into; what somebody else put there is never overwritten."""

import json
import shutil
from datetime import datetime
from pathlib import Path

from inventory_pipeline.errors import UsageError
from inventory_pipeline.simulator.tables import render_instant

MARK = Path("truth", "simulation.json")
OWN_FOLDERS = ("exports", "truth")
OWN_FILES = ("inventory.yaml", "catalog.csv", "locations.csv", "identities.csv")


def open_folder(out: Path, *, seed: int, profile: str, hours: int, start: datetime) -> None:
    """Make ``out`` ready: an earlier simulation in it is replaced, nothing else is touched.

    Raises:
        UsageError: the folder holds files of the same names that no simulation wrote, or
            cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        _clear(out)
        (out / MARK).parent.mkdir()
        story = {
            "profile": profile, "seed": seed, "hours": hours, "start": render_instant(start),
        }  # fmt: skip
        (out / MARK).write_text(json.dumps(story, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror or error}") from None


def _clear(out: Path) -> None:
    foreign = [name for name in (*OWN_FOLDERS, *OWN_FILES) if (out / name).exists()]
    if foreign and not (out / MARK).is_file():
        raise UsageError(
            f"{out} holds {foreign[0]}, which no simulation wrote; name an empty folder"
        )
    for name in OWN_FOLDERS:
        shutil.rmtree(out / name, ignore_errors=True)


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

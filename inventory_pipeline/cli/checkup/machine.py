"""The machine: its Python, disk, clock, and the folder we may write to."""

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from inventory_pipeline.cli.checkup.reading import Reading

# The first releases whose mail headers cannot be broken by an encoded name (CVE-2026-1299).
_HEADER_FLOORS = {(3, 10): 20, (3, 11): 15, (3, 12): 13, (3, 13): 12, (3, 14): 3}
_LEAST_BYTES = 1 << 30
_FEW_BYTES = 5 << 30
# SQLite's and DuckDB's locks do not hold on these.
_SHARES = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre")
_SHARE_BEGINNINGS = ("fuse.sshfs", "fuse.s3", "fuse.gcs", "fuse.rclone", "fuse.gluster")
_MOUNTS = Path("/proc/mounts")
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_END = datetime(2100, 1, 1, tzinfo=UTC)
_SKEW = timedelta(minutes=2)


def read_python(version: tuple[int, int, int] = sys.version_info[:3]) -> Reading:
    """Say whether this Python writes mail headers that a product name cannot break."""
    text = "Python " + ".".join(map(str, version))
    floor = _HEADER_FLOORS.get(version[:2])
    if floor is None or version[2] >= floor:
        return Reading("python", "ok", text)
    wanted = f"{version[0]}.{version[1]}.{floor}"
    return Reading(
        "python",
        "warn",
        f"{text} lets encoded text inject mail headers (CVE-2026-1299); we strip it ourselves",
        f"upgrade to {wanted} or newer",
    )


def read_disk(folder: Path) -> Reading:
    """Say how much room is left where the pipeline stores its files."""
    usage = shutil.disk_usage(_find_existing(folder))
    text = f"{usage.free / (1 << 30):.1f} GiB of {usage.total / (1 << 30):.1f} GiB free"
    cure = "make room, or move storage.directory to a larger disk"
    if usage.free < _LEAST_BYTES:
        return Reading("disk", "bad", text, cure)
    return Reading("disk", "warn" if usage.free < _FEW_BYTES else "ok", text, cure)


def read_folder(folder: Path) -> Reading:
    """Say whether the storage folder can be written to, and by whom else."""
    place = _find_existing(folder)
    if not place.is_dir():
        return Reading("storage", "bad", f"{place} is no folder", "name another storage.directory")
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"doctor")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        cure = f"give this user the right to write to {place}"
        return Reading("storage", "bad", f"{place} cannot be written: {error.strerror}", cure)
    if place.stat().st_mode & stat.S_IWOTH and not place.stat().st_mode & stat.S_ISVTX:
        return Reading("storage", "warn", f"everybody may write to {place}", f"chmod o-w {place}")
    made = "" if place == folder else " (made by the first run)"
    return Reading("storage", "ok", f"{folder} can be written{made}")


def read_share(folder: Path, mounts: str | None = None) -> Reading:
    """Say whether the storage lies on a network share, where locks do not hold."""
    if mounts is None:
        if not _MOUNTS.exists():
            return Reading("share", "note", "this system does not say what it mounts where")
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace")
    kind = find_filesystem(_find_existing(folder).resolve(), mounts.splitlines())
    if kind in _SHARES or kind.startswith(_SHARE_BEGINNINGS):
        return Reading(
            "share",
            "bad",
            f"{folder} lies on a network share ({kind}): its locks do not hold, and two writers "
            "would damage the journal",
            "move storage.directory to a local disk",
        )
    return Reading("share", "ok", f"{kind or 'local'} file system")


def find_filesystem(folder: Path, mounts: Iterable[str]) -> str:
    """Return the type of the file system that holds ``folder``, of lines of /proc/mounts."""
    best, kind = -1, ""
    for line in mounts:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = Path(fields[1].encode().decode("unicode_escape"))
        if folder.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), fields[2]
    return kind


def read_clock(now: datetime, last_known: datetime | None = None) -> Reading:
    """Say whether the clock is believable, and not behind what we ourselves wrote."""
    text = f"{now:%Y-%m-%d %H:%M:%S}Z"
    cure = "set the clock, best by a time service (timedatectl set-ntp true)"
    if not _EPOCH < now < _END:
        return Reading("clock", "bad", f"{text} cannot be now", cure)
    if last_known and last_known > now + _SKEW:
        behind = f"{text} is before the last sign of life, {last_known:%Y-%m-%d %H:%M:%S}Z"
        return Reading("clock", "bad", behind, cure)
    return Reading("clock", "ok", text)


def _find_existing(folder: Path) -> Path:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder

"""The heartbeat file: the pipeline's last sign of life, for witnesses that outlive it.

Light on purpose: ``watch`` reads it within half a second and with nothing else running.
"""

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from inventory_pipeline.errors import NoDataError, StoreDamagedError, StoreError

FILE_NAME = "heartbeat.json"
VERSION = 1


@dataclass(frozen=True)
class LastMail:
    """The newest daily mail that went out."""

    day: str
    sequence: int
    status: str
    sent_at: datetime


@dataclass(frozen=True)
class Heartbeat:
    """What stands in the file.

    Attributes:
        installed_at: when the file was first written; before the first due mail after it,
            no mail is missed.
        written_at: when anything last signed the file.
        run_at: when an hourly run last signed it; a report does not count as life.
        hour_at, cycle_status, open_majors, open_notables: the newest hour that was run.
        audit_head: newest link of the audit chain as of then: a journal without it lost its end.
    """

    installed_at: datetime
    written_at: datetime
    run_at: datetime | None = None
    hour_at: datetime | None = None
    cycle_status: str = ""
    open_majors: int = 0
    open_notables: int = 0
    last_mail: LastMail | None = None
    audit_head: str = ""


def load_heartbeat(path: Path) -> Heartbeat:
    """Read the file.

    Raises:
        NoDataError: there is none: nothing has run yet, or the folder is another one.
        StoreDamagedError: it cannot be read or is not what this version writes.
    """
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        if known["version"] != VERSION:
            raise StoreDamagedError(
                f"{path} has version {known['version']!r}, this program reads {VERSION}"
            )
        return _read(known)
    except FileNotFoundError:
        raise NoDataError(f"{path} does not exist: no hour has ever been run here") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreDamagedError(
            f"{path} cannot be read ({type(error).__name__}); the next run writes it again"
        ) from None


def write_run(
    path: Path,
    *,
    hour_at: datetime,
    cycle_status: str,
    open_majors: int,
    open_notables: int,
    now: datetime,
    audit_head: str = "",
) -> Heartbeat:
    """Sign the file for an hour that was checked; an older hour proves life and no more."""
    known = _load_or_begin(path, now)
    signed = replace(known, written_at=now, run_at=now)
    if known.hour_at is None or hour_at >= known.hour_at:
        signed = replace(
            signed,
            hour_at=hour_at,
            cycle_status=cycle_status,
            open_majors=open_majors,
            open_notables=open_notables,
            audit_head=audit_head,
        )
    return _write(path, signed)


def write_mail(path: Path, mail: LastMail, *, now: datetime) -> Heartbeat:
    """Keep the newest daily mail that went out; an older day's late mail changes nothing."""
    known = _load_or_begin(path, now)
    is_newer = known.last_mail is None or mail.day >= known.last_mail.day
    return _write(
        path, replace(known, written_at=now, last_mail=mail if is_newer else known.last_mail)
    )


def _load_or_begin(path: Path, now: datetime) -> Heartbeat:
    try:
        return load_heartbeat(path)
    except (NoDataError, StoreDamagedError):
        return Heartbeat(installed_at=now, written_at=now)


def _write(path: Path, heartbeat: Heartbeat) -> Heartbeat:
    """Replace the file in one step, so that a reader sees the old one or the new one."""
    text = json.dumps({"version": VERSION, **asdict(heartbeat)}, indent=2, default=_stamp)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{uuid4().hex[:8]}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise StoreError(f"{path} cannot be written: {error.strerror}") from None
    return heartbeat


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read(known: dict[str, Any]) -> Heartbeat:
    mail = known["last_mail"]
    return Heartbeat(
        installed_at=_instant(known["installed_at"]),
        written_at=_instant(known["written_at"]),
        run_at=_instant(known["run_at"]) if known["run_at"] else None,
        hour_at=_instant(known["hour_at"]) if known["hour_at"] else None,
        cycle_status=str(known["cycle_status"]),
        open_majors=int(known["open_majors"]),
        open_notables=int(known["open_notables"]),
        last_mail=LastMail(
            str(mail["day"]), int(mail["sequence"]), str(mail["status"]), _instant(mail["sent_at"])
        )
        if mail
        else None,
        audit_head=str(known.get("audit_head", "")),
    )


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)

"""File drops: wait for one dropped file, and copy it at a moment when nobody writes it.

Nothing here knows a format. The copy is private: whatever happens to the dropped file later,
landing and parser see the bytes that stood there at one moment.
"""

import os
import pwd
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from inventory_pipeline.connectors.safe_open import opening_plain
from inventory_pipeline.errors import (
    ConfigError,
    SourceContractError,
    SourceRefusedError,
    SourceUnavailableError,
)

CHUNK = 1 << 20
POLL_SECONDS = 0.2
ATTEMPTS = 2


@dataclass(frozen=True)
class DropRules:
    """What a dropped file must be.

    Attributes:
        done: whether ``<file>.done`` says that the file is whole.
        settle_seconds: how long it must have been unchanged where no ``.done`` says so.
        wait_seconds: how long to wait for a file, or its ``.done``, that is not there yet.
        max_bytes: the largest file taken in.
        owner: the user it must belong to, if any.
        may_be_empty: whether a file without a byte says that there was nothing.
    """

    done: bool = False
    settle_seconds: float = 2.0
    wait_seconds: float = 0.0
    max_bytes: int = 4 << 30
    owner: str | None = None
    may_be_empty: bool = False


@dataclass(frozen=True)
class Copied:
    """A private copy of a dropped file; ``end_marker`` says why it is thought to be whole."""

    path: str
    end_marker: str


class Drop:
    """One file that should be there: ``name`` below ``root``, or an absolute path."""

    def __init__(self, name: str, *, root: str, rules: DropRules) -> None:
        self._name = name
        self._root = root
        self._rules = rules
        self._path = Path(root, name)

    @contextmanager
    def copying(self, staging: str | None) -> Iterator[Copied]:
        """Copy the file into ``staging``; the copy goes afterwards, unless it was moved away.

        Raises:
            SourceUnavailableError: no such file, not done yet, or it does not stop changing.
            SourceRefusedError: a link, a pipe, a device, a foreign owner, no right to read.
            SourceContractError: empty where it may not be, or larger than allowed.
        """
        self._wait()
        handle, path = tempfile.mkstemp(dir=staging, prefix="drop-")
        try:
            with os.fdopen(handle, "wb") as copy:
                size = self._copy_still(copy)
            yield Copied(path, self._describe_end(size))
        finally:
            Path(path).unlink(missing_ok=True)

    def _wait(self) -> None:
        for _ in range(int(self._rules.wait_seconds / POLL_SECONDS)):
            try:
                self._check_there()
            except SourceUnavailableError:
                time.sleep(POLL_SECONDS)
            else:
                return
        self._check_there()

    def _check_there(self) -> None:
        written = self._look(self._name)
        if not self._rules.done:
            return
        try:
            done = self._look(f"{self._name}.done")
        except SourceUnavailableError:
            raise SourceUnavailableError(
                f"{self._path} is there, {self._path}.done is not: it is still being written"
            ) from None
        # Whole seconds: some file systems and SFTP keep no more.
        if int(done.st_mtime) < int(written.st_mtime):
            raise SourceUnavailableError(
                f"{self._path} is newer than {self._path}.done: it is being written again"
            )

    def _look(self, name: str) -> os.stat_result:
        with opening_plain(name, self._root) as file:
            return os.fstat(file.fileno())

    def _copy_still(self, copy: BinaryIO) -> int:
        """Copy the file while nobody writes it; return its size."""
        for _ in range(ATTEMPTS):
            before = self._copy_once(copy)
            if _identify(self._look(self._name)) == _identify(before):
                if before.st_size == 0 and not self._rules.may_be_empty:
                    raise SourceContractError(
                        f"{self._path} is empty; a count of nothing is a header without rows"
                    )
                return before.st_size
        raise SourceUnavailableError(
            f"{self._path} changed while it was read, {ATTEMPTS} times; write it under another "
            "name and rename it, or set done: true and write a .done file last"
        )

    def _copy_once(self, copy: BinaryIO) -> os.stat_result:
        copy.seek(0)
        copy.truncate()
        with opening_plain(self._name, self._root) as file:
            before = os.fstat(file.fileno())
            self._refuse_unfit(before)
            while part := file.read(CHUNK):
                copy.write(part)
                if copy.tell() > self._rules.max_bytes:
                    self._refuse_size(copy.tell())
        copy.flush()
        self._settle(before, os.fstat(copy.fileno()))
        return before

    def _settle(self, before: os.stat_result, copied: os.stat_result) -> None:
        """Wait until the file is old enough, by the clock of the file system."""
        age = copied.st_mtime - before.st_mtime
        wanted = 0.0 if self._rules.done else self._rules.settle_seconds
        if age < wanted:
            time.sleep(min(wanted - age, wanted))

    def _refuse_unfit(self, seen: os.stat_result) -> None:
        if seen.st_size > self._rules.max_bytes:
            self._refuse_size(seen.st_size)
        owner = self._rules.owner
        if owner is not None and seen.st_uid != _find_user(owner):
            raise SourceRefusedError(
                f"{self._path} belongs to the user with id {seen.st_uid}, wanted {owner}"
            )

    def _refuse_size(self, size: int) -> None:
        raise SourceContractError(
            f"{self._path} has {size:,} bytes or more, wanted at most "
            f"{self._rules.max_bytes:,}; raise max_megabytes if that is right"
        )

    def _describe_end(self, size: int) -> str:
        if self._rules.done:
            return f".done file seen, {size:,} bytes"
        return f"file of {size:,} bytes, unchanged for {self._rules.settle_seconds:g} s"


def _identify(seen: os.stat_result) -> tuple[int, ...]:
    return seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns


def _find_user(name: str) -> int:
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        raise ConfigError(f"owner: there is no user {name!r} on this machine") from None

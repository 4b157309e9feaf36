"""File drops: wait for one dropped file, and copy it at a moment when nobody writes it.

Nothing here knows a format, nor where the files are. The copy is private: whatever happens
to the dropped file later, landing and parser see the bytes that stood there at one moment.
"""

import os
import pwd
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from inventory_pipeline.connectors.depots.depot import Copy, Depot, Seen
from inventory_pipeline.connectors.digests import compute_digest, parse_digest
from inventory_pipeline.errors import (
    ConfigError,
    SourceContractError,
    SourceError,
    SourceRefusedError,
    SourceUnavailableError,
)

ATTEMPTS = 2
LARGEST_DIGEST_FILE = 4096


@dataclass(frozen=True)
class DropRules:
    """What a dropped file must be.

    Attributes:
        done: whether ``<file>.done`` says that the file is whole.
        digest: which of ``digests.LENGTHS`` stands in ``<file>.<digest>``, if any.
        settle_seconds: how long it must have been unchanged where no ``.done`` says so.
        wait_seconds: how long to wait for a file, or its ``.done``, that is not there yet.
        max_bytes: the largest file taken in.
        owner: the user it must belong to, if any.
        may_be_empty: whether a file without a byte says that there was nothing.
        aside: the name it is moved to once it was read, if it is.
        tells_digest: whether the end marker says the digest of what was read.
    """

    done: bool = False
    digest: str | None = None
    settle_seconds: float = 2.0
    wait_seconds: float = 0.0
    max_bytes: int = 4 << 30
    owner: str | None = None
    may_be_empty: bool = False
    aside: str | None = None
    tells_digest: bool = False

    @property
    def companions(self) -> tuple[str, ...]:
        """Return the endings of the files that belong to a dropped one."""
        return (*((".done",) if self.done else ()), *((f".{self.digest}",) if self.digest else ()))


@dataclass(frozen=True)
class Copied:
    """A private copy of a dropped file.

    Attributes:
        end_marker: why it is thought to be whole.
        seen: what the file was when it was copied.
    """

    path: str
    end_marker: str
    seen: Seen


class Drop:
    """One file that should be there, in some depot."""

    def __init__(
        self,
        name: str,
        *,
        depot: Depot,
        rules: DropRules,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._name, self._depot, self._rules, self._sleep = name, depot, rules, sleep
        self._path = depot.describe(name)

    @contextmanager
    def copying(self, staging: str | None) -> Iterator[Copied]:
        """Copy the file into ``staging``; the copy goes afterwards, unless it was moved away.

        Raises:
            SourceUnavailableError: no such file, not done yet, or it does not stop changing.
            SourceRefusedError: a link, a pipe, a device, a foreign owner, no right to read.
            SourceContractError: empty where it may not be, larger than allowed, or not what
                its digest says.
        """
        self._wait()
        handle, path = tempfile.mkstemp(dir=staging, prefix="drop-")
        try:
            with os.fdopen(handle, "w+b") as file:
                seen = self._copy_still(self._begin(file))
                end = self._describe_end(file)
            yield Copied(path, end, seen)
        finally:
            Path(path).unlink(missing_ok=True)

    def move_aside(self, seen: Seen) -> tuple[str, ...]:
        """Move the file that was ``seen``, and what belongs to it; return why not, if not.

        Raises:
            SourceError: as ``Depot.move``.
        """
        if self._rules.aside is None:
            return ()
        if self._depot.look(self._name).identity != seen.identity:
            return (f"{self._path} was written again after it was read; it stays where it is",)
        for ending in ("", *self._rules.companions):
            self._depot.move(f"{self._name}{ending}", f"{self._rules.aside}{ending}")
        return ()

    def _wait(self) -> None:
        pause = self._depot.poll_seconds
        last = int(self._rules.wait_seconds / pause)
        for turn in range(last + 1):
            try:
                self._check_there()
            except SourceUnavailableError:
                if turn == 0:
                    self._refuse_read_before()
                if turn == last:
                    raise
                self._sleep(pause)
            else:
                return

    def _check_there(self) -> None:
        written = self._depot.look(self._name)
        if self._rules.digest:
            self._look_beside(f".{self._rules.digest}")
        if not self._rules.done:
            return
        done = self._look_beside(".done")
        if done.written_at is None or written.written_at is None:
            return
        # Whole seconds: some file systems and SFTP keep no more.
        if int(done.written_at) < int(written.written_at):
            raise SourceUnavailableError(
                f"{self._path} is newer than {self._path}.done: it is being written again"
            )

    def _look_beside(self, ending: str) -> Seen:
        try:
            return self._depot.look(f"{self._name}{ending}")
        except SourceUnavailableError:
            raise SourceUnavailableError(
                f"{self._path} is there, {self._path}{ending} is not: it is still being written"
            ) from None

    def _refuse_read_before(self) -> None:
        """Do not wait for a file that was read and moved aside."""
        if self._rules.aside is None:
            return
        try:
            self._depot.look(self._rules.aside)
        except SourceError:
            return
        raise SourceUnavailableError(
            f"{self._path} was read before: it is {self._depot.describe(self._rules.aside)} now"
        )

    def _begin(self, file: BinaryIO) -> Copy:
        return Copy(file, name=self._path, max_bytes=self._rules.max_bytes)

    def _copy_still(self, copy: Copy) -> Seen:
        """Copy the file while nobody writes it; return what it was."""
        for _ in range(ATTEMPTS):
            seen = self._depot.copy(self._name, copy, partial(self._refuse_unfit, copy))
            self._settle(seen)
            if self._depot.look(self._name).identity == seen.identity:
                self._check_whole(copy, seen)
                return seen
        raise SourceUnavailableError(
            f"{self._path} changed while it was read, {ATTEMPTS} times; write it under another "
            "name and rename it, or set done: true and write a .done file last"
        )

    def _check_whole(self, copy: Copy, seen: Seen) -> None:
        if seen.size is not None and copy.size != seen.size:
            raise SourceUnavailableError(
                f"{self._path}: {copy.size:,} bytes came, {seen.size:,} were announced"
            )
        if copy.size == 0 and not self._rules.may_be_empty:
            raise SourceContractError(
                f"{self._path} is empty; a count of nothing is a header without rows"
            )
        if self._rules.digest:
            self._check_digest(copy, self._rules.digest)

    def _check_digest(self, copy: Copy, kind: str) -> None:
        ours, theirs = compute_digest(copy.file, kind), self._read_digest(kind)
        if ours != theirs:
            raise SourceContractError(
                f"{self._path} has the {kind} {ours}, {self._path}.{kind} says {theirs}: "
                "it is not whole, or was changed on its way"
            )

    def _read_digest(self, kind: str) -> str:
        name = f"{self._path}.{kind}"
        with tempfile.TemporaryFile() as file:
            copy = Copy(file, name=name, max_bytes=LARGEST_DIGEST_FILE)
            self._depot.copy(f"{self._name}.{kind}", copy, copy.check)
            file.seek(0)
            return parse_digest(file.read(), kind, name=name)

    def _settle(self, seen: Seen) -> None:
        """Wait until the file is known to be old enough."""
        if self._rules.done or self._depot.is_atomic:
            return
        wanted = self._rules.settle_seconds
        pause = min(wanted - (seen.age_seconds or 0.0), wanted)
        if pause > 0:
            self._sleep(pause)

    def _refuse_unfit(self, copy: Copy, seen: Seen) -> None:
        copy.check(seen)
        owner = self._rules.owner
        if owner is not None and seen.owner != _find_user(owner):
            raise SourceRefusedError(
                f"{self._path} belongs to the user with id {seen.owner}, wanted {owner}"
            )

    def _describe_end(self, file: BinaryIO) -> str:
        size = f"{file.seek(0, os.SEEK_END):,} bytes"
        told = ""
        if self._rules.tells_digest or self._rules.digest:
            told = f", sha256 {compute_digest(file, 'sha256')}"
        if self._rules.done:
            return f".done file seen, {size}{told}"
        if self._depot.is_atomic:
            return f"file of {size}, whole as it was stored{told}"
        return f"file of {size}, unchanged for {self._rules.settle_seconds:g} s{told}"


def _find_user(name: str) -> int:
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        raise ConfigError(f"owner: there is no user {name!r} on this machine") from None
